// The button that copies a link; where there is no clipboard, the link to be copied by hand.

import { byId } from "./markup.js";

const SAID = 4000; // milliseconds that it stands there

/** Let a button copy what `makeLink()` returns, null if that is too long; `told` says what became of it. */
export function offerLink({ button, field, told }, makeLink) {
  let timer = 0;
  const tell = (words, milliseconds = null) => {
    clearTimeout(timer);
    told.textContent = words;
    if (milliseconds !== null) {
      timer = setTimeout(() => (told.textContent = ""), milliseconds);
    }
  };
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", () => {
    field.hidden = true;
    tell("");
  });
  button.addEventListener("click", async () => {
    const link = makeLink();
    field.hidden = true;
    if (link === null) {
      tell("There is too much to say for a link.");
      return;
    }
    try {
      await navigator.clipboard.writeText(link);
      tell("Copied.", SAID);
    } catch { // there is none, or it may not be used
      field.value = link;
      field.hidden = false;
      field.focus();
      field.select();
      tell("Copy this link:");
    }
  });
}

/** Offer the link of a page, of link.html, where its address leads anybody else to it. */
export function offerPageLink(address) {
  const [button, field, told] = ["copy-link", "link", "link-told"].map(byId);
  button.hidden = !address.isShared;
  address.tell = (words) => (told.textContent = words);
  offerLink({ button, field, told }, () => address.link);
}

// How far a reader came: a quiet mark at each chapter, the way back to the place, and files of it all.

import { html, makeButton } from "../../../micrograd_nn/page/web/markup.js";
import { isKept, namePage, readKept, VERSION, writeKept } from "./kept.js";

const NAME = "micrograd_nn-progress.json";

// Marks the chapters in the bar of all pages with the guesses that were made there.
export function markProgress() {
  const { pages } = readKept();
  for (const link of document.querySelectorAll(".sidebar-tree a.internal")) {
    const { guesses = {}, count } = pages[namePage(link.href)] ?? {};
    const made = Object.values(guesses).filter(({ state }) => state !== "skipped").length;
    link.querySelector(".made")?.remove();
    if (made && count) {
      const words = `${Math.min(made, count)} of ${count} guesses made`;
      link.append(html("span", { class: "made", title: words, role: "img", "aria-label": words }, `${Math.min(made, count)}/${count}`));
    }
  }
}

// Keeps the place in a chapter, and offers the last one on the first page.
export function keepPlace() {
  const name = namePage();
  if (/^learn\/\d/.test(name)) {
    addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        const sections = [...document.querySelectorAll("article section[id]")];
        const here = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 2).at(-1);
        writeKept({ ...readKept(), place: { name, id: here?.id ?? "", title: document.title.split(" - ")[0] } });
      }
    });
  }
  const { place } = readKept();
  if (name === "index" && /^learn\/[\w-]+$/.test(place?.name)) {
    const link = html("a", { href: `${place.name}.html#${encodeURIComponent(place.id)}` }, String(place.title));
    document.querySelector("article h1").after(html("p", { class: "resume" }, "Go on where you were: ", link));
  }
}

// Lets a reader save what is kept as a file, load such a file, or forget it all.
export function offerFiles(place) {
  const told = html("span", { role: "status" });
  const tell = (words) => {
    told.textContent = words;
    markProgress();
  };
  const file = html("input", { type: "file", accept: ".json", hidden: true, "aria-label": "A file of your progress" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = "";
    const kept = await chosen.text().then(JSON.parse).catch(() => null);
    if (isKept(kept)) {
      writeKept(kept);
      tell("Loaded. What was kept here before is replaced.");
    } else {
      tell(`${chosen.name} isn't a file of your progress: nothing is changed.`);
    }
  });
  place.append(
    makeButton("Save to a file", () => {
      const address = URL.createObjectURL(new Blob([JSON.stringify(readKept())], { type: "application/json" }));
      html("a", { href: address, download: NAME }).click();
      URL.revokeObjectURL(address);
      tell(`Saved as ${NAME}.`);
    }),
    makeButton("Load a file", () => file.click()),
    makeButton("Forget all", () => {
      writeKept({ version: VERSION, pages: {} });
      tell("Forgotten.");
    }),
    file,
    told,
  );
}

// The field of an expression: it is as high as its text, and marks the character that is wrong.

import { html } from "../../../micrograd_nn/page/web/markup.js";

/** A text area over a mirror of its text, in which the mark stands. */
export class ExpressionField {
  #area;
  #mirror;

  constructor(element, { changed, entered }) {
    this.#area = element.querySelector("textarea");
    this.#mirror = element.querySelector(".mirror");
    this.#area.addEventListener("input", () => {
      this.mark(null);
      changed();
    });
    this.#area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        entered();
      }
    });
    this.mark(null);
  }

  get text() {
    return this.#area.value;
  }

  set text(text) {
    this.#area.value = text;
    this.mark(null);
  }

  focus() {
    this.#area.focus();
  }

  /** Mark a character, counted as Python does from the first that isn't a blank; or none. */
  mark(at) {
    const { text } = this;
    const signs = [...text];
    const place = at === null ? signs.length : at + signs.findIndex((sign) => sign.trim());
    const wrong = html("mark", {}, signs[place] ?? " ");
    const before = signs.slice(0, place).join("");
    const after = signs.slice(place + 1).join("");
    this.#mirror.replaceChildren(before, at === null ? "\u200b" : wrong, after);
    this.#area.setAttribute("aria-invalid", String(at !== null));
  }
}

// The page of an expression in a frame: it has an address of its own, which the playground follows.

import { stripState } from "../../../micrograd_nn/page/web/address.js";
import { html } from "../../../micrograd_nn/page/web/markup.js";

/** Shows one page at a time; `changed(state)` hears what stands behind the # of the page's address. */
export class LessonFrame {
  #place;
  #changed;
  #frame = null;

  constructor(place, changed) {
    this.#place = place;
    this.#changed = changed;
  }

  get isThere() {
    return this.#frame !== null;
  }

  /** Show a page in a state; the one before it stays until it is loaded. */
  async open(text, title, state) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/html" }));
    const frame = html("iframe", { class: "micrograd-nn-page", title, src: address + (state && `#${state}`) });
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    this.#place.append(frame);
    await loaded;
    URL.revokeObjectURL(address);
    this.#frame?.remove();
    this.#frame = frame;
    frame.contentWindow.addEventListener("addresschange", () => {
      if (this.#frame === frame) {
        this.#changed(frame.contentWindow.location.hash.slice(1));
      }
    });
  }

  /** Bring the page that is shown into a state. */
  follow(state) {
    const { location } = this.#frame.contentWindow;
    location.replace(`${stripState(location.href)}#${state}`); // which isn't a step of the history
  }

  /** Show that the page isn't of what stands above it now. */
  markOutdated(isOutdated) {
    this.#place.classList.toggle("outdated", isOutdated);
  }
}

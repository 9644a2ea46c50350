// The row between a cell's text and its output: the buttons, and words on how the cell stands.

import { html, makeButton } from "../../../micrograd_nn/page/web/markup.js";

export const DONE = "Done.";

const OUTDATED = "Out of date: the code has changed. Run it again.";

export class Tools {
  #run;
  #stop;
  #reset;
  #status; // what is said once, to screen readers too
  #progress;
  #outdated;

  // `does` has the functions run, stop, edit and reset.
  constructor(number, does) {
    const offer = (word, act) => makeButton(word, act, { class: `cell-${word.toLowerCase()}`, "aria-label": `${word} cell ${number}` });
    this.#run = offer("Run", does.run);
    this.#stop = offer("Stop", does.stop);
    this.#reset = offer("Reset", () => {
      does.reset();
      this.#run.focus();
    });
    this.#status = html("span", { class: "cell-status", role: "status" });
    this.#progress = html("span", { class: "cell-progress" }, html("progress", { "aria-label": "Loading Python" }), " ", html("span"));
    this.#outdated = html("span", { class: "cell-outdated" }, OUTDATED);
    const words = [this.#status, this.#progress, this.#outdated];
    this.element = html("div", { class: "cell-tools" }, this.#run, this.#stop, offer("Edit", does.edit), this.#reset, ...words);
    this.#stop.hidden = this.#reset.hidden = true;
    this.#progress.hidden = this.#outdated.hidden = true;
  }

  markRunning(running) {
    if (!running && document.activeElement === this.#stop) {
      this.#run.focus();
    }
    this.#run.setAttribute("aria-disabled", String(running));
    this.#stop.hidden = !running;
  }

  offerReset(offered) {
    this.#reset.hidden = !offered;
  }

  markOutdated(outdated) {
    this.#outdated.hidden = !outdated;
    this.#status.hidden = outdated && this.#status.textContent === DONE;
  }

  tell(text) {
    this.#progress.hidden = true;
    this.#status.hidden = false;
    this.#status.textContent = text;
  }

  tellProgress(share, text) {
    const [bar, words] = this.#progress.children;
    bar.value = share;
    words.textContent = text;
    this.#progress.hidden = false;
  }
}

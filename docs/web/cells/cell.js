// One cell of a chapter: its text, its buttons, what it gives, and words on how it stands.

import { html } from "../../../micrograd_nn/page/web/markup.js";
import { Outputs } from "./outputs.js";
import { Tools } from "./tools.js";

export class Cell {
  made = new Map(); // the texts that the output was made of, by their cells' places
  hasRun = false; // in this page: else the output is the one that was built

  #code; // the text as it was built; an editor hides it and keeps it up to date
  #editor = null;
  #label;
  #place; // where outputs stand
  #fold; // what hides them until they are asked for, where anything does
  #printed; // those that were built
  #outputs;
  #tools;
  #asked;

  // `asked` has the functions run, stop, reset and changed.
  constructor(element, number, asked) {
    this.#code = element.querySelector(".cell_input pre");
    this.#place = element.querySelector(".cell_output") ?? element.appendChild(html("div", { class: "cell_output docutils container" }));
    this.#fold = this.#place.closest("details.below-input");
    this.#printed = [...this.#place.childNodes];
    this.#label = `Code of cell ${number}; Escape, then Tab leaves it`;
    this.#asked = asked;
    this.element = element;
    this.original = this.#code.textContent.replace(/\n$/, "");
    this.#tools = new Tools(number, { ...asked, edit: () => this.edit() });
    (this.#fold ?? this.#place).before(this.#tools.element);
    this.#code.addEventListener("click", (event) => this.#click(event));
  }

  // Its text

  get text() {
    return this.#editor?.text ?? this.#code.textContent.replace(/\n$/, "");
  }

  // Puts a text of an earlier visit into the place of the book's.
  takeUp(text) {
    this.#code.textContent = `${text}\n`;
    this.#tools.offerReset(true);
    this.tell("Your text of an earlier visit: Reset puts the book's back.");
  }

  async edit(point = null) {
    const { Editor } = await import("./editor.js");
    this.element.querySelector("details.above-input")?.setAttribute("open", "");
    this.#editor ??= new Editor(this.#code, {
      label: this.#label,
      text: this.text,
      run: this.#asked.run,
      changed: () => {
        this.#tools.offerReset(true);
        this.#asked.changed();
      },
    });
    this.#editor.focus(point);
  }

  // A click into the text edits it there; one that marked a part of it doesn't.
  #click(event) {
    if (document.getSelection().isCollapsed) {
      this.edit({ x: event.clientX, y: event.clientY });
    }
  }

  // Puts back the text and the outputs of before all changes.
  restore() {
    this.#editor?.setText(this.original);
    this.#code.textContent = `${this.original}\n`;
    this.#place.replaceChildren(...this.#printed);
    this.hasRun = false;
    this.#fold?.removeAttribute("open");
    this.#tools.offerReset(false);
    this.tell("As it was at first.");
  }

  // What it gives

  beginOutput() {
    this.#place.style.minHeight = `${this.#place.offsetHeight}px`; // lest the page jumps
    this.#place.replaceChildren();
    this.#outputs = new Outputs(this.#place);
    this.markOutdated(false);
  }

  // Unfolds what it gives: a run of a cell below leaves a guess to be made.
  unfold() {
    this.#fold?.setAttribute("open", "");
  }

  show(output) {
    this.#outputs.show(output);
  }

  endOutput(made) {
    this.made = made;
    this.hasRun = true;
    this.#place.style.minHeight = "";
    this.#tools.offerReset(true);
  }

  markOutdated(outdated) {
    this.element.classList.toggle("outdated", outdated);
    this.#tools.markOutdated(outdated);
  }

  // How it stands

  markRunning(running) {
    this.element.classList.toggle("running", running);
    this.#tools.markRunning(running);
  }

  tell(text) {
    this.#tools.tell(text);
  }

  tellProgress(share, text) {
    this.#tools.tellProgress(share, text);
  }
}

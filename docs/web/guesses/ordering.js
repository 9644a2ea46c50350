// Things to put in order before an answer opens: a list whose lines are moved up and down by buttons.

import { html } from "../../../micrograd_nn/page/web/markup.js";

export class Ordering {
  element = html("ol", { class: "ordering" });
  isMoved = false;

  #order; // as it is right: { label, told }, where told says why one that stands too early has to wait

  // tell(words) hears of each move.
  constructor(order, tell) {
    this.#order = order;
    const labels = order.map(({ label }) => label);
    const mixed = labels.toSorted();
    const isSolved = mixed.every((label, i) => label === labels[i]);
    this.given = isSolved ? mixed.toReversed() : mixed;
    this.element.addEventListener("click", ({ target }) => this.#move(target, tell));
  }

  // The labels from top to bottom.
  get given() {
    return Array.from(this.element.children, ({ dataset }) => dataset.label);
  }

  set given(labels) {
    const lines = labels.map((label) => {
      const buttons = [["↑", "up"], ["↓", "down"]].map(([sign, way]) =>
        html("button", { type: "button", "data-way": way, "aria-label": `Move ${label} ${way}` }, sign));
      return html("li", { "data-label": label }, ...buttons, ` ${label}`);
    });
    this.element.replaceChildren(...lines);
  }

  #move(button, tell) {
    const { way } = button.dataset;
    const line = button.closest("li");
    const other = way === "up" ? line?.previousElementSibling : line?.nextElementSibling;
    if (!way || !other) {
      return;
    }
    other[way === "up" ? "before" : "after"](line);
    button.focus();
    this.isMoved = true;
    tell(`${line.dataset.label} is number ${this.given.indexOf(line.dataset.label) + 1}.`);
  }

  // Says what is right of the order: the first that stands too early decides.
  judge() {
    const { given } = this;
    const place = given.findIndex((label, i) => label !== this.#order[i].label);
    if (place < 0) {
      return { isRight: true };
    }
    const early = this.#order.find(({ label }) => label === given[place]);
    return { told: early.told || `${early.label} comes too early.` };
  }
}

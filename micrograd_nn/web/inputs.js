// The panel of inputs: for each leaf a slider and a box, and the gradient of the root by it.

import { html } from "./markup.js";
import { shown } from "./text.js";

const STEPS = 200; // of a slider
const OPEN = 40; // leaves that are shown at once

/** Rows of controls for the leaves of passes; `changed(node, number)` is told of each move. */
export class Inputs {
  constructor(element, passes, isFixed, changed) {
    this.passes = passes;
    this.changed = changed;
    this.rows = new Map();
    const groups = new Map();
    passes.nodes.forEach(({ kind, group }, node) => {
      if (kind === "leaf") {
        groups.set(group, [...(groups.get(group) ?? []), node]);
      }
    });
    const count = [...groups.values()].flat().length;
    for (const [group, leaves] of groups) {
      const rows = leaves.map((node) => this.row(node, isFixed));
      const table = html("table", { "aria-label": group || "Inputs" }, heading(), html("tbody", {}, ...rows));
      const isOpen = count <= OPEN || !group;
      element.append(
        groups.size === 1 || !group
          ? table
          : html("details", { open: isOpen }, html("summary", {}, `${group} (${leaves.length})`), table),
      );
    }
  }

  /** Return the row of a leaf. */
  row(node, isFixed) {
    const { name } = this.passes.nodes[node];
    const slider = html("input", { type: "range", "aria-label": `${name}, slider`, disabled: isFixed });
    const box = html("input", {
      type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": `${name}, number`, disabled: isFixed,
    });
    const gradient = html("td", {});
    slider.addEventListener("input", () => this.changed(node, Number(slider.value)));
    box.addEventListener("input", () => {
      const number = read(box.value);
      box.setAttribute("aria-invalid", String(number === null));
      if (number !== null) {
        this.changed(node, number);
      }
    });
    box.addEventListener("change", () => {
      box.setAttribute("aria-invalid", "false");
      this.show(node);
    });
    this.rows.set(node, { slider, box, gradient, painted: {} });
    this.range(node);
    return html("tr", {}, html("th", { scope: "row", class: "name", dir: "auto" }, name), html("td", {}, slider), html("td", {}, box), gradient);
  }

  /** Give a slider its ends: twice as far as the number, and at least from −2 to 2. */
  range(node) {
    const { slider } = this.rows.get(node);
    const size = Math.abs(this.passes.numbers[node]);
    const end = Number.isFinite(size) ? Math.max(2, Number((2 * size).toPrecision(1))) : 2;
    slider.min = String(-end);
    slider.max = String(end);
    slider.step = String((2 * end) / STEPS);
  }

  /** Show a leaf's number in its controls. */
  show(node) {
    const { slider, box } = this.rows.get(node);
    const number = this.passes.numbers[node];
    if (Math.abs(number) > Number(slider.max)) {
      this.range(node);
    }
    slider.value = String(number);
    slider.setAttribute("aria-valuetext", shown(number));
    if (document.activeElement !== box) {
      box.value = String(Number(number.toPrecision(6))).replace("-", "−");
    }
  }

  /** Show all numbers and gradients that changed. */
  paint() {
    for (const [node, row] of this.rows) {
      const number = this.passes.numbers[node];
      if (!Object.is(row.painted.number, number)) {
        row.painted.number = number;
        this.show(node);
      }
      const gradient = shown(this.passes.gradient[node]);
      if (row.painted.gradient !== gradient) {
        row.painted.gradient = gradient;
        row.gradient.textContent = gradient;
      }
    }
  }
}

function heading() {
  const cells = ["input", "slider", "number", "gradient"];
  return html("thead", {}, html("tr", {}, ...cells.map((cell) => html("th", { scope: "col" }, cell))));
}

/** Return the number that a text is, null if it is none. */
function read(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const number = Number(plain);
  return plain === "" || Number.isNaN(number) ? null : number;
}

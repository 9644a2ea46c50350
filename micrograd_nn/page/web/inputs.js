// The panel of inputs: for each leaf a slider and a box, and the gradient of the root by it.

import { isolateTexts } from "./direction.js";
import { html } from "./markup.js";
import { formatAsPython, formatNumber } from "./numbers.js";
import { explainRefusal, readNumber } from "./reading.js";

const STEPS = 400; // of a slider
const DIGITS = 6; // of a number in its box
const OPEN = 40; // leaves that are shown at once

/** Rows of controls for the leaves of passes; `changed(node, number)` is told of each move. */
export class Inputs {
  constructor(element, passes, isFixed, changed) {
    this.passes = passes;
    this.changed = changed;
    this.rows = new Map();
    this.refusal = html("p", { id: "refusal", role: "status" });
    element.after(this.refusal);
    const groups = new Map();
    passes.nodes.forEach(({ kind, group }, node) => {
      if (kind === "leaf") {
        groups.set(group, [...(groups.get(group) ?? []), node]);
      }
    });
    const count = [...groups.values()].flat().length;
    for (const [group, leaves] of [...groups].sort(([one], [other]) => (one !== "") - (other !== ""))) {
      const table = (some) =>
        html(
          "table",
          { "aria-label": group || "Inputs" },
          makeHeading(),
          html("tbody", {}, ...some.map((node) => this.addRow(node, isFixed))),
        );
      const first = groups.size === 1 || !group ? leaves.splice(0, OPEN) : [];
      if (first.length) {
        element.append(table(first));
      }
      if (leaves.length) {
        const name = `${isolateTexts(group || "more inputs")} (${leaves.length})`;
        const folded = html("details", { open: count <= OPEN }, html("summary", {}, name), table(leaves));
        folded.addEventListener("toggle", () => this.paint());
        element.append(folded);
      }
    }
  }

  /** Return the row of a leaf. */
  addRow(node, isFixed) {
    const { passes } = this;
    const { name } = passes.nodes[node];
    const slider = html("input", { type: "range", "aria-label": `${isolateTexts(name)}, slider`, disabled: isFixed });
    const box = html("input", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": `${isolateTexts(name)}, number`,
      "aria-describedby": "refusal",
      disabled: isFixed,
    });
    const gradient = html("td", {});
    slider.addEventListener("input", () => this.changed(node, Number(slider.value)));
    box.addEventListener("input", () => {
      const number = readNumber(box.value);
      box.setAttribute("aria-invalid", String(number === null));
      const stays = `${isolateTexts(name)} is still ${formatAsPython(passes.numbers[node], DIGITS)}`;
      this.refusal.textContent = number === null ? `${explainRefusal(box.value)} ${stays}.` : "";
      if (number !== null) {
        this.changed(node, number);
      }
    });
    box.addEventListener("change", () => { // the number of now again, beside what was said
      box.setAttribute("aria-invalid", "false");
      box.value = formatAsPython(passes.numbers[node], DIGITS);
    });
    this.rows.set(node, { slider, box, gradient, painted: {} });
    this.setRange(node);
    const head = html("th", { scope: "row", class: "name", dir: "auto" }, name);
    return html("tr", {}, head, html("td", {}, slider), html("td", {}, box), gradient);
  }

  /** Give a slider its ends: twice as far as the number, and at least from −2 to 2. */
  setRange(node) {
    const { slider } = this.rows.get(node);
    const size = Math.abs(this.passes.numbers[node]);
    const end = Number.isFinite(2 * size) ? Math.max(2, Number((2 * size).toPrecision(1))) : 2;
    slider.min = String(-end);
    slider.max = String(end);
    slider.step = String((2 * end) / STEPS);
  }

  /** Give all sliders the ends that suit the numbers of now. */
  resetRanges() {
    for (const [node, row] of this.rows) {
      this.setRange(node);
      row.painted = {};
    }
  }

  /** Show a leaf's number in its controls. */
  show(node) {
    this.refusal.textContent = ""; // which told what the numbers still were
    const { slider, box } = this.rows.get(node);
    const number = this.passes.numbers[node];
    if (Math.abs(number) > Number(slider.max)) {
      this.setRange(node);
    }
    slider.value = String(number);
    slider.setAttribute("aria-valuetext", formatNumber(number));
    box.title = String(number);
    if (document.activeElement !== box) {
      box.value = formatAsPython(number, DIGITS);
    }
  }

  /** Show the numbers and gradients that changed, but for those that are folded away. */
  paint() {
    for (const [node, row] of this.rows) {
      if (row.box.closest("details:not([open])")) {
        continue;
      }
      const number = this.passes.numbers[node];
      if (!Object.is(row.painted.number, number)) {
        row.painted.number = number;
        this.show(node);
      }
      const gradient = this.passes.shownGradient[node];
      if (!Object.is(row.painted.gradient, gradient)) {
        row.painted.gradient = gradient;
        row.gradient.textContent = formatNumber(gradient);
        row.gradient.title = gradient === null ? "" : String(gradient);
      }
    }
  }
}

function makeHeading() {
  const cells = ["input", "slider", "number", "gradient"];
  return html("thead", {}, html("tr", {}, ...cells.map((cell) => html("th", { scope: "col" }, cell))));
}

// The panel of inputs: for each leaf a slider, a box and a nudge, and the gradient of the root by it.

import { spellNumber } from "./address.js";
import { isolateTexts } from "./direction.js";
import { byId, html, makeButton } from "./markup.js";
import { formatAsPython, formatFactor, formatNumber, signed } from "./numbers.js";
import { explainRefusal, readNumber } from "./reading.js";

const HEADS = ["input", "slider", "number", "gradient"];
const STEPS = 400; // of a slider
const DIGITS = 4; // of a number in its box; all of them where it has the focus
const OPEN = 40; // leaves that are shown at once
const NUDGE = 0.01;
const MOST_CHANGED = 8; // nodes on a nudge's way that are told

/**
 * Rows of controls for the leaves of passes.
 *
 * `changed(node, number)` is told of each move, `nudged(node, amount)` of one by a hundredth.
 */
export class Inputs {
  constructor(element, passes, isFixed, { changed, nudged, nameOfNode }) {
    Object.assign(this, { passes, isFixed, changed, nudged, nameOfNode });
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
          html("thead", {}, html("tr", {}, ...HEADS.map((head) => html("th", { scope: "col" }, head)))),
          html("tbody", {}, ...some.map((node) => this.addRow(node))),
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
  addRow(node) {
    const { passes } = this;
    const { name: path } = passes.nodes[node];
    const name = passes.nameOf(node); // as in the picture
    const slider = html("input", { type: "range", "aria-label": `${isolateTexts(name)}, slider` });
    const box = html("input", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": `${isolateTexts(name)}, number`,
      "aria-describedby": "refusal",
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
    box.addEventListener("focus", () => {
      box.value = spellNumber(this.findNumber(node));
      box.select(); // as the tab key does; a press puts the cursor where it is
    });
    box.addEventListener("change", () => { // the number of now again, beside what was said
      box.setAttribute("aria-invalid", "false");
      box.value = spellNumber(passes.numbers[node]);
    });
    box.addEventListener("blur", () => (box.value = formatAsPython(this.findNumber(node), DIGITS)));
    const head = html("th", { scope: "row", class: "name", dir: "auto", title: name === path ? "" : path }, name);
    const [less, more] = [-NUDGE, NUDGE].map((amount) => this.makeNudge(node, amount));
    this.rows.set(node, { slider, box, gradient, controls: [slider, less, box, more] });
    this.setRange(node);
    const number = html("td", {}, html("div", { class: "number" }, less, box, more));
    return html("tr", {}, head, html("td", {}, slider), number, gradient);
  }

  /** Return the button that moves a leaf by a small amount. */
  makeNudge(node, amount) {
    const words = `${isolateTexts(this.passes.nameOf(node))} ${signed(amount)}`;
    return makeButton(amount < 0 ? "−" : "+", () => this.nudged(node, amount), { class: "nudge", "aria-label": words, title: words });
  }

  /** Say what the last nudge did: to the root, beside what the gradient predicts, and on the way there. */
  paintNudge() {
    const { nudged, graph, nodes, guessing } = this.passes;
    const told = byId("nudged");
    told.hidden = nudged === null;
    if (nudged === null) {
      return;
    }
    const { node, amount, predicted } = nudged;
    const name = this.nameOfNode(node);
    if (amount === 0) {
      told.textContent = `${name} is too large for a hundredth to change it.`;
      return;
    }
    const nudge = formatNumber(amount);
    const isSecret = guessing !== null && !guessing.isOver; // which may ask for just that
    const known = predicted !== null && !isSecret;
    const guess = known ? [`; predicted ${nudge} × `, html("span", { class: "gradient" }, formatFactor(predicted)), ` = ${signed(amount * predicted)}`] : [];
    const way = nodes.map((_, other) => other)
      .filter((other) => other !== node && other !== graph.root && this.passes.findChange(other))
      .map((other) => `${this.nameOfNode(other)} ${signed(this.passes.findChange(other))}`);
    const rest = way.length > MOST_CHANGED ? [`and ${way.length - MOST_CHANGED} more`] : [];
    told.replaceChildren(
      html("strong", {}, `${name} ${signed(amount)}: ${this.nameOfNode(graph.root)} ${signed(this.passes.findChange(graph.root))}`),
      ...guess,
      ".",
      ...(way.length ? [html("br"), `On the way: ${[...way.slice(0, MOST_CHANGED), ...rest].join(", ")}.`] : []),
    );
  }

  /** Give a slider its ends: twice as far as the number, and at least from −2 to 2. */
  setRange(node) {
    const { slider } = this.rows.get(node);
    const size = Math.abs(this.findNumber(node));
    const end = Number.isFinite(2 * size) ? Math.max(2, Number((2 * size).toPrecision(1))) : 2;
    slider.min = String(-end);
    slider.max = String(end);
    slider.step = String((2 * end) / STEPS);
  }

  /** Give all sliders the ends that suit the numbers of now. */
  resetRanges() {
    for (const [node, row] of this.rows) {
      this.setRange(node);
      row.shown = undefined;
    }
  }

  /** Return a leaf's number, or that at which it is pinned. */
  findNumber(node) {
    const { graph, numbers } = this.passes;
    return graph.pins.get(node) ?? numbers[node];
  }

  /** Show a leaf's number in its controls. */
  show(node) {
    this.refusal.textContent = ""; // which told what the numbers still were
    const { slider, box } = this.rows.get(node);
    const number = this.findNumber(node);
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

  /** Show the numbers and gradients, but for those that are folded away. */
  paint() {
    this.paintNudge();
    for (const [node, row] of this.rows) {
      if (row.box.closest("details:not([open])")) {
        continue;
      }
      const isHeld = this.isFixed || this.passes.graph.pins.has(node);
      row.controls.forEach((control) => (control.disabled = isHeld));
      const number = this.findNumber(node);
      if (!Object.is(row.shown, number)) {
        row.shown = number;
        this.show(node);
      }
      const gradient = this.passes.state().gradient[node]; // none before it is reached
      row.gradient.textContent = formatNumber(gradient);
      row.gradient.title = gradient === null ? "" : String(gradient);
    }
  }
}

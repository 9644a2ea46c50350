// A picture for who hears it: what a box is called, and keys that lead from box to box along the arrows.

import { isolateTexts } from "./direction.js";
import { formatNumber } from "./numbers.js";

const SIGNS = { "**": "to the power", "*": "·", "-": "−", "/": "÷" };

/** Return a node's name, how it is made, its value and its gradient as far as these are known, as words. */
export function recite(passes, node, { known, gradient }) {
  const { nodes, graph } = passes;
  const { kind, inputs, rule } = nodes[node];
  const name = isolateTexts(passes.nameOf(node));
  if (kind === "constant") {
    return name;
  }
  const made = rule === null ? "" : ` = ${writeMaking(graph.rules[rule], inputs.map((input) => isolateTexts(passes.nameOf(input))))}`;
  const told = [
    known[node] && graph.data[node] !== null ? `value ${formatNumber(graph.data[node])}` : "",
    gradient[node] === null ? "" : `gradient ${formatNumber(gradient[node])}`,
  ].filter(Boolean).join(", ");
  return name + made + (told && `: ${told}`);
}

/** Return an operation of names, as it is written: "w2 · x2". */
function writeMaking({ written, inputs, symbol }, names) {
  if (inputs.length !== names.length) { // of as many as there are
    return `${symbol} of ${names.length} inputs`;
  }
  return written
    .replaceAll(/\*\*|[*/-]/g, (sign) => SIGNS[sign])
    .replaceAll(/[\p{L}_]\w*/gu, (word) => names[inputs.indexOf(word)] ?? word);
}

/** Lets arrow keys lead from a box that has the focus to others: along arrows, and within its column. */
export class Walk {
  constructor(element, picture) {
    Object.assign(this, { element, picture });
    element.addEventListener("keydown", (event) => this.readKey(event));
    element.addEventListener("focusin", ({ target }) => this.settle(target.closest(".node")));
  }

  /** Let the tab key reach one box of all: where one was, else where the step is. */
  settle(g) {
    if (g !== null && g !== this.home) {
      this.home?.setAttribute("tabindex", this.home.matches(".toggle") ? "0" : "-1");
      g.setAttribute("tabindex", "0");
      this.home = g;
    }
  }

  /** Take over the boxes of now; the tab key comes to the one where the step is. */
  paint() {
    const { boxes, passes: { marked } } = this.picture;
    const box = boxes.find(({ item }) => item === this.picture.repeats.stands[marked?.input ?? marked?.node]);
    if (!this.element.contains(document.activeElement) || document.activeElement === this.element) {
      this.settle((box ?? boxes[0])?.g ?? null);
    }
  }

  readKey(event) {
    const isPlain = !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
    const from = this.picture.boxes.find(({ g }) => g === event.target);
    if (!isPlain || !event.key.startsWith("Arrow") || from === undefined || !from.g.matches(":focus-visible")) {
      return;
    }
    event.preventDefault();
    event.stopPropagation(); // or the player would take it for a step
    const next = this.find(from, event.key);
    if (next) {
      this.picture.sight.show([next.place]); // what is out of sight can't have the focus
      next.g.focus({ preventScroll: true });
    }
  }

  /** Return the box that a key leads to, undefined for none. */
  find(from, key) {
    const { boxes, arrows } = this.picture;
    const isForward = key === "ArrowRight";
    const middle = ({ place }) => (place.top + place.bottom) / 2;
    const nearest = (some) => some.sort((one, other) => Math.abs(middle(one) - middle(from)) - Math.abs(middle(other) - middle(from)))[0];
    if (isForward || key === "ArrowLeft") {
      const ends = new Set(arrows.filter(({ tail, head, isBack }) => !isBack && (isForward ? tail : head) === from.item)
        .map(({ tail, head }) => (isForward ? head : tail)));
      return nearest(boxes.filter(({ item }) => ends.has(item)));
    }
    const way = key === "ArrowDown" ? 1 : -1;
    return nearest(boxes.filter((box) => way * (middle(box) - middle(from)) > 0
      && box.place.left < from.place.right && box.place.right > from.place.left));
  }
}

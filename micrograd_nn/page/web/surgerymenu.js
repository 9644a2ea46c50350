// The small menu of a node or an edge: what surgery can do to it.

import { byId, html, makeButton, whenPressed } from "./markup.js";
import { explainUnknown, findNamed } from "./names.js";
import { formatAsPython, formatNumber } from "./numbers.js";
import { explainRefusal, readNumber } from "./reading.js";

const MOST_CUTS = 8; // edges of a node that are listed
const SHOWN_DIGITS = 6; // of a number in its box
const BESIDE = 6; // pixels from what was chosen

/** The menu; `act(done)` is told of what is chosen, see surgery.js. */
export class SurgeryMenu {
  constructor(passes, nameOfNode, act) {
    Object.assign(this, { passes, nameOfNode, act });
    const on = (id, run) => {
      whenPressed(id, run);
      byId(`${id}-with`).addEventListener("keydown", (event) => event.key === "Enter" && run());
    };
    on("pin", () => this.pin());
    on("swap", () => this.swap());
    on("cut", () => this.cut());
    whenPressed("close-surgery", () => this.close());
  }

  /** Open it beside an element, for { node } or for the edge { node, position }. */
  open(chosen, element) {
    const { passes } = this;
    const { node, position = null } = chosen;
    const { inputs } = passes.nodes[node];
    const name = this.nameOfNode(node);
    const isEdge = position !== null;
    const why = passes.surgery.refuse({ kind: "pin", node });
    this.chosen = { node, position, turn: passes.repeats.turns.get(node) };
    byId("surgery-subject").textContent = isEdge
      ? `${this.nameOfNode(inputs[position])} → ${name}`
      : `${name} = ${formatNumber(passes.graph.data[node])}`;
    byId("pin-row").hidden = isEdge || why !== "";
    byId("swap-row").hidden = isEdge || why !== "";
    byId("cut-row").hidden = !isEdge;
    byId("cuts").hidden = isEdge || inputs.length === 0;
    this.say(isEdge || why === "" ? "" : `${why}.`);
    byId("pin-with").value = formatAsPython(passes.graph.data[node], SHOWN_DIGITS);
    byId("cut-with").value = "";
    byId("cut-with").placeholder = isEdge ? formatNumber(passes.graph.data[inputs[position]]) : "";
    this.offerSwap();
    const flowing = inputs.map((_, i) => i).filter((i) => passes.graph.wants(node, i));
    const listed = flowing.slice(0, MOST_CUTS).map((i) =>
      makeButton(`Cut ${this.nameOfNode(inputs[i])} → ${name}`, () => this.finish({ kind: "cut", node, position: i, number: null })));
    const more = flowing.length - MOST_CUTS;
    const rest = more > 0 ? [html("span", { class: "faint" }, `and ${more} more: choose the edge in the picture`)] : [];
    byId("cuts").replaceChildren(...listed, ...rest);
    this.place(element);
  }

  /** Put it below an element, or above it where there is no room. */
  place(element) {
    const menu = byId("surgery-menu");
    if (!menu.matches(":popover-open")) {
      menu.showPopover();
    }
    const at = element.getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const x = Math.min(at.left + at.width / 2 - width / 2, clientWidth - width - BESIDE);
    const below = at.bottom + BESIDE;
    const y = below + height > clientHeight ? at.top - height - BESIDE : below;
    menu.style.left = `${Math.max(BESIDE, x)}px`;
    menu.style.top = `${Math.max(BESIDE, Math.min(y, clientHeight - height - BESIDE))}px`;
    menu.focus({ preventScroll: true });
  }

  /** Ask with which repetition to swap, or with which node where there are none. */
  offerSwap() {
    const { turn } = this.chosen;
    const box = byId("swap-with");
    const count = turn ? this.passes.repeats.rows[turn.repeat].length : 0;
    byId("swap-what").textContent = turn ? "Swap with repetition" : "Swap with";
    byId("swap-more").textContent = turn ? `of ${count}, this is ${turn.turn + 1}` : "";
    box.value = "";
    box.placeholder = turn ? "" : "a node";
    box.inputMode = turn ? "numeric" : "text";
    if (turn) {
      box.removeAttribute("list");
    } else {
      box.setAttribute("list", "names");
    }
  }

  pin() {
    const text = byId("pin-with").value;
    const number = readNumber(text);
    if (number === null) {
      this.say(explainRefusal(text));
    } else {
      this.finish({ kind: "pin", node: this.chosen.node, number });
    }
  }

  cut() {
    const text = byId("cut-with").value.trim();
    const number = text === "" ? null : readNumber(text);
    if (number === null && text !== "") {
      this.say(explainRefusal(text));
    } else {
      this.finish({ kind: "cut", node: this.chosen.node, position: this.chosen.position, number });
    }
  }

  swap() {
    const { node, turn } = this.chosen;
    const { nodes, repeats } = this.passes;
    const text = byId("swap-with").value.trim();
    const other = turn ? repeats.findTwin(node, Number(text) - 1) : findNamed(this.passes, text);
    if (other in nodes) {
      this.finish({ kind: "swap", node, other });
    } else {
      const count = turn ? repeats.rows[turn.repeat].length : 0;
      this.say(turn ? `The repetitions that have it are among 1 to ${count}.` : explainUnknown(this.passes, text));
    }
  }

  finish(done) {
    const why = this.passes.surgery.refuse(done);
    if (why) {
      this.say(`${why}.`);
    } else {
      this.close();
      this.act(done);
    }
  }

  say(words) {
    byId("surgery-refusal").textContent = words;
  }

  close() {
    byId("surgery-menu").hidePopover();
  }
}

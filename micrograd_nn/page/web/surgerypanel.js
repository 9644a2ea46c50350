// The panel of surgery: what was done to the graph, and what follows, beside what it was; and the small
// menu of a node or an edge: what surgery can do to it.

import { byId, html, makeButton, whenPressed } from "./markup.js";
import { explainUnknown, findNamed } from "./names.js";
import { formatAsPython, formatNumber } from "./numbers.js";
import { APART, placeBeside } from "./places.js";
import { explainRefusal, readNumber } from "./reading.js";
import { formatBoth, readSurgery, tellDied, writeSurgery } from "./surgery.js";

const MOST_DIFFERING = 20;
const MOST_CUTS = 8; // edges of a node that are listed
const SHOWN_DIGITS = 6; // of a number in its box

/** The menu; `act(done)` is told of what is chosen, see surgery.js. */
class SurgeryMenu {
  constructor(passes, nameOfNode, act) {
    Object.assign(this, { passes, nameOfNode, act });
    const on = (id, run) => {
      whenPressed(id, run);
      byId(`${id}-with`).addEventListener("keydown", (event) => event.key === "Enter" && run());
    };
    on("pin", () => this.hold("pin"));
    on("swap", () => this.swap());
    on("cut", () => this.hold("cut"));
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

  /** Show it beside an element. */
  place(element) {
    const menu = byId("surgery-menu");
    if (!menu.matches(":popover-open")) {
      menu.showPopover();
    }
    const { clientWidth, clientHeight } = document.documentElement;
    placeBeside(menu, element, { left: 0, top: 0, width: clientWidth, height: clientHeight }, APART);
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

  /** Pin the node to the number in the box, or cut the edge, along which that arrives, if there is one. */
  hold(kind) {
    const { node, position } = this.chosen;
    const text = byId(`${kind}-with`).value.trim();
    const number = readNumber(text);
    if (number === null && !(kind === "cut" && text === "")) {
      this.say(explainRefusal(text));
    } else {
      this.finish({ kind, node, position, number });
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

/**
 * The controls of surgery; `changed()` is told when something was done, or undone.
 *
 * `fixed` says why the numbers of this page can't be changed, "" if they can.
 */
export class SurgeryPanel {
  constructor(passes, nameOfNode, fixed, changed) {
    Object.assign(this, { passes, nameOfNode, isFixed: fixed !== "", changed });
    this.menu = new SurgeryMenu(passes, nameOfNode, (act) => this.operate([...passes.surgery.done, act]));
    whenPressed("undo", () => this.undo(passes.surgery.done.slice(0, -1)));
    whenPressed("undo-all", () => this.undo([]));
    byId("operated").disabled = this.isFixed;
    byId("operated").addEventListener("change", () => this.choose());
    byId("operated").addEventListener("input", () => this.complain(""));
  }

  /** How it stands in an address. */
  get part() {
    const { surgery, nodes } = this.passes;
    return {
      write: () => writeSurgery(surgery.done, nodes),
      read: (text) => {
        if (this.isFixed) {
          return "the numbers can't be changed here";
        }
        const { done, why } = readSurgery(text, surgery);
        if (why === "") {
          this.operate(done);
        }
        return why;
      },
    };
  }

  operate(done) {
    this.passes.operate(done);
    this.changed();
  }

  /** Take back what was done, and keep the focus though its button goes. */
  undo(done) {
    this.operate(done);
    if (done.length === 0) {
      byId("operated").focus({ preventScroll: true });
    }
  }

  /** Offer what can be done to the node whose name is typed. */
  choose() {
    const name = byId("operated").value.trim();
    const node = findNamed(this.passes, name);
    this.complain(name === "" || node >= 0 ? "" : explainUnknown(this.passes, name));
    if (node >= 0) {
      byId("operated").value = "";
      this.menu.open({ node }, byId("operated"));
    }
  }

  /** Say what is wrong with the name that is typed, "" for nothing. */
  complain(words) {
    byId("operated").setCustomValidity(words);
    byId("operated").setAttribute("aria-invalid", String(words !== ""));
    byId("operated-refusal").textContent = words;
  }

  /** Offer what can be done to what was pressed in the picture: { node } or { node, position }. */
  offer(chosen, element) {
    if (!this.isFixed) {
      setTimeout(() => this.menu.open(chosen, element)); // after the press, which closes what is open
    }
  }

  /** Show what was done, and what follows. */
  paint() {
    const { passes, nameOfNode } = this;
    const { before, graph, surgery } = passes;
    document.body.classList.toggle("operated", before !== null);
    byId("undo").hidden = byId("undo-all").hidden = before === null;
    byId("surgery-help").hidden = before !== null;
    const { "new-value": values, "new-gradient": gradients } = { "new-value": [], "new-gradient": [], ...passes.operated };
    const differing = [...new Set([...values, ...gradients])].sort((one, other) => one - other);
    byId("surgery-rows").hidden = differing.length === 0;
    byId("surgery-rows").tBodies[0].replaceChildren(...differing.slice(0, MOST_DIFFERING).map((node) => this.makeRow(node)));
    if (before === null) {
      byId("surgery-told").replaceChildren();
      return;
    }
    const { root } = graph;
    const failed = [...graph.errors.keys()].map((node) => `${passes.explainError(node)}.`);
    const died = tellDied([...passes.operated.died], before.gradient, nameOfNode);
    const told = [...surgery.tell(before.data, nameOfNode), ...(failed.length ? failed : died ? [died] : [])];
    const left = differing.length - MOST_DIFFERING;
    const rest = left > 0 ? [`${left.toLocaleString("en")} more nodes differ.`] : differing.length ? [] : ["Nothing differs."];
    byId("surgery-told").replaceChildren(
      html("strong", {}, `${nameOfNode(root)}: ${failed.length ? `${formatNumber(before.data[root])} → ?` : formatBoth(before.data[root], graph.data[root])}`),
      ...[...told, ...rest].flatMap((line) => [html("br"), line]),
    );
  }

  /** Return the row of a node, its value and its gradient before and after. */
  makeRow(node) {
    const { before, graph, right, nodes } = this.passes;
    const head = html("th", { scope: "row", dir: "auto" }, nodes[node].name);
    const cell = (kind, x, y) => html("td", { class: kind }, formatBoth(x, y));
    return html("tr", {}, head, cell("value", before.data[node], graph.data[node]), cell("gradient", before.gradient[node], right[node]));
  }
}

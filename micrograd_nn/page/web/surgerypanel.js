// The panel of surgery: what was done to the graph, and what follows, beside what it was.

import { byId, html, whenPressed } from "./markup.js";
import { explainUnknown, findNamed } from "./names.js";
import { formatNumber } from "./numbers.js";
import { formatBoth, readSurgery, tellDied, writeSurgery } from "./surgery.js";
import { SurgeryMenu } from "./surgerymenu.js";

const MOST_DIFFERING = 20;

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

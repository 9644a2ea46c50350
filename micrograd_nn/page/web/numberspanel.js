// The panel of numbers: the leaves' own, those of an example, and what comes out.

import { Descent } from "./descent.js";
import { Inputs } from "./inputs.js";
import { byId, html, whenPressed } from "./markup.js";
import { formatNumber } from "./numbers.js";
import { formatBoth } from "./surgery.js";

/** The controls of a graph's numbers; `computeSoon()` and `computeNow()` are told that they changed. */
export class NumbersPanel {
  constructor(passes, nameOfNode, { examples: { rows, inputs: holders }, parameters, fixed }, { computeSoon, computeNow }) {
    Object.assign(this, { passes, nameOfNode, rows, holders, isFixed: fixed !== "", computeSoon });
    this.inputs = new Inputs(byId("inputs"), passes, this.isFixed, {
      nameOfNode,
      changed: (node, number) => {
        passes.numbers[node] = number;
        passes.nudged = null;
        this.takeOver(node);
      },
      nudged: (node, amount) => {
        passes.nudge(node, amount);
        this.takeOver(node);
      },
    });
    this.descent = new Descent(passes, nameOfNode, {
      parameters,
      holders,
      isFixed: this.isFixed,
      changed() {
        passes.nudged = null;
        computeNow();
      },
    });
    byId("fixed").hidden = !this.isFixed;
    byId("fixed").textContent = fixed && `The numbers can't be changed here: ${fixed}.`;
    byId("reset").disabled = this.isFixed;
    whenPressed("reset", () => this.reset());
    this.offerExamples();
  }

  /** Offer the rows of the data set, whose numbers the leaves that hold an example take over. */
  offerExamples() {
    const choice = byId("example");
    byId("example-label").hidden = this.rows.length === 0;
    choice.disabled = this.isFixed;
    choice.append(
      html("option", { value: "" }, "as recorded"),
      ...this.rows.map((row, i) => html("option", { value: i }, `${i + 1}: ${row.map((x) => formatNumber(Number(x))).join(", ")}`)),
    );
    choice.addEventListener("change", () => this.chooseExample());
  }

  /** Take over what somebody did to a leaf's number. */
  takeOver(node) {
    if (this.holders.includes(node)) {
      byId("example").selectedIndex = -1; // it is none of them any more
    }
    this.descent.forget();
    this.computeSoon();
  }

  /** Take over the numbers of the example that is chosen. */
  chooseExample() {
    const row = this.rows[byId("example").value];
    this.holders.forEach((node, i) => {
      this.passes.numbers[node] = row ? Number(row[i]) : this.passes.recorded[node];
    });
    this.forget();
  }

  /** Forget what was told of other numbers, and compute from those of now. */
  forget() {
    this.passes.nudged = null;
    this.descent.forget();
    this.computeSoon();
  }

  /** Take over the numbers that were recorded. */
  reset() {
    this.passes.numbers = [...this.passes.recorded];
    this.inputs.resetRanges();
    byId("example").value = "";
    this.forget();
  }

  /** Show the leaves' numbers, and say what comes out, or where and why nothing does. */
  paint() {
    this.inputs.paint();
    const { passes, nameOfNode } = this;
    const { root, data, errors } = passes.graph;
    const complaints = [...errors.keys()].map((node) => `${nameOfNode(node)}: ${passes.explainError(node)}.`);
    const isMoved = passes.numbers.some((number, node) => !Object.is(number, passes.recorded[node])); // who moves one wants to see
    const isReached = passes.state().known[root] || (isMoved && !passes.guessing);
    const shown = passes.before && isReached ? `: ${formatBoth(passes.before.data[root], data[root])}` : ` = ${formatNumber(isReached ? data[root] : null)}`;
    byId("result").textContent = complaints.join(" ") || nameOfNode(root) + shown;
    byId("result").classList.toggle("error", complaints.length > 0);
  }
}

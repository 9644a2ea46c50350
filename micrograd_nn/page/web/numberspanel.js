// The panel of numbers: the leaves' own, those of an example, and what comes out; and a step of gradient
// descent after the last step: each parameter a little against its gradient.

import { Inputs } from "./inputs.js";
import { byId, html, whenPressed } from "./markup.js";
import { formatNumber, signed } from "./numbers.js";
import { explainRefusal, readNumber } from "./reading.js";
import { formatBoth } from "./surgery.js";

const MOST_LEAVES = 6; // that are named to choose from
const MOST_MOVES = 4; // parameters whose move is written

/**
 * The panel that takes a step.
 *
 * What moves is a choice: the parameters, or every leaf but those that hold an example.
 * `changed()` is told after the numbers of the leaves moved, and computes everything again.
 */
class Descent {
  constructor(passes, nameOfNode, { parameters, holders, isFixed, changed }) {
    Object.assign(this, { passes, nameOfNode, isFixed, changed, start: null, told: null });
    const leaves = passes.nodes.map((_, node) => node).filter((node) => passes.nodes[node].kind === "leaf");
    const all = leaves.filter((node) => !holders.includes(node));
    const known = new Set(parameters);
    const learned = all.filter((node) => known.has(node));
    this.choices = [learned, all].filter((some, i) => some.length && !(i && some.length === learned.length));
    this.choices.forEach((some, i) => {
      const names = some.length > MOST_LEAVES ? `${some.length} leaves` : some.map((node) => nameOfNode(node)).join(", ");
      byId("moved").append(html("option", { value: i }, names));
    });
    byId("moved-label").hidden = this.choices.length < 2;
    whenPressed("take", () => this.take());
    whenPressed("untake", () => this.undo());
  }

  /** Show the panel at the last step, but not beside a question. */
  paint() {
    const { passes } = this;
    const isHere = passes.step === passes.facts.length && passes.guessing === null && !this.isFixed;
    byId("descent").hidden = !isHere || this.choices.length === 0;
    byId("untake").hidden = this.start === null;
    byId("take").textContent = this.start === null ? "Take a step" : "Once more";
    byId("moves").replaceChildren(...(this.told ?? []));
  }

  /** Move each parameter by −rate × gradient. */
  take() {
    const { passes } = this;
    const rate = readNumber(byId("rate").value);
    byId("rate").setAttribute("aria-invalid", String(rate === null));
    if (rate === null) {
      this.tell(explainRefusal(byId("rate").value, "0.1 or 1e−3"));
      return;
    }
    passes.compute(); // a page may be a frame behind its numbers
    const moved = this.choices[byId("moved").selectedIndex].filter((node) => Number.isFinite(passes.gradient[node] ?? NaN) && !passes.graph.pins.has(node));
    if (!moved.length) {
      this.tell("No gradient is known to move against.");
      return;
    }
    this.start ??= [...passes.numbers];
    const { root } = passes.graph;
    const before = { numbers: [...passes.numbers], result: passes.graph.data[root] };
    const expected = -rate * moved.reduce((sum, node) => sum + passes.gradient[node] * passes.right[node], 0);
    for (const node of moved) {
      passes.numbers[node] -= rate * passes.gradient[node];
    }
    this.changed();
    const after = passes.graph.data[root];
    const [name, difference] = [this.nameOfNode(root), after === null ? null : after - before.result];
    const why = difference > 0 && expected < 0 ? " The step was too large: the slope held near the start alone." : "";
    const moves = moved.slice(0, MOST_MOVES).map((node) =>
      `${this.nameOfNode(node)} ${formatNumber(before.numbers[node])} → ${formatNumber(passes.numbers[node])}`);
    const rest = moved.length > MOST_MOVES ? ` and ${moved.length - MOST_MOVES} more` : "";
    this.tell(
      html("strong", {}, `${name} ${formatNumber(before.result)} → ${formatNumber(after)}`),
      ` (${signed(difference)}; predicted ${signed(expected)}).${why} ${moves.join(", ")}${rest}.`,
    );
  }

  tell(...words) {
    this.told = words;
    this.paint();
  }

  /** Bring back the numbers before the first step. */
  undo() {
    this.passes.numbers = this.start;
    this.forget();
    this.changed();
    byId("take").focus();
  }

  /** Forget the steps, for numbers that somebody else moved. */
  forget() {
    Object.assign(this, { start: null, told: null });
  }
}

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

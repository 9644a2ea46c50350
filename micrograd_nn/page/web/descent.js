// A step of gradient descent after the last step: each parameter a little against its gradient.

import { byId, html, whenPressed } from "./markup.js";
import { formatNumber, signed } from "./numbers.js";
import { explainRefusal, readNumber } from "./reading.js";

const MOST_MOVES = 4; // parameters whose move is written

/**
 * The panel that takes a step.
 *
 * What moves is a choice: the parameters, or every leaf but those that hold an example.
 * `changed()` is told after the numbers of the leaves moved, and computes everything again.
 */
export class Descent {
  constructor(passes, nameOfNode, { parameters, holders, isFixed, changed }) {
    Object.assign(this, { passes, nameOfNode, isFixed, changed, start: null, told: null });
    const leaves = passes.nodes.map((_, node) => node).filter((node) => passes.nodes[node].kind === "leaf");
    const all = leaves.filter((node) => !holders.includes(node));
    const known = new Set(parameters);
    const learned = all.filter((node) => known.has(node));
    this.choices = [learned, all].filter((some, i) => some.length && !(i && some.length === learned.length));
    this.choices.forEach((some, i) =>
      byId("moved").append(html("option", { value: i }, this.listNames(some))));
    byId("moved-label").hidden = this.choices.length < 2;
    whenPressed("take", () => this.take());
    whenPressed("untake", () => this.undo());
  }

  listNames(nodes) {
    const names = nodes.map((node) => this.nameOfNode(node));
    return names.length > 6 ? `${names.length} leaves` : names.join(", ");
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

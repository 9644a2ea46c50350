// A graph's forward and backward pass as steps to move among: its numbers at any moment.

import { isolateTexts } from "./direction.js";
import { Graph, backpropagate, listFacts } from "./engine.js";
import { Layers } from "./layers.js";
import { formatNumber } from "./numbers.js";
import { Repeats } from "./repeats.js";
import { Surgery, findDied } from "./surgery.js";

/** The passes over one graph: which step they are at, with which numbers, by which engine. */
export class Passes {
  constructor(nodes, rules, descriptions, view = { stands: [], repeats: [] }) {
    this.nodes = nodes;
    this.repeats = new Repeats(view, nodes.length);
    this.layers = new Layers(view.tree, this);
    this.names = view.names ?? {}; // shorter ones, where the picture has some
    const described = rules.map((rule, i) => ({ ...descriptions[i], ...rule }));
    this.graph = new Graph(nodes, described);
    this.whole = new Graph(nodes, described); // without surgery
    this.wholeFacts = listFacts(this.whole);
    this.surgery = new Surgery(nodes);
    this.recorded = nodes.map((node) => Number(node.number));
    this.numbers = [...this.recorded];
    this.nudged = null; // { node, amount, before }: the leaf that was nudged, and all numbers before that
    this.step = 0;
    this.guessing = null; // while steps are guessed: what the page keeps to itself
    this.breakWith({});
  }

  /** Return a node's name as the picture has it. */
  nameOf(node) {
    return this.names[node] ?? this.nodes[node].name;
  }

  /** Return which of a node's inputs one is, where it takes that more than once. */
  namePlace(node, position) {
    const { inputs } = this.nodes[node];
    const uses = inputs.filter((input) => input === inputs[position]).length;
    return uses > 1 ? ` (input ${position + 1})` : "";
  }

  /** The fact of the step just taken, undefined at the beginning. */
  get fact() {
    return this.facts[this.step - 1];
  }

  /** The fact whose nodes are marked: that of the step, unless somebody is asked which comes. */
  get marked() {
    return this.guessing?.hides === "fact" ? undefined : this.fact;
  }

  /** The step up to which all is shown: the one before, while its result is asked for. */
  get shownStep() {
    return this.step - (this.guessing?.hides ? 1 : 0);
  }

  /** Whether something is. */
  get isBroken() {
    return Object.values(this.broken).some(Boolean);
  }

  /** Choose what was done to the graph, see surgery.js. */
  operate(done) {
    this.surgery.done = done;
    this.nudged = null;
    this.breakWith(this.broken);
  }

  /** Return the nodes that surgery marks, by word: what is pinned, what is other than before, what died. */
  listOperated() {
    if (this.before === null) {
      return {};
    }
    const { before, graph: { data, pins, errors }, right } = this;
    const nodes = data.map((_, node) => node);
    return {
      pinned: pins,
      "new-value": new Set(nodes.filter((node) => differs(before.data[node], data[node]))),
      "new-gradient": new Set(nodes.filter((node) => differs(before.gradient[node], right[node]))),
      died: new Set(errors.size ? [] : findDied(before.gradient, right)), // none, or none known
    };
  }

  /** Choose what is broken in the engine: { overwrite, unordered, unreset, seed, share, locals }. */
  breakWith(broken) {
    this.broken = broken;
    this.graph.wrongLocals = broken.locals ?? null;
    this.graph.operate(this.surgery.listPins(this.recorded), this.surgery.listCuts()); // at whatever numbers
    this.rightFacts = listFacts(this.graph);
    this.facts = listFacts(this.graph, broken); // which depend on the engine and not on the numbers
    this.listStops();
    this.shares = []; // for each pass, the steps that add to each node's gradient
    this.facts.forEach((fact, i) => {
      if (fact.kind !== "value") {
        const steps = (this.shares[fact.pass] ??= this.nodes.map(() => []));
        steps[fact.kind === "share" ? fact.input : fact.node].push(i + 1);
      }
    });
    this.compute();
    this.goTo(this.step);
  }

  /** Find the steps at which one stops: those of repetitions or layers that aren't shown are one in a row. */
  listStops() {
    this.stops = [0, ...this.repeats.listStops(this.facts, (fact) => this.layers.find(fact.node) ?? this.layers.findWithin(fact))];
  }

  /** Return the number of the stop at a step, or of the first one after it. */
  findStop(step) {
    let [low, high] = [0, this.stops.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      [low, high] = this.stops[middle] < step ? [middle + 1, high] : [low, middle];
    }
    return low;
  }

  /** Return how many steps are taken with that of now: more than one where repetitions are folded. */
  get taken() {
    return this.step - (this.stops[this.findStop(this.step) - 1] ?? 0);
  }

  /** Compute everything from the leaves' numbers, with surgery beside what it was without. */
  compute() {
    this.before = null;
    if (this.surgery.isDone) {
      this.whole.compute(this.numbers);
      this.before = { data: this.whole.data, gradient: backpropagate(this.whole, this.wholeFacts) };
      this.graph.operate(this.surgery.listPins(this.whole.data), this.graph.cuts);
    }
    this.graph.compute(this.numbers);
    this.right = backpropagate(this.graph, this.rightFacts, {}, this.graph.right);
    this.gradient = backpropagate(this.graph, this.facts, this.broken);
    this.operated = this.listOperated();
    this.moment = null;
  }

  /** Move a leaf's number by a small amount, and remember what all were before. */
  nudge(node, amount) {
    this.compute(); // a page may be a frame behind its numbers
    const from = this.numbers[node];
    const to = Number((from + amount).toPrecision(12)); // 0.1 + 0.2 is 0.3 here
    this.nudged = { node, amount: to - from, before: [...this.graph.data], predicted: this.right[node] };
    this.numbers[node] = to;
  }

  /** Return by how much the last nudge changed a node's number; null if that isn't known. */
  findChange(node) {
    const [before, after] = [this.nudged?.before[node] ?? null, this.graph.data[node]];
    return before === null || after === null ? null : after - before;
  }

  /** Move to a step: 0 is the beginning, where the leaves alone are known. */
  goTo(step) {
    this.step = Math.max(0, Math.min(this.facts.length, Math.round(step) || 0));
    this.moment = null;
  }

  /**
   * Keep to itself what is guessed: `hides` of this step its "number" or the whole "fact", or
   * nothing (""), the local derivatives of the edges in `secrets`, and sums until it `isOver`.
   */
  guess(guessing) {
    this.guessing = guessing;
    this.moment = null;
  }

  /** Tell whether the local derivative along an edge is kept secret. */
  isSecret(node, position) {
    return this.guessing?.secrets.has(`${node}-${position}`) ?? false;
  }

  /** Return what is known at this step: of each node whether its value is, and its gradient. */
  state() {
    if (this.moment === null) {
      const known = this.nodes.map((node) => node.rule === null);
      const gradient = new Array(this.nodes.length).fill(null);
      const flowed = new Map(); // the share that went along each edge, "node-position"
      for (const fact of this.facts.slice(0, this.shownStep)) {
        if (fact.kind === "value") {
          known[fact.node] = true;
        } else if (fact.kind === "seed") {
          gradient[fact.node] = fact.after;
        } else {
          gradient[fact.input] = fact.after;
          if (fact.share !== null) {
            flowed.set(`${fact.node}-${fact.position}`, fact.share);
          }
        }
      }
      this.moment = { known, gradient, flowed };
    }
    return this.moment;
  }

  /** Return how many steps to a node's gradient are still to come in this pass. */
  countPending(node) {
    return this.shares[this.fact?.pass ?? 0][node].filter((step) => step > this.shownStep).length;
  }

  /** Tell whether no step to a node's gradient is still to come in this pass. */
  isComplete(node) {
    return this.shownStep >= (this.shares[this.fact?.pass ?? 0][node].at(-1) ?? 0);
  }

  /** Return the nodes whose gradients come out wrong. */
  findWrong() {
    return this.nodes
      .map((_, node) => node)
      .filter((node) => !agree(this.gradient[node], this.right[node]));
  }

  /** Return why a node can't be computed as a sentence, "" if it can. */
  explainError(node) {
    const error = this.graph.errors.get(node);
    if (!error) {
      return "";
    }
    const { rule, inputs } = this.nodes[node];
    const { written, needs, partialsNeed, inputs: names } = this.graph.rules[rule];
    const subject = (error.ofDerivative ? "the derivative of " : "") + written;
    const condition = error.ofDerivative ? partialsNeed : needs;
    const reason =
      error.kind === "overflow" || !condition
        ? "is beyond the largest number, 1.8e308"
        : `needs ${condition}`;
    const given = inputs.map((input, i) => {
      const [place, { name, kind }] = [names[i] ?? `x${i + 1}`, this.nodes[input]];
      const called = kind === "constant" || !name || name === place ? "" : ` (${isolateTexts(name)} here)`; // y / x has an x, too
      return `${place}${called} = ${formatNumber(this.graph.findArriving(node, i))}`;
    });
    const few = given.length > 4 ? [...given.slice(0, 4), "…"] : given;
    return `${subject} ${reason}; ${few.join(", ")}`;
  }
}

/** Tell whether a number is another one than before; a zero of another sign isn't. */
function differs(before, after) {
  return before !== after && !Object.is(before, after);
}

/** Tell whether two numbers are the same but for rounding; two unknown ones are. */
function agree(x, y) {
  if (x === null || y === null || Number.isNaN(x) || Number.isNaN(y)) {
    return Object.is(x, y);
  }
  return x === y || Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
}

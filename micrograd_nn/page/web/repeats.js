// Repeats: parts of a graph that are the same but for numbers, of which one repetition is shown.

import { formatNumber } from "./numbers.js";

/** Which node stands for which, and which of the repetitions is the one to see. */
export class Repeats {
  constructor({ stands, repeats }, count) {
    this.stands = stands.length ? stands : Array.from({ length: count }, (_, node) => node);
    this.rows = repeats.map(({ rows }) => rows);
    this.most = Math.max(0, ...this.rows.map(({ length }) => length)); // repetitions to choose from
    this.turns = new Map(); // of each node in one, the repeat and the repetition
    this.members = new Map(); // of each standing node, those that it stands for
    this.rows.forEach((rows, repeat) => rows.forEach((row, turn) => row.forEach((node) => {
      this.turns.set(node, { repeat, turn });
      const stand = this.stands[node];
      this.members.set(stand, this.members.get(stand) ?? []);
      this.members.get(stand).push(node);
    })));
    this.choose(this.most - 1); // the last one has all: the sum of all others, and the root
  }

  /** Show a repetition, of a repeat with fewer its last one. */
  choose(turn) {
    this.shown = this.rows.map((rows) => Math.min(turn, rows.length - 1));
    this.actual = new Map(); // the node that is seen where another one stands
    this.rows.forEach((rows, repeat) => {
      for (const node of rows[this.shown[repeat]]) {
        this.actual.set(this.stands[node], this.actual.get(this.stands[node]) ?? node);
      }
    });
  }

  /** Return the node whose numbers are seen in the box of a standing one. */
  see(stand) {
    return this.actual.get(stand) ?? stand;
  }

  /** Return the node that stands in another repetition as one does in its own, undefined for none. */
  findTwin(node, turn) {
    const { repeat, turn: own } = this.turns.get(node);
    const rows = this.rows[repeat];
    const alike = (row) => row.filter((one) => this.stands[one] === this.stands[node]);
    return turn in rows ? alike(rows[turn])[alike(rows[own]).indexOf(node)] : undefined;
  }

  /** Tell whether a node is in a repetition that isn't shown. */
  isHidden(node) {
    const turn = this.turns.get(node);
    return turn !== undefined && this.shown[turn.repeat] !== turn.turn;
  }

  /** Tell whether a step is seen nowhere: in a repetition that isn't shown, or on the way into one. */
  isElsewhere({ kind, node, input }) {
    return this.isHidden(node) || (kind === "share" && this.isHidden(input) && !this.turns.has(node));
  }

  /**
   * Return the edges among standing nodes: { tail, head, position, isBack }.
   *
   * What a repetition takes from the one before leads back. The first repetition may take
   * something else than the others, so that both are asked.
   */
  listEdges(nodes) {
    const found = new Map();
    const note = (node) => nodes[node].inputs.forEach((input, position) => {
      const [tail, head] = [this.stands[input], this.stands[node]];
      const [from, to] = [this.turns.get(input), this.turns.get(node)];
      const isBack = from !== undefined && to !== undefined && from.repeat === to.repeat && (from.turn !== to.turn || tail === head);
      if (!isBack && tail === head) {
        return;
      }
      const key = `${tail}-${head}-${position}${isBack ? "-back" : ""}`;
      found.set(key, found.get(key) ?? { tail, head, position, isBack });
    });
    nodes.forEach((_, node) => {
      if (!this.turns.has(node)) {
        note(node);
      }
    });
    for (const rows of this.rows) {
      new Set([0, 1, rows.length - 1]).forEach((turn) => rows[turn]?.forEach(note));
    }
    return [...found.values()];
  }

  /**
   * Return the steps at which one stops: each that is seen, and the last of those in a row that
   * aren't, which are one step, as are those in one box that is shut.
   */
  listStops(facts, boxOf = () => null) {
    const wholes = facts.map((fact) => (this.isElsewhere(fact) ? this : boxOf(fact)));
    return facts.flatMap((fact, i) =>
      wholes[i] && wholes[i] === wholes[i + 1] && facts[i + 1].kind === fact.kind ? [] : [i + 1]);
  }

  /**
   * Say what the steps did that came together to this one; null if it is one alone.
   *
   * Return { gist, sentence } and, of steps back, `sums`: of each node that is in no repetition
   * [node, what they add to its gradient], NaN where that isn't known.
   */
  describe(facts, step, state, nameOf) {
    const fact = facts[step - 1];
    if (!fact || !this.isElsewhere(fact)) {
      return null;
    }
    let first = step;
    while (first > 1 && this.isElsewhere(facts[first - 2]) && facts[first - 2].kind === fact.kind) {
      first -= 1;
    }
    const run = facts.slice(first - 1, step);
    const turns = new Set(run.map(({ node, input }) => Object.values(this.turns.get(node) ?? this.turns.get(input)).join("-")));
    const many = turns.size === 1 ? "one other repetition" : `${turns.size.toLocaleString("en")} other repetitions`;
    const alike = `${turns.size === 1 ? "It goes" : "They go"} the same way as the one that is shown`;
    const steps = `steps ${first} to ${step}, taken as one`;
    if (fact.kind === "value") {
      const follower = facts[step]; // a page opens here: its first Next should be no surprise
      const isShownNext = follower?.kind === "value" && this.turns.has(follower.node);
      return { gist: `Forward through ${many}${isShownNext ? "; next, this one" : ""}`, sentence: `${alike}: ${steps}.` };
    }
    const sums = new Map();
    for (const { input, share, after } of run.filter((one) => !this.turns.has(one.input))) {
      sums.set(input, after === null ? NaN : (sums.get(input) ?? 0) + share);
    }
    const told = [...sums.keys()].slice(0, 3).map((input) => `the gradient of ${nameOf(input)} is ${formatNumber(state.gradient[input])} now`);
    const rest = sums.size > told.length ? `, and ${sums.size - told.length} more nodes have got theirs` : "";
    const adds = told.length ? ` After them, ${told.join(", ")}${rest}.` : "";
    return { gist: `Back through ${many}`, sentence: `${alike}: ${steps}.${adds}`, sums: [...sums] };
  }

  /** Return the least and the greatest of all that standing nodes stand for, null for one alone. */
  spread(stands, numbers, isKnown) {
    const members = stands.flatMap((stand) => this.members.get(stand) ?? []);
    const known = members.filter((node) => isKnown[node]).map((node) => numbers[node]).filter((x) => x !== null);
    if (known.length < 2) {
      return null;
    }
    return known.some(Number.isNaN) ? [NaN, NaN] : [known.reduce((x, y) => Math.min(x, y)), known.reduce((x, y) => Math.max(x, y))];
  }
}

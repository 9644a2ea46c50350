// The engine in a page: numbers forward, gradients back by the chain rule, each use of it a fact.
//
// It knows no operation: `rules` are written by the program that made the page, from the rows of
// its table. A node is { inputs, rule }, where rule is null for a leaf and for a constant. A rule
// that couldn't be written is {}: its nodes keep the { number, partials } that were recorded.

import { DomainError } from "../../notation/javascript/math.mjs";

/** A graph of nodes, inputs before results, the last of them its root, and its numbers. */
export class Graph {
  constructor(nodes, rules) {
    this.nodes = nodes;
    this.rules = rules;
    this.root = nodes.length - 1;
    this.data = new Array(nodes.length).fill(null);
    this.partials = nodes.map(() => []);
    this.right = this.partials; // the local derivatives by the table, where the engine has wrong ones
    this.wrongLocals = null; // rules by operation and position, as "tanh 0"
    this.errors = new Map(); // what a node can't be computed for
    this.operate(new Map(), new Map());
  }

  /**
   * Hold nodes at the numbers in `pins`, and cut the edges "node-position" in `cuts`.
   *
   * Along a cut edge a number arrives, its own or that in `cuts`, and no gradient flows back. A node
   * whose every edge is cut is held at what arrives: its gradient ends there, as that of a pin.
   */
  operate(pins, cuts) {
    const isEnd = (node) => {
      const { inputs, rule } = this.nodes[node];
      return !pins.has(node) && !inputs.some((_, position) => this.wants(node, position) && !cuts.has(`${node}-${position}`))
        && this.rules[rule].wanted.includes(true);
    };
    const touched = [...cuts.keys()].map((edge) => Number(edge.split("-")[0]));
    Object.assign(this, { pins, cuts, ends: new Set(touched.filter(isEnd)) });
  }

  /** Compute every node from the numbers of the leaves; what can't be computed is null. */
  compute(numbers) {
    this.computeRightly(numbers);
    this.right = this.partials;
    if (this.wrongLocals) {
      this.partials = this.right.map((partials, node) => this.makeWrong(node, partials));
    }
  }

  /** Return a node's local derivatives as a broken engine has them. */
  makeWrong(node, partials) {
    return partials.map((partial, position) => {
      const rule = this.wrongLocals.get(this.nameLocal(node, position));
      const given = () => this.nodes[node].inputs.map((_, i) => this.findArriving(node, i));
      return rule && partial !== null ? attempt(() => rule(this.data[node], ...given())) : partial;
    });
  }

  /** Return what a node's local derivative is called among those of all rows, as "tanh 0"; "" where it is of no row. */
  nameLocal(node, position) {
    const { name, isRow } = this.rules[this.nodes[node].rule] ?? {};
    return isRow ? `${name} ${position}` : "";
  }

  /** Compute every node, with the local derivatives of the table. */
  computeRightly(numbers) {
    this.errors.clear();
    this.partials = this.nodes.map(() => []);
    this.nodes.forEach(({ inputs, rule, number, partials }, i) => {
      if (rule === null || this.pins.has(i)) {
        this.data[i] = this.pins.has(i) ? this.pins.get(i) : numbers[i];
        return;
      }
      if (!this.rules[rule].forward) {
        this.data[i] = Number(number);
        this.partials[i] = partials.map((partial) => (partial === null ? null : Number(partial)));
        return;
      }
      this.data[i] = null;
      const given = inputs.map((_, position) => this.findArriving(i, position));
      if (given.includes(null)) {
        return;
      }
      try {
        this.data[i] = this.rules[rule].forward(...given);
        this.partials[i] = this.ends.has(i) ? [] : this.rules[rule].partials(this.data[i], ...given);
      } catch (error) {
        if (!(error instanceof DomainError)) {
          throw error;
        }
        this.errors.set(i, { kind: error.kind, ofDerivative: this.data[i] !== null });
      }
    });
  }

  /** Return the number that arrives at a node from its input at a position. */
  findArriving(node, position) {
    return this.findCut(node, position) ?? this.data[this.nodes[node].inputs[position]];
  }

  /** Return the number that a cut lets arrive along an edge, null for the input's own, undefined for no cut. */
  findCut(node, position) {
    return this.cuts.size ? this.cuts.get(`${node}-${position}`) : undefined;
  }

  /** Return the nodes with those of their inputs alone that a gradient flows on to, -1 for the others. */
  listFlowing() {
    return this.pins.size || this.cuts.size
      ? this.nodes.map(({ inputs, rule }, node) => ({ inputs: inputs.map((input, i) => (rule !== null && this.passes(node, i) ? input : -1)) }))
      : this.nodes;
  }

  /** Return whether a node's input at a position is one that a gradient is for, and no constant. */
  wants(node, position) {
    return this.rules[this.nodes[node].rule].wanted[position];
  }

  /** Return whether a node passes a gradient on to its input at a position. */
  passes(node, position) {
    return this.wants(node, position) && !this.pins.has(node) && this.findCut(node, position) === undefined;
  }
}

/** Return what a rule gives, null where it has no number. */
export function attempt(give) {
  try {
    return give();
  } catch (error) {
    if (error instanceof DomainError) {
      return null;
    }
    throw error;
  }
}

/**
 * Return the order of the facts of a forward and a backward pass, whatever the numbers.
 *
 * A fact is { kind: "value", node }, { kind: "seed", node: root } or { kind: "share", node,
 * position, input }. A broken engine takes nodes out of order (`unordered`), or makes a second
 * pass (`unreset`).
 */
export function listFacts(graph, broken = {}) {
  const computed = graph.nodes.map((_, node) => node).filter((node) => graph.nodes[node].rule !== null);
  const facts = computed.map((node) => ({ kind: "value", node }));
  const backwards = computed.reverse(); // each after all that use it: what backpropagation needs
  for (let pass = 0; pass < (broken.unreset ? 2 : 1); pass += 1) {
    facts.push({ kind: "seed", node: graph.root, pass });
    const reached = new Set([graph.root]);
    for (const node of broken.unordered ? orderDepthFirst(graph) : backwards) {
      graph.nodes[node].inputs.forEach((input, position) => {
        if (reached.has(node) && graph.passes(node, position)) {
          reached.add(input);
          facts.push({ kind: "share", node, position, input, pass });
        }
      });
    }
  }
  return facts;
}

/** Return the nodes that are computed as a walk down from the root meets them, which may be too early. */
function orderDepthFirst(graph) {
  const found = new Set();
  const waiting = [graph.root];
  while (waiting.length) {
    const node = waiting.pop();
    if (graph.nodes[node].rule !== null && !found.has(node)) {
      found.add(node);
      waiting.push(...graph.nodes[node].inputs.filter((_, position) => graph.passes(node, position)).reverse());
    }
  }
  return [...found];
}

/**
 * Put the numbers into the facts: upstream × local derivative = share, before and after.
 *
 * Return the gradient of each node at the end, null where none arrives or it isn't known: what an
 * unknown share went into stays unknown. A broken engine may forget to add (`overwrite`), begin with
 * another number (`seed`) or make another share of the factors (`share`).
 */
export function backpropagate(graph, facts, broken = {}, partials = graph.partials) {
  const gradient = new Array(graph.nodes.length).fill(null);
  const unknown = new Set(); // nodes whose null doesn't mean that nothing has arrived yet
  for (const fact of facts) {
    if (fact.kind === "seed") {
      fact.before = gradient[fact.node];
      fact.after = broken.seed ? broken.seed() : 1;
      gradient[fact.node] = fact.after;
    } else if (fact.kind === "share") {
      const upstream = gradient[fact.node];
      const partial = partials[fact.node][fact.position] ?? null;
      fact.upstream = upstream;
      fact.partial = partial;
      fact.share = upstream === null || partial === null ? null : broken.share ? broken.share({ upstream, partial }) : upstream * partial;
      fact.before = unknown.has(fact.input) ? null : (gradient[fact.input] ?? 0);
      if (fact.share === null) {
        unknown.add(fact.input);
      }
      const isKnown = !unknown.has(fact.input);
      fact.after = isKnown ? (broken.overwrite ? 0 : fact.before) + fact.share : null;
      gradient[fact.input] = fact.after; // the chain rule
    }
  }
  return gradient;
}

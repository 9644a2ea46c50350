// The classic mistakes at a step, and the number that each gives: as micrograd_nn/misconceptions does.
//
// It knows no mistake: `rules` and `descriptions` are written from the table by the program that
// made the page.

import { DomainError } from "./math.js";
import { formatAsPython, formatNumber } from "./numbers.js";

const THREE_DIGITS = 0.005; // of an answer are enough: what may differ, relatively
const NEARLY = 0.01; // what is so near isn't a mistake but rounded too much

/** Tell whether an answer is a number, but for rounding to three digits. */
export function isNear(given, right, most = THREE_DIGITS) {
  const apart = Math.abs(given - right);
  const isClose = Number.isFinite(apart) && apart <= most * Math.max(Math.abs(given), Math.abs(right));
  return given === right || isClose;
}

/** Tell whether an answer would be right with another digit. */
export function isNearly(given, right) {
  return right !== 0 && isNear(given, right, NEARLY);
}

/** Finds the mistakes that one can make at a step of passes, with the numbers of the moment. */
export class Slips {
  constructor(passes, rules, descriptions) {
    this.passes = passes;
    this.misconceptions = descriptions.map((one, i) => ({ ...one, rule: rules[i] }));
  }

  /** Return what there is to be seen at a step that passes a share on; null for what it hasn't. */
  readQuantities(step) {
    const { graph, facts, shares } = this.passes;
    const { node, input, position, before, upstream, partial, share } = facts[step - 1];
    const arrivals = shares[0][node];
    return {
      before,
      upstream,
      partial,
      share,
      early: arrivals.length > 1 ? facts[arrivals[0] - 1].after : null,
      ...this.findWrongPartials(node, position),
      value: graph.data[input],
      result: graph.data[node],
      ...this.findForgotten(node, position),
    };
  }

  /** Return the constant exponent of a power, and the derivative of tanh with nothing squared. */
  findForgotten(node, position) {
    const { graph, nodes } = this.passes;
    const { inputs, rule } = nodes[node];
    const { name, wanted } = graph.rules[rule];
    const isPower = name === "pow" && wanted.length === 2 && position === 0 && !wanted[1];
    return {
      exponent: (isPower && graph.data[inputs[1]]) || null,
      unsquared: name === "tanh" ? 1 - graph.data[node] : null,
    };
  }

  /** Return the derivative by the other input, and that with the input in place of the result. */
  findWrongPartials(node, position) {
    const { graph, nodes } = this.passes;
    const { inputs, rule } = nodes[node];
    const [partials, numbers] = [graph.partials[node], inputs.map((input) => graph.data[input])];
    if (inputs.length === 2) {
      return { other: partials[1 - position] ?? null, swapped: null };
    }
    if (inputs.length > 2) { // the other one is that which multiplies this one
      const i = numbers.findIndex((x, at) => x === partials[position] && partials[at] === numbers[position]);
      return { other: partials[i] ?? null, swapped: null };
    }
    const [swapped] = this.computePartials(rule, numbers[0], numbers);
    return { other: null, swapped: swapped ?? null };
  }

  /** Return a rule's derivatives at numbers, none where they can't be computed. */
  computePartials(rule, out, numbers) {
    try {
      return this.passes.graph.rules[rule].partials?.(out, ...numbers) ?? [];
    } catch (error) {
      if (error instanceof DomainError) {
        return [];
      }
      throw error;
    }
  }

  /** Return what is right at a step: the gradient after it, or the local derivative. */
  findRight(step, isLocal) {
    const { partial, after } = this.passes.facts[step - 1];
    return isLocal ? partial : after;
  }

  /** Return what a number is that was taken for the local derivative and has more in it; "" if it hasn't. */
  nameWhole(step, given) {
    const { share, after } = this.passes.facts[step - 1];
    return isNear(given, share) ? "share" : isNear(given, after) ? "gradient" : "";
  }

  /** Return what else is right: what comes of the numbers as they are shown, with four digits. */
  listRounded(step, isLocal) {
    const { graph, nodes, facts } = this.passes;
    const { node, position, before, upstream, partial } = facts[step - 1];
    const { inputs, rule } = nodes[node];
    const numbers = inputs.map((input) => roundAsShown(graph.data[input]));
    const again = this.computePartials(rule, roundAsShown(graph.data[node]), numbers)[position];
    const partials = [partial, again ?? partial].map(roundAsShown);
    return isLocal ? partials : partials.map((x) => roundAsShown(before) + roundAsShown(upstream) * x);
  }

  /** Return what one comes to by a mistake, null where a step gives no occasion for it. */
  makeMistake(wrong, quantities, isLocal) {
    if (wrong.needs.some((name) => quantities[name] === null) || (isLocal && !wrong.isLocal)) {
      return null;
    }
    const found = wrong.rule(quantities);
    return wrong.isLocal && !isLocal ? quantities.before + quantities.upstream * found : found;
  }

  /** Return the mistakes that one can make at a step, each number once, without the right one. */
  find(step, isLocal) {
    const quantities = this.readQuantities(step);
    const known = [this.findRight(step, isLocal)];
    const slips = [];
    for (const misconception of this.misconceptions) {
      const answer = this.makeMistake(misconception, quantities, isLocal);
      if (answer !== null && !known.some((other) => isNear(answer, other))) {
        known.push(answer);
        slips.push({ answer, misconception, quantities });
      }
    }
    return slips;
  }

  /** Return a mistake's words, `told` or `remedy`, with the names and the numbers of a step. */
  tell(text, { node, input }, quantities, nameOf) {
    return text.replace(/\{(\w+)\}/g, (_, name) =>
      name in quantities ? formatNumber(quantities[name]) : nameOf({ node, input }[name]));
  }
}

/** Return a number as it is shown. */
function roundAsShown(x) {
  return Number(formatAsPython(x).replaceAll("−", "-"));
}

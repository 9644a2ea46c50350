// The misconceptions at a step, and the number that each gives: as micrograd_nn/stepping/misconceptions does.
//
// It knows none: `rules`, `wrongLocals` and `descriptions` are written from the tables by the
// program that made the page.

import { attempt } from "./engine.js";
import { isNear } from "./nearness.js";
import { formatAsPython, formatNumber } from "./numbers.js";

/** Finds the mistakes that one can make at a step of passes, with the numbers of the moment. */
export class Slips {
  constructor(passes, rules, wrongLocals, descriptions) {
    this.passes = passes;
    this.wrongLocals = wrongLocals;
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
      other: this.findOther(node, position),
      value: graph.data[input],
      result: graph.data[node],
    };
  }

  /** Return the derivative by the other input, null where there is no other Value. */
  findOther(node, position) {
    const { graph, nodes } = this.passes;
    const { inputs } = nodes[node];
    const [partials, numbers] = [graph.partials[node], inputs.map((input) => graph.data[input])];
    const multiplies = (x, at) => x === partials[position] && partials[at] === numbers[position];
    const i = inputs.length < 3 ? 1 - position : numbers.findIndex(multiplies);
    return partials[i] ?? null;
  }

  /** Return the wrong local derivative that a misconception makes of an operation's, undefined if none. */
  computeWrongLocal(wrong, step) {
    const { graph, nodes, facts } = this.passes;
    const { node, position } = facts[step - 1];
    const functions = this.wrongLocals[graph.nameLocal(node, position)] ?? {};
    const numbers = [node, ...nodes[node].inputs].map((x) => graph.data[x]);
    return attempt(() => functions[wrong.name]?.(...numbers)) ?? undefined;
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
    const again = attempt(() => graph.rules[rule].partials?.(roundAsShown(graph.data[node]), ...numbers)[position]);
    const partials = [partial, again ?? partial].map(roundAsShown);
    return isLocal ? partials : partials.map((x) => roundAsShown(before) + roundAsShown(upstream) * x);
  }

  /** Return what one comes to by a mistake, null where a step gives no occasion for it. */
  makeMistake(wrong, step, quantities, isLocal) {
    if (wrong.needs.some((name) => quantities[name] === null) || (isLocal && !wrong.isLocal)) {
      return null;
    }
    const found = wrong.rule ? wrong.rule(quantities) : this.computeWrongLocal(wrong, step);
    if (found === undefined) {
      return null;
    }
    return wrong.isLocal && !isLocal ? quantities.before + quantities.upstream * found : found;
  }

  /** Return the mistakes that one can make at a step, each number once, without the right one. */
  find(step, isLocal) {
    const quantities = this.readQuantities(step);
    const known = [this.findRight(step, isLocal)];
    const slips = [];
    for (const misconception of this.misconceptions) {
      const answer = this.makeMistake(misconception, step, quantities, isLocal);
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

// What a model predicts, with whatever weights: its graph computed forward, and what comes out.

import { DomainError } from "../../../../notation/javascript/math.mjs";
import { formatNumber } from "../../../../page/web/numbers.js";

/** Put values, which may be texts, into the numbers of nodes; what is null is no node. */
export function putNumbers(numbers, nodes, values) {
  nodes.forEach((node, i) => {
    if (node !== null) {
      numbers[node] = Number(values[i]);
    }
  });
}

/** A model's graph, from an example's inputs to its outputs; forward only, as a map needs it. */
export class Predictor {
  constructor({ nodes, inputs, parameters, outputs, neurons }, rules) {
    Object.assign(this, { inputs, parameters, outputs, neurons }); // neurons: of each layer, as far as known
    this.numbers = Float64Array.from(nodes, ({ number }) => Number(number));
    this.computed = [];
    const last = Math.max(...outputs); // behind it are losses
    nodes.forEach((node, i) => {
      if (node.rule !== null && i <= last) {
        const given = new Array(node.inputs.length).fill(0);
        this.computed.push({ node: i, inputs: node.inputs, given, forward: rules[node.rule].forward });
      }
    });
    /** How much work one prediction is: the numbers that are read. */
    this.cost = this.computed.reduce((cost, { given }) => cost + 4 + given.length, 0);
  }

  /** Take over weights. */
  load(weights) {
    putNumbers(this.numbers, this.parameters, weights);
  }

  /** Return the outputs for an example's inputs, null where an operation has no number. */
  predict(x) {
    const { numbers } = this;
    putNumbers(numbers, this.inputs, x);
    try {
      for (const { node, inputs, given, forward } of this.computed) {
        for (let i = 0; i < given.length; i += 1) {
          given[i] = numbers[inputs[i]];
        }
        numbers[node] = forward(...given);
      }
    } catch (error) {
      if (error instanceof DomainError) {
        return null;
      }
      throw error;
    }
    const outputs = this.outputs.map((node) => numbers[node]);
    return outputs.every(Number.isFinite) ? outputs : null;
  }
}

/** What outputs stand for: classes, of which one is chosen, or numbers in their units. */
export class Meaning {
  constructor({ kind, classes, names, units }) {
    Object.assign(this, { kind, classes, names, units });
    this.isClasses = kind !== "numbers";
  }

  /** Return for each class a number that is above 0 where the class is chosen. */
  computeMargins(outputs) {
    if (this.kind !== "classes") {
      return [-outputs[0], outputs[0]];
    }
    return outputs.map((output, i) => output - Math.max(...outputs.filter((_, other) => other !== i)));
  }

  /** Return the class that is chosen, the first of equal ones; of scores, 1 if it is above 0. */
  chooseClass(outputs) {
    return this.kind === "classes" ? outputs.indexOf(Math.max(...outputs)) : Number(outputs[0] > 0);
  }

  /** Return the share of each class in the probability; null where a score is none. */
  computeShares(outputs) {
    if (this.kind === "sign") {
      return null;
    }
    const logits = this.kind === "logit" ? [0, outputs[0]] : outputs;
    const largest = Math.max(...logits);
    const sizes = logits.map((logit) => Math.exp(logit - largest));
    const sum = sizes.reduce((total, size) => total + size, 0);
    return sizes.map((size) => size / sum);
  }

  /** Return how sure the choice is, from 0 to 1, to paint it. */
  computeCertainty(outputs) {
    const shares = this.computeShares(outputs);
    return shares ? (Math.max(...shares) * shares.length - 1) / (shares.length - 1) : Math.min(1, Math.abs(outputs[0]));
  }

  /** Return an output in its own unit. */
  toUnit(output, i) {
    const [mean, scale] = this.units[i];
    return mean + scale * output;
  }

  /** Say what is predicted. */
  describe(outputs) {
    if (outputs === null) {
      return "no number comes out";
    }
    if (!this.isClasses) {
      return outputs.map((output, i) => `${this.names[i]} = ${formatNumber(this.toUnit(output, i))}`).join(", ");
    }
    const choice = this.chooseClass(outputs);
    const shares = this.computeShares(outputs);
    const sure = shares ? `probability ${formatPercent(shares[choice])}` : `score ${formatNumber(outputs[0])} ${choice ? ">" : "≤"} 0`;
    return `Class ${this.classes[choice]} (${sure})`;
  }
}

/** Return a share as a percentage that isn't rounded to all or nothing. */
export function formatPercent(share) {
  const rounded = Math.round(1000 * share) / 10;
  if (rounded === 100 && share < 1) {
    return "over 99.9 %";
  }
  return rounded === 0 && share > 0 ? "under 0.1 %" : `${rounded} %`;
}

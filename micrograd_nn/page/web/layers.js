// Layers as linear algebra has them: W x + b, of a batch X Wᵀ + b, of which one box is one step forward, and one back.

/** The layers of a graph that are a matrix, and which of them, and of all groups, are shut in the picture. */
export class Layers {
  constructor(tree, passes) {
    this.passes = passes;
    this.shut = new Set();
    this.byNode = new Map(); // of each standing node that is computed, its layer
    this.around = new Map(); // of each standing node, the groups that it is in, the outermost first
    const walk = (group, outer) => {
      const around = [...outer, group];
      group.nodes.forEach((node) => this.around.set(node, around));
      if (group.matrix) {
        [...group.matrix.sums, ...group.matrix.outputs].forEach((node) => this.byNode.set(node, group));
      }
      group.groups.forEach((inner) => walk(inner, around));
    };
    if (tree) {
      walk(tree, []);
    }
  }

  /** Return the layer that is shut over a node, null where its own steps are seen. */
  find(node) {
    const { repeats, surgery, isBroken } = this.passes;
    const layer = this.byNode.get(repeats.stands[node]);
    return layer !== undefined && this.shut.has(layer) && !surgery.isDone && !isBroken ? layer : null;
  }

  /** Return the shut box that a share stays in, so that nothing of it is drawn; null for none. */
  findWithin({ kind, node, input }) {
    const { repeats, surgery, isBroken } = this.passes;
    if (kind !== "share" || surgery.isDone || isBroken) {
      return null;
    }
    const [from, to] = [node, input].map((one) => this.around.get(repeats.stands[one])?.find((group) => this.shut.has(group)));
    return from !== undefined && from === to ? from : null;
  }

  /** Say what the steps did that were one in a layer: { gist, sentence, matrix }; null if they weren't. */
  describe() {
    const { passes } = this;
    const { fact, step, taken, repeats } = passes;
    const layer = fact && fact.kind !== "seed" && !repeats.isHidden(fact.node) ? this.find(fact.node) : null;
    if (layer === null) {
      return fact && taken > 1 && !repeats.isElsewhere(fact) ? this.describeWithin(fact) : null;
    }
    const { name, matrix } = layer;
    const { sums, columns, examples, weightsAt, activation } = matrix;
    const isBatch = examples > 1;
    const steps = `${taken === 1 ? `Step ${step}` : `Steps ${step - taken + 1} to ${step}, taken as one`}; open the box to see each.`;
    if (fact.kind === "value") {
      return {
        matrix,
        gist: `Forward through ${name}: ${countOf(sums.length, "number")} from ${isBatch ? `${examples} × ` : ""}${columns}`,
        sentence: `All neurons at once: a neuron's weights are a row of W${isBatch ? ", an example's numbers a row of X" : ""}. ${steps}`,
      };
    }
    const hasBias = passes.nodes[sums[0]].inputs.length > 2 * columns;
    const given = (node) => passes.nodes[node].inputs.slice(columns - weightsAt, 2 * columns - weightsAt);
    const inputs = new Set(sums.flatMap(given).filter((node) => passes.nodes[node].kind !== "constant")).size;
    const sum = (isBatch ? "X W⊤" : "W x") + (hasBias ? " + b" : "");
    const slope = activation ? `: what arrives, times the slope of ${activation}, number by number (⊙)` : "";
    return {
      matrix,
      gist: `Back through ${name}: shares for ${countOf(sums.length / examples * columns, "weight")}${inputs ? ` and ${countOf(inputs, "input")}` : ""}`,
      sentence: isBatch
        ? `Δ is the gradient of ${sum}, a row for each example, a column for each neuron${slope}. ` +
          "A weight gets its neuron's δ times its input, from each example: that sum is Δ transposed, times X. " +
          (inputs ? `An input gets a share from each neuron: that is Δ times W. ${steps}` : steps)
        : `δ is the gradient of ${sum}, one number for each neuron${slope}. ` +
          "A weight gets its neuron's δ times its input: all at once, a column times a row. " +
          (inputs ? `An input gets a share from each neuron: that is W transposed, times δ. ${steps}` : steps),
    };
  }

  /** Say what shares did that stay in one box that is shut. */
  describeWithin(fact) {
    const { passes } = this;
    const { facts, step, taken } = passes;
    const run = facts.slice(step - taken, step);
    const sums = new Map();
    for (const { input, share } of run.filter((one) => passes.nodes[one.input].kind === "leaf")) {
      sums.set(input, (sums.get(input) ?? 0) + (share ?? NaN));
    }
    return {
      gist: `Back within ${this.findWithin(fact).name}${sums.size ? `: shares for ${countOf(sums.size, "weight")}` : ""}`,
      sentence: `Steps ${step - taken + 1} to ${step}, taken as one, for they stay in one box; open it to see each.`,
      sums: [...sums],
    };
  }
}

function countOf(number, word) {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}

// Layers as linear algebra has them: W x + b, of a batch X Wᵀ + b, of which one box is one step forward, and one back.

/** The layers of a graph that are a matrix, and which of them are shut in the picture. */
export class Layers {
  constructor(tree, passes) {
    this.passes = passes;
    this.shut = new Set();
    this.byNode = new Map(); // of each standing node that is computed, its layer
    const walk = (group) => {
      if (group.matrix) {
        [...group.matrix.sums, ...group.matrix.outputs].forEach((node) => this.byNode.set(node, group));
      }
      group.groups.forEach(walk);
    };
    if (tree) {
      walk(tree);
    }
  }

  /** Return the layer that is shut over a node, null where its own steps are seen. */
  find(node) {
    const { repeats, surgery, isBroken } = this.passes;
    const layer = this.byNode.get(repeats.stands[node]);
    return layer !== undefined && this.shut.has(layer) && !surgery.isDone && !isBroken ? layer : null;
  }

  /** Say what the steps did that were one in a layer: { gist, sentence, matrix }; null if they weren't. */
  describe() {
    const { passes } = this;
    const { fact, step, taken, repeats } = passes;
    const layer = fact && fact.kind !== "seed" && !repeats.isHidden(fact.node) ? this.find(fact.node) : null;
    if (layer === null) {
      return null;
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
}

function countOf(number, word) {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}

// The gradients of a model's outputs and losses, with whatever weights, by the engine of the page.

import { Graph, backpropagate, listFacts } from "../../../../page/web/engine.js";
import { putNumbers } from "./predictor.js";

/** Walks back through the graph of a training from any of its nodes. */
export class Gradients {
  constructor({ nodes, inputs, targets, parameters, wanted }, rules) {
    Object.assign(this, { inputs, targets, parameters });
    this.graph = new Graph(nodes, rules.map((rule, i) => ({ ...rule, wanted: wanted[i] })));
    this.numbers = nodes.map(({ number }) => Number(number));
    this.root = null;
  }

  /** Take over weights. */
  load(weights) {
    putNumbers(this.numbers, this.parameters, weights);
  }

  /** Walk back from this node in what follows. */
  choose(root) {
    if (this.root !== root) {
      this.root = root;
      this.graph.root = root;
      this.facts = listFacts(this.graph);
      this.reached = new Set(this.facts.map(({ kind, node }) => (kind === "value" ? root : node)));
    }
  }

  /**
   * Return the chosen node's number for an example, and its gradient by a node: { number, by(node) }.
   *
   * It is null where the node, or an operation that it is made of, has no finite number.
   */
  compute(x, target) {
    const { graph, numbers, root } = this;
    putNumbers(numbers, this.inputs, x);
    putNumbers(numbers, this.targets, [target ?? []].flat());
    graph.compute(numbers);
    const gradient = backpropagate(graph, this.facts);
    if (!Number.isFinite(graph.data[root] ?? NaN) || [...graph.errors.keys()].some((node) => this.reached.has(node))) {
      return null;
    }
    return { number: graph.data[root], by: (node) => (node === null ? 0 : (gradient[node] ?? 0)) };
  }

  /** Tell `act(i, found)` of each training example what `compute` gives for its own loss, with these weights. */
  forExamples({ losses, which, points: { training } }, weights, act) {
    this.load(weights);
    losses.forEach((root, loss) => {
      this.choose(root);
      training.forEach(([x, target], i) => {
        if (which[i] === loss) {
          act(i, this.compute(x, target));
        }
      });
    });
  }

  /** Return the gradient of the mean loss by each parameter, null where an example's has no number. */
  average(prediction, weights) {
    const count = prediction.points.training.length;
    const means = new Float64Array(this.parameters.length);
    let isKnown = true;
    this.forExamples(prediction, weights, (_, found) => {
      isKnown &&= found !== null;
      this.parameters.forEach((node, i) => {
        means[i] += found ? found.by(node) / count : 0;
      });
    });
    return isKnown && means.every(Number.isFinite) ? means : null;
  }
}

// Which examples push a weight: the shares of a batch in its gradient, each by the chain rule.

import { Graph, backpropagate, listFacts } from "./engine.js";

/** The gradients of each training example's loss, with whatever weights. */
export class Shares {
  constructor({ graphs, which, wanted }, points, rules) {
    const described = rules.map((rule, i) => ({ ...rule, wanted: wanted[i] }));
    Object.assign(this, { which, points });
    this.losses = graphs.map(({ nodes, inputs, parameters }) => {
      const graph = new Graph(nodes, described);
      return { graph, inputs, parameters, facts: listFacts(graph), numbers: nodes.map(({ number }) => Number(number)) };
    });
  }

  /** Return the gradient of each example's loss by a parameter, null where it can't be computed. */
  compute(weights, parameter) {
    return this.points.map(([x, target], i) => {
      const { graph, inputs, parameters, facts, numbers } = this.losses[this.which[i]];
      const given = inputs.length > x.length ? [...x, ...target] : x;
      const put = (places, values) => places.forEach((node, k) => {
        if (node !== null) {
          numbers[node] = Number(values[k]);
        }
      });
      put(inputs, given);
      put(parameters, weights);
      graph.compute(numbers);
      const node = parameters[parameter];
      const gradient = node === null ? 0 : backpropagate(graph, facts)[node];
      return graph.errors.size ? null : (gradient ?? 0);
    });
  }
}

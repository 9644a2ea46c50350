// A network computed forward, fast enough to paint maps of it while it trains: pictures alone.
//
// What is predicted where one points is told from it, too, to four digits; all that explains a weight, a
// neuron or an example comes from the engine itself, as do the losses.

import { DomainError, math } from "../../../micrograd_nn/notation/javascript/math.mjs";

const ACTIVATIONS = {
  linear: (x) => x,
  leaky_relu: (x) => math.leaky_relu(x, 0.01),
  elu: (x) => math.elu(x, 1),
};
const FEATURES = { // as in network_features.py, by name
  x1: (x1) => x1,
  x2: (x1, x2) => x2,
  "x1^2": (x1) => x1 * x1,
  "x2^2": (x1, x2) => x2 * x2,
  "x1*x2": (x1, x2) => x1 * x2,
  "sin(pi*x1)": (x1) => Math.sin(Math.PI * x1),
  "sin(pi*x2)": (x1, x2) => Math.sin(Math.PI * x2),
};
const COST = 3; // of an activation, in products

export class Forward {
  // `layers` are as micrograd_nn/extras/train/pages/training.py describes them; the first one is given features, by name.
  constructor(layers, features) {
    this.features = features.map((name) => FEATURES[name]);
    this.inputs = new Float64Array(features.length);
    this.layers = layers.map(({ neurons, activation }) => ({
      neurons,
      rule: ACTIVATIONS[activation] ?? math[activation],
      out: new Float64Array(neurons.length),
    }));
    this.cost = layers.reduce((sum, { neurons }) => sum + neurons.length * (neurons[0].w.length + COST), 0);
    this.weights = [];
  }

  load(weights) {
    this.weights = weights;
  }

  // Computes what each neuron gives at a place; false where an operation has no number.
  compute(place) {
    const { features, inputs } = this;
    for (let i = 0; i < features.length; i += 1) {
      inputs[i] = features[i](place[0], place[1]);
    }
    try {
      let given = inputs;
      for (const { neurons, rule, out } of this.layers) {
        for (let i = 0; i < neurons.length; i += 1) {
          out[i] = rule(this.sum(neurons[i], given));
        }
        given = out;
      }
      return true;
    } catch (error) {
      if (error instanceof DomainError) {
        return false;
      }
      throw error;
    }
  }

  sum({ w, b }, given) {
    const { weights } = this;
    let sum = 0;
    for (let i = 0; i < w.length; i += 1) {
      sum += weights[w[i]] * given[i];
    }
    return b === null ? sum : sum + weights[b];
  }

  // Returns the outputs at a place; null where there are none.
  predict(x) {
    if (!this.compute(x)) {
      return null;
    }
    const outputs = [...this.layers.at(-1).out];
    return outputs.some(Number.isNaN) ? null : outputs;
  }
}

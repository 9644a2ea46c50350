// A training as it was recorded: its losses by epoch, and the model's weights at some of them.

import { formatNumber } from "../../../../page/web/numbers.js";

const BYTES = 8; // a number of the weights

/** The epochs of a training; a step is an epoch whose weights were kept. */
export class Replay {
  constructor(data) {
    const { loss, parameters, snapshots, best, before } = data;
    Object.assign(this, { loss, parameters, snapshots, best, before, last: snapshots.length - 1 });
    const read = ([number, ...figures]) => {
      const [training, validation = null, rate = null] = figures.map((x) => (x === null ? null : Number(x)));
      return { number, training, validation, rate };
    };
    this.epochs = data.epochs.map(read);
    this.all = [...data.earlier.map(read), ...this.epochs]; // those before this training first
    this.hasSchedule = new Set(this.epochs.map(({ rate }) => rate)).size > 1; // of learning rates
    this.numbers = decodeDoubles(data.weights);
    this.namesOf = [...data.parameters];
    nameParameters(this.namesOf, data);
  }

  /** Return the weights at a step. */
  weights(step) {
    const count = this.parameters.length;
    return this.numbers.subarray(step * count, (step + 1) * count);
  }

  /** Return the losses at a step. */
  at(step) {
    return this.epochs[this.snapshots[step] - this.before];
  }

  /** Return the step whose epoch is nearest to a number, the earlier of two. */
  stepOf(number) {
    let nearest = 0;
    this.snapshots.forEach((epoch, step) => {
      if (Math.abs(epoch - number) < Math.abs(this.snapshots[nearest] - number)) {
        nearest = step;
      }
    });
    return nearest;
  }

  /** Return the largest size of a weight at the first and the best step, a scale to draw them all. */
  findLargest() {
    const weights = [...this.weights(0), ...this.weights(this.stepOf(this.best))];
    return weights.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
  }

  /** Return the parameter that changed most since the step before: { parameter, from, to, size }. */
  findMostChanged(step) {
    if (step === 0) {
      return null;
    }
    const [before, now] = [this.weights(step - 1), this.weights(step)];
    let most = null;
    now.forEach((to, parameter) => {
      const size = Math.abs(to - before[parameter]);
      if (size > (most?.size ?? 0)) {
        most = { parameter, from: before[parameter], to, size };
      }
    });
    return most;
  }

  /** Say how good the model is at a step, and what changed most since the step before. */
  describeStep(step) {
    const { training, validation, number, rate } = this.at(step);
    const losses = `Loss ${formatNumber(training)} in training${validation === null ? "" : `, ${formatNumber(validation)} in validation`}`;
    const standing = number === this.best ? ": the best epoch, whose weights were kept." : ".";
    const learning = this.hasSchedule ? ` The learning rate was ${formatNumber(rate)}.` : "";
    return `${losses}${standing} ${this.describeChange(step)}${learning}`;
  }

  describeChange(step) {
    if (step === 0) {
      return this.before ? "Here the training was resumed." : "This is the model before training.";
    }
    const since = `Since epoch ${this.snapshots[step - 1]}`;
    const most = this.findMostChanged(step);
    return most
      ? `${since}, ${this.namesOf[most.parameter]} changed most, by ${formatNumber(most.to - most.from)} to ${formatNumber(most.to)}.`
      : `${since}, no weight changed.`;
  }
}

/** Return the numbers of little-endian doubles in base64. */
function decodeDoubles(text) {
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / BYTES }, (_, i) => view.getFloat64(i * BYTES, true));
}

/** Say of the parameters of a network's layers where they belong. */
function nameParameters(names, { layers, prediction }) {
  layers.forEach(({ neurons }, layer) => {
    neurons.forEach(({ w, b }, neuron) => {
      const owner = `neuron ${neuron + 1} in layer ${layer + 1}`;
      w.forEach((parameter, i) => {
        const source = nameSource(prediction, layer, i);
        names[parameter] = `the weight from ${source}${layer ? ` in layer ${layer}` : ""} to ${owner}`;
      });
      if (b !== null) {
        names[b] = `the bias of ${owner}`;
      }
    });
  });
}

/** Return what a layer's weight multiplies: an input, by its name, or a neuron of the layer before. */
export function nameSource(prediction, layer, i) {
  if (layer > 0) {
    return `neuron ${i + 1}`;
  }
  for (const { name, place, categories } of prediction?.columns ?? []) {
    if (i >= place && i < place + (categories?.length ?? 1)) {
      return categories ? `${name} = ${categories[i - place]}` : name;
    }
  }
  return `input ${i + 1}`;
}

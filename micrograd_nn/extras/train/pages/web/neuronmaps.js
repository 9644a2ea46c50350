// What each neuron of a network gives over the axes of the picture, or its weights from the pixels
// of one, as a small map inside it.

import { fillImage } from "./pixels.js";

const POINTS = 14; // of a map in a row
export const SIZE = 28; // of a map, in pixels

/** Draws the neurons' maps on a canvas behind the drawing of a network. */
export class NeuronMaps {
  constructor(canvas, predictor) {
    Object.assign(this, { canvas, predictor, spots: [] });
    this.small = document.createElement("canvas");
  }

  /** Take the places of the neurons, { layer, i, x, y }, in a drawing of some size. */
  place(spots, width, tall) {
    this.spots = spots;
    const { canvas } = this;
    const fine = window.devicePixelRatio || 1;
    [canvas.width, canvas.height] = [Math.round(width * fine), Math.round(tall * fine)];
    this.context = canvas.getContext("2d");
    this.context.setTransform(fine, 0, 0, fine, 0, 0);
  }

  /** Draw what the neurons give over the picture's axes; each has its strongest colour at its own largest. */
  paint(picture, inputs, colours) {
    const rows = picture.up ? POINTS : 1;
    this.fill(this.compute(picture, [...inputs], rows), { rows, columns: POINTS }, colours);
  }

  /** Draw numbers into the neurons, row by row; where there are none, nothing. */
  fill(numbers, { rows, columns }, colours) {
    const { canvas, context, small, spots } = this;
    context.clearRect(0, 0, canvas.width, canvas.height);
    [small.width, small.height] = [columns, rows];
    const image = new ImageData(columns, rows);
    spots.forEach(({ x, y }, k) => {
      if (numbers[k].length) {
        fillImage(image, numbers[k], colours);
        small.getContext("2d").putImageData(image, 0, 0);
        context.drawImage(small, x - SIZE / 2, y - SIZE / 2, SIZE, SIZE);
      }
    });
  }

  /** Draw the weights of the first layer's neurons, a pixel each; the strongest colour is each one's largest. */
  paintWeights(layer, weights, pixels, colours) {
    const numbers = this.spots.map(({ layer: of, i }) => (of === 0 ? layer.neurons[i].w.map((place) => weights[place]) : []));
    this.fill(numbers, pixels, colours);
  }

  /** Return each neuron's outputs at the points of its map, row by row; nan where there is none. */
  compute(picture, at, rows) {
    const { predictor, spots } = this;
    const places = spots.map(({ layer, i }) => predictor.neurons[layer][i]);
    const outputs = spots.map(() => new Float64Array(POINTS * rows).fill(NaN));
    picture.forGrid(predictor, at, POINTS, rows, (point, predicted) => {
      if (predicted !== null) {
        places.forEach((place, k) => (outputs[k][point] = predictor.numbers[place]));
      }
    });
    return outputs;
  }
}

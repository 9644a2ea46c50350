// The pixels of the picture that a model reads: their ink, from 0 for paper to 1, and its inputs.

import { fromOwnUnit, toOwnUnit } from "./columns.js";

const DOTS = 8; // of a pixel's side
const HATCH = 2; // of them are left out along each line

/** What ink is in a model's inputs, each of which is a column of numbers. */
export class Pixels {
  constructor([rows, columns], inputs) {
    Object.assign(this, { rows, columns, inputs });
    this.isScaled = inputs.some(({ mean, scale }) => mean !== 0 || scale !== 1); // to other numbers than the pixels
    const ends = inputs.map(({ mean, scale, low, high }) => [mean + scale * Number(low), mean + scale * Number(high)]);
    const [low, high] = [Math.min(...ends.map(([least]) => least)), Math.max(...ends.map(([, most]) => most))];
    const usual = inputs.reduce((sum, { mean, scale, usual: x }) => sum + (mean + scale * Number(x)) / inputs.length, 0);
    this.paper = 2 * usual > low + high ? high : low; // most of a picture is paper
    this.ink = low + high - this.paper;
    if (this.ink === this.paper) {
      this.ink += 1;
    }
    this.most = ends.map((two) => Math.max(...two.map((x) => (x - this.paper) / (this.ink - this.paper))));
  }

  /** Return how much ink one unit of an input is. */
  inkOf(i) {
    return this.inputs[i].scale / (this.ink - this.paper);
  }

  /** Return as much ink as each pixel takes: at most what it had in the examples. */
  clip(inks) {
    return Array.from(inks, (ink, i) => Math.min(this.most[i], ink));
  }

  /** Return the model's inputs for the ink of each pixel. */
  toInputs(inks) {
    return Array.from(inks, (ink, i) => fromOwnUnit(this.inputs[i], this.paper + ink * (this.ink - this.paper)));
  }

  /** Return the ink of each pixel in a model's inputs. */
  toInks(x) {
    return this.inputs.map((column) => (toOwnUnit(column, x) - this.paper) / (this.ink - this.paper));
  }
}

/** Paint a number from -1 to 1 for each pixel: one colour above 0, another below, hatched; none at 0. */
export function paintPixels(canvas, { rows, columns }, numbers, above, below = above) {
  [canvas.width, canvas.height] = [columns * DOTS, rows * DOTS];
  const image = new ImageData(canvas.width, canvas.height);
  for (let i = 0; i < canvas.width * canvas.height; i += 1) {
    const [x, y] = [i % canvas.width, Math.floor(i / canvas.width)];
    const number = numbers[Math.floor(y / DOTS) * columns + Math.floor(x / DOTS)] || 0;
    const isGap = number < 0 && (x + y) % DOTS < HATCH;
    image.data.set([...(number < 0 ? below : above), isGap ? 0 : Math.round(255 * Math.min(1, Math.abs(number)))], 4 * i);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Fill an image with numbers: a colour for each sign, the stronger the larger its number; none for none. */
export function fillImage(image, numbers, { positive, negative }) {
  scaleToLargest(numbers).forEach((number, i) => {
    const strength = Math.min(1, Math.abs(number)) || 0;
    image.data.set([...(number < 0 ? negative : positive), Math.round(255 * strength)], 4 * i);
  });
}

/** Return numbers as shares of the one that is largest in size. */
export function scaleToLargest(numbers) {
  const largest = numbers.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0) || 1;
  return Array.from(numbers, (x) => x / largest);
}

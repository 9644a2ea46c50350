// The axes of a plane that one draws in: they have room around the points, and stay as they are.

import { fromOwnUnit } from "../../../micrograd_nn/extras/train/pages/web/columns.js";
import { roundScale } from "../../../micrograd_nn/page/web/plot.js";

const ROOM = 1.5; // from 0, both ways, for points around it
const MARGIN = 0.06; // of a range, around it: as in predictions.js
const MARGIN_UP = 0.15; // … of the numbers that a curve predicts

export class Axes {
  #held = null; // of the columns with these names: the ends of their axes, and of a curve's numbers

  // Lets the next points decide again.
  release() {
    this.#held = null;
  }

  // Returns a prediction whose columns have the ranges of the axes that are held.
  hold(prediction) {
    const { columns } = prediction;
    const names = columns.map(({ name }) => name).join("\n");
    if (this.#held?.names !== names) {
      this.#held = { names, ends: [], up: null };
    }
    this.#held.ends = columns.map(({ mean, scale, low, high }, i) => makeRoom(mean + scale * low, mean + scale * high, this.#held.ends[i]));
    const framed = columns.map((column, i) => {
      const [low, high] = this.#held.ends[i].map((number) => fromOwnUnit(column, number));
      const margin = (MARGIN * (high - low)) / (1 + 2 * MARGIN);
      return { ...column, low: low + margin, high: high - margin };
    });
    return { ...prediction, columns: framed };
  }

  // Holds the range of the numbers beside a curve, too.
  holdHeights(picture, { kind, columns, units: [[mean, scale]] }) {
    if (!this.#held || kind !== "numbers" || columns.length > 1) {
      return;
    }
    const range = makeRoom(...picture.ranges[0].map((x) => mean + scale * x), this.#held.up);
    const { low, high } = roundScale(...range, 1, 0);
    this.#held.up = [low, high];
    const half = (high - low) / (2 + 4 * MARGIN_UP);
    picture.ranges[0] = [-half, half].map((by) => ((low + high) / 2 + by - mean) / scale);
  }
}

// Returns the ends of an axis to draw on: those of before, as far as they reach.
function makeRoom(low, high, before = null) {
  const wide = high - low;
  if (before) {
    return [low < before[0] ? low - MARGIN * wide : before[0], high > before[1] ? high + MARGIN * wide : before[1]];
  }
  const room = wide / 4 || Math.abs(high);
  return Math.max(-low, high) <= ROOM ? [-ROOM, ROOM] : [low - room, high + room];
}

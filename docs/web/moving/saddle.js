// A ball on a landscape with two valleys, and a saddle between them.

import { formatNumber } from "../../../micrograd_nn/page/web/numbers.js";

const RATE = 0.1;
const ROLLS = 200; // steps until it rests
const FAR = 9;
const TILES = { across: 32, up: 20 };
const [HIGHEST, LOWEST] = [1.5, -1];

const x = { low: -2, high: 2, name: "b" };
const y = { low: -1.25, high: 1.25, name: "a" };

const height = (a, b) => a ** 2 - b ** 2 + b ** 4 / 4;

// Returns the places of a ball as gradient descent rolls it, until it rests or is out of sight.
export function roll(start, findSlopes, rate) {
  const path = [start];
  while (path.length <= ROLLS && path.at(-1).every((at) => Math.abs(at) < FAR)) {
    const slopes = findSlopes(...path.at(-1));
    path.push(path.at(-1).map((at, i) => at - rate * slopes[i]));
  }
  return path;
}

// Returns the landscape as tiles, bluer where it is lower.
function shadeTiles() {
  const [wide, tall] = [(x.high - x.low) / TILES.across, (y.high - y.low) / TILES.up];
  return Array.from({ length: TILES.across * TILES.up }, (_, k) => {
    const [left, low] = [x.low + (k % TILES.across) * wide, y.low + Math.floor(k / TILES.across) * tall];
    const corners = [[left, low], [left + wide, low], [left + wide, low + tall], [left, low + tall]];
    return { corners, shade: (0.7 * (HIGHEST - height(low + tall / 2, left + wide / 2))) / (HIGHEST - LOWEST) };
  });
}

export const saddle = {
  title: "A ball on a landscape with two valleys and a saddle, seen from above; the bluer, the lower",
  x,
  y,
  drags: "b",
  sliders: {
    b: { low: x.low, high: x.high, step: 0.05, value: 0 },
    a: { low: -1.2, high: 1.2, step: 0.1, value: 1 },
  },
  draw({ a, b }) {
    const path = roll([b, a], (oldB, oldA) => [oldB ** 3 - 2 * oldB, 2 * oldA], RATE);
    const [end] = path.at(-1);
    return {
      areas: shadeTiles(),
      lines: [{ points: path, kind: "gradient" }],
      dots: [{ place: path[0], kind: "held" }, ...path.slice(1).map((place) => ({ place }))],
      told: Math.abs(end) < 1e-3
        ? "It comes to rest at a = 0, b = 0: on the saddle."
        : `It comes to rest at a = 0, b = ${formatNumber(end)}: in the ${end > 0 ? "right" : "left"} valley.`,
    };
  },
};

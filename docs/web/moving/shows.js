// What the moving pictures of the book show: numbers of its examples, by the engine's own functions.

import { math } from "../../../micrograd_nn/notation/javascript/math.mjs";
import { formatNumber } from "../../../micrograd_nn/page/web/numbers.js";
import { CORNERS, findAnswer, findLoss, learn, STEPS } from "./learning.js";
import { roads } from "./roads.js";
import { roll, saddle } from "./saddle.js";
import { makeThreads } from "./threads.js";

const STAIRS = 12; // steps that a staircase shows
// The first picture of demos/digits.csv, in rows, and a kernel that subtracts left from right.
const DIGIT = [
  [0, 0, 5, 13, 9, 1, 0, 0], [0, 0, 13, 15, 10, 15, 5, 0], [0, 3, 15, 2, 0, 11, 8, 0], [0, 4, 12, 0, 0, 8, 8, 0],
  [0, 5, 8, 0, 0, 9, 8, 0], [0, 4, 11, 0, 1, 12, 7, 0], [0, 2, 14, 5, 10, 12, 0, 0], [0, 0, 6, 13, 10, 0, 0, 0],
];
const MOST_INK = 16;
const KERNEL = [-1, 0, 1];
const MOST_ANSWER = 35; // of its answers, in size
const TILES = 24; // of a map, in a row
const learned = new Map(); // the steps of a network, by its start

// The umbrella neuron's loss over w1, on the first day.
const loss = (w) => (1 - math.sigmoid(2 * w - 1)) ** 2;
const slopeOfLoss = (w) => {
  const y = math.sigmoid(2 * w - 1);
  return 2 * (1 - y) * -1 * y * (1 - y) * 2; // the factors on the path from L to w1
};

// Two valleys, the left one deeper.
const valleys = (x) => x ** 4 / 4 - x ** 2 + 0.3 * x;
const slopeOfValleys = (x) => x ** 3 - 2 * x + 0.3;

export const SHOWS = {
  roads,
  saddle,
  attention: makeThreads,

  learning: {
    title: "A network learns which dots are alike; at the right, how wrong it is",
    isBare: true,
    x: { low: -0.25, high: 2.75, name: "" },
    y: { low: -0.25, high: 1.25, name: "" },
    plays: { slider: "step", name: "Learn" },
    sliders: {
      step: { label: "steps", low: 0, high: STEPS, step: 1, value: 0 },
      start: { low: 1, high: 9, step: 1, value: 1 },
    },
    draw({ step, start }) {
      if (!learned.has(start)) {
        learned.set(start, learn(start));
      }
      const path = learned.get(start);
      const numbers = path[step];
      const size = 1.5 / TILES;
      const tiles = Array.from({ length: TILES ** 2 }, (_, k) => {
        const [left, low] = [(k % TILES) * size - 0.25, Math.floor(k / TILES) * size - 0.25];
        const y = findAnswer(numbers, left + size / 2, low + size / 2);
        const corners = [[left, low], [left + size, low], [left + size, low + size], [left, low + size]];
        return { corners, shade: 0.7 * Math.abs(2 * y - 1), kind: y > 0.5 ? "plus" : "minus" };
      });
      const right = CORNERS.filter(([x1, x2, y]) => findAnswer(numbers, x1, x2) > 0.5 === (y === 1)).length;
      const losses = path.slice(0, step + 1).map((at, i) => [1.5 + (1.2 * i) / STEPS, 0.6 * findLoss(at)]);
      return {
        areas: tiles,
        lines: [{ points: [[1.5, 1.1], [1.5, 0], [2.7, 0]], kind: "axis" }, { points: losses, kind: "gradient" }],
        dots: [...CORNERS.map(([x1, x2, y]) => ({ place: [x1, x2], kind: y ? "" : "hollow" })), { place: losses.at(-1) }],
        texts: [{ place: [1.5, 1.16], text: "how wrong it is" }, { place: [2.7, -0.14], text: "steps", anchor: "end" }],
        told: `After ${step} steps, ${right} of 4 dots are on their side. Its errors, squared, add up to ${formatNumber(findLoss(numbers))}.`,
      };
    },
  },

  neuron: {
    title: "A neuron's answer over the darkness of the sky",
    x: { low: 0, high: 4, name: "x₁, the dark sky" },
    y: { low: 0, high: 1, name: "ŷ" },
    sliders: {
      w1: { label: "w₁", low: -2, high: 4, step: 0.25, value: 0.5 },
      w2: { label: "w₂", low: -4, high: 2, step: 0.25, value: -2 },
      b: { low: -4, high: 4, step: 0.25, value: 1 },
    },
    draw({ w1, w2, b }) {
      const answer = (x1) => math.sigmoid(w1 * x1 + w2 + b);
      return {
        curves: [{ f: answer }],
        lines: [{ points: [[0, 0.5], [4, 0.5]], kind: "dashed" }],
        dots: [{ place: [2, answer(2)] }],
        told: `On the first day, x₁ = 2 and x₂ = 1: z = ${formatNumber(2 * w1 + w2 + b)}, ŷ = ${formatNumber(answer(2))}.`,
      };
    },
  },

  secant: {
    title: "The loss over w1, with a line through two of its points and the tangent",
    x: { low: -0.5, high: 2, name: "w₁" },
    y: { low: 0, high: 0.8, name: "L" },
    drags: "w",
    sliders: {
      h: { low: 0.001, high: 1, value: 1, isLog: true },
      w: { label: "w₁", low: -0.5, high: 2, step: 0.05, value: 0.5 },
    },
    draw({ h, w }) {
      const slope = (loss(w + h) - loss(w)) / h;
      const along = (by) => [w - 1, w + 2].map((x) => [x, loss(w) + by * (x - w)]);
      return {
        curves: [{ f: loss }],
        lines: [{ points: along(slopeOfLoss(w)), kind: "dashed" }, { points: along(slope), kind: "gradient" }],
        dots: [{ place: [w, loss(w)], kind: "held" }, { place: [w + h, loss(w + h)] }],
        told: `The line's slope is ${formatNumber(slope)}, the tangent's ${formatNumber(slopeOfLoss(w))}: off by ${formatNumber(Math.abs(slope - slopeOfLoss(w)))}.`,
      };
    },
  },

  staircase: {
    title: "Steps of gradient descent on w squared, from 3",
    x: { low: -5, high: 5, name: "w" },
    y: { low: 0, high: 25, name: "w²" },
    sliders: { rate: { label: "η", low: 0.05, high: 1.2, step: 0.05, value: 0.1 } },
    draw({ rate }) {
      const path = roll([3], (w) => [2 * w], rate).flat().slice(0, STAIRS + 1);
      const stairs = path.flatMap((w, i) => (i ? [[w, path[i - 1] ** 2], [w, w ** 2]] : [[w, w ** 2]]));
      const fate = rate < 0.5 ? "it closes in from one side" : rate === 0.5 ? "it is there at once" : rate < 1 ? "it jumps across, and closes in" : rate === 1 ? "it jumps to and fro for ever" : "it gets away";
      return {
        curves: [{ f: (w) => w * w }],
        lines: [{ points: stairs, kind: "gradient" }],
        dots: path.map((w, i) => ({ place: [w, w ** 2], kind: i ? "" : "held" })),
        told: `${path.slice(0, 4).map((w) => formatNumber(w)).join(", ")}, …: ${fate}.`,
      };
    },
  },

  valleys: {
    title: "A ball on a curve with two valleys",
    x: { low: -2.2, high: 2.2, name: "w" },
    y: { low: -2, high: 2, name: "loss" },
    drags: "start",
    sliders: {
      start: { low: -2.2, high: 2.2, step: 0.05, value: 2 },
      rate: { label: "η", low: 0.02, high: 0.5, step: 0.02, value: 0.1 },
    },
    draw({ start, rate }) {
      const path = roll([start], (w) => [slopeOfValleys(w)], rate).flat();
      const end = path.at(-1);
      const isAtRest = Math.abs(slopeOfValleys(end)) < 1e-3;
      const where = end > 0 ? "the shallow valley, from which no small step leads out" : "the deep valley";
      return {
        curves: [{ f: valleys }],
        lines: [{ points: path.map((w) => [w, valleys(w)]), kind: "gradient" }],
        dots: [{ place: [start, valleys(start)], kind: "held" }, ...path.slice(1).map((w) => ({ place: [w, valleys(w)] }))],
        told: isAtRest
          ? `It comes to rest at w = ${formatNumber(end)} with a loss of ${formatNumber(valleys(end))}: ${where}.`
          : `After ${path.length - 1} steps it is at w = ${formatNumber(end)}, and not at rest.`,
      };
    },
  },

  kernel: {
    title: "A kernel of three by three slides over a zero; at the right what it answers",
    isBare: true,
    x: { low: 0, high: 16, name: "" },
    y: { low: 0, high: 8, name: "" },
    sliders: {
      row: { low: 0, high: 5, step: 1, value: 0 },
      column: { low: 0, high: 5, step: 1, value: 2 },
    },
    draw({ row, column }) {
      const pixels = DIGIT.flatMap((inks, i) => inks.map((ink, j) => ({ corners: frame(i, j, 1), shade: ink / MOST_INK, kind: "ink" })));
      const answers = [0, 1, 2, 3, 4, 5].flatMap((i) => [0, 1, 2, 3, 4, 5].map((j) => {
        const answer = slide(i, j);
        return { corners: frame(i + 1, j + 9.5, 1), shade: Math.abs(answer) / MOST_ANSWER, kind: answer < 0 ? "minus" : "plus" };
      }));
      const ink = (right) => [0, 1, 2].map((down) => DIGIT[row + down][column + right]);
      const sum = (inks) => inks.reduce((total, x) => total + x, 0);
      const [left, other] = [ink(0), ink(2)];
      return {
        areas: [...pixels, ...answers],
        lines: [
          ...[frame(0, 0, 8), frame(1, 9.5, 6)].map((points) => ({ points, kind: "dashed" })),
          ...[frame(row, column, 3), frame(row + 1, column + 9.5, 1)].map((points) => ({ points, kind: "gradient" })),
        ],
        told: `Right column minus left: (${other.join(" + ")}) − (${left.join(" + ")}) = ${sum(other)} − ${sum(left)} = ${formatNumber(slide(row, column))}.`,
      };
    },
  },

  cut: {
    title: "The line at which a hidden unit changes its mind, between the corners of XOR",
    x: { low: -0.5, high: 1.5, name: "x₁" },
    y: { low: -0.5, high: 1.5, name: "x₂" },
    sliders: {
      w1: { label: "w₁", low: -20, high: 20, step: 1, value: 20 },
      w2: { label: "w₂", low: -20, high: 20, step: 1, value: 20 },
      b: { low: -40, high: 40, step: 1, value: -10 },
    },
    draw({ w1, w2, b }) {
      const z = (x1, x2) => w1 * x1 + w2 * x2 + b;
      const said = CORNERS.map(([x1, x2]) => math.sigmoid(z(x1, x2)));
      const right = CORNERS.filter(([, , y], i) => said[i] > 0.5 === (y === 1)).length;
      return {
        areas: [{ corners: cutSquare(z, -0.5, 1.5), shade: 0.2 }],
        dots: CORNERS.map(([x1, x2, y]) => ({ place: [x1, x2], kind: y ? "" : "hollow" })),
        told: `Above 0.5 it is in the shaded part. It says ${said.map((y) => y.toFixed(2)).join(", ")} to (0, 0), (0, 1), (1, 0), (1, 1). As XOR, ${right} of 4 are right.`,
      };
    },
  },
};

// Returns what the kernel answers in the window whose first pixel stands there.
function slide(row, column) {
  const rows = [0, 1, 2].map((down) => KERNEL.map((weight, right) => weight * DIGIT[row + down][column + right]));
  return rows.flat().reduce((sum, term) => sum + term, 0);
}

// Returns the corners of a square of some size, its upper left one in a row and a column.
function frame(row, column, size) {
  const [left, top] = [column, 8 - row];
  return [[left, top], [left + size, top], [left + size, top - size], [left, top - size], [left, top]];
}

// Returns the corners of the part of a square in which a number is above 0.
function cutSquare(z, low, high) {
  const square = [[low, low], [high, low], [high, high], [low, high]];
  return square.flatMap((corner, i) => {
    const next = square[(i + 1) % 4];
    const [from, to] = [z(...corner), z(...next)];
    const kept = from > 0 ? [corner] : [];
    if (from > 0 === to > 0) {
      return kept;
    }
    const share = from / (from - to);
    return [...kept, corner.map((x, k) => x + (next[k] - x) * share)];
  });
}

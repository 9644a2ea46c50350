// A network of 17 numbers that learns XOR: the chain rule by hand, as chapter 9 writes it out.

import { math } from "../../../micrograd_nn/notation/javascript/math.mjs";

const UNITS = 4; // hidden ones: each has two weights, a bias, and a weight at the output
const RATE = 0.3;
const [MULTIPLIER, MODULUS] = [16807, 2147483647]; // Park and Miller's random numbers

export const CORNERS = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]; // of XOR: x1, x2, y
export const STEPS = 300;

// Returns the numbers of the network before each step and after the last one, from a start that is random, but
// the same each time.
export function learn(start) {
  const path = [draw(start)];
  while (path.length <= STEPS) {
    path.push(descend(path.at(-1)));
  }
  return path;
}

// Returns its numbers as they begin, between -1 and 1.
function draw(start) {
  let state = start * 1_000_003;
  return Array.from({ length: 4 * UNITS + 1 }, () => {
    state = (state * MULTIPLIER) % MODULUS;
    return (2 * state) / MODULUS - 1;
  });
}

// Returns the hidden units' answers, and the output's.
function compute(numbers, x1, x2) {
  const hidden = Array.from({ length: UNITS }, (_, j) => {
    const [w1, w2, b] = numbers.slice(4 * j);
    return math.tanh(w1 * x1 + w2 * x2 + b);
  });
  const z = hidden.reduce((sum, h, j) => sum + h * numbers[4 * j + 3], numbers.at(-1));
  return { hidden, y: math.sigmoid(z) };
}

export function findAnswer(numbers, x1, x2) {
  return compute(numbers, x1, x2).y;
}

// Returns the squared errors at the corners, added up.
export function findLoss(numbers) {
  return CORNERS.reduce((sum, [x1, x2, y]) => sum + (y - findAnswer(numbers, x1, x2)) ** 2, 0);
}

function descend(numbers) {
  const gradient = numbers.map(() => 0);
  for (const [x1, x2, target] of CORNERS) {
    const { hidden, y } = compute(numbers, x1, x2);
    const delta = -2 * (target - y) * y * (1 - y);
    gradient[4 * UNITS] += delta;
    for (const [j, h] of hidden.entries()) {
      const deltaOfUnit = delta * numbers[4 * j + 3] * (1 - h * h);
      for (const [i, slope] of [deltaOfUnit * x1, deltaOfUnit * x2, deltaOfUnit, delta * h].entries()) {
        gradient[4 * j + i] += slope;
      }
    }
  }
  return numbers.map((number, i) => number - RATE * gradient[i]);
}

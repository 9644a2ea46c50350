// Attention as threads: from one letter of a word to those up to it, as wide as its weights.

import { svg } from "../../../micrograd_nn/page/web/plot.js";

const TALL = 214;
const WIDEST_STEP = 60; // from letter to letter, in pixels
const ABOVE = { weight: 14, letter: 40, thread: 50 };
const BELOW = { thread: 172, letter: 194 };
const WIDEST_THREAD = 18;
const TOLD = 0.05; // a weight below it isn't told in words
const HEADS = ["first", "second"];
const ORDINALS = ["first", "second", "third", "fourth"];

/** Return the show of some words, for each of which there are the weights of each head. */
export function makeThreads(looks) {
  const words = Object.keys(looks);
  const signsOf = ({ word }) => ["·", ...words[word]];
  return {
    title: "Where a letter looks: threads to the letters up to it, as wide as the weights of attention",
    choices: { word: { names: words, value: 0 }, head: { names: HEADS, value: 1 } },
    sliders: {
      letter: {
        low: 0,
        high: Math.max(...words.map((word) => word.length)),
        step: 1,
        value: 4,
        tell: (letter, values) => nameSign(signsOf(values), letter),
      },
    },
    settle: (values) => ({ ...values, letter: Math.min(values.letter, signsOf(values).length - 1) }),
    pick(values, x, width) {
      const { left, step } = placeSigns(signsOf(values).length, width);
      return { letter: Math.max(0, Math.floor((x - left) / step)) };
    },
    paint(values, width) {
      const { letter, word, head } = values;
      const signs = signsOf(values);
      const weights = looks[words[word]][head][letter];
      const { left, step } = placeSigns(signs.length, width);
      const across = (i) => left + step * (i + 0.5);
      const write = (i, y, kind, text) => svg("text", { class: kind, x: across(i), y, "text-anchor": "middle" }, text);
      const middle = (ABOVE.thread + BELOW.thread) / 2;
      return {
        tall: TALL,
        parts: [
          ...weights.map((weight, i) => svg("path", {
            class: "thread",
            "stroke-width": WIDEST_THREAD * weight,
            d: `M${across(letter)} ${BELOW.thread}C${across(letter)} ${middle} ${across(i)} ${middle} ${across(i)} ${ABOVE.thread}`,
          })),
          svg("circle", { class: "chosen", cx: across(letter), cy: BELOW.letter - 6, r: 15 }),
          ...signs.flatMap((sign, i) => [
            write(i, ABOVE.letter, i > letter ? "sign ahead" : "sign", sign),
            write(i, BELOW.letter, i === letter ? "sign" : "sign ahead", sign),
          ]),
          ...weights.map((weight, i) => write(i, ABOVE.weight, "weight", weight.toFixed(2))),
        ],
        told: `${tellPlace(signs, letter)}, ${HEADS[head]} head: ${tellWeights(signs, letter, weights)}.`,
      };
    },
  };
}

// Returns where the first of some signs begins, and how far it is from one to the next.
function placeSigns(count, width) {
  const step = Math.min(WIDEST_STEP, width / count);
  return { left: (width - step * count) / 2, step };
}

// Returns what a sign is called: a letter that the word has twice, by its turn.
function nameSign(signs, i) {
  if (i === 0) {
    return "the start";
  }
  const turn = signs.slice(0, i).filter((sign) => sign === signs[i]).length;
  return signs.filter((sign) => sign === signs[i]).length > 1 ? `${ORDINALS[turn]} ${signs[i]}` : signs[i];
}

function tellPlace(signs, letter) {
  return `The ${nameSign(signs, letter).replace("the ", "")} of “${signs.slice(1).join("")}”`;
}

function tellWeights(signs, letter, weights) {
  const named = weights.map((weight, i) => [weight, i === letter && i > 0 ? "itself" : nameSign(signs, i)]);
  const told = named.filter(([weight]) => weight >= TOLD).sort(([one], [other]) => other - one);
  const parts = told.map(([weight, name]) => `${weight.toFixed(2)} from ${name}`);
  return [parts.slice(0, -1).join(", "), parts.at(-1)].filter(Boolean).join(" and ");
}

// Answers tests/page/test_web_math.py: reads calls as JSON from standard input, writes what they give.
//
// A number travels as text, as JSON has neither -0 nor NaN nor infinities.

import { readFileSync } from "node:fs";

import { DomainError, math } from "../../micrograd_nn/notation/javascript/math.mjs";
import { formatAsPython } from "../../micrograd_nn/page/web/numbers.js";

const sent = (x) => (Object.is(x, -0) ? "-0" : String(x));

function called(rule, inputs) {
  if (!rule) {
    return "no function";
  }
  try {
    return sent(rule(...inputs.map(Number)));
  } catch (error) {
    if (error instanceof DomainError) {
      return error.kind;
    }
    throw error;
  }
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const numbers = Object.fromEntries(
  Object.entries(asked.points).map(([name, points]) => [
    name,
    points.map((inputs) => called(math[name], inputs)),
  ]),
);
const texts = asked.numbers.map(([x, digits]) => formatAsPython(Number(x), digits));
process.stdout.write(JSON.stringify({ names: Object.keys(math), numbers, texts }));

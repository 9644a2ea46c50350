// reading.js: which texts are numbers and answers, and why others are none.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { explainAnswer, explainRefusal, readAnswer, readNumber } from "../../micrograd_nn/page/web/reading.js";

// Each has a text, the number that it is and the answer that it is: null for none. Python has the same.
const TYPED = JSON.parse(readFileSync(new URL("typed.json", import.meta.url), "utf8"));
const SPECIAL = { inf: Infinity, "-inf": -Infinity, nan: NaN };

test("numbers and answers are read as people type them, and as Python reads them", () => {
  for (const [text, number, answer] of TYPED) {
    assert.equal(readNumber(text), SPECIAL[number] ?? number, text);
    assert.equal(readAnswer(text), answer, text);
  }
});

test("and is told why", () => {
  assert.equal(explainRefusal(" "), "The box is empty.");
  assert.equal(explainRefusal("a half"), "a half isn't a number such as −2.5, 1e−3 or inf.");
  assert.equal(explainAnswer(" "), "The box is empty.");
  assert.equal(explainAnswer("1/0"), "1/0 divides by zero.");
  assert.match(explainAnswer("2/1,000"), /^The comma of 1,000 may divide thousands or decimals/);
  assert.equal(explainAnswer("a half"), "a half isn't a number such as −2.5, 0,5 or 1/2.");
  for (const text of ["1e999", "1/1e-999", "1e-200/1e200"]) {
    assert.equal(explainAnswer(text), `${text} is beyond a float.`);
  }
  assert.equal(explainAnswer("inf"), "inf isn't a number such as −2.5, 0,5 or 1/2.");
  assert.equal(explainAnswer("1/"), "1/ isn't a number such as −2.5, 0,5 or 1/2.");
});

// reading.js: which texts are numbers and answers, and why others are none.

import assert from "node:assert/strict";
import { test } from "node:test";

import { explainAnswer, explainRefusal, readAnswer, readNumber } from "../../micrograd_nn/page/web/reading.js";

test("numbers are read as people type them", () => {
  const texts = ["2", "−3", "-3", "+3", "0,5", ".5", "5.", "1e-3", "1E−3", " 7 ", "inf", "-Infinity", "NaN"];
  assert.deepEqual(texts.map(readNumber), [2, -3, -3, 3, 0.5, 0.5, 5, 1e-3, 1e-3, 7, Infinity, -Infinity, NaN]);
});

test("an answer may be a fraction", () => {
  const texts = ["2", "−3", "0,5", ".5", "1e-3", "1/2", "-1/4", "1/−4", "0,5 / 2", "0/3"];
  assert.deepEqual(texts.map(readAnswer), [2, -3, 0.5, 0.5, 1e-3, 0.5, -0.25, -0.25, 0.25, 0]);
});

test("anything else is none", () => {
  for (const text of ["", " ", "two", "1 2", "0x10", "1,000", "--1", "1e", "½"]) {
    assert.equal(readNumber(text), null, text);
    assert.equal(readAnswer(text), null, text);
  }
  for (const text of ["1/2/3", "1/", "/2", "1/0", "1/0,0", "1,000/2", "2/1,000", "inf", "nan", "1/inf", "inf/inf", "1e999"]) {
    assert.equal(readAnswer(text), null, text);
  }
});

test("and is told why", () => {
  assert.equal(explainRefusal(" "), "The box is empty.");
  assert.equal(explainRefusal("a half"), "a half is no number such as −2.5, 1e−3 or inf.");
  assert.equal(explainAnswer(" "), "The box is empty.");
  assert.equal(explainAnswer("1/0"), "1/0 divides by zero.");
  assert.match(explainAnswer("2/1,000"), /^The comma of 1,000 may divide thousands or decimals/);
  assert.equal(explainAnswer("a half"), "a half is no number such as −2.5, 0,5 or 1/2.");
  assert.equal(explainAnswer("1/"), "1/ is no number such as −2.5, 0,5 or 1/2.");
});

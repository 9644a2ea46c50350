// nearness.js: which answers are a number to three digits, and which nearly.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { findRange, isNear, isNearly } from "../../micrograd_nn/page/web/nearness.js";
import { readAnswer } from "../../micrograd_nn/page/web/reading.js";

// Each has an answer as it is typed, the right number, and whether it is near. Python has the same.
const NEAR = JSON.parse(readFileSync(new URL("near.json", import.meta.url), "utf8"));

test("an answer is near as Python has it", () => {
  for (const [typed, right, how] of NEAR) {
    const given = readAnswer(typed);
    const found = isNear(given, right) ? "near" : isNearly(given, right) ? "nearly" : "";
    assert.equal(found, how, `${typed} for ${right}`);
  }
});

test("what is near has the ends that Python gives", () => {
  assert.deepEqual(findRange(2), [1.995, 2.005]);
  assert.deepEqual(findRange(-0.9996), [-1.005, -0.9991]);
  assert.deepEqual(findRange(1e-7), [9.995e-8, 1.005e-7]);
});

test("nothing is near infinity, and no number near to what is none", () => {
  for (const [given, right] of [[1, Infinity], [Infinity, 1.7976931348623157e308], [NaN, NaN]]) {
    assert.equal(isNear(given, right), false);
  }
  assert.equal(isNear(Infinity, Infinity), true);
});

// numbers.js by itself; tests/page/test_web_math.py compares it with Python on thousands of numbers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { formatApart, formatAsPython } from "../../micrograd_nn/page/web/numbers.js";

test("what isn't a number, or no finite one, is told", () => {
  assert.deepEqual([formatAsPython(null), formatAsPython(undefined), formatAsPython(NaN)], ["–", "–", "nan"]);
  assert.deepEqual([formatAsPython(Infinity), formatAsPython(-Infinity), formatAsPython(-0)], ["inf", "−inf", "−0"]);
});

test("numbers that differ look different", () => {
  assert.deepEqual(formatApart(0.1966, 0.9277), ["0.1966", "0.9277"]);
  assert.deepEqual(formatApart(-1.5, -1.500007), ["−1.5", "−1.50001"]);
  assert.deepEqual(formatApart(0.1 + 0.2, 0.3), ["0.30000000000000004", "0.29999999999999999"]);
  assert.deepEqual(formatApart(2, null), ["2", "–"]);
  assert.deepEqual(formatApart(NaN, 1), ["nan", "1"]);
});

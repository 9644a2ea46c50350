// numbers.js by itself; tests/page/test_web_math.py compares it with Python on thousands of numbers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { formatApart, formatAsPython } from "../../micrograd_nn/page/web/numbers.js";

test("a number has four digits and a true minus sign", () => {
  assert.equal(formatAsPython(-Math.SQRT1_2), "−0.7071");
  assert.equal(formatAsPython(2), "2");
  assert.equal(formatAsPython(1200), "1200");
});

test("another count of digits may be asked for", () => {
  assert.equal(formatAsPython(Math.PI, 1), "3");
  assert.equal(formatAsPython(Math.PI, 10), "3.141592654");
});

test("a half goes to the even digit, as in Python", () => {
  assert.deepEqual([formatAsPython(0.5, 1), formatAsPython(1.5, 1), formatAsPython(2.5, 1)], ["0.5", "2", "2"]);
  assert.deepEqual([formatAsPython(1234.5), formatAsPython(1235.5)], ["1234", "1236"]);
});

test("very large and very small numbers have an exponent of two digits or more", () => {
  assert.deepEqual([formatAsPython(1e-5), formatAsPython(-1e10), formatAsPython(9999.9)], ["1e−05", "−1e+10", "1e+04"]);
  assert.equal(formatAsPython(5e-324), "4.941e−324");
});

test("what is no number, or no finite one, is told", () => {
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

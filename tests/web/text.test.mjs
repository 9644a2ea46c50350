// text.js by itself; tests/page/test_web_math.py compares it with Python on thousands of numbers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isolated, short } from "../../micrograd_nn/page/web/text.js";

test("a number has four digits and a true minus sign", () => {
  assert.equal(short(-Math.SQRT1_2), "−0.7071");
  assert.equal(short(2), "2");
  assert.equal(short(1200), "1200");
});

test("another count of digits may be asked for", () => {
  assert.equal(short(Math.PI, 1), "3");
  assert.equal(short(Math.PI, 10), "3.141592654");
});

test("a half goes to the even digit, as in Python", () => {
  assert.deepEqual([short(0.5, 1), short(1.5, 1), short(2.5, 1)], ["0.5", "2", "2"]);
  assert.deepEqual([short(1234.5), short(1235.5)], ["1234", "1236"]);
});

test("very large and very small numbers have an exponent of two digits or more", () => {
  assert.deepEqual([short(1e-5), short(-1e10), short(9999.9)], ["1e−05", "−1e+10", "1e+04"]);
  assert.equal(short(5e-324), "4.941e−324");
});

test("what is no number, or no finite one, is told", () => {
  assert.deepEqual([short(null), short(undefined), short(NaN)], ["–", "–", "nan"]);
  assert.deepEqual([short(Infinity), short(-Infinity), short(-0)], ["inf", "−inf", "−0"]);
});

test("texts that turn the direction are closed off, others are as they are", () => {
  const data = { names: ["a", "\u202eb"], numbers: [1, null, "NaN"], isGood: true };
  assert.deepEqual(isolated(data), { ...data, names: ["a", "\u2068\u202eb\u2069"] });
});

// order.js: which cells of a chapter run, and which outputs are of other texts than those there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { findFirst, isOutdated } from "../../docs/web/cells/order.js";

const texts = ["a", "b", "c", "d"];

test("the first Run begins at the top", () => {
  assert.equal(findFirst([], texts, 2), 0);
});

test("what ran with its present text isn't run again", () => {
  assert.equal(findFirst(["a"], texts, 2), 1);
  assert.equal(findFirst(["a", "b"], texts, 2), 2);
});

test("a cell that ran itself begins at the top", () => {
  assert.equal(findFirst(["a", "b", "c"], texts, 2), 0);
  assert.equal(findFirst(["a", "b", "c"], texts, 0), 0);
});

test("a change above begins at the top, one below doesn't", () => {
  assert.equal(findFirst(["a", "x"], texts, 2), 0);
  assert.equal(findFirst(["a", "b"], ["a", "b", "c", "x"], 2), 2);
});

test("an output is outdated once a text at or above its cell is another", () => {
  assert.equal(isOutdated(["a", "b"], texts), false);
  assert.equal(isOutdated(["a", "x"], texts), true);
  assert.equal(isOutdated(["a"], ["a", "x"]), false);
});

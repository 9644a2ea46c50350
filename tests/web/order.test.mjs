// order.js: which cells of a chapter run, and which outputs are of other texts than those there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isOutdated, needAll, pickTexts, planRun } from "../../docs/web/cells/order.js";

const texts = ["a", "b", "c", "d"];
const all = needAll(4);
const some = [[], [], [0], [0, 2]]; // b stands by itself
const ran = (...places) => new Map(places.map((place) => [place, texts[place]]));

test("nothing is known of cells that need all above them", () => {
  assert.deepEqual(needAll(3), [[], [0], [0, 1]]);
});

test("the first Run begins with what the cell needs", () => {
  assert.deepEqual(planRun(ran(), texts, 2, all).places, [0, 1, 2]);
  assert.deepEqual(planRun(ran(), texts, 3, some).places, [0, 2, 3]);
});

test("what ran with its present text isn't run again", () => {
  assert.deepEqual(planRun(ran(0), texts, 2, all), { places: [1, 2], isFresh: false });
  assert.deepEqual(planRun(ran(0, 2), texts, 3, some), { places: [3], isFresh: false });
});

test("what ran stays though the cell doesn't need it", () => {
  assert.deepEqual(planRun(ran(0, 1, 2), texts, 3, some), { places: [3], isFresh: false });
  assert.deepEqual(planRun(ran(0, 1), texts, 3, some), { places: [2, 3], isFresh: false });
});

test("a cell that ran itself, or stands above one that ran, begins with fresh names", () => {
  assert.deepEqual(planRun(ran(0, 1, 2), texts, 2, all), { places: [0, 1, 2], isFresh: true });
  assert.deepEqual(planRun(ran(0, 1, 2), texts, 0, all), { places: [0], isFresh: true });
  assert.deepEqual(planRun(ran(0, 2), texts, 1, some), { places: [1], isFresh: true });
  assert.deepEqual(planRun(ran(1), texts, 2, some), { places: [0, 2], isFresh: true });
});

test("a change of what ran begins with fresh names, one of another cell doesn't", () => {
  assert.deepEqual(planRun(new Map([[0, "x"]]), texts, 2, some), { places: [0, 2], isFresh: true });
  assert.deepEqual(planRun(ran(0), ["a", "b", "c", "x"], 2, some), { places: [2], isFresh: false });
});

test("an output is outdated once a text that it needs, or needed, is another", () => {
  assert.equal(isOutdated(pickTexts(texts, 1, all), texts, all[1]), false);
  assert.equal(isOutdated(pickTexts(texts, 1, all), ["x", "b", "c", "d"], all[1]), true);
  assert.equal(isOutdated(pickTexts(texts, 2, some), ["a", "x", "c", "d"], some[2]), false);
  assert.equal(isOutdated(pickTexts(texts, 2, some), ["x", "b", "c", "d"], []), true);
  assert.equal(isOutdated(pickTexts(texts, 1, some), ["a", "x", "c", "d"], []), true);
});

test("an output is outdated once its cell needs one that it wasn't made of", () => {
  assert.equal(isOutdated(pickTexts(texts, 2, some), texts, all[2]), true);
});

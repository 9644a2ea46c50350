// repeats.js: parts of a graph that are the same but for numbers, and the steps that they take.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Passes } from "../../micrograd_nn/page/web/passes.js";
import { Repeats } from "../../micrograd_nn/page/web/repeats.js";
import { Story } from "../../micrograd_nn/page/web/story.js";

// h = w h, four times from x: 0 w, 1 x, 2 3 4 5
const rules = [{ forward: (x, y) => x * y, partials: (out, x, y) => [y, x] }];
const described = [{ wanted: [true, true], written: "x * y", inputs: ["x", "y"], needs: "", partialsNeed: "" }];
const leaf = (number) => ({ inputs: [], rule: null, number });
const of = (...inputs) => ({ inputs, rule: 0, number: 0 });
const nodes = [leaf(2), leaf(3), of(0, 1), of(0, 2), of(0, 3), of(0, 4)];
const view = { stands: [0, 1, 2, 2, 2, 2], repeats: [{ rows: [[2], [3], [4], [5]] }] };
const loop = () => new Passes(nodes, rules, described, view);

test("by itself the last repetition is seen", () => {
  const { repeats } = loop();
  assert.equal(repeats.most, 4);
  assert.equal(repeats.see(2), 5);
  assert.deepEqual([2, 3, 4, 5].map((node) => repeats.isHidden(node)), [true, true, true, false]);
  assert.equal(repeats.see(0), 0);
});

test("what the first repetition takes, and what the others take from before, are edges", () => {
  const edges = loop().repeats.listEdges(nodes).map(({ tail, head, isBack }) => `${tail} ${head} ${isBack}`);
  assert.deepEqual(edges, ["0 2 false", "1 2 false", "2 2 true"]);
});

test("the steps of other repetitions in a row are one", () => {
  const passes = loop(); // 4 forward, the seed, 8 back
  assert.equal(passes.facts.length, 13);
  assert.deepEqual(passes.stops, [0, 3, 4, 5, 6, 7, 13]);
  passes.repeats.choose(0);
  passes.listStops();
  assert.deepEqual(passes.stops, [0, 1, 4, 5, 11, 12, 13]);
  passes.repeats.choose(1);
  passes.listStops();
  assert.deepEqual(passes.stops, [0, 1, 2, 4, 5, 9, 10, 11, 13]);
});

test("a step is found though one doesn't stop there", () => {
  const passes = loop();
  assert.deepEqual([0, 1, 3, 4, 8, 13, 99].map((step) => passes.stops[passes.findStop(step)]), [0, 3, 3, 4, 13, 13, 13]);
});

test("without repeats one stops at each step", () => {
  const passes = new Passes(nodes, rules, described);
  assert.deepEqual(passes.stops, [...Array(14).keys()]);
  assert.equal(passes.repeats.most, 0);
});

test("what several steps did together is told, with what they add up to", () => {
  const passes = loop();
  const tell = (step) => {
    passes.goTo(step);
    return passes.repeats.describe(passes.facts, step, passes.state(), (node) => "wx"[node]);
  };
  assert.deepEqual(tell(3), {
    gist: "Forward through 3 other repetitions; next, this one",
    sentence: "They go the same way as the one that is shown: steps 1 to 3, taken as one.",
  });
  assert.equal(tell(4), null);
  assert.equal(tell(0), null);
  assert.equal( // of 3 w⁴: 96 and 16
    tell(13).sentence,
    "They go the same way as the one that is shown: steps 8 to 13, taken as one. " +
    "After them, the gradient of w is 96 now, the gradient of x is 16 now.",
  );
});

test("what other repetitions add is summed for each node that is in none", () => {
  const passes = loop();
  const sum = (step) => passes.repeats.describe(passes.facts, step, passes.state(), () => "").sums;
  assert.deepEqual(sum(13), [[0, 72], [1, 16]]); // the repetition that is shown has added 24 to that of w
  passes.repeats.choose(1);
  assert.deepEqual(sum(9), [[0, 48]]);
  assert.deepEqual(sum(13), [[0, 24], [1, 16]]);
  Object.assign(passes.facts[11], { share: null, after: null });
  assert.deepEqual(sum(13).map(([, one]) => Number.isNaN(one)), [true, false]);
});

test("a headline has the largest sum, unless not all is known or it is lost", () => {
  const write = (sums, broken = {}, guessing = null) => {
    const written = [];
    globalThis.document = { createElement: () => ({ setAttribute() {}, append: (...texts) => written.push(...texts) }) };
    const [gist, ...rest] = new Story({ broken, guessing, nameOf: (node) => "wx"[node] }).writeHeadline({ gist: "Back", sums });
    return [gist, ...rest.slice(0, 1), ...written].join("");
  };
  assert.equal(write([[0, 72], [1, -96]]), "Back; most is added to the gradient of x: −96");
  assert.equal(write([[0, 72]]), "Back; added to the gradient of w: 72");
  assert.equal(write([[0, 72]], {}, { hides: "number" }), "Back; added to the gradient of w: ?");
  for (const nothing of [write(undefined), write([[0, 0]]), write([[0, 72], [1, NaN]]), write([[0, 72]], { overwrite: true })]) {
    assert.equal(nothing, "Back");
  }
});

test("numbers of all repetitions go from the least to the greatest that is known", () => {
  const { repeats } = loop();
  const numbers = [0, 0, 6, 12, -3, null];
  assert.deepEqual(repeats.spread([2], numbers, [true, true, true, true, true, true]), [-3, 12]);
  assert.deepEqual(repeats.spread([2], numbers, [true, true, true, true, false, true]), [6, 12]);
  assert.equal(repeats.spread([2], numbers, [true, true, true, false, false, false]), null);
  assert.equal(repeats.spread([0], numbers, [true]), null);
});

test("a repeat with fewer repetitions shows its last", () => {
  const repeats = new Repeats({ stands: [0, 0, 0, 3, 3], repeats: [{ rows: [[0], [1], [2]] }, { rows: [[3], [4]] }] }, 5);
  repeats.choose(2);
  assert.deepEqual([repeats.see(0), repeats.see(3)], [2, 4]);
  repeats.choose(0);
  assert.deepEqual([repeats.see(0), repeats.see(3)], [0, 3]);
});

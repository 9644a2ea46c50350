// passes.js: where among the steps one is, and what is known there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { math } from "../../micrograd_nn/notation/javascript/math.mjs";
import { Passes } from "../../micrograd_nn/page/web/passes.js";

const rules = [
  { forward: (x, y) => x * y, partials: (out, x, y) => [y, x] },
  { forward: (x, y) => x + y, partials: () => [1, 1] },
  { forward: (x) => math.exp(x), partials: (out) => [out] },
  { forward: (x) => math.sqrt(x), partials: (out) => [math.truediv(0.5, out)] },
  { forward: (...xs) => math.logsumexp(...xs), partials: (out, ...xs) => xs.map((x) => math.exp(x - out)) },
];
const described = [
  { wanted: [true, true], written: "x * y", inputs: ["x", "y"], needs: "", partialsNeed: "" },
  { wanted: [true, true], written: "x + y", inputs: ["x", "y"], needs: "", partialsNeed: "" },
  { wanted: [true], written: "exp(x)", inputs: ["x"], needs: "", partialsNeed: "" },
  { wanted: [true], written: "sqrt(x)", inputs: ["x"], needs: "x >= 0", partialsNeed: "x > 0" },
  { wanted: Array(6).fill(true), written: "logsumexp(values)", inputs: [], needs: "", partialsNeed: "" },
];
const [MUL, ADD, EXP, SQRT, MANY] = rules.keys();
const leaf = (number) => ({ inputs: [], rule: null, number });
const of = (rule, ...inputs) => ({ inputs, rule, number: 0 });

// x * y + x, of seven steps: v2 v3 s3 3.0>2 3.1>0 2.0>0 2.1>1
const passes = () => new Passes([leaf(2), leaf(3), of(MUL, 0, 1), of(ADD, 2, 0)], rules, described);
// a = x * x, b = a * x, a + b
const unordered = () => new Passes([leaf(3), of(MUL, 0, 0), of(MUL, 1, 0), of(ADD, 1, 2)], rules, described);

test("at the beginning the leaves alone are known", () => {
  const { known, gradient, flowed } = passes().state();
  assert.deepEqual(known, [true, true, false, false]);
  assert.deepEqual(gradient, [null, null, null, null]);
  assert.equal(flowed.size, 0);
  assert.equal(passes().fact, undefined);
});

test("each step adds one fact", () => {
  const walk = passes();
  const seen = [];
  for (let step = 0; step <= 7; step += 1) {
    walk.goTo(step);
    const { known, gradient, flowed } = walk.state();
    seen.push([known.filter(Boolean).length, gradient.join(), [...flowed].join(" ")]);
  }
  assert.deepEqual(seen, [
    [2, ",,,", ""],
    [3, ",,,", ""],
    [4, ",,,", ""],
    [4, ",,,1", ""],
    [4, ",,1,1", "3-0,1"],
    [4, "1,,1,1", "3-0,1 3-1,1"],
    [4, "4,,1,1", "3-0,1 3-1,1 2-0,3"],
    [4, "4,2,1,1", "3-0,1 3-1,1 2-0,3 2-1,2"],
  ]);
});

test("steps back give what steps on gave", () => {
  const walk = passes();
  walk.goTo(5);
  const before = structuredClone(walk.state());
  walk.goTo(7);
  walk.state();
  walk.goTo(5);
  assert.deepEqual(walk.state(), before);
});

test("a step beyond the ends is the end, and what isn't a number the beginning", () => {
  const walk = passes();
  const asked = [-3, 99, Infinity, 2.4, 2.6, NaN, undefined, "5"];
  assert.deepEqual(asked.map((step) => (walk.goTo(step), walk.step)), [0, 7, 7, 2, 3, 0, 0, 5]);
});

test("a gradient is complete after its last share", () => {
  const walk = passes();
  walk.goTo(5);
  assert.deepEqual([0, 2, 3].map((node) => walk.isComplete(node)), [false, true, true]);
  assert.deepEqual([0, 1, 2, 3].map((node) => walk.countPending(node)), [1, 1, 0, 0]);
  walk.goTo(6);
  assert.equal(walk.isComplete(0), true);
  assert.equal(walk.countPending(0), 0);
});

test("the numbers of leaves may be changed, and what was recorded stays", () => {
  const walk = passes();
  walk.numbers[1] = 10;
  walk.compute();
  assert.deepEqual(walk.graph.data, [2, 10, 20, 22]);
  assert.deepEqual(walk.gradient, [11, 2, 1, 1]);
  assert.deepEqual(walk.recorded.slice(0, 2), [2, 3]);
});

test("a change of numbers shows at the step where one is", () => {
  const walk = passes();
  walk.goTo(7);
  walk.state();
  walk.numbers[1] = 10;
  walk.compute();
  assert.deepEqual(walk.state().gradient, [11, 2, 1, 1]);
  assert.equal(walk.step, 7);
});

// Broken engines

test("a whole engine gets nothing wrong", () => {
  assert.deepEqual(passes().findWrong(), []);
  assert.deepEqual(unordered().findWrong(), []);
});

test("the nodes that a broken engine gets wrong are found", () => {
  const walk = unordered();
  walk.breakWith({ overwrite: true });
  assert.deepEqual(walk.findWrong(), [0, 1]);
  walk.breakWith({ unordered: true });
  assert.deepEqual(walk.findWrong(), [0]);
  assert.deepEqual([walk.gradient[0], walk.right[0]], [15, 33]);
  walk.breakWith({ unreset: true });
  assert.deepEqual(walk.findWrong(), [0, 1, 2]);
  walk.breakWith({});
  assert.deepEqual(walk.findWrong(), []);
});

test("a second pass has steps of its own, and its end is forgotten with it", () => {
  const walk = passes();
  walk.breakWith({ unreset: true });
  assert.equal(walk.facts.length, 12);
  walk.goTo(12);
  walk.breakWith({});
  assert.equal(walk.step, 7);
});

test("what can't be known is wrong in no engine", () => {
  const walk = new Passes([leaf(-1), of(SQRT, 0), of(MUL, 1, 0)], rules, described);
  walk.breakWith({ overwrite: true });
  assert.deepEqual(walk.findWrong(), []);
  const ofNaN = new Passes([leaf("NaN"), of(MUL, 0, 0)], rules, described);
  ofNaN.breakWith({ overwrite: true });
  assert.deepEqual(ofNaN.findWrong(), []);
});

// What can't be computed

test("a complaint names the operation, what it needs and the numbers", () => {
  const walk = new Passes([leaf(-0.5), of(SQRT, 0)], rules, described);
  assert.equal(walk.explainError(1), "sqrt(x) needs x >= 0; x = −0.5");
  assert.equal(walk.explainError(0), "");
  walk.numbers[0] = 0;
  walk.compute();
  assert.equal(walk.explainError(1), "the derivative of sqrt(x) needs x > 0; x = 0");
  walk.numbers[0] = 4;
  walk.compute();
  assert.equal(walk.explainError(1), "");
});

test("an input whose name is another's place is told with both", () => {
  const divide = [{ forward: (x, y) => math.truediv(x, y), partials: () => [1, 1] }];
  const told = [{ wanted: [true, true], written: "x / y", inputs: ["x", "y"], needs: "y != 0", partialsNeed: "" }];
  const nodes = [{ ...leaf(1), kind: "constant", name: "1" }, { ...leaf(0), kind: "leaf", name: "x" }, of(0, 0, 1)];
  assert.equal(new Passes(nodes, divide, told).explainError(2), "x / y needs y != 0; x = 1, y (x here) = 0");
});

test("what is too large is told so", () => {
  const walk = new Passes([leaf(1000), of(EXP, 0)], rules, described);
  assert.equal(walk.explainError(1), "exp(x) is beyond the largest number, 1.8e308; x = 1000");
});

test("of many inputs, four are told", () => {
  const failing = [{ ...rules[MANY], forward: () => math.log(-1) }];
  const nodes = [1, 2, 3, 4, 5, 6].map(leaf);
  const walk = new Passes([...nodes, of(0, 0, 1, 2, 3, 4, 5)], failing, [{ ...described[MANY], needs: "luck" }]);
  assert.equal(walk.explainError(6), "logsumexp(values) needs luck; x1 = 1, x2 = 2, x3 = 3, x4 = 4, …");
});

test("a nudge is told against all numbers before it, however soon the next one comes", () => {
  const walk = passes();
  walk.nudge(0, 0.5);
  walk.nudge(0, -0.25);
  walk.compute();
  assert.equal(walk.nudged.amount, -0.25);
  assert.equal(walk.nudged.predicted, 4);
  assert.deepEqual([0, 1, 2, 3].map((node) => walk.findChange(node)), [-0.25, 0, -0.75, -1]);
});

test("a nudge leaves no digits of its own", () => {
  const walk = new Passes([leaf(0.1), leaf(3), of(MUL, 0, 1)], rules, described);
  walk.nudge(0, 0.2);
  assert.equal(walk.numbers[0], 0.3);
});

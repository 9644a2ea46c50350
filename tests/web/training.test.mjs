// What the page of a training computes; tests/page/test_training_page.py shows it in a browser.

import assert from "node:assert/strict";
import { test } from "node:test";

import { chooseAxes, describeInput, fromOwnUnit, makeUsualInputs, putCategory, toOwnUnit } from "../../micrograd_nn/extras/train/pages/web/columns.js";
import { math } from "../../micrograd_nn/notation/javascript/math.mjs";
import { Scale, drawContour, drawLine, roundNumbers, roundScale } from "../../micrograd_nn/page/web/plot.js";
import { Meaning, Predictor, formatPercent } from "../../micrograd_nn/extras/train/pages/web/predictor.js";
import { Replay, nameSource } from "../../micrograd_nn/extras/train/pages/web/replay.js";

/** Return a replay of one weight and a bias, whose snapshots are given: [epoch, weight, bias]. */
function replayOf(snapshots, more = {}) {
  const numbers = new Float64Array(snapshots.flatMap(([, ...weights]) => weights));
  const count = Math.max(...snapshots.map(([epoch]) => epoch)) + 1;
  return new Replay({
    loss: "squared_error",
    parameters: ["w", "b"],
    snapshots: snapshots.map(([epoch]) => epoch),
    weights: Buffer.from(numbers.buffer).toString("base64"),
    best: 0,
    before: 0,
    earlier: [],
    epochs: Array.from({ length: count }, (_, i) => [i, 1 / (i + 1), null, 0.1]),
    layers: [],
    prediction: null,
    ...more,
  });
}

test("weights come out of the page as they went in", () => {
  const odd = [Math.PI, -0, NaN, Infinity, 5e-324, 1e308];
  const replay = replayOf([[0, odd[0], odd[1]], [1, odd[2], odd[3]], [2, odd[4], odd[5]]]);
  assert.deepEqual([0, 1, 2].flatMap((step) => [...replay.weights(step)]), odd);
  assert.equal(replay.findLargest(), Math.PI, "of the first and best step, and of what is finite");
});

test("an epoch without weights is shown by the nearest that has some, the earlier of two", () => {
  const replay = replayOf([[0, 0, 0], [4, 0, 0], [10, 0, 0]]);
  assert.deepEqual([0, 2, 3, 7, 8, 99].map((number) => replay.stepOf(number)), [0, 0, 1, 1, 2, 2]);
  assert.equal(replay.at(1).number, 4);
});

test("what changed most is told since the step before", () => {
  const replay = replayOf([[0, 1, 2], [5, 1.25, -2], [6, 1.25, -2]], { best: 6 });
  assert.match(replay.describeStep(0), /^Loss 1 in training\. This is the model before training\.$/);
  assert.match(replay.describeStep(1), /Since epoch 0, b changed most, by −4 to −2\.$/);
  assert.match(replay.describeStep(2), /the best epoch, whose weights were kept\. Since epoch 5, no weight changed\.$/);
});

test("the learning rate is told where it follows a schedule", () => {
  const epochs = [[0, 1, null, 0.1], [1, 0.5, null, 0.05]];
  const replay = replayOf([[0, 1, 2], [1, 1, 2]], { epochs });
  assert.match(replay.describeStep(1), /no weight changed\. The learning rate was 0\.05\.$/);
});

test("losses that aren't finite, and an earlier training, are told", () => {
  const replay = replayOf([[0, 1, 2], [1, NaN, 2]], {
    before: 2,
    best: 2,
    snapshots: [2, 3],
    earlier: [[1, 3, null], [2, 2, null]],
    epochs: [[2, 1.5, 2.5, 0.1], [3, "NaN", "Infinity", 0.1]],
  });
  assert.match(replay.describeStep(0), /^Loss 1\.5 in training, 2\.5 in validation: the best .* resumed\.$/);
  assert.match(replay.describeStep(1), /^Loss nan in training, inf in validation\. Since epoch 2/);
  assert.deepEqual(replay.all.map(({ number }) => number), [1, 2, 2, 3]);
});

test("a weight of a network is told by where it stands", () => {
  const layers = [{ neurons: [{ w: [0], b: 1 }] }, { neurons: [{ w: [2], b: null }] }];
  const prediction = { columns: [{ name: "colour", place: 0, categories: ["red"] }] };
  const replay = replayOf([[0, 1, 2, 3]], { parameters: ["a", "b", "c"], layers, prediction });
  assert.deepEqual(replay.namesOf, [
    "the weight from colour = red to neuron 1 in layer 1",
    "the bias of neuron 1 in layer 1",
    "the weight from neuron 1 in layer 1 to neuron 1 in layer 2",
  ]);
  assert.equal(nameSource(null, 0, 4), "input 5");
});

const rules = [{ forward: math.mul }, { forward: math.log }];
const graph = {
  nodes: [
    { inputs: [], rule: null, number: 0 },
    { inputs: [], rule: null, number: 0 },
    { inputs: [0, 1], rule: 0, number: null },
    { inputs: [2], rule: 1, number: null },
  ],
  inputs: [0, null],
  parameters: [1, null],
  outputs: [3, 2],
};

test("a graph is computed with other weights; where there is no number, none comes out", () => {
  const predictor = new Predictor(graph, rules);
  predictor.load([2, 99]);
  assert.deepEqual(predictor.predict([0.5, 7]), [0, 1]);
  assert.equal(predictor.predict([-1, 7]), null);
  predictor.load([-2, 99]);
  assert.deepEqual(predictor.predict([-1, 7]), [Math.log(2), 2]);
  predictor.load([NaN, 99]);
  assert.equal(predictor.predict([1, 7]), null);
});

test("another error than of a domain isn't hidden", () => {
  const broken = { forward: () => { throw new TypeError("broken"); } };
  assert.throws(() => new Predictor(graph, [broken, broken]).predict([1, 1]), TypeError);
});

const meaningOf = (kind, classes, more = {}) => new Meaning({ kind, classes, names: ["y"], units: [[0, 1]], ...more });

test("a class is chosen and told with its probability", () => {
  const meaning = meaningOf("classes", ["a", "b", "c"]);
  assert.equal(meaning.chooseClass([1, 3, 3]), 1);
  assert.deepEqual(meaning.computeMargins([1, 3, 2]), [-2, 1, -1]);
  assert.equal(meaning.describe([0, Math.log(6), 0]), "Class b (probability 75 %)");
  assert.deepEqual(meaning.computeShares([1000, 0, -1000]), [1, 0, 0]);
  assert.equal(meaning.computeCertainty([0, 0, 0]), 0);
});

test("one output is a logit, a score or a number in its unit", () => {
  assert.equal(meaningOf("logit", ["no", "yes"]).describe([Math.log(3)]), "Class yes (probability 75 %)");
  assert.equal(meaningOf("logit", ["no", "yes"]).describe([-Math.log(3)]), "Class no (probability 75 %)");
  assert.equal(meaningOf("sign", ["−1", "1"]).describe([-0.5]), "Class −1 (score −0.5 ≤ 0)");
  assert.equal(meaningOf("sign", ["−1", "1"]).chooseClass([0]), 0);
  const weight = meaningOf("numbers", [], { names: ["weight"], units: [[100, 20]] });
  assert.equal(weight.describe([0.5]), "weight = 110");
  assert.equal(weight.describe(null), "no number comes out");
});

test("a share is never rounded to all or nothing", () => {
  assert.deepEqual([0, 0.0001, 0.123, 0.9999, 1].map(formatPercent), ["0 %", "under 0.1 %", "12.3 %", "over 99.9 %", "100 %"]);
});

test("inputs begin with what is usual, and are told in their columns' own units and texts", () => {
  const weight = { name: "weight", place: 0, mean: 100, scale: 20, usual: "0.5" };
  const colour = { name: "colour", place: 1, categories: ["green", "red"], usual: 1 };
  const inputs = makeUsualInputs([weight, colour]);
  assert.deepEqual(inputs, [0.5, 0, 1]);
  assert.deepEqual([describeInput(weight, inputs), describeInput(colour, inputs)], ["110", "red"]);
  assert.equal(toOwnUnit(weight, inputs), 110);
  assert.equal(fromOwnUnit(weight, 80), -1);
  putCategory(colour, 0, inputs);
  assert.deepEqual(inputs, [0.5, 1, 0]);
});

test("the columns that change the outputs most are the first axes", () => {
  const columns = [0, 1, 2].map((place) => ({ place, low: -1, high: 1 }));
  const predictor = { predict: ([x, y, z]) => [x + 0.1 * y, 5 * z] };
  assert.deepEqual(chooseAxes(columns, predictor, [0, 0, 0]), [0, 2]);
  assert.deepEqual(chooseAxes(columns.slice(0, 1), predictor, [0, 0, 0]), [0]);
  assert.equal(chooseAxes(columns, { predict: () => null }, [0, 0, 0]).length, 2);
});

test("ticks are round numbers, of wide ranges powers of ten", () => {
  assert.deepEqual(roundNumbers(-1.3, 2.2, 5), [-1, 0, 1, 2]);
  assert.deepEqual(roundNumbers(0.1, 0.35, 5), [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
  assert.deepEqual(roundNumbers(1e-9, 5e-9, 5), [1e-9, 2e-9, 3e-9, 4e-9, 5e-9]);
  assert.deepEqual(new Scale(1e-3, 10, 0, 1, true).ticks(5), [1e-3, 1e-2, 0.1, 1, 10]);
  assert.ok(new Scale(1e-200, 1e200, 0, 1, true).ticks(5).length <= 6);
});

test("a scale has round ends, leads there and back, and isn't empty for equal numbers", () => {
  const scale = roundScale(0.12, 0.93, 100, 200);
  assert.deepEqual([scale.low, scale.high], [0, 1]);
  assert.equal(scale.place(0.25), 125);
  assert.equal(scale.number(125), 0.25);
  const log = roundScale(0.02, 30, 0, 4, true);
  assert.deepEqual([log.low, log.high, log.place(1)], [0.01, 100, 2]);
  assert.equal(log.number(2), 1);
  const flat = roundScale(3, 3, 0, 100);
  assert.equal(flat.place(3), 50);
});

test("a line is broken where there is no number", () => {
  assert.equal(drawLine([[0, 1], [1, 2], [2, NaN], [3, 4]]), "M0.0 1.0L1.0 2.0M3.0 4.0");
  assert.equal(drawLine([]), "");
});

test("a contour lies where a surface is 0, between the points of the grid", () => {
  const at = (column, row) => [column, row];
  const slope = [-1, 1, 3, -1, 1, 3, -1, 1, 3]; // x = 0.5
  assert.equal(drawContour(slope, 3, at), "M0.5 0.0L0.5 1.0M0.5 1.0L0.5 2.0");
  assert.equal(drawContour([1, 2, 3, 4], 2, at), "");
  assert.equal(drawContour([NaN, 1, -1, 1], 2, at).includes("NaN"), false);
  assert.match(drawContour([-Infinity, 1, -Infinity, 1], 2, at), /^M0\.5 0\.0L0\.5 1\.0$/);
});

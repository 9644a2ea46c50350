// engine.js on graphs written by hand; tests/page/test_lesson.py compares it with Python on random ones.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Graph, backpropagate, listFacts } from "../../micrograd_nn/page/web/engine.js";
import { math } from "../../micrograd_nn/notation/javascript/math.mjs";

const rules = [
  { wanted: [true, true], forward: (x, y) => x * y, partials: (out, x, y) => [y, x] },
  { wanted: [true, true], forward: (x, y) => x + y, partials: () => [1, 1] },
  { wanted: [true], forward: (x) => math.log(x), partials: (out, x) => [math.truediv(1, x)] },
  { wanted: [true], forward: (x) => math.sqrt(x), partials: (out) => [math.truediv(0.5, out)] },
  { wanted: [true, false], forward: (x, y) => x * y, partials: (out, x, y) => [y, null] },
];
const [MUL, ADD, LOG, SQRT, SCALE] = rules.keys();
const leaf = { inputs: [], rule: null };
const of = (rule, ...inputs) => ({ inputs, rule });

/** Return a graph computed from its leaves' numbers, and what a backward pass gives. */
function passed(nodes, numbers, broken = {}) {
  const graph = new Graph(nodes, rules);
  graph.compute(numbers);
  const facts = listFacts(graph, broken);
  return { graph, facts, gradient: backpropagate(graph, facts, broken) };
}

/** Return facts as words: v2 a value, s2 the seed, 2.0>1 a share by node 2's input 0 for node 1. */
function words(facts) {
  return facts
    .map(({ kind, node, position, input }) => ({ value: `v${node}`, seed: `s${node}`, share: `${node}.${position}>${input}` })[kind])
    .join(" ");
}

// x * y + x, whose gradient by x is y + 1
const shared = [leaf, leaf, of(MUL, 0, 1), of(ADD, 2, 0)];

test("numbers go forward, gradients go back and add up", () => {
  const { graph, facts, gradient } = passed(shared, [2, 3]);
  assert.deepEqual(graph.data, [2, 3, 6, 8]);
  assert.deepEqual(graph.partials, [[], [], [3, 2], [1, 1]]);
  assert.deepEqual(gradient, [4, 2, 1, 1]);
  assert.equal(words(facts), "v2 v3 s3 3.0>2 3.1>0 2.0>0 2.1>1");
  const last = facts.find(({ node, position }) => node === 2 && position === 0);
  assert.deepEqual(
    [last.upstream, last.partial, last.share, last.before, last.after],
    [1, 3, 3, 1, 4],
  );
});

test("a node that can't be computed is null, and so is all that is made of it", () => {
  const nodes = [leaf, of(LOG, 0), leaf, of(MUL, 1, 2)];
  const { graph, gradient } = passed(nodes, [-1, null, 2]);
  assert.deepEqual(graph.data, [-1, null, 2, null]);
  assert.deepEqual([...graph.errors], [[1, { kind: "domain", ofDerivative: false }]]);
  assert.deepEqual(gradient, [null, null, null, 1]);
});

test("a derivative that can't be computed leaves its node's number, and no gradient beyond", () => {
  const { graph, gradient } = passed([leaf, of(SQRT, 0), leaf, of(MUL, 1, 2)], [0, null, 7]);
  assert.deepEqual(graph.data, [0, 0, 7, 0]);
  assert.deepEqual([...graph.errors], [[1, { kind: "domain", ofDerivative: true }]]);
  assert.deepEqual(gradient, [null, 7, 0, 1]);
});

test("an unknown share leaves a sum unknown, whatever comes before or after it", () => {
  const nodes = [leaf, of(SQRT, 0), of(ADD, 0, 1)];
  assert.deepEqual(passed(nodes, [0]).gradient, [null, 1, 1]);
  const later = [leaf, leaf, of(SCALE, 0, 1), of(SQRT, 0), of(ADD, 2, 3)]; // the root's share comes last
  for (const broken of [{}, { overwrite: true }, { unreset: true }]) {
    const { facts, gradient } = passed(later, [0, 3], broken);
    assert.equal(gradient[0], null);
    const { share, before, after } = facts.findLast(({ input }) => input === 0);
    assert.deepEqual([share !== null, before, after], [true, null, null]);
  }
  assert.deepEqual(passed([leaf, of(SQRT, 0), of(SQRT, 1)], [0]).gradient, [null, null, 1]);
});

test("computing again forgets what failed before", () => {
  const { graph } = passed([leaf, of(LOG, 0)], [-1]);
  graph.compute([1]);
  assert.equal(graph.errors.size, 0);
  assert.deepEqual(graph.data, [1, 0]);
});

test("an error that isn't a matter of numbers isn't swallowed", () => {
  const failing = { wanted: [true], forward: () => { throw new TypeError("a mistake"); }, partials: () => [1] };
  const graph = new Graph([leaf, of(0, 0)], [failing]);
  assert.throws(() => graph.compute([1]), /a mistake/);
});

test("a rule that couldn't be written keeps what was recorded", () => {
  const nodes = [leaf, { ...of(0, 0), number: 5, partials: ["Infinity"] }, { ...of(1, 1, 0), number: 7, partials: [2, null] }];
  const graph = new Graph(nodes, [{ wanted: [true] }, { wanted: [true, false] }]);
  graph.compute([1]);
  assert.deepEqual(graph.data, [1, 5, 7]);
  assert.deepEqual(graph.partials, [[], [Infinity], [2, null]]);
});

test("not-a-number and infinities go on as numbers", () => {
  assert.deepEqual(passed(shared, [NaN, 3]).gradient, [4, NaN, 1, 1]);
  assert.deepEqual(passed(shared, [2, Infinity]).gradient, [Infinity, 2, 1, 1]);
  // x a + x b + x c, whose last share but one is as little a number as its sum
  const nodes = [leaf, leaf, leaf, leaf, of(MUL, 0, 1), of(MUL, 0, 2), of(ADD, 4, 5), of(MUL, 0, 3), of(ADD, 6, 7)];
  for (const numbers of [[2, 3, 5, NaN], [2, 3, NaN, 7], [2, NaN, 5, 7]]) {
    assert.equal(passed(nodes, numbers).gradient[0], NaN);
  }
});

// Broken engines

test("an engine that overwrites keeps the last share only", () => {
  assert.deepEqual(passed(shared, [2, 3], { overwrite: true }).gradient, [3, 2, 1, 1]);
  assert.deepEqual(passed([leaf, of(MUL, 0, 0)], [3], { overwrite: true }).gradient, [3, 1]);
});

test("an engine without order passes on what isn't complete", () => {
  // a = x * x, b = a * x, root = a + b: the walk comes to a before b has added to it.
  const nodes = [leaf, of(MUL, 0, 0), of(MUL, 1, 0), of(ADD, 1, 2)];
  const { facts, gradient } = passed(nodes, [3], { unordered: true });
  assert.equal(words(facts), "v1 v2 v3 s3 3.0>1 3.1>2 1.0>0 1.1>0 2.0>1 2.1>0");
  assert.deepEqual(gradient, [15, 4, 1, 1]);
  assert.deepEqual(passed(nodes, [3]).gradient, [33, 4, 1, 1]); // 2x + 3x²
});

test("an engine that doesn't reset adds the second pass to the first", () => {
  const { facts, gradient } = passed(shared, [2, 3], { unreset: true });
  assert.deepEqual(facts.slice(2).map(({ pass }) => pass), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  // The root is set to 1 again; x * y comes to 2, and passes that on to what the first pass left.
  assert.deepEqual(gradient, [1 + 3 + 1 + 6, 2 + 4, 2, 1]);
});

test("in a chain, where nothing is used twice, only the missing reset shows", () => {
  const chain = [leaf, of(SQRT, 0), of(LOG, 1)];
  const { gradient } = passed(chain, [4]);
  assert.deepEqual(gradient, [0.125, 0.5, 1]);
  assert.deepEqual(passed(chain, [4], { overwrite: true, unordered: true }).gradient, gradient);
  assert.notDeepEqual(passed(chain, [4], { unreset: true }).gradient, gradient);
});

test("a chain of a hundred thousand nodes is no trouble", () => {
  const nodes = [leaf];
  for (let i = 0; i < 100_000; i += 1) {
    nodes.push(of(ADD, i, 0));
  }
  for (const broken of [{}, { unordered: true }]) {
    assert.equal(passed(nodes, [1], broken).gradient[0], 100_001);
  }
});

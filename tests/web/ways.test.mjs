// ways.js: the paths of a gradient, counted, listed and multiplied.

import assert from "node:assert/strict";
import { test } from "node:test";

import { countWays, listWays, multiplyPartials } from "../../micrograd_nn/page/web/ways.js";

const leaf = { inputs: [] };
const of = (...inputs) => ({ inputs });
const edges = (ways) => ways.map((way) => way.map(({ node, position, input }) => `${node}.${position}>${input}`).join(" "));

// a = f(x, y), root = g(a, x, a)
const nodes = [leaf, leaf, of(0, 1), of(2, 0, 2)];

/** Return a chain in which each node uses the one before twice. */
function doubled(length) {
  return [leaf, ...Array.from({ length }, (_, i) => of(i, i))];
}

test("each way from the root down is listed, by the order of inputs", () => {
  assert.deepEqual(edges(listWays(nodes, 0, 10)), ["3.0>2 2.0>0", "3.1>0", "3.2>2 2.0>0"]);
  assert.deepEqual(edges(listWays(nodes, 1, 10)), ["3.0>2 2.1>1", "3.2>2 2.1>1"]);
  assert.deepEqual([countWays(nodes, 0), countWays(nodes, 1)], [3n, 2n]);
});

test("no more are listed than asked for", () => {
  assert.deepEqual(edges(listWays(nodes, 0, 2)), ["3.0>2 2.0>0", "3.1>0"]);
  assert.deepEqual(listWays(nodes, 0, 0), []);
});

test("what the root isn't made of has no way", () => {
  const apart = [leaf, leaf, of(0)];
  assert.equal(countWays(apart, 1), 0n);
  assert.deepEqual(listWays(apart, 1, 10), []);
});

test("two to the power of two hundred ways are counted exactly, and some listed at once", () => {
  const many = doubled(200);
  assert.equal(countWays(many, 0), 2n ** 200n);
  const found = listWays(many, 0, 3);
  assert.equal(found.length, 3);
  assert.deepEqual(found.map((way) => way.at(-1).position), [0, 1, 0]);
  assert.ok(found.every((way) => way.length === 200));
});

test("a long chain is no trouble", () => {
  const chain = [leaf, ...Array.from({ length: 100_000 }, (_, i) => of(i))];
  assert.equal(countWays(chain, 0), 1n);
  assert.equal(listWays(chain, 0, 5)[0].length, 100_000);
});

test("a way's product is that of its local derivatives", () => {
  const graph = { partials: [[], [], [5, 7], [2, 3, -1]] };
  const products = listWays(nodes, 0, 10).map((way) => multiplyPartials(graph, way));
  assert.deepEqual(products, [10, 3, -5]);
  assert.equal(products.reduce((sum, product) => sum + product), 8);
});

test("a product with an unknown factor is unknown", () => {
  const graph = { partials: [[], [], [], [2, 3, null]] };
  assert.deepEqual(listWays(nodes, 0, 10).map((way) => multiplyPartials(graph, way)), [null, 3, null]);
});

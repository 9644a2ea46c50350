// paths.js: the paths of a gradient, counted, listed and multiplied.

import assert from "node:assert/strict";
import { test } from "node:test";

import { countPaths, formatCount, listPaths, multiplyAlong, multiplyPartials } from "../../micrograd_nn/page/web/paths.js";

const leaf = { inputs: [] };
const of = (...inputs) => ({ inputs });
const edges = (paths) => paths.map((path) => path.map(({ node, position, input }) => `${node}.${position}>${input}`).join(" "));

// a = f(x, y), root = g(a, x, a)
const nodes = [leaf, leaf, of(0, 1), of(2, 0, 2)];

/** Return a chain in which each node uses the one before twice. */
function doubled(length) {
  return [leaf, ...Array.from({ length }, (_, i) => of(i, i))];
}

test("each path from the root down is listed, by the order of inputs", () => {
  assert.deepEqual(edges(listPaths(nodes, 0, 10)), ["3.0>2 2.0>0", "3.1>0", "3.2>2 2.0>0"]);
  assert.deepEqual(edges(listPaths(nodes, 1, 10)), ["3.0>2 2.1>1", "3.2>2 2.1>1"]);
  assert.deepEqual([countPaths(nodes, 0), countPaths(nodes, 1)], [3n, 2n]);
});

test("a count is told as Python tells it", () => {
  assert.equal(formatCount(1234n), "1,234");
  assert.equal(formatCount(10n ** 15n - 1n), "999,999,999,999,999");
  assert.equal(formatCount(2n ** 20000n), "about 10^6020");
});

test("no more are listed than asked for", () => {
  assert.deepEqual(edges(listPaths(nodes, 0, 2)), ["3.0>2 2.0>0", "3.1>0"]);
  assert.deepEqual(listPaths(nodes, 0, 0), []);
});

test("what the root isn't made of has no path", () => {
  const apart = [leaf, leaf, of(0)];
  assert.equal(countPaths(apart, 1), 0n);
  assert.deepEqual(listPaths(apart, 1, 10), []);
});

test("two to the power of two hundred paths are counted exactly, and some listed at once", () => {
  const many = doubled(200);
  assert.equal(countPaths(many, 0), 2n ** 200n);
  const found = listPaths(many, 0, 3);
  assert.equal(found.length, 3);
  assert.deepEqual(found.map((path) => path.at(-1).position), [0, 1, 0]);
  assert.ok(found.every((path) => path.length === 200));
});

test("a long chain is no trouble", () => {
  const chain = [leaf, ...Array.from({ length: 100_000 }, (_, i) => of(i))];
  assert.equal(countPaths(chain, 0), 1n);
  assert.equal(listPaths(chain, 0, 5)[0].length, 100_000);
});

test("a path's product is that of its local derivatives", () => {
  const graph = { partials: [[], [], [5, 7], [2, 3, -1]] };
  const products = listPaths(nodes, 0, 10).map((path) => multiplyPartials(graph, path));
  assert.deepEqual(products, [10, 3, -5]);
  assert.equal(products.reduce((sum, product) => sum + product), 8);
});

test("a product with an unknown factor is unknown", () => {
  const graph = { partials: [[], [], [], [2, 3, null]] };
  assert.deepEqual(listPaths(nodes, 0, 10).map((path) => multiplyPartials(graph, path)), [null, 3, null]);
});

test("along a path the products run from the root, as far as they are known", () => {
  const [first, , last] = listPaths(nodes, 0, 10);
  const along = (partials, path) => [...multiplyAlong({ partials, root: 3 }, path)];
  assert.deepEqual(along([[], [], [5, 7], [2, 3, -1]], first), [["3-0", 2], ["2-0", 10]]);
  assert.deepEqual(along([[], [], [5, 7], [2, 3, -1]], last), [["3-2", -1], ["2-0", -5]]);
  assert.deepEqual(along([[], [], [null, 7], [2, 3, -1]], last), [["3-2", -1]]);
  assert.deepEqual(along([[], [], [], [2, 3, null]], last), []);
  assert.deepEqual(along([[], [], [5, 7], [2, 3, -1]], [...first, ...last]), [], "two of them have no product");
  assert.deepEqual(along([[], [], [], []], []), []);
});

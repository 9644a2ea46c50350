// layers.js: a layer that is shut is one step forward, and one back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Passes } from "../../micrograd_nn/page/web/passes.js";

// two neurons of one weight: 0 x, 1 w, 2 v, 3 = w x, 4 = v x, 5 = 3 * 4
const rules = [{ forward: (x, y) => x * y, partials: (out, x, y) => [y, x] }];
const described = [{ wanted: [true, true], written: "x * y", inputs: ["x", "y"], needs: "", partialsNeed: "" }];
const leaf = (number) => ({ inputs: [], rule: null, number });
const of = (...inputs) => ({ inputs, rule: 0, number: 0 });
const nodes = [leaf(2), leaf(3), leaf(5), of(1, 0), of(2, 0), of(3, 4)];
const matrix = { sums: [3, 4], outputs: [3, 4], activation: "", columns: 1, weightsAt: 0, examples: 1 };
const layer = { kind: "layer", name: "layer 1", nodes: [1, 2, 3, 4], groups: [], matrix };
const tree = { kind: "graph", name: "", nodes: [0, 5], groups: [layer], matrix: null };

function open(shut) {
  const passes = new Passes(nodes, rules, described, { tree, stands: [], repeats: [] });
  passes.layers.shut = new Set(shut);
  passes.listStops();
  return passes;
}

test("an open layer's steps are stopped at one by one", () => {
  assert.deepEqual(open([]).stops, [...Array(11).keys()]);
  assert.equal(open([]).layers.describe(), null);
});

test("a shut one is a step forward and a step back", () => {
  const passes = open([layer]); // 2 and 1 forward, the seed, 2 and 4 back
  assert.deepEqual(passes.stops, [0, 2, 3, 4, 5, 6, 10]);
  passes.goTo(2);
  const { gist, sentence } = passes.layers.describe();
  assert.equal(gist, "Forward through layer 1: 2 numbers from 1");
  assert.match(sentence, /a row of W\. Steps 1 to 2, taken as one/);
  passes.goTo(3);
  assert.equal(passes.layers.describe(), null);
  passes.goTo(10);
  assert.equal(passes.layers.describe().gist, "Back through layer 1: shares for 2 weights and 1 input");
  assert.match(passes.layers.describe().sentence, /^δ is the gradient of W x, .* Steps 7 to 10/);
});

test("what was changed is seen step by step", () => {
  const passes = open([layer]);
  passes.breakWith({ overwrite: true });
  assert.equal(passes.stops.length, 11);
  passes.breakWith({});
  assert.equal(passes.stops.length, 7);
  passes.operate([{ kind: "cut", node: 3, position: 0 }]);
  assert.equal(passes.layers.describe(), null);
});

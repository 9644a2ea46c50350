// surgery.js and what passes.js does with it; tests/page/test_operating.py compares both with Python.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Passes } from "../../micrograd_nn/page/web/passes.js";
import { countPaths, listPaths } from "../../micrograd_nn/page/web/paths.js";
import { Story } from "../../micrograd_nn/page/web/story.js";
import { readSurgery, writeSurgery } from "../../micrograd_nn/page/web/surgery.js";

const rules = [
  { forward: (x, y) => x * y, partials: (out, x, y) => [y, x] },
  { forward: (x, y) => x + y, partials: () => [1, 1] },
  { forward: (x) => Math.max(x, 0), partials: (out, x) => [x > 0 ? 1 : 0] },
];
const described = [
  { wanted: [true, true], written: "x * y", symbol: "×", inputs: ["x", "y"], needs: "", partialsNeed: "" },
  { wanted: [true, true], written: "x + y", symbol: "+", inputs: ["x", "y"], needs: "", partialsNeed: "" },
  { wanted: [true], written: "relu(x)", symbol: "relu", inputs: ["x"], needs: "", partialsNeed: "" },
];
const [MUL, ADD, RELU] = rules.keys();
const leaf = (name, number) => ({ kind: "leaf", group: "", name, inputs: [], rule: null, number });
const of = (name, rule, ...inputs) => ({ kind: "inner", group: "", name, inputs, rule, number: 0 });

// relu(x * y + x)
const [X, Y, PRODUCT, SUM, ROOT] = [0, 1, 2, 3, 4];
const nodes = [leaf("x", 2), leaf("y", 3), of("p", MUL, X, Y), of("s", ADD, PRODUCT, X), of("out", RELU, SUM)];
const passes = (...done) => {
  const made = new Passes(nodes, rules, described);
  made.operate(done);
  return made;
};
const pin = (node, number) => ({ kind: "pin", node, number });
const cut = (node, position, number = null) => ({ kind: "cut", node, position, number });
const swap = (node, other) => ({ kind: "swap", node, other });
const words = (facts) => facts.map(({ kind, node, position }) => (kind === "share" ? `${node}.${position}` : `${kind[0]}${node}`)).join(" ");

test("a pinned node keeps its gradient and passes nothing on", () => {
  const { graph, right, facts, operated: { died }, before } = passes(pin(SUM, 5));
  assert.deepEqual(graph.data, [2, 3, 6, 5, 5]);
  assert.deepEqual(right, [null, null, null, 1, 1]);
  assert.equal(words(facts), "v2 v3 v4 s4 4.0");
  assert.deepEqual([...died], [X, Y, PRODUCT]);
  assert.deepEqual(before.data, [2, 3, 6, 8, 8]);
  assert.deepEqual(before.gradient, [4, 2, 1, 1, 1]);
});

test("a node whose every edge is cut keeps its gradient, too", () => {
  const { right, facts, operated: { died } } = passes(cut(PRODUCT, 0), cut(PRODUCT, 1), cut(SUM, 1));
  assert.deepEqual(right, [null, null, 1, 1, 1]);
  assert.equal(words(facts), "v2 v3 v4 s4 4.0 3.0");
  assert.deepEqual([...died], [X, Y]);
});

test("a swap follows its numbers, and what is done later counts", () => {
  const walk = passes(swap(X, Y));
  assert.deepEqual(walk.graph.data, [3, 2, 6, 9, 9]);
  walk.numbers[X] = 10;
  walk.compute();
  assert.deepEqual(walk.graph.data.slice(0, 2), [3, 10]);
  walk.operate([swap(X, Y), pin(X, 0)]);
  assert.deepEqual(walk.graph.data, [0, 10, 0, 0, 0]);
});

test("undone, all is as it was", () => {
  const walk = passes(pin(X, -5), cut(SUM, 0));
  walk.operate([]);
  const fresh = new Passes(nodes, rules, described);
  assert.deepEqual([walk.graph.data, walk.right, walk.facts, walk.before], [fresh.graph.data, fresh.right, fresh.facts, null]);
  assert.deepEqual(walk.operated, {});
});

test("a broken engine is broken on the changed graph", () => {
  const walk = passes(pin(PRODUCT, 1));
  for (const broken of [{ unordered: true }, { overwrite: true }, { unreset: true }]) {
    walk.breakWith(broken);
    assert.equal(walk.facts.some(({ kind, node }) => kind === "share" && node === PRODUCT), false);
    assert.deepEqual(walk.right, [1, null, 1, 1, 1]);
  }
});

test("paths lead along the edges that a gradient flows along", () => {
  const count = (...done) => {
    const flowing = passes(...done).graph.listFlowing();
    return [countPaths(flowing, X), BigInt(listPaths(flowing, X, 9).length)];
  };
  assert.deepEqual([count(), count(cut(SUM, 1)), count(pin(SUM, 1))], [[2n, 2n], [1n, 1n], [0n, 0n]]);
});

test("the story tells what is pinned and cut", () => {
  const walk = passes(pin(PRODUCT, 5), cut(SUM, 1), cut(ROOT, 0, 7));
  const tell = (step) => {
    walk.goTo(step);
    return new Story(walk).describe();
  };
  assert.equal(tell(1), "p is pinned: it is 5, whatever x and y are, and no gradient flows on from it.");
  assert.match(tell(2), /it is 7\. The edge from x is cut: its number still arrives, but no gradient flows back\.$/);
  assert.match(tell(3), /The edge from s is cut: 7 arrives, but no gradient flows back\.$/);
});

test("an address has what was done", () => {
  const odd = [leaf("a/b,c", 1), leaf("~0", 2), leaf("2", 3), leaf("2", 4), of("v", ADD, 0, 1)];
  const walk = new Passes(odd, rules, described);
  const done = [pin(0, -0), pin(1, Infinity), pin(3, 1e-7), cut(4, 1), cut(4, 0, 2.5), swap(0, 2)];
  const text = "pin/a%2Fb%2Cc/-0,pin/~1/inf,pin/~3/1e-7,cut/v/1,cut/v/0/2.5,swap/a%2Fb%2Cc/~2";
  assert.equal(writeSurgery(done, odd), text);
  assert.deepEqual(readSurgery(text, walk.surgery), { done, why: "" });
  assert.deepEqual(readSurgery("", walk.surgery), { done: [], why: "" });
});

test("what an address may not say is refused", () => {
  const { surgery } = passes();
  const form = "surgery is pin/node/number, cut/node/position or swap/node/node";
  const asked = {
    "pin/z/1": "no node has this name", "pin/~9/1": "no node has this name", "pin/x/two": "no number",
    "swap/x/z": "no node has this name", "swap/x": "no node has this name", pin: "no node has this name",
    "burn/x/1": form, "__proto__/x/1": form, "pin/x/1/2": form, "cut/p/0/two": form, "pin/%/1": form,
    "cut/p/2": "cut needs an input of a node", "cut/p/__proto__": "cut needs an input of a node", "cut/x/0": "cut needs an input of a node",
    "pin/out/1": "pin takes a node before the root: behind that, nothing follows",
    "swap/x/out": "pin takes a node before the root: behind that, nothing follows",
  };
  assert.deepEqual(Object.fromEntries(Object.keys(asked).map((text) => [text, readSurgery(text, surgery).why])), asked);
});

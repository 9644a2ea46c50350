// layering.js and composing.js: where boxes and arrows of a picture are, some of them open.

import assert from "node:assert/strict";
import { test } from "node:test";

import { compose, writeCurve } from "../../micrograd_nn/page/web/composing.js";
import { layOut } from "../../micrograd_nn/page/web/layering.js";

const GAPS = { column: 100, narrow: 40, row: 16 };
const box = (width = 100, height = 80) => ({ width, height });

/** Tell whether two boxes have a part in common; `places` are middles. */
function overlap(one, other) {
  return Math.abs(one.x - other.x) < (one.width + other.width) / 2 - 1e-6
    && Math.abs(one.y - other.y) < (one.height + other.height) / 2 - 1e-6;
}

/** Return chance that is the same each time. */
function makeChance(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

test("a box stands in a column after all that it takes from", () => {
  const { places } = layOut([box(), box(), box(), box()], [[0, 2], [1, 2], [2, 3], [0, 3]], GAPS);
  assert.ok(places[0].x < places[2].x && places[1].x < places[2].x && places[2].x < places[3].x);
  assert.equal(places[0].x, places[1].x);
});

test("a source stands right before its first use", () => {
  const { places } = layOut([box(), box(), box(), box()], [[0, 1], [1, 3], [2, 3]], GAPS);
  assert.equal(places[2].x, places[1].x);
});

test("boxes of any size don't overlap, nor leave the picture", () => {
  const chance = makeChance(7);
  for (let turn = 0; turn < 30; turn += 1) {
    const boxes = Array.from({ length: 25 }, () => box(40 + 200 * chance(), 30 + 300 * chance()));
    const arrows = boxes.slice(1).flatMap((_, i) => [[Math.floor(chance() * (i + 1)), i + 1], [Math.floor(chance() * (i + 1)), i + 1]]);
    const { places, width, height } = layOut(boxes, arrows, GAPS);
    const placed = places.map((place, i) => ({ ...place, ...boxes[i] }));
    placed.forEach((one, i) => {
      placed.slice(i + 1).forEach((other) => assert.ok(!overlap(one, other)));
      assert.ok(one.x >= one.width / 2 - 1e-6 && one.x + one.width / 2 <= width + 1e-6);
      assert.ok(one.y >= one.height / 2 - 1e-6 && one.y + one.height / 2 <= height + 1e-6);
    });
  }
});

test("a box that grows changes places with none", () => {
  const arrows = [[0, 3], [1, 3], [1, 4], [2, 4], [3, 5], [4, 5]];
  const small = layOut(Array.from({ length: 6 }, () => box()), arrows, GAPS).places;
  const large = layOut(Array.from({ length: 6 }, (_, i) => (i === 1 ? box(900, 700) : box())), arrows, GAPS).places;
  for (const axis of ["x", "y"]) {
    for (const [one, other] of [[0, 1], [1, 2], [3, 4], [3, 5]]) {
      assert.equal(Math.sign(small[one][axis] - small[other][axis]), Math.sign(large[one][axis] - large[other][axis]));
    }
  }
});

test("an arrow leads from the right of its tail to the left of its head, past what is between", () => {
  const boxes = [box(), box(), box()];
  const { places, routes } = layOut(boxes, [[0, 1], [1, 2], [0, 2]], GAPS);
  const [start, ...rest] = routes[2];
  assert.deepEqual(start, [places[0].x + 50, places[0].y]);
  assert.deepEqual(rest.at(-1), [places[2].x - 50, places[2].y]);
  for (const [x, y] of rest.slice(0, -1)) {
    assert.ok(!overlap({ x, y, width: 0, height: 0 }, { ...places[1], ...boxes[1] }));
  }
});

test("a cycle is drawn all the same", () => {
  const { places, routes } = layOut([box(), box()], [[0, 1], [1, 0]], GAPS);
  assert.notEqual(places[0].x, places[1].x);
  assert.equal(routes.length, 2);
});

test("two crossing arrows are put in an order in which they don't", () => {
  const { places } = layOut([box(), box(), box(), box()], [[0, 3], [1, 2]], GAPS);
  assert.equal(Math.sign(places[0].y - places[1].y), Math.sign(places[3].y - places[2].y));
});

test("nothing is laid out as nothing", () => {
  assert.deepEqual(layOut([], [], GAPS).places, []);
});

test("a chain of two thousand boxes takes no time", () => {
  const boxes = Array.from({ length: 2000 }, () => box());
  const begin = process.cpuUsage();
  layOut(boxes, boxes.slice(1).map((_, i) => [i, i + 1]), GAPS);
  assert.ok(process.cpuUsage(begin).user < 5e6, "microseconds, whatever else runs here");
});

// Open and closed groups: x (0) and w (1) make 2 in a neuron of a layer, which 3 is made from.

const neuron = { id: "g2", kind: "neuron", nodes: [1, 2], groups: [] };
const layer = { id: "g1", kind: "layer", nodes: [], groups: [neuron] };
const tree = { id: "g0", kind: "graph", nodes: [0, 3], groups: [layer] };
const edges = [
  { tail: 0, head: 2, position: 0, isBack: false }, { tail: 1, head: 2, position: 1, isBack: false },
  { tail: 2, head: 3, position: 0, isBack: false },
];
const see = (...open) => compose(tree, new Set([tree, ...open]), edges, () => box());
const itemsOf = ({ boxes }) => boxes.map(({ item }) => item);

test("a closed group is one box, an open one a frame around what is in it", () => {
  assert.deepEqual(itemsOf(see()), [0, 3, layer]);
  assert.deepEqual(itemsOf(see(layer)), [0, 3, neuron]);
  const { boxes, frames } = see(layer, neuron);
  assert.deepEqual(boxes.map(({ item }) => item), [0, 3, 1, 2]);
  assert.deepEqual(frames.map(({ item }) => item), [layer, neuron]);
  const [outer, inner] = frames;
  const inside = boxes.filter(({ item }) => item === 1 || item === 2);
  for (const [one, around] of [[inner, outer], ...inside.map((node) => [node, inner])]) {
    assert.ok(one.x >= around.x && one.y >= around.y);
    assert.ok(one.x + one.width <= around.x + around.width && one.y + one.height <= around.y + around.height);
  }
});

test("a group is closed though one in it is open", () => {
  assert.deepEqual(itemsOf(see(neuron)), [0, 3, layer]);
});

test("an arrow goes on into an open group, to the very node", () => {
  for (const open of [[], [layer], [layer, neuron]]) {
    const { arrows, boxes } = see(...open);
    const [into] = arrows.filter(({ edges: [{ tail }] }) => tail === 0);
    const place = (item) => boxes.find((found) => found.item === item);
    const [tail, head] = [place(into.tail), place(into.head)];
    assert.deepEqual(into.points[0], [tail.x + tail.width, tail.y + tail.height / 2]);
    assert.equal(into.points.at(-1)[0], head.x);
    assert.ok(into.points.at(-1)[1] > head.y && into.points.at(-1)[1] < head.y + head.height);
    assert.equal(into.head, { 0: layer, 1: neuron, 2: 2 }[open.length]);
  }
});

test("between closed groups there is one arrow for all edges", () => {
  const twice = [...edges, { tail: 1, head: 3, position: 1, isBack: false }];
  const { arrows } = compose(tree, new Set([tree]), twice, () => box());
  assert.deepEqual(arrows.map((arrow) => arrow.edges.length), [1, 2]);
});

test("an arrow back to itself goes over the top", () => {
  const loop = { id: "g0", kind: "graph", nodes: [0], groups: [] };
  const { arrows: [arrow], boxes: [only] } = compose(
    loop, new Set([loop]), [{ tail: 0, head: 0, position: 0, isBack: true }], () => box(),
  );
  assert.ok(arrow.points[1][1] < only.y);
  assert.match(writeCurve(arrow.points, true), /^M[\d. ]+C[-\d. ]+L[-\d. ]+C[-\d. ]+$/);
});

test("an arrow back stays in its group, under the name and over the boxes between", () => {
  const inner = { id: "g2", kind: "layer", nodes: [2, 3], groups: [] };
  const repeat = { id: "g1", kind: "repeat", nodes: [1, 4], groups: [inner] };
  const whole = { id: "g0", kind: "graph", nodes: [0, 5, 6], groups: [repeat] };
  const forward = [[0, 1, 0], [1, 2, 0], [2, 3, 0], [3, 4, 0], [4, 5, 0], [6, 5, 1]]
    .map(([tail, head, position]) => ({ tail, head, position, isBack: false }));
  const back = (tail, head) => ({ tail, head, position: 1, isBack: true });
  for (const [edge, open, around] of [[back(4, 1), [inner], repeat], [back(3, 2), [inner], inner], [back(4, 4), [], repeat]]) {
    const { arrows, boxes, frames } = compose(whole, new Set([whole, repeat, ...open]), [...forward, edge], () => box());
    const { points: [, [left, over], [right]] } = arrows.find(({ isBack }) => isBack);
    const frame = frames.find(({ item }) => item === around);
    assert.ok(over - 17 >= frame.y + 30, "with its numbers under the name");
    const inside = [...boxes, ...frames].filter(({ item }) => around.nodes.includes(item) || around.groups.includes(item));
    const between = inside.filter(({ x, width }) => x < Math.max(left, right) && x + width > Math.min(left, right));
    assert.ok(between.length && between.every(({ y }) => y > over));
  }
  const [{ y, height }] = compose(whole, new Set([whole, repeat]), forward, () => box()).frames;
  const [looped] = compose(whole, new Set([whole, repeat]), [...forward, back(4, 4)], () => box()).frames;
  assert.ok(height < looped.height && y >= 0, "no room is left where no arrow leads back");
});

// A graph's groups as boxes within boxes: some closed, some open, with arrows between what is seen.

import { layOut } from "./layering.js";

const PAD = 12; // within an open box
const HEAD = 34; // of an open box, for its name
const LOOP = 26; // below that, where arrows lead back, and their numbers
const GAPS = { column: 104, narrow: 40, row: 20 }; // between columns, where arrows have numbers and where not
const PORT = 8; // how high a point is where arrows enter an open box
const PORT_WITH_TEXTS = 34;
const MOST_MEETING = 8; // arrows at one side of a box
const MOST_PORTS = 16; // through which arrows enter an open box one by one
const MOST_LANES = 4; // arrows of one box that have a lane each on their way into open boxes: shares that are added up

/**
 * Return what is seen of a tree of groups where some are open.
 *
 * `sizeOf(item)` is the size of a box that isn't open; items are nodes, by their numbers, and groups.
 * `edges` are { tail, head, position, isBack } among nodes. Return { width, height, boxes, frames,
 * arrows }: closed boxes and open ones with `x`, `y` (of the top left corner), `width`, `height`;
 * arrows with the edges they stand for and their points.
 */
export function compose(tree, open, edges, sizeOf) {
  const chains = new Map(); // the open groups around each node, the root first, and what is seen
  const walk = (group, around) => {
    const chain = [...around, group];
    for (const node of group.nodes) {
      chains.set(node, { chain, seen: node });
    }
    for (const inner of group.groups) {
      if (open.has(inner)) {
        walk(inner, chain);
      } else {
        for (const node of listNodes(inner)) {
          chains.set(node, { chain, seen: inner });
        }
      }
    }
  };
  walk(tree, []);
  const bundles = bundleEdges(edges, chains);
  const plans = new Map(); // of each open group: its items, ports and local arrows
  const ahead = bundles.filter(({ isBack }) => !isBack);
  const counts = new Map();
  ahead.forEach(({ tail }) => counts.set(tail, (counts.get(tail) ?? 0) + 1));
  for (const bundle of ahead) {
    bundle.lane = counts.get(bundle.tail) > MOST_LANES ? bundle.tailId : bundle.key;
    bundle.parts = planBundle(bundle, chains, plans);
  }
  mergePorts(plans);
  for (const bundle of bundles.filter(({ isBack }) => isBack)) {
    bundle.around = findCommon(bundle, chains);
  }
  const looped = new Set(bundles.map(({ around }) => around));
  const laid = layGroup(tree, open, plans, sizeOf, looped);
  const boxes = [], frames = [];
  placeGroup(laid, 0, 0, boxes, frames);
  const placeOf = new Map([...boxes, ...frames].map((box) => [box.item, box]));
  const arrows = bundles.map((bundle) => ({
    ...bundle,
    points: bundle.isBack
      ? pointBack(placeOf.get(bundle.tail), placeOf.get(bundle.head), placeOf.get(bundle.around).inner.items.map((item) => placeOf.get(item)))
      : bundle.parts.flatMap(({ group, local }) => {
        const { x, y, inner } = placeOf.get(group) ?? { x: 0, y: 0, inner: laid };
        return inner.routes.get(local.key ?? local).map(([px, py]) => [x + px, y + py]);
      }),
  }));
  return { width: laid.width, height: laid.height, boxes, frames: frames.slice(1), arrows };
}

/** Return the nodes of a group and of all in it. */
export function listNodes(group) {
  return [...group.nodes, ...group.groups.flatMap((inner) => listNodes(inner))];
}

/** Return edges as arrows between what is seen: one an edge between nodes, else one for all. */
function bundleEdges(edges, chains) {
  const ids = new Map();
  const idOf = (item) => {
    ids.set(item, ids.get(item) ?? ids.size);
    return ids.get(item);
  };
  const bundles = new Map();
  for (const edge of edges) {
    const [tail, head] = [chains.get(edge.tail)?.seen, chains.get(edge.head)?.seen];
    const isSeen = tail !== undefined && head !== undefined && (tail !== head || edge.isBack);
    if (isSeen && !(tail === head && typeof tail === "object")) {
      const isSingle = typeof tail === "number" && typeof head === "number";
      const key = `${idOf(tail)}-${idOf(head)}-${isSingle ? edge.position : 0}${edge.isBack ? "-back" : ""}`;
      const bundle = bundles.get(key) ?? { key, tail, head, tailId: idOf(tail), isBack: edge.isBack, edges: [] };
      bundles.set(key, bundle);
      bundle.edges.push(edge);
    }
  }
  return [...bundles.values()];
}

/** Return the innermost open group around both ends of an arrow. */
function findCommon({ edges: [{ tail, head }] }, chains) {
  const others = chains.get(head).chain;
  return chains.get(tail).chain.filter((group) => others.includes(group)).at(-1);
}

/** Return the parts of an arrow's way, one in each open group that it passes, noted in their plans. */
function planBundle({ key, tail, head, lane, edges }, chains, plans) {
  const [from, to] = [chains.get(edges[0].tail).chain, chains.get(edges[0].head).chain];
  let common = 0;
  while (common < from.length && common < to.length && from[common] === to[common]) {
    common += 1;
  }
  const isSingle = typeof tail === "number" && typeof head === "number";
  const note = (group, tailItem, headItem, local) => {
    const plan = plans.get(group) ?? new Map();
    plans.set(group, plan);
    const part = plan.get(local) ?? { key: local, tail: tailItem, head: headItem, lane, isSingle };
    plan.set(local, part);
    part.isSingle ||= isSingle;
    return { group, local: part };
  };
  const parts = [];
  for (let level = from.length - 1; level >= common; level -= 1) {
    parts.push(note(from[level], from[level + 1] ?? tail, "out", `out-${lane}`));
  }
  parts.push(note(from[common - 1], from[common] ?? tail, to[common] ?? head, `${common < to.length ? `to-${lane}-${to[common].id}` : key}`));
  for (let level = common; level < to.length; level += 1) {
    const inner = to[level + 1] ?? head;
    const target = to[level + 1] ? `in-${lane}-${inner.id}` : `in-${key}`;
    parts.push(note(to[level], "in", inner, target));
  }
  return parts;
}

/** Let all arrows enter or leave an open group through one port if there were very many. */
function mergePorts(plans) {
  for (const plan of plans.values()) {
    for (const side of ["in", "out"]) {
      const own = [...plan.values()].filter((local) => local[side === "in" ? "tail" : "head"] === side);
      const isMany = new Set(own.map(({ lane }) => lane)).size > MOST_PORTS;
      for (const local of own) {
        local[`${side}Port`] = isMany ? `${side} all` : `${side} ${local.lane}`;
      }
    }
  }
}

/** Lay out a group with all that is open in it: sizes first from within. */
function layGroup(group, open, plans, sizeOf, looped) {
  const items = [...group.nodes, ...group.groups];
  const inner = new Map();
  const boxes = items.map((item) => {
    if (typeof item === "object" && open.has(item)) {
      inner.set(item, layGroup(item, open, plans, sizeOf, looped));
      return inner.get(item);
    }
    return sizeOf(item);
  });
  const index = new Map(items.map((item, i) => [item, i]));
  const locals = [...(plans.get(group)?.values() ?? [])];
  const ports = new Map();
  const indexOf = (item, port, isSingle) => {
    if (typeof item !== "string") {
      return index.get(item);
    }
    if (!ports.has(port)) {
      ports.set(port, boxes.length);
      boxes.push({ width: 0, height: isSingle ? PORT_WITH_TEXTS : PORT, side: item });
    }
    return ports.get(port);
  };
  const pairs = locals.map((local) => [indexOf(local.tail, local.inPort, local.isSingle), indexOf(local.head, local.outPort), findShift(inner.get(local.head), local), local.isSingle]);
  const found = layOut(boxes, pairs, GAPS);
  const isRoot = group.kind === "graph";
  const dx = PAD;
  const dy = (isRoot ? PAD : HEAD) + (looped.has(group) ? LOOP : 0);
  const [width, height] = [found.width + 2 * PAD, found.height + dy + PAD];
  const places = found.places.map(({ x, y }) => ({ x: x + dx, y: y + dy }));
  const routes = new Map(locals.map((local, i) => [
    local.key,
    found.routes[i].map(([x, y]) => [x + dx, y + dy]),
  ]));
  const ways = locals.map(({ key }) => routes.get(key));
  spreadAt(ways, pairs.map(([, head]) => head), boxes, places);
  spreadAt(ways.map((way) => way.toReversed()), pairs.map(([tail]) => tail), boxes, places); // of the same points
  locals.forEach((local) => {
    const route = routes.get(local.key);
    const name = local.lane;
    for (const [item, end, port] of [[local.tail, 0, `out ${name}`], [local.head, route.length - 1, `in ${name}`]]) {
      const way = inner.get(item);
      if (way) { // where it goes on within
        const { x, y } = places[index.get(item)];
        const at = way.ports.get(port) ?? way.ports.get(`${port.split(" ")[0]} all`);
        route[end] = [route[end][0], y - way.height / 2 + (at ?? way.height / 2)];
        route[end][0] = end ? x - way.width / 2 : x + way.width / 2;
      }
    }
    if (local.tail === "in") {
      route[0][0] = 0;
    }
    if (local.head === "out") {
      route.at(-1)[0] = width;
    }
  });
  const heights = new Map([...ports].map(([port, i]) => [port, places[i].y]));
  return { group, width, height, items, places, routes, inner, boxes, ports: heights };
}

/** Return how far down in an open group an arrow enters it, as a part of its height. */
function findShift(way, { lane }) {
  const at = way?.ports.get(`in ${lane}`) ?? way?.ports.get("in all");
  return at === undefined ? 0 : at / way.height - 0.5;
}

/** Let arrows be apart at the last points of their routes, in the order of their other ends, where some meet at one box. */
function spreadAt(routes, ends, boxes, places) {
  const meeting = new Map();
  ends.forEach((end, i) => {
    if (!boxes[end].side) { // a port is one for all that pass it
      meeting.set(end, [...(meeting.get(end) ?? []), routes[i]]);
    }
  });
  for (const [end, own] of meeting) {
    const room = boxes[end].height * 0.7;
    const isFlat = (route) => route.length > 2 && route.at(-2)[1] === route.at(-1)[1]; // within a column
    const from = (route) => route.at(isFlat(route) ? -3 : -2)[1];
    own.sort((one, other) => from(one) - from(other));
    const step = own.length > MOST_MEETING ? 0 : Math.min(24, room / Math.max(1, own.length - 1));
    own.forEach((route, i) => {
      const y = places[end].y + (i - (own.length - 1) / 2) * step;
      for (const point of isFlat(route) ? route.slice(-2) : route.slice(-1)) {
        point[1] = y;
      }
    });
  }
}

/** Put what is seen of a group at its place, and what is open in it. */
function placeGroup(laid, x, y, boxes, frames) {
  frames.push({ item: laid.group, x, y, width: laid.width, height: laid.height, inner: laid });
  laid.items.forEach((item, i) => {
    const { width, height } = laid.boxes[i];
    const [left, top] = [x + laid.places[i].x - width / 2, y + laid.places[i].y - height / 2];
    if (laid.inner.has(item)) {
      placeGroup(laid.inner.get(item), left, top, boxes, frames);
    } else {
      boxes.push({ item, x: left, y: top, width, height });
    }
  });
}

/** Return the points of an arrow back to an earlier box, or to itself, over the tops of all between in their group. */
function pointBack(tail, head, boxes) {
  const [left, right] = [Math.min(tail.x, head.x), Math.max(tail.x + tail.width, head.x + head.width)];
  const between = boxes.filter(({ x, width }) => x < right && x + width > left);
  const over = between.reduce((top, { y }) => Math.min(top, y), Infinity) - 12;
  const [start, y] = [tail.x + tail.width * 0.7, head.y + Math.min(14, head.height / 2)];
  return [[start, tail.y], [start - 20, over], [head.x - 10, over], [head.x, y]];
}

/** Return the curve through an arrow's points, level at each. */
export function writeCurve(points, isBack) {
  const show = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const [start, ...rest] = points;
  if (isBack) {
    const [[ax, ay], [bx], [cx, cy]] = rest;
    return `M${show(start)}C${show([start[0], ay])} ${show([start[0], ay])} ${show([ax, ay])}L${show([bx, ay])}` +
      `C${show([cx - 50, ay])} ${show([cx - 50, cy])} ${show([cx, cy])}`;
  }
  let [px, py] = start;
  return `M${show(start)}${rest.map(([x, y]) => {
    const bend = Math.max((x - px) / 2, 0);
    const part = y === py ? `L${show([x, y])}` : `C${show([px + bend, py])} ${show([x - bend, y])} ${show([x, y])}`;
    [px, py] = [x, y];
    return part;
  }).join("")}`;
}

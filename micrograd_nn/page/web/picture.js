// The picture of a graph: its boxes and arrows show the numbers of the moment.
//
// Boxes stand for a node, a neuron, a layer or a repetition, and open and close where they are. A
// graph may have thousands of them: what is out of sight isn't written before it comes into sight.

import { compose, listNodes } from "./composing.js";
import { isolateTexts } from "./direction.js";
import { formatNumber } from "./numbers.js";
import { drawArrow, drawBox, drawFrame, fillText, sizeBox } from "./shapes.js";
import { Sight, makePlace } from "./sight.js";

const REACHABLE = 150; // arrows that the tab key reaches; of more, those of the step and the path
const FEW_NEURONS = 12; // that a page begins with though they aren't seen whole
const LIVELY = 300; // boxes and arrows whose colours change smoothly

/** The picture of a graph, of which some groups are open. */
export class Picture {
  constructor(element, view, passes) {
    Object.assign(this, { element, view, passes, repeats: passes.repeats, path: [] });
    this.edges = this.repeats.listEdges(passes.nodes);
    this.groups = [];
    const number = (group) => {
      group.id = `g${this.groups.length}`;
      this.groups.push(group);
      group.groups.forEach(number);
    };
    number(view.tree);
    this.sight = new Sight(element, () => this.paint());
    this.show(this.chooseDepth());
  }

  /** Return the depth to begin with: neurons, unless there are many of them, not to be seen at once. */
  chooseDepth() {
    const [first, second] = this.view.depths.map(([depth]) => depth);
    if (this.groups.filter(({ kind }) => kind === "neuron").length <= FEW_NEURONS) {
      return first;
    }
    this.show(first);
    return this.sight.isSeenWhole ? first : second;
  }

  /** Open the groups down to a depth: "layer", "neuron" or "node". */
  show(depth) {
    const opened = { layer: ["graph", "repeat"], neuron: ["graph", "repeat", "layer"] }[depth];
    this.depth = depth;
    this.open = new Set(this.groups.filter(({ kind, groups }) =>
      !opened || opened.includes(kind) && (kind !== "layer" || groups.length > 0)));
    this.draw();
  }

  /** Open a group, or close it, and keep the others where they are seen. */
  toggle(group) {
    const { at } = this.sight;
    const before = this.placeOfGroup(group);
    if (!this.open.delete(group)) {
      this.open.add(group);
    }
    this.draw();
    const after = this.placeOfGroup(group);
    if (before && after) {
      Object.assign(at, { x: at.x + (after.left + after.right - before.left - before.right) / 2, y: at.y + after.top - before.top });
    }
    this.sight.measure();
    this.sight.move(0, 0);
    this.sight.show([after]);
    const item = this.items.find((one) => one.item === group);
    (item.g.querySelector(".toggle") ?? item.g).focus({ preventScroll: true });
  }

  placeOfGroup(group) {
    return this.items.find(({ item }) => item === group)?.place;
  }

  /** Lay out and draw all that is seen. */
  draw() {
    this.painted = new Map(); // what was last put into each element
    const { width, height, boxes, frames, arrows } = compose(
      this.view.tree, this.open, this.edges, (item) => sizeBox(this.describeItem(item)),
    );
    const counts = new Map(); // arrows at each end
    for (const { tail, head } of arrows) {
      counts.set(`from ${idOf(tail)}`, (counts.get(`from ${idOf(tail)}`) ?? 0) + 1);
      counts.set(`to ${idOf(head)}`, (counts.get(`to ${idOf(head)}`) ?? 0) + 1);
    }
    this.frames = frames.map((frame) => {
      const drawn = drawFrame(frame, { ...this.describeItem(frame.item), id: `frame-${frame.item.id}` });
      return { ...drawn, item: frame.item, place: placeOf(frame) };
    });
    this.boxes = boxes.map((box) => {
      const about = this.describeItem(box.item);
      const drawn = drawBox(box, { ...about, id: `box-${idOf(box.item)}` });
      const item = { ...about, ...drawn, item: box.item, box: true, place: placeOf(box) };
      if (about.isGroup) {
        drawn.g.classList.add("toggle");
        for (const [key, value] of [["role", "button"], ["tabindex", "0"], ["aria-expanded", "false"], ["aria-label", `Open ${about.name}`]]) {
          drawn.g.setAttribute(key, value);
        }
      }
      return item;
    });
    this.arrows = arrows.map((arrow) => {
      const isSingle = typeof arrow.tail === "number" && typeof arrow.head === "number" && arrow.edges.length === 1;
      const isShared = arrow.parts?.length > 1; // on its way into an open box
      const isLabelAtTail = !isShared && (counts.get(`from ${idOf(arrow.tail)}`) ?? 0) < Math.max(2, counts.get(`to ${idOf(arrow.head)}`) ?? 0);
      const id = `arrow-${idOf(arrow.tail)}-${idOf(arrow.head)}-${arrow.edges[0].position}${arrow.isBack ? "-back" : ""}`;
      const hasTexts = isSingle && this.passesOn(arrow.edges[0]);
      const drawn = drawArrow(arrow.points, { id, isBack: arrow.isBack, hasTexts, isLabelAtTail });
      return { ...arrow, ...drawn, isSingle, kind: `edge${arrow.isBack ? " lag" : ""}`, place: placeOfPoints(arrow.points) };
    });
    this.items = [...this.frames, ...this.arrows, ...this.boxes];
    this.itemOf = new Map(this.items.map((item) => [item.g, item]));
    this.boxOf = new Map(); // the box in which a standing node is seen
    for (const box of this.boxes) {
      box.stands.forEach((node) => this.boxOf.set(node, box));
    }
    this.describeArrows();
    this.sight.whole.replaceChildren(...this.items.map(({ g }) => g));
    this.element.classList.toggle("lively", this.items.length <= LIVELY);
    this.sight.take(this.items, { width, height });
  }

  passesOn({ head, position }) {
    return this.passes.graph.wants(this.repeats.see(head), position);
  }

  /** Return what a box needs to know of a node or a group. */
  describeItem(item) {
    const { nodes, graph } = this.passes;
    if (typeof item === "object") {
      const stands = listNodes(item);
      return { isGroup: true, kind: "group", name: item.name || item.title, title: item.title, times: item.times, stands };
    }
    const node = nodes[this.repeats.see(item)];
    const kind = this.repeats.see(item) === graph.root ? "root" : node.kind;
    const name = this.view.names[item] ?? node.name;
    const isInside = this.open.has(this.groupOf(item)) && name !== node.name;
    return {
      isGroup: false, kind, name: isInside ? name.split(".").at(-1) : name, title: node.name, times: 1, stands: [item],
      symbol: graph.pins.has(this.repeats.see(item)) ? "pinned" : node.rule === null ? "" : graph.rules[node.rule].symbol,
      isRepeated: kind !== "constant" && this.repeats.members.has(item),
    };
  }

  groupOf(node) {
    this.groupByNode ??= new Map(this.groups.flatMap((group) => group.nodes.map((one) => [one, group])));
    return this.groupByNode.get(node);
  }

  describeArrows() {
    const { nodes } = this.passes;
    for (const arrow of this.arrows.filter(({ isSingle }) => isSingle)) {
      const { g, edges: [{ tail, head }] } = arrow;
      arrow.isOneOfMany = this.arrows.length > REACHABLE;
      g.setAttribute("tabindex", arrow.isOneOfMany ? "-1" : "0");
      g.setAttribute("role", "img");
      g.setAttribute("aria-describedby", "hint"); // which shows its local derivative
      g.setAttribute("aria-label", `from ${isolateTexts(nodes[tail].name)} to ${isolateTexts(nodes[head].name)}`);
    }
  }

  /** Return the edge that is seen where one stands, undefined if the repetition has none there. */
  seeEdge({ tail, head, position, isBack }) {
    const node = this.repeats.see(head);
    const input = this.passes.nodes[node].inputs[position];
    const isHere = this.repeats.stands[input] === tail && (input === this.repeats.see(tail)) !== isBack;
    return isHere ? { node, position, input } : undefined;
  }

  /** Return the edge under an element of the drawing, undefined if none or several are. */
  edgeOf(element) {
    const arrow = this.itemOf.get(element.closest?.(".edge"));
    return arrow?.isSingle ? this.seeEdge(arrow.edges[0]) : undefined;
  }

  /** Return the only node in the box that an element is part of, undefined if none or several are. */
  nodeOf(element) {
    const item = this.itemOf.get(element.closest?.(".node"));
    return item && !item.isGroup ? this.repeats.see(item.item) : undefined;
  }

  /** Return the group that an element opens or closes, undefined if none. */
  groupAt(element) {
    const toggle = element.closest?.(".toggle");
    return toggle ? this.itemOf.get(toggle.closest(".frame, .node"))?.item : undefined;
  }

  /** Bring the first node of a name into sight, opened if need be; return whether there is one. */
  find(text) {
    const { nodes } = this.passes;
    const wanted = text.trim().toLowerCase();
    const stands = [...new Set(this.repeats.stands)].filter((node) => this.groupOf(node));
    const names = (node) => [nodes[node].name, this.view.names[node] ?? ""].map((name) => name.toLowerCase());
    const found = stands.find((node) => names(node).includes(wanted))
      ?? stands.find((node) => names(node).some((name) => name.startsWith(wanted)));
    if (!wanted || found === undefined) {
      return false;
    }
    const group = this.groupOf(found);
    const around = (one) => this.groups.find(({ groups }) => groups.includes(one));
    for (let one = group; one; one = around(one)) {
      this.open.add(one);
    }
    this.draw();
    this.sight.measure();
    this.sight.at.scale = Math.max(this.sight.at.scale, 0.8);
    this.found = found;
    this.sight.move(0, 0);
    this.sight.show([this.boxOf.get(found).place]);
    return true;
  }

  /** Show the numbers and marks of the moment where they are in sight. */
  paint() {
    const { passes, repeats } = this;
    const state = passes.state();
    const isAtEnd = passes.step === passes.facts.length;
    const fact = passes.marked;
    const isFolded = fact && repeats.isHidden(fact.node);
    const marked = {
      current: new Set(fact && !isFolded ? [fact.node, fact.input ?? fact.node] : []),
      wrong: new Set(isAtEnd ? passes.findWrong() : []),
      error: passes.graph.errors,
      path: new Set(this.path.flatMap(({ node, input }) => [node, input])),
      found: new Set(this.found === undefined ? [] : [repeats.see(this.found)]),
      ...passes.operated,
    };
    this.element.classList.toggle("tracing", this.path.length > 0);
    this.largest = this.sight.isFar ? state.gradient.reduce((most, x) => Math.max(most, Math.abs(x ?? 0) || 0), 0) : 0;
    const paths = new Set(this.path.map(({ node, position }) => `${node}-${position}`));
    for (const box of this.boxes) {
      if (box.isSeen) {
        this.paintBox(box, state, marked);
      }
    }
    for (const arrow of this.arrows) {
      if (arrow.isSeen) {
        this.paintArrow(arrow, state, paths);
      }
    }
  }

  paintBox(box, state, marked) {
    const { passes } = this;
    const nodes = box.stands.map((node) => this.repeats.see(node));
    const words = Object.keys(marked).filter((word) => nodes.some((node) => marked[word].has(node)));
    if (nodes.every((node) => state.known[node] && passes.graph.data[node] !== null)) {
      words.push("known");
    }
    const given = nodes.filter((node) => state.gradient[node] !== null);
    if (given.length) {
      words.push(nodes.every((node) => passes.isComplete(node)) ? "complete" : "partly");
    }
    this.mark(box, ["node", box.kind, box.isGroup ? "toggle" : "", ...words].filter(Boolean));
    if (this.sight.isFar) {
      const size = given.reduce((most, node) => Math.max(most, Math.abs(state.gradient[node]) || 0), 0);
      box.g.style.setProperty("--strength", this.largest ? (size / this.largest).toFixed(2) : "0");
    } else {
      this.write(box, nodes, state);
    }
  }

  paintArrow(arrow, state, paths) {
    const { marked } = this.passes;
    const edges = arrow.edges.map((edge) => this.seeEdge(edge)).filter(Boolean);
    const keys = edges.map(({ node, position }) => `${node}-${position}`);
    const words = edges.length ? [] : ["absent"];
    if (keys.some((key) => state.flowed.has(key))) {
      words.push("flowed");
    }
    if (marked?.kind === "share" && keys.includes(`${marked.node}-${marked.position}`)) {
      words.push("current");
    }
    if (keys.some((key) => paths.has(key))) {
      words.push("path");
    }
    const isCut = edges.some(({ node, position }) => this.passes.graph.findCut(node, position) !== undefined);
    if (isCut) {
      words.push("cut");
    }
    if (this.mark(arrow, [arrow.kind, ...words]) && arrow.isOneOfMany) {
      arrow.g.setAttribute("tabindex", words.includes("current") || words.includes("path") ? "0" : "-1");
    }
    if (!this.sight.isFar && arrow.texts.length === 2) { // a local derivative and what it makes of a gradient
      const [edge] = edges;
      const isShown = edge && state.known[edge.node] && !this.passes.isSecret(edge.node, edge.position);
      const partial = isShown ? (this.passes.graph.partials[edge.node][edge.position] ?? null) : null;
      this.put(arrow.texts[0], isCut ? "cut" : partial === null ? "" : `× ${formatNumber(partial)}`, 96, 13);
      this.put(arrow.texts[1], state.flowed.has(keys[0]) ? `◂ ${formatNumber(state.flowed.get(keys[0]))}` : "", 96, 13);
    }
  }

  /** Write the numbers of a box. */
  write(box, nodes, state) {
    const { graph } = this.passes;
    if (box.isGroup) {
      const { parameters, outputs } = this.sortNodes(box);
      const values = outputs.every((node) => state.known[node]) ? outputs.map((node) => graph.data[node]) : [];
      this.put(box.value, formatEnds(values), box.room, 22);
      const ends = formatEnds(parameters.map((node) => state.gradient[node]));
      this.put(box.gradient, ends && `weights ${ends}`, box.room, 15);
    } else if (box.kind !== "constant") { // which is a number already
      const [node] = nodes;
      this.put(box.value, state.known[node] && graph.data[node] !== null ? formatNumber(graph.data[node]) : "", box.room, 22);
      this.put(box.gradient, state.gradient[node] === null ? "" : formatNumber(state.gradient[node]), box.room, 19);
      if (box.spreads.length) {
        [graph.data, state.gradient].forEach((numbers, i) => {
          const ends = this.repeats.spread(box.item, numbers, state.known);
          this.put(box.spreads[i], ends ? `${formatNumber(ends[0])} … ${formatNumber(ends[1])}` : "", box.room, 12.5);
        });
      }
    }
  }

  /** Return the nodes of a group that others take from, and its parameters. */
  sortNodes(box) {
    const { nodes, graph } = this.passes;
    const own = new Set(box.stands);
    const used = new Set(this.edges.filter(({ tail, head }) => own.has(tail) && !own.has(head)).map(({ tail }) => tail));
    used.add(this.repeats.stands[graph.root]);
    box.sorted ??= {
      outputs: box.stands.filter((node) => nodes[node].rule !== null && used.has(node)),
      parameters: box.stands.filter((node) => nodes[node].kind === "leaf"),
    };
    const see = (node) => this.repeats.see(node);
    return { outputs: box.sorted.outputs.map(see), parameters: box.sorted.parameters.map(see) };
  }

  /** Mark what is drawn with words, and return whether they are new. */
  mark({ g }, words) {
    const text = words.join(" ");
    const isNew = this.painted.get(g) !== text;
    if (isNew) {
      this.painted.set(g, text);
      g.setAttribute("class", text);
    }
    return isNew;
  }

  /** Write a text, if it isn't there already. */
  put(text, content, room, size) {
    if (this.painted.get(text) !== content) {
      this.painted.set(text, content);
      fillText(text, content, room, size);
    }
  }

  /** Bring the current step into sight, if it isn't all there. */
  follow() {
    const { marked, step } = this.passes;
    if ((!marked && step) || (marked && this.repeats.isHidden(marked.node))) { // who is asked which step comes looks around
      return;
    }
    const ends = marked ? [marked.node, marked.input ?? marked.node] : []; // it arrives at the last
    const places = ends.map((node) => this.boxOf.get(this.repeats.stands[node])?.place).filter(Boolean);
    if (places.length) {
      this.sight.show(places);
    } else if (!marked) { // where all begins
      this.sight.show([this.boxes.map(({ place }) => place).reduce((one, other) => (other.left < one.left ? other : one))]);
    }
  }
}

function idOf(item) {
  return typeof item === "object" ? item.id : `n${item}`;
}

function placeOf({ x, y, width, height }) {
  return makePlace(x, y, x + width, y + height);
}

function placeOfPoints(points) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  return makePlace(Math.min(...xs) - 50, Math.min(...ys) - 20, Math.max(...xs) + 50, Math.max(...ys) + 20); // with texts
}

/** Return the least and the greatest of some numbers as a text, one number if they look the same. */
function formatEnds(numbers) {
  const known = numbers.filter((number) => number !== null);
  if (!known.length) {
    return "";
  }
  const ends = known.some(Number.isNaN) ? [NaN] : [Math.min(...known), Math.max(...known)];
  return [...new Set(ends.map((end) => formatNumber(end)))].join(" … ");
}

// The picture of a graph: its boxes and arrows show the numbers of the moment.
//
// Boxes stand for a node, a neuron, a layer or a repetition, and open and close where they are. A
// graph may have thousands of them: what is out of sight isn't written before it comes into sight.

import { compose, listNodes } from "./composing.js";
import { isolateTexts } from "./direction.js";
import { Dots } from "./dots.js";
import { setAttributes } from "./markup.js";
import { Painting } from "./painting.js";
import { makePlace } from "./places.js";
import { drawArrow, drawBox, drawFrame, readTexts, sizeBox } from "./shapes.js";
import { Sight } from "./sight.js";
import { Walk } from "./walking.js";

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
    this.painting = new Painting(this);
    this.dots = new Dots(this.sight.whole);
    this.walk = new Walk(element, this);
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
    this.sight.grow();
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
    this.passes.layers.shut = new Set(this.groups.filter((group) => !this.open.has(group)));
    this.passes.listStops();
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
        setAttributes(drawn.g, { role: "button", tabindex: 0, "aria-expanded": "false", "aria-label": `Open ${readTexts(drawn.g)}` });
      } else {
        setAttributes(drawn.g, { role: "img", tabindex: -1 }); // arrow keys lead there
      }
      return item;
    });
    this.arrows = arrows.map((arrow) => {
      const isSingle = typeof arrow.tail === "number" && typeof arrow.head === "number" && arrow.edges.length === 1;
      const isShared = arrow.parts?.length > 1; // on its way into an open box
      const isLabelAtTail = !isShared && (counts.get(`from ${idOf(arrow.tail)}`) ?? 0) < Math.max(2, counts.get(`to ${idOf(arrow.head)}`) ?? 0);
      const id = `arrow-${idOf(arrow.tail)}-${idOf(arrow.head)}-${arrow.edges[0].position}${arrow.isBack ? "-back" : ""}`;
      const [{ head, position }] = arrow.edges;
      const hasTexts = isSingle && this.passes.graph.wants(this.repeats.see(head), position); // and passes something on
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
    const focused = this.element.contains(document.activeElement) && document.activeElement.id;
    this.sight.whole.replaceChildren(...this.items.map(({ g }) => g));
    if (focused) { // by keys one goes on from what one has changed
      this.items.find(({ g }) => g.id === focused)?.g.focus({ preventScroll: true });
    }
    this.element.classList.toggle("lively", this.items.length <= LIVELY);
    this.sight.take(this.items, { width, height });
  }

  /** Return what a box needs to know of a node or a group. */
  describeItem(item) {
    const { nodes, graph } = this.passes;
    if (typeof item === "object") {
      const stands = listNodes(item);
      return { isGroup: true, kind: "group", name: item.name || item.title, title: item.title, times: item.times, matrix: item.matrix, stands, isRepeated: stands.some((node) => this.repeats.members.has(node)) };
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
      setAttributes(g, {
        tabindex: arrow.isOneOfMany ? -1 : 0,
        role: "img",
        "aria-describedby": "hint", // which shows its local derivative
        "aria-label": `from ${isolateTexts(nodes[tail].name)} to ${isolateTexts(nodes[head].name)}`,
      });
    }
  }

  /** Return the edge that is seen where one stands, undefined if the repetition has none there. */
  seeEdge({ tail, head, position, isBack }) {
    const node = this.repeats.see(head);
    const input = this.passes.nodes[node].inputs[position];
    const isHere = this.repeats.stands[input] === tail && (input === this.repeats.see(tail)) !== isBack;
    return isHere ? { node, position, input } : undefined;
  }

  /** Return the edges of an arrow that are seen where one stands, as "node-position". */
  keysOf(arrow) {
    return arrow.edges.map((edge) => this.seeEdge(edge)).filter(Boolean).map(({ node, position }) => `${node}-${position}`);
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

  /** Light the boxes of nodes, and the arrow of an edge, that are pointed at elsewhere. */
  light({ nodes, edge }) {
    const boxes = new Set(nodes.map((node) => this.boxOf.get(this.repeats.stands[node])));
    for (const item of this.items) {
      item.g.classList.toggle("lit", boxes.has(item) || (edge !== null && item.isSingle === true && this.keysOf(item).includes(edge)));
    }
  }

  /** Show the numbers and marks of the moment where they are in sight, and run along the edges of a new step. */
  paint() {
    this.painting.paint();
    this.walk.paint();
    this.dots.follow(this.passes, (keys) => this.arrows.filter((arrow) => arrow.isSeen && this.keysOf(arrow).some((key) => keys.has(key))));
  }

  /** Bring the current step into sight, if it isn't all there. */
  follow() {
    const { marked, step } = this.passes;
    if ((!marked && step) || (marked && this.repeats.isHidden(marked.node))) { // who is asked which step comes looks around
      return;
    }
    const culprit = this.painting.moment?.culprit; // which one looks for
    const ends = culprit !== undefined ? [culprit] : marked ? [marked.node, marked.input ?? marked.node] : []; // it arrives at the last
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

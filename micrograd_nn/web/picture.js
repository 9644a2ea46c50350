// The picture of a graph: its boxes and arrows show the numbers of the moment, and can be moved.

import { shown } from "./text.js";

const READABLE = 0.62; // of its natural size, below which a picture is followed rather than fitted
const FAR = 0.22; // below which texts can't be read and aren't drawn
const LARGEST = 4;
const REACHABLE = 150; // arrows that are reached by the tab key

/** One view of a graph, at one depth: where each node is, and what is painted there. */
export class Picture {
  constructor(element, view, passes) {
    this.element = element;
    this.svg = element.querySelector("svg");
    this.view = view;
    this.passes = passes;
    this.groups = new Set(view.groups);
    this.painted = new Map();
    this.collect();
    const [, , width, height] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    this.size = { width, height };
    this.at = { x: 0, y: 0, scale: 1 };
  }

  /** Find the elements of boxes and arrows, and which nodes and edges they show. */
  collect() {
    const { nodes, graph } = this.passes;
    const element = (id) => this.element.querySelector(`[id="${this.view.depth}-${id}"]`);
    this.boxes = new Map();
    nodes.forEach((_, node) => {
      const id = this.view.places[node];
      if (!this.boxes.has(id)) {
        this.boxes.set(id, { id, nodes: [], g: element(id) });
      }
      this.boxes.get(id).nodes.push(node);
    });
    const used = nodes.map(() => []);
    nodes.forEach(({ inputs }, node) => inputs.forEach((input) => used[input].push(node)));
    for (const box of this.boxes.values()) {
      box.texts = [...(box.g?.querySelectorAll("text") ?? [])];
      box.isGroup = this.groups.has(box.id);
      if (box.isGroup) {
        const outside = (user) => this.view.places[user] !== box.id;
        box.outputs = box.nodes.filter((node) => nodes[node].rule !== null && (node === graph.root || used[node].some(outside)));
        box.parameters = box.nodes.filter((node) => nodes[node].rule === null);
        box.lines = box.texts.map((text) => /^(data|their grad) /.exec(text.textContent)?.[1] ?? "");
      }
    }
    this.arrows = new Map();
    nodes.forEach(({ inputs }, node) => {
      inputs.forEach((input, position) => {
        const [tail, head] = [this.view.places[input], this.view.places[node]];
        const part = this.groups.has(tail) || this.groups.has(head) ? 0 : position;
        const id = `${tail}-${head}-${part}`;
        if (tail !== head && !this.arrows.has(id)) {
          const g = element(id);
          const texts = [...(g?.querySelectorAll("text") ?? [])];
          const isOne = texts[0]?.textContent.startsWith("×") ?? false;
          this.arrows.set(id, { id, g, texts: isOne ? texts : [], edges: [] });
        }
        this.arrows.get(id)?.edges.push({ node, position, input });
      });
    });
    const isReachable = this.arrows.size <= REACHABLE;
    for (const { g, edges } of this.arrows.values()) {
      if (g && edges.length === 1) {
        const { node, input } = edges[0];
        g.setAttribute("tabindex", isReachable ? "0" : "-1");
        g.setAttribute("role", "img");
        g.setAttribute("aria-label", `from ${nodes[input].name} to ${nodes[node].name}`);
      }
    }
  }

  /** Return the edge under an element of the drawing, undefined if none or several are. */
  edgeOf(element) {
    const g = element.closest?.(".edge");
    const arrow = g && [...this.arrows.values()].find((one) => one.g === g);
    return arrow?.edges.length === 1 ? arrow.edges[0] : undefined;
  }

  /** Return the only node in the box that an element is part of, undefined if none or several are. */
  nodeOf(element) {
    const g = element.closest?.(".node");
    const box = g && [...this.boxes.values()].find((one) => one.g === g);
    return box?.nodes.length === 1 ? box.nodes[0] : undefined;
  }

  /** Show the numbers and marks of the moment; what didn't change isn't touched. */
  paint(state, wrong, path) {
    const { passes } = this;
    const onPath = new Set(path.map(({ node, position }) => `${node}-${position}`));
    const nodesOnPath = new Set(path.flatMap(({ node, input }) => [node, input]));
    const { fact } = passes;
    const current = new Set(fact ? [fact.node, fact.input ?? fact.node] : []);
    const hasTexts = this.at.scale >= FAR;
    for (const box of this.boxes.values()) {
      const is = (test) => box.nodes.some(test);
      this.mark(box, {
        known: box.nodes.every((node) => state.known[node] && passes.graph.data[node] !== null),
        partly: is((node) => state.gradient[node] !== null) && !box.nodes.every((node) => this.isDone(node)),
        complete: is((node) => state.gradient[node] !== null) && box.nodes.every((node) => this.isDone(node)),
        current: is((node) => current.has(node)),
        wrong: is((node) => wrong.has(node)),
        error: is((node) => passes.graph.errors.has(node)),
        path: is((node) => nodesOnPath.has(node)),
      });
      if (hasTexts) {
        this.write(box, state);
      }
    }
    for (const arrow of this.arrows.values()) {
      const is = (test) => arrow.edges.some(({ node, position }) => test(`${node}-${position}`));
      this.mark(arrow, {
        flowed: is((edge) => state.flowed.has(edge)),
        current: fact?.kind === "share" && is((edge) => edge === `${fact.node}-${fact.position}`),
        path: is((edge) => onPath.has(edge)),
      });
      if (hasTexts && arrow.texts.length) {
        const { node, position } = arrow.edges[0];
        const partial = state.known[node] ? (passes.graph.partials[node][position] ?? null) : null;
        this.put(arrow.texts[0], `× ${shown(partial)}`);
        const amount = state.flowed.get(`${node}-${position}`);
        this.put(arrow.texts[1], amount === undefined ? "" : `= ${shown(amount)}`);
      }
    }
  }

  /** Tell whether a node's gradient is complete, or it has none. */
  isDone(node) {
    return !this.passes.lastTo.has(node) || this.passes.isComplete(node);
  }

  mark({ g }, marks) {
    const words = Object.keys(marks).filter((word) => marks[word]).join(" ");
    if (g && this.painted.get(g) !== words) {
      this.painted.set(g, words);
      for (const [word, isOn] of Object.entries(marks)) {
        g.classList.toggle(word, isOn);
      }
    }
  }

  put(text, words) {
    if (text && this.painted.get(text) !== words) {
      this.painted.set(text, words);
      text.textContent = words;
    }
  }

  /** Write the numbers of a box. */
  write(box, state) {
    const { nodes, graph } = this.passes;
    if (box.isGroup) {
      box.lines.forEach((head, i) => {
        if (head === "data") {
          const isKnown = box.outputs.every((node) => state.known[node]);
          this.put(box.texts[i], `data ${rangeOf(isKnown ? box.outputs.map((node) => graph.data[node]) : [])}`);
        } else if (head) {
          this.put(box.texts[i], `${head} ${rangeOf(box.parameters.map((node) => state.gradient[node]))}`);
        }
      });
      return;
    }
    const [node] = box.nodes;
    const number = shown(state.known[node] ? graph.data[node] : null);
    if (nodes[node].kind !== "constant") { // which is a number already
      this.put(box.texts[1], `data ${number}`);
      this.put(box.texts[2], `grad ${shown(state.gradient[node])}`);
    }
  }

  // Moving and sizing: `at` is the top left corner in the picture's units, and pixels a unit.

  get frame() {
    return { width: this.element.clientWidth || 1, height: this.element.clientHeight || 1 };
  }

  get fitting() {
    const { width, height } = this.frame;
    return Math.min(width / this.size.width, height / this.size.height);
  }

  /** Show the whole picture. */
  fit() {
    this.at.scale = Math.min(this.fitting, 1.5);
    this.centre(this.size.width / 2, this.size.height / 2);
  }

  /** Begin with the whole picture if that can be read, else with a part that can. */
  begin() {
    const frame = this.element.parentElement;
    frame.style.height = ""; // as high as the style sheet lets it be, or as it needs to be
    const scale = Math.min(1, this.frame.width / this.size.width);
    frame.style.height = `${Math.min(frame.clientHeight, Math.max(scale, READABLE) * this.size.height + 8)}px`;
    this.fit();
    if (this.fitting < READABLE) {
      this.at.scale = READABLE;
      this.follow();
    }
  }

  centre(x, y) {
    const { width, height } = this.frame;
    this.at.x = x - width / 2 / this.at.scale;
    this.at.y = y - height / 2 / this.at.scale;
    this.apply();
  }

  /** Move by so many pixels. */
  move(dx, dy) {
    this.at.x -= dx / this.at.scale;
    this.at.y -= dy / this.at.scale;
    this.apply();
  }

  /** Make the picture larger around a point of the frame. */
  zoom(factor, px = this.frame.width / 2, py = this.frame.height / 2) {
    const scale = Math.max(Math.min(this.fitting, 1) * 0.8, Math.min(LARGEST, this.at.scale * factor));
    this.at.x += px / this.at.scale - px / scale;
    this.at.y += py / this.at.scale - py / scale;
    this.at.scale = scale;
    this.apply();
  }

  apply() {
    const { width, height } = this.frame;
    const { x, y, scale } = this.at;
    this.svg.setAttribute("viewBox", `${x} ${y} ${width / scale} ${height / scale}`);
    this.element.classList.toggle("far", scale < FAR);
  }

  /** Bring the current step into sight, if it isn't all there. */
  follow() {
    const { fact } = this.passes;
    const ends = fact ? [fact.node, fact.input ?? fact.node] : [0];
    const seen = ends.map((node) => this.boxes.get(this.view.places[node])?.g).filter(Boolean);
    if (!seen.length) {
      return;
    }
    const shift = this.svg.querySelector("g.graph").transform.baseVal.consolidate().matrix;
    const boxes = seen.map((g) => g.getBBox());
    const left = Math.min(...boxes.map((box) => box.x)) + shift.e;
    const top = Math.min(...boxes.map((box) => box.y)) + shift.f;
    const right = Math.max(...boxes.map((box) => box.x + box.width)) + shift.e;
    const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + shift.f;
    const { width, height } = this.frame;
    const { x, y, scale } = this.at;
    if (left < x || top < y || right > x + width / scale || bottom > y + height / scale) {
      this.centre((left + right) / 2, (top + bottom) / 2);
    }
  }
}

/** Return the least and the greatest of some numbers, as the drawings write it. */
function rangeOf(numbers) {
  const known = numbers.filter((number) => number !== null);
  if (known.some(Number.isNaN)) {
    return shown(NaN);
  }
  const ends = known.length ? [Math.min(...known), Math.max(...known)].map((end) => shown(end)) : [shown(null)];
  return [...new Set(ends)].join(" … ");
}

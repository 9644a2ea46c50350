// The picture of a graph: its boxes and arrows show the numbers of the moment.
//
// A graph may have thousands of them: what is out of sight isn't written or marked before it comes
// into sight.

import { isolateTexts } from "./direction.js";
import { byId } from "./markup.js";
import { formatNumber } from "./numbers.js";
import { Sight } from "./sight.js";

const REACHABLE = 150; // arrows that the tab key reaches; of more, those of the step and the path
const LIVELY = 300; // boxes and arrows whose colours change smoothly

/** One view of a graph, at one depth: where each node is, and what is painted there. */
export class Picture {
  constructor(element, view, passes) {
    this.element = element;
    this.view = view;
    this.passes = passes;
    this.path = [];
    this.painted = new Map(); // what was last put into each element
    this.boxes = this.collectBoxes();
    this.arrows = this.collectArrows();
    this.items = [...this.boxes.values(), ...this.arrows.values()];
    this.itemOf = new Map(this.items.filter(({ g }) => g !== null).map((item) => [item.g, item]));
    element.classList.toggle("lively", this.items.length <= LIVELY);
    this.sight = new Sight(element, this.items, () => this.paint());
  }

  /** Return the boxes by id, each with the nodes that it shows; one left out has no element. */
  collectBoxes() {
    const { nodes, graph } = this.passes;
    const groups = new Set(this.view.groups);
    const boxes = new Map();
    nodes.forEach((_, node) => {
      const id = this.view.places[node];
      if (!boxes.has(id)) {
        boxes.set(id, { ...this.findElements(id), nodes: [], isGroup: groups.has(id) });
      }
      boxes.get(id).nodes.push(node);
    });
    const isUsedOutside = new Set([graph.root]);
    nodes.forEach(({ inputs }, node) => {
      for (const input of inputs) {
        if (this.view.places[input] !== this.view.places[node]) {
          isUsedOutside.add(input);
        }
      }
    });
    for (const box of boxes.values()) {
      if (box.isGroup) {
        box.outputs = box.nodes.filter((node) => nodes[node].rule !== null && isUsedOutside.has(node));
        box.parameters = box.nodes.filter((node) => nodes[node].rule === null);
        box.lines = box.texts.map((text, i) => // the first is a name
          i ? (/^(data|their grad) /.exec(text.textContent)?.[1] ?? "") : "");
      }
    }
    return boxes;
  }

  /** Return the arrows by id, each with the edges that it shows. */
  collectArrows() {
    const { nodes } = this.passes;
    const arrows = new Map();
    nodes.forEach(({ inputs }, node) => {
      inputs.forEach((input, position) => {
        const [tail, head] = [this.view.places[input], this.view.places[node]];
        const part = this.boxes.get(tail).isGroup || this.boxes.get(head).isGroup ? 0 : position;
        const id = `${tail}-${head}-${part}`;
        if (tail !== head && !arrows.has(id)) {
          arrows.set(id, { ...this.findElements(id), edges: [] });
        }
        arrows.get(id)?.edges.push({ node, position, input, key: `${node}-${position}` });
      });
    });
    for (const arrow of arrows.values()) {
      const { g, edges } = arrow;
      if (g && edges.length === 1) {
        const { node, input } = edges[0];
        arrow.isOneOfMany = arrows.size > REACHABLE;
        g.setAttribute("tabindex", arrow.isOneOfMany ? "-1" : "0");
        g.setAttribute("role", "img");
        g.setAttribute("aria-describedby", "hint"); // which shows its local derivative
        g.setAttribute("aria-label", `from ${isolateTexts(nodes[input].name)} to ${isolateTexts(nodes[node].name)}`);
      }
    }
    return arrows;
  }

  /** Return what is drawn under an id: its group, null if it was left out, and its texts. */
  findElements(id) {
    const g = byId(`${this.view.depth}-${id}`);
    const texts = [...(g?.querySelectorAll("text") ?? [])];
    return { g, texts, kind: g?.getAttribute("class"), isSeen: g !== null };
  }

  /** Return the edge under an element of the drawing, undefined if none or several are. */
  edgeOf(element) {
    const edges = this.itemOf.get(element.closest?.(".edge"))?.edges;
    return edges?.length === 1 ? edges[0] : undefined;
  }

  /** Return the only node in the box that an element is part of, undefined if none or several are. */
  nodeOf(element) {
    const nodes = this.itemOf.get(element.closest?.(".node"))?.nodes;
    return nodes?.length === 1 ? nodes[0] : undefined;
  }

  /** Show the numbers and marks of the moment where they are in sight. */
  paint() {
    const { passes } = this;
    const state = passes.state();
    const isAtEnd = passes.step === passes.facts.length;
    const marked = {
      current: new Set(passes.marked ? [passes.marked.node, passes.marked.input ?? passes.marked.node] : []),
      wrong: new Set(isAtEnd ? passes.findWrong() : []),
      error: passes.graph.errors,
      path: new Set(this.path.flatMap(({ node, input }) => [node, input])),
    };
    const paths = new Set(this.path.map(({ node, position }) => `${node}-${position}`));
    for (const box of this.boxes.values()) {
      if (box.isSeen) {
        this.paintBox(box, state, marked);
      }
    }
    for (const arrow of this.arrows.values()) {
      if (arrow.isSeen) {
        this.paintArrow(arrow, state, paths);
      }
    }
  }

  paintBox(box, state, marked) {
    const { passes } = this;
    const { nodes } = box;
    const words = Object.keys(marked).filter((word) => nodes.some((node) => marked[word].has(node)));
    if (nodes.every((node) => state.known[node] && passes.graph.data[node] !== null)) {
      words.push("known");
    }
    if (nodes.some((node) => state.gradient[node] !== null)) {
      words.push(nodes.every((node) => passes.isComplete(node)) ? "complete" : "partly");
    }
    this.mark(box, words);
    if (!this.sight.isFar) {
      this.write(box, state);
    }
  }

  paintArrow(arrow, state, paths) {
    const { marked, graph } = this.passes;
    const words = [];
    if (arrow.edges.some(({ key }) => state.flowed.has(key))) {
      words.push("flowed");
    }
    if (marked?.kind === "share" && arrow.edges.some(({ key }) => key === `${marked.node}-${marked.position}`)) {
      words.push("current");
    }
    if (arrow.edges.some(({ key }) => paths.has(key))) {
      words.push("path");
    }
    if (this.mark(arrow, words) && arrow.isOneOfMany) {
      arrow.g.setAttribute("tabindex", words.includes("current") || words.includes("path") ? "0" : "-1");
    }
    if (!this.sight.isFar && arrow.texts.length === 2) { // a local derivative and what it makes of a gradient
      const { node, position, key } = arrow.edges[0];
      const isShown = state.known[node] && !this.passes.isSecret(node, position);
      this.put(arrow.texts[0], "×", isShown ? (graph.partials[node][position] ?? null) : null);
      this.put(arrow.texts[1], state.flowed.has(key) ? "=" : "", state.flowed.get(key));
    }
  }

  /** Write the numbers of a box. */
  write(box, state) {
    const { nodes, graph } = this.passes;
    const [node] = box.nodes;
    if (box.isGroup) {
      const isKnown = box.outputs.every((output) => state.known[output]);
      const data = isKnown ? box.outputs.map((output) => graph.data[output]) : [];
      const gradients = box.parameters.map((parameter) => state.gradient[parameter]);
      box.lines.forEach((head, i) => {
        if (head) {
          this.put(box.texts[i], head, ...findEnds(head === "data" ? data : gradients));
        }
      });
    } else if (nodes[node].kind !== "constant") { // which is a number already
      this.put(box.texts[1], "data", state.known[node] ? graph.data[node] : null);
      this.put(box.texts[2], "grad", state.gradient[node]);
    }
  }

  /** Mark what is drawn with words, and return whether they are new. */
  mark({ g, kind }, marks) {
    const words = [kind, ...marks].join(" ");
    const isNew = this.painted.get(g) !== words;
    if (isNew) {
      this.painted.set(g, words);
      g.setAttribute("class", words);
    }
    return isNew;
  }

  /** Write a word with numbers after it, if they aren't there already. */
  put(text, head, ...numbers) {
    const key = `${head} ${numbers}`;
    if (this.painted.get(text) !== key) {
      this.painted.set(text, key);
      text.textContent = head && `${head} ${numbers.map((number) => formatNumber(number)).join(" … ")}`;
    }
  }

  /** Bring the current step into sight, if it isn't all there. */
  follow() {
    const { marked, step } = this.passes;
    if (!marked && step) { // who is asked which step comes looks around
      return;
    }
    const ends = marked ? [marked.node, marked.input ?? marked.node] : [0]; // it arrives at the last
    const places = ends.map((node) => this.boxes.get(this.view.places[node]).place).filter(Boolean);
    if (places.length) {
      this.sight.show(places);
    }
  }
}

/** Return the least and the greatest of some numbers, one number if they look the same. */
function findEnds(numbers) {
  const known = numbers.filter((number) => number !== null);
  if (!known.length) {
    return [null];
  }
  const ends = known.some(Number.isNaN) ? [NaN] : [Math.min(...known), Math.max(...known)];
  return formatNumber(ends[0]) === formatNumber(ends.at(-1)) ? [ends[0]] : ends;
}

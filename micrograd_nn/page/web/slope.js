// The slope that one can touch: the operation of the step as a curve, the point on it, and the tangent
// whose slope is the local derivative. Where one drags the point, curve and tangent part.

import { Graph, attempt } from "./engine.js";
import { byId, html, setAttributes } from "./markup.js";
import { whenDragged } from "./moving.js";
import { formatFactor, formatNumber, signed } from "./numbers.js";
import { drawLine, placePointer, svg } from "./plot.js";

const SLOPE_SIZE = { width: 300, height: 150 };
const SLOPE_SIDE = 10;
const SLOPE_RIM = 12;
const CURVE_POINTS = 120; // of the curve
const FLAT = 20; // times as high as that a curve is whose tangent hardly rises
const MOST_TIMES = 3; // times as high as the tangent rises is what is shown of a curve at most
const NOTCHES = 100; // of the slider on each side

/** The slope of the step of passes, in its panel. */
export class Slope {
  constructor(passes, nameOf) {
    Object.assign(this, { passes, nameOf, shown: null, edge: "" });
    const make = (kind, name = "path") => svg(name, { class: kind });
    const clip = svg("clipPath", { id: "slope-room" }, svg("rect", SLOPE_SIZE));
    this.parts = { curve: make("curve"), tangent: make("tangent"), gap: make("gap"), at: make("at", "circle"), moved: make("moved", "circle") };
    const inside = svg("g", { "clip-path": "url(#slope-room)" }, this.parts.curve, this.parts.tangent, this.parts.gap);
    this.svg = svg("svg", { viewBox: `0 0 ${SLOPE_SIZE.width} ${SLOPE_SIZE.height}`, "aria-hidden": "true" }, clip, inside, this.parts.at, this.parts.moved);
    byId("slope").append(this.svg);
    this.slider = byId("slope-slider");
    setAttributes(this.slider, { min: -NOTCHES, max: NOTCHES, step: 1 });
    this.slider.addEventListener("input", () => this.move());
    whenDragged(this.svg, (event) => this.drag(event));
  }

  /** Show the slope of the step, none while something is asked or where several steps are one. */
  paint(isHidden) {
    this.shown = isHidden ? null : this.find();
    byId("slope-panel").classList.toggle("empty", this.shown === null);
    this.slider.disabled = this.shown === null;
    if (this.shown === null) {
      byId("slope-told").textContent = "";
      return;
    }
    const { node, position, curve, tangent, place, value, out } = this.shown;
    const edge = `${node}-${position} ${value}`;
    setAttributes(this.parts.curve, { d: drawLine(curve) });
    setAttributes(this.parts.tangent, { d: drawLine(tangent) });
    const [cx, cy] = place(value, out);
    setAttributes(this.parts.at, { cx, cy, r: 5 });
    if (edge !== this.edge) {
      this.edge = edge;
      this.slider.value = "0";
    }
    this.move();
  }

  /** Return what is drawn at the step: of a step forward by its first input; null where there is no curve. */
  find() {
    const { fact, graph, nodes } = this.passes;
    if (!fact || fact.kind === "seed") {
      return null;
    }
    const { node } = fact;
    const { inputs, rule } = nodes[node];
    const position = fact.kind === "share" ? fact.position : inputs.findIndex((_, i) => graph.passes(node, i));
    const partial = graph.partials[node][position] ?? null;
    const value = graph.findArriving(node, position) ?? null;
    const out = graph.data[node];
    if (position < 0 || !graph.rules[rule].forward || ![partial, value, out].every(Number.isFinite)) {
      return null;
    }
    const given = inputs.map((_, i) => graph.findArriving(node, i));
    const compute = (x) => attempt(() => graph.rules[rule].forward(...given.with(position, x)));
    const reach = Math.max(2, Math.abs(value) / 2);
    return { node, position, input: inputs[position], partial, value, out, compute, reach, ...this.plot({ value, out, partial, compute, reach }) };
  }

  /** Return the lines of curve and tangent, and where a point is. */
  plot({ value, out, partial, compute, reach }) {
    const xs = Array.from({ length: CURVE_POINTS + 1 }, (_, i) => value + reach * ((2 * i) / CURVE_POINTS - 1));
    const ys = xs.map(compute);
    const rise = Math.abs(partial) * reach;
    const far = Math.max(...ys.filter(Number.isFinite).map((y) => Math.abs(y - out)), rise);
    const steep = MOST_TIMES * rise;
    const high = (FLAT * steep > far ? Math.min(far, steep) : far) || 1; // of a flat place, all of the curve
    const { width, height } = SLOPE_SIZE;
    const place = (x, y) => {
      const down = height / 2 - (y === null ? NaN : y - out) / high * (height / 2 - SLOPE_RIM);
      return [SLOPE_SIDE + ((x - value) / reach + 1) / 2 * (width - 2 * SLOPE_SIDE), Math.abs(down) < 3 * height ? down : NaN]; // at a pole the line ends
    };
    const line = [-1, 1].map((side) => place(value + side * reach, out + side * reach * partial));
    return { place, curve: xs.map((x, i) => place(x, ys[i])), tangent: line };
  }

  drag(event) {
    const [x] = placePointer(this.svg, event, SLOPE_SIZE.width);
    const across = (x - SLOPE_SIDE) / (SLOPE_SIZE.width - 2 * SLOPE_SIDE);
    this.slider.value = String(Math.round(Math.max(-1, Math.min(1, 2 * across - 1)) * NOTCHES));
    this.move();
  }

  /** Move the point along the curve to where the slider is, and tell what follows. */
  move() {
    if (this.shown === null) {
      return;
    }
    const part = Number(this.slider.value) / NOTCHES;
    const { place, value, out, partial, compute, reach } = this.shown;
    const amount = Number((part * reach).toPrecision(3));
    const y = compute(value + amount);
    const [on, along] = [place(value + amount, y), place(value + amount, out + amount * partial)];
    const isMoved = amount !== 0 && [...on, ...along].every(Number.isFinite);
    setAttributes(this.parts.gap, { d: isMoved ? drawLine([on, along]) : "" });
    setAttributes(this.parts.moved, isMoved ? { cx: on[0], cy: on[1], r: 6 } : { r: 0 });
    const lines = this.tell(amount, y);
    byId("slope-told").replaceChildren(...lines.flatMap((line, i) => (i ? [html("br"), line] : [line])));
    this.slider.setAttribute("aria-valuetext", lines.join("; "));
  }

  /** Return lines: what moved along this edge, by how much node and root did, and what is predicted. */
  tell(amount, y) {
    const { passes, nameOf, shown: { node, position, input, partial, out, value } } = this;
    const { graph, fact, broken, surgery } = passes;
    const name = nameOf(input) + passes.namePlace(node, position);
    if (amount === 0) {
      const isWrong = broken.locals?.has(graph.nameLocal(node, position));
      const what = isWrong ? "what the broken engine takes for the local derivative" : "the local derivative";
      return [`The line's slope is ${formatNumber(partial)}, ${what} of ${nameOf(node)} by ${name}. Drag the point.`];
    }
    const lines = [`${name} ${signed(amount)}`, compareChange(nameOf(node), y === null ? null : y - out, partial, amount)];
    if (graph.root !== node && Number.isFinite(fact.share ?? NaN) && !surgery.isDone) {
      const change = this.moveRoot(`${node}-${position}`, value + amount);
      lines.push(compareChange(`${nameOf(graph.root)}, along this edge,`, change, fact.share, amount));
    }
    return lines;
  }

  /** Return by how much the root moves with the number that arrives along an edge, null if that can't be computed. */
  moveRoot(edge, number) {
    const { graph, numbers } = this.passes;
    const moved = new Graph(graph.nodes, graph.rules);
    moved.operate(new Map(), new Map([[edge, number]]));
    moved.compute(numbers);
    const [before, after] = [graph.data[graph.root], moved.data[graph.root]];
    return before === null || after === null ? null : after - before;
  }
}

function compareChange(name, change, slope, amount) {
  const predicted = `${formatNumber(slope)} × ${formatFactor(amount)} = ${signed(slope * amount)}`;
  return change === null ? `${name} can't be computed there` : `${name} ${signed(change)}, predicted ${predicted}`;
}

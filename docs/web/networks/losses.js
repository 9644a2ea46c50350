// The losses of a training that is under way: two curves that grow by the epoch.

import { formatAsPython, formatNumber } from "../../../micrograd_nn/page/web/numbers.js";
import { Scale, drawLine, roundScale, setAttributes, svg } from "../../../micrograd_nn/page/web/plot.js";

const TALL = 116;
const EDGE = { right: 12, top: 26, bottom: 38 };
const LETTER = 7.5;
const MOST = 300; // points that are drawn of a curve
const WIDE = 100; // times the lowest loss that the highest is, for a logarithmic axis
const LARGEST = 1e200; // beyond which a loss isn't drawn

export class Losses {
  constructor(element) {
    this.element = element;
    this.begin();
  }

  begin() {
    this.curves = { training: [], "held out": [] };
  }

  // Takes the figures of more epochs: [number, loss in training, loss held out, …].
  add(epochs) {
    for (const [number, training, heldOut] of epochs) {
      this.curves.training.push([number, Number(training)]);
      if (heldOut !== null) {
        this.curves["held out"].push([number, Number(heldOut)]);
      }
    }
  }

  get latest() {
    const { training, "held out": heldOut } = this.curves;
    return { training: training.at(-1)?.[1] ?? null, heldOut: heldOut.at(-1)?.[1] ?? null };
  }

  draw() {
    const width = Math.max(240, this.element.clientWidth);
    const drawn = Object.entries(this.curves).map(([name, points]) => [name, thinPoints(points.map(([x, y]) => [x, Math.abs(y) <= LARGEST ? y : NaN]))]);
    const finite = drawn.flatMap(([, points]) => points.map(([, loss]) => loss)).filter(Number.isFinite);
    const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
    const isLog = low > 0 && high / low > WIDE;
    const y = roundScale(isLog ? low : Math.min(0, low), high, TALL - EDGE.bottom, EDGE.top, isLog);
    const ticks = y.ticks(4);
    const left = 14 + LETTER * Math.max(...ticks.map((tick) => formatAsPython(tick).length));
    const last = this.curves.training.at(-1)?.[0] ?? 0;
    const x = new Scale(0, Math.max(last, 10), left, width - EDGE.right);
    const bottom = TALL - EDGE.bottom;
    const parts = ticks.flatMap((tick) => [
      svg("path", { class: "grid", d: `M${left} ${y.place(tick)}H${width - EDGE.right}` }),
      svg("text", { x: left - 6, y: y.place(tick) + 4, "text-anchor": "end" }, formatAsPython(tick)),
    ]);
    for (const tick of x.ticks(Math.min(6, width / 70)).filter(Number.isInteger)) {
      parts.push(
        svg("path", { class: "axis", d: `M${x.place(tick)} ${bottom}v5` }),
        svg("text", { x: x.place(tick), y: bottom + 18, "text-anchor": "middle" }, String(tick)),
      );
    }
    parts.push(
      svg("path", { class: "axis", d: `M${left} ${bottom}H${width - EDGE.right}` }),
      svg("text", { x: (left + width) / 2, y: TALL - 4, "text-anchor": "middle" }, isLog ? "epoch (loss: logarithmic axis)" : "epoch"),
    );
    let place = left;
    for (const [name, points] of drawn.filter(([, some]) => some.length)) {
      const kind = name === "training" ? "training" : "validation";
      parts.push(
        svg("path", { class: `curve ${kind}`, d: `M${place} 14h24` }),
        svg("text", { x: place + 30, y: 18 }, name),
        svg("path", { class: `curve ${kind}`, d: drawLine(points.map(([at, loss]) => [x.place(at), y.place(loss)])) }),
      );
      place += 44 + LETTER * name.length;
    }
    setAttributes(this.element, { viewBox: `0 0 ${width} ${TALL}` });
    this.element.replaceChildren(...parts);
    this.element.setAttribute("aria-label", this.describe());
  }

  describe() {
    const parts = Object.entries(this.curves).filter(([, points]) => points.length).map(([name, points]) =>
      `${name} from ${formatNumber(points[0][1])} to ${formatNumber(points.at(-1)[1])}`);
    return `Losses by epoch: ${parts.join("; ")}`;
  }
}

// Returns a limited number of points: of each stretch the lowest and the highest, and the ends.
function thinPoints(points, most = MOST) {
  if (points.length <= most) {
    return points;
  }
  const stretch = Math.ceil(points.length / (most / 2 - 1));
  const kept = new Set([points[0], points.at(-1)]);
  for (let start = 0; start < points.length; start += stretch) {
    const some = points.slice(start, start + stretch);
    kept.add(some.reduce((a, b) => (b[1] < a[1] ? b : a)));
    kept.add(some.reduce((a, b) => (b[1] > a[1] ? b : a)));
    const gap = some.find(([, loss]) => Number.isNaN(loss));
    if (gap) {
      kept.add(gap);
    }
  }
  return [...kept].sort(([a], [b]) => a - b);
}

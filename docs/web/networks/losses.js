// The losses of a training that is under way: two curves that grow by the epoch.

import { LossCurves } from "../../../micrograd_nn/extras/train/pages/web/losscurve.js";
import { measureWidth } from "../../../micrograd_nn/page/web/plot.js";

const TALL = 120;
const FEWEST = 10; // epochs that there is room for at first
const MOST = 300; // points that are drawn of a curve

export class Losses extends LossCurves {
  constructor(element) {
    super(element, TALL, {});
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

  listDrawn() {
    return super.listDrawn().map(([name, points]) => [name, thinPoints(points)]);
  }

  draw() {
    super.draw(measureWidth(this.element), FEWEST);
    this.element.setAttribute("aria-label", `Losses by epoch${this.describeCurves()}`);
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

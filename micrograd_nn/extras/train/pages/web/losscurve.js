// The curve of the loss over the epochs, with a cursor at the epoch that is shown.

import { formatAsPython, formatNumber } from "../../../../page/web/numbers.js";
import { Scale, drawLine, roundScale, setAttributes, svg } from "../../../../page/web/plot.js";

const EDGE = { left: 12, right: 16, top: 34, bottom: 42 };
const TALL = 230;
const NARROW = 420;
const LETTER = 7.5; // the width of a digit
const WIDE = 100; // times the lowest loss that the highest is, for a logarithmic axis
const LARGEST_LOSS = 1e200; // beyond which a loss isn't drawn

/** Draws a training's losses into an SVG, as wide as its place. */
export class LossCurve {
  constructor(element, replay, choose) {
    this.element = element;
    this.replay = replay;
    this.curves = { training: [], validation: [] };
    for (const epoch of replay.all) {
      for (const [name, points] of Object.entries(this.curves)) {
        if (epoch[name] !== null) {
          points.push([epoch.number, Math.abs(epoch[name]) <= LARGEST_LOSS ? epoch[name] : NaN]);
        }
      }
    }
    element.addEventListener("pointerdown", (event) => {
      const go = ({ clientX }) => {
        const { left, width } = element.getBoundingClientRect();
        choose(replay.stepOf(this.x.number(((clientX - left) / width) * this.width)));
      };
      const end = () => {
        element.removeEventListener("pointermove", go);
        element.removeEventListener("pointerup", end);
        element.removeEventListener("pointercancel", end);
      };
      element.setPointerCapture(event.pointerId);
      element.addEventListener("pointermove", go);
      element.addEventListener("pointerup", end);
      element.addEventListener("pointercancel", end);
      go(event);
    });
  }

  /** Draw all but the cursor for a width. */
  draw(width) {
    this.width = width;
    const { curves, replay } = this;
    const finite = [...curves.training, ...curves.validation].map(([, loss]) => loss).filter(Number.isFinite);
    const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
    const isLog = low > 0 && high / low > WIDE;
    this.y = roundScale(isLog ? low : Math.min(low, Math.max(0, low - high / 2)), high, TALL - EDGE.bottom, EDGE.top, isLog);
    const ticks = this.y.ticks(5);
    const left = EDGE.left + LETTER * Math.max(...ticks.map((tick) => formatAsPython(tick).length));
    const numbers = replay.all.map(({ number }) => number);
    const [first, last] = [numbers[0], numbers.at(-1)];
    this.x = new Scale(first, Math.max(last, first + 1), left, width - EDGE.right);
    setAttributes(this.element, { viewBox: `0 0 ${width} ${TALL}` });
    const [start, end] = [left, width - EDGE.right];
    const parts = ticks.map((tick) => [
      svg("path", { class: "grid", d: `M${start} ${this.y.place(tick)}H${end}` }),
      svg("text", { x: left - 6, y: this.y.place(tick) + 4, "text-anchor": "end" }, formatAsPython(tick)),
    ]);
    for (const tick of this.x.ticks(Math.min(8, width / 70)).filter(Number.isInteger)) {
      const x = this.x.place(tick);
      parts.push(
        svg("path", { class: "axis", d: `M${x} ${TALL - EDGE.bottom}v5` }),
        svg("text", { x, y: TALL - EDGE.bottom + 19, "text-anchor": "middle" }, String(tick)),
      );
    }
    parts.push(
      svg("path", { class: "axis", d: `M${start} ${TALL - EDGE.bottom}H${end}` }),
      svg("text", { x: (start + end) / 2, y: TALL - 6, "text-anchor": "middle" }, isLog ? "epoch (loss on a logarithmic axis)" : "epoch"),
    );
    const sample = width < NARROW ? 16 : 26; // of a line
    let place = width < NARROW ? 4 : start;
    for (const [name, points] of Object.entries(curves)) {
      if (points.length) {
        parts.push(
          svg("path", { class: `curve ${name}`, d: `M${place} 14h${sample}` }),
          svg("text", { x: place + sample + 6, y: 18 }, name),
          svg("path", { class: `curve ${name}`, d: drawLine(points.map(([x, loss]) => [this.x.place(x), this.y.place(loss)])) }),
        );
        place += sample + 14 + LETTER * name.length;
      }
    }
    const best = replay.at(replay.stepOf(replay.best));
    const lowest = best.validation ?? best.training;
    if (Math.abs(lowest) <= LARGEST_LOSS) {
      const at = [this.x.place(best.number), this.y.place(lowest)];
      const name = best.validation === null ? "training" : "validation";
      parts.push(
        svg("path", { class: `best ${name}`, d: drawDiamond(...at, 6) }),
        svg("path", { class: `best ${name}`, d: drawDiamond(place + 6, 14, 6) }),
        svg("text", { x: place + 18, y: 18 }, width < NARROW ? `best: ${best.number}` : `best: epoch ${best.number}`),
      );
    }
    this.cursor = svg("path", { class: "cursor" });
    this.dots = Object.fromEntries(Object.keys(curves).map((name) => [name, svg("circle", { class: `dot ${name}`, r: 5 })]));
    this.element.replaceChildren(...parts.flat(), this.cursor, ...Object.values(this.dots));
  }

  /** Move the cursor to a step. */
  paint(step) {
    const epoch = this.replay.at(step);
    const x = this.x.place(epoch.number);
    setAttributes(this.cursor, { d: `M${x} ${EDGE.top - 6}V${TALL - EDGE.bottom}` });
    for (const [name, dot] of Object.entries(this.dots)) {
      const loss = epoch[name];
      const isDrawn = loss !== null && Math.abs(loss) <= LARGEST_LOSS;
      dot.toggleAttribute("hidden", !isDrawn);
      if (isDrawn) {
        setAttributes(dot, { cx: x, cy: this.y.place(loss) });
      }
    }
    this.element.setAttribute("aria-label", this.describe(epoch));
  }

  /** Say what the curve shows. */
  describe({ number }) {
    const parts = Object.entries(this.curves).map(([name, points]) =>
      points.length ? `; ${name} from ${formatNumber(points[0][1])} to ${formatNumber(points.at(-1)[1])}` : "");
    return `Loss (${this.replay.loss}) by epoch${parts.join("")}; lowest in epoch ${this.replay.best}; the cursor is at epoch ${number}`;
  }
}

/** Return the path of a diamond. */
function drawDiamond(x, y, size) {
  return `M${x} ${y - size}l${size} ${size}l${-size} ${size}l${-size} ${-size}z`;
}

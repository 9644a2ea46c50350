// The curves of losses over the epochs, and the cursor at the epoch that is shown.

import { setAttributes } from "../../../../page/web/markup.js";
import { whenDragged } from "../../../../page/web/moving.js";
import { formatAsPython, formatNumber } from "../../../../page/web/numbers.js";
import { Scale, drawLine, placePointer, roundScale, svg } from "../../../../page/web/plot.js";

const EDGE = { left: 12, right: 16, top: 30, bottom: 40 };
const TALL = 230;
const NARROW = 420;
const LETTER = 7.5; // the width of a digit
const WIDE = 100; // times the lowest loss that the highest is, for a logarithmic axis
const LARGEST_LOSS = 1e200; // beyond which a loss isn't drawn

/** Draws losses into an SVG: of each name in `curves` the points [epoch, loss]. */
export class LossCurves {
  constructor(element, tall, curves) {
    Object.assign(this, { element, tall, curves });
  }

  /** Return the curves that there are, with the points that are drawn. */
  listDrawn() {
    const within = ([epoch, loss]) => [epoch, Math.abs(loss) <= LARGEST_LOSS ? loss : NaN];
    return Object.entries(this.curves).filter(([, points]) => points.length).map(([name, points]) => [name, points.map(within)]);
  }

  /** Draw axes and curves for a width, at first over a number of epochs; return where the legend ends. */
  draw(width, fewest = 1) {
    const { tall } = this;
    const drawn = this.listDrawn();
    const finite = drawn.flatMap(([, points]) => points.map(([, loss]) => loss)).filter(Number.isFinite);
    const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
    const isLog = low > 0 && high / low > WIDE;
    const bottom = tall - EDGE.bottom;
    this.y = roundScale(isLog ? low : Math.min(low, Math.max(0, low - high / 2)), high, bottom, EDGE.top, isLog);
    const ticks = this.y.ticks(Math.floor(tall / 40));
    const start = EDGE.left + LETTER * Math.max(...ticks.map((tick) => formatAsPython(tick).length));
    const end = width - EDGE.right;
    const epochs = drawn.flatMap(([, points]) => [points[0][0], points.at(-1)[0]]);
    const first = Math.min(...epochs, Infinity) || 0;
    this.x = new Scale(first, Math.max(first + fewest, ...epochs), start, end);
    const parts = ticks.flatMap((tick) => [
      svg("path", { class: "grid", d: `M${start} ${this.y.place(tick)}H${end}` }),
      svg("text", { x: start - 6, y: this.y.place(tick) + 4, "text-anchor": "end" }, formatAsPython(tick)),
    ]);
    for (const tick of this.x.ticks(Math.min(8, width / 70)).filter(Number.isInteger)) {
      const x = this.x.place(tick);
      parts.push(
        svg("path", { class: "axis", d: `M${x} ${bottom}v5` }),
        svg("text", { x, y: bottom + 19, "text-anchor": "middle" }, String(tick)),
      );
    }
    parts.push(
      svg("path", { class: "axis", d: `M${start} ${bottom}H${end}` }),
      svg("text", { x: (start + end) / 2, y: tall - 5, "text-anchor": "middle" }, isLog ? "epoch (loss on a logarithmic axis)" : "epoch"),
    );
    const sample = width < NARROW ? 16 : 26; // of a line
    let place = width < NARROW ? 4 : start;
    for (const [name, points] of drawn) {
      parts.push(
        svg("path", { class: `curve ${name}`, d: `M${place} 14h${sample}` }),
        svg("text", { x: place + sample + 6, y: 18 }, name),
        svg("path", { class: `curve ${name}`, d: drawLine(points.map(([x, loss]) => [this.x.place(x), this.y.place(loss)])) }),
      );
      place += sample + 14 + LETTER * name.length;
    }
    setAttributes(this.element, { viewBox: `0 0 ${width} ${tall}` });
    this.element.replaceChildren(...parts);
    return place;
  }

  /** Say from where to where each curve goes. */
  describeCurves() {
    const told = Object.entries(this.curves).filter(([, points]) => points.length);
    return told.map(([name, points]) => `; ${name} from ${formatNumber(points[0][1])} to ${formatNumber(points.at(-1)[1])}`).join("");
  }
}

/** The curves of a whole training; `choose(step)` is told of an epoch that is pressed or dragged to. */
export class LossCurve extends LossCurves {
  constructor(element, replay, choose) {
    const pointsOf = (name) => replay.all.filter((epoch) => epoch[name] !== null).map((epoch) => [epoch.number, epoch[name]]);
    super(element, TALL, { training: pointsOf("training"), validation: pointsOf("validation") });
    this.replay = replay;
    whenDragged(element, (event) => {
      const [x] = placePointer(element, event, this.width);
      choose(replay.stepOf(this.x.number(x)));
    });
  }

  /** Draw all but the cursor for a width. */
  draw(width) {
    this.width = width;
    const place = super.draw(width);
    const { replay } = this;
    const best = replay.at(replay.stepOf(replay.best));
    const lowest = best.validation ?? best.training;
    if (Math.abs(lowest) <= LARGEST_LOSS) {
      const name = best.validation === null ? "training" : "validation";
      this.element.append(
        svg("path", { class: `best ${name}`, d: drawDiamond(this.x.place(best.number), this.y.place(lowest), 6) }),
        svg("path", { class: `best ${name}`, d: drawDiamond(place + 6, 14, 6) }),
        svg("text", { x: place + 18, y: 18 }, width < NARROW ? `best: ${best.number}` : `best: epoch ${best.number}`),
      );
    }
    this.cursor = svg("path", { class: "cursor" });
    this.dots = Object.fromEntries(Object.keys(this.curves).map((name) => [name, svg("circle", { class: `dot ${name}`, r: 5 })]));
    this.element.append(this.cursor, ...Object.values(this.dots));
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
    const { loss, best } = this.replay;
    this.element.setAttribute("aria-label",
      `Loss (${loss}) by epoch${this.describeCurves()}; lowest in epoch ${best}; the cursor is at epoch ${epoch.number}`);
  }
}

/** Return the path of a diamond. */
function drawDiamond(x, y, size) {
  return `M${x} ${y - size}l${size} ${size}l${-size} ${size}l${-size} ${-size}z`;
}

// The picture of what a model predicts: a map over two inputs, or a curve over one.

import { fromOwnUnit, toOwnUnit } from "./columns.js";
import { Marks, PALETTE } from "./marks.js";
import { setAttributes } from "../../../../page/web/markup.js";
import { formatAsPython } from "../../../../page/web/numbers.js";
import { Scale, drawContour, drawLine, placePointer, roundNumbers, roundScale, svg } from "../../../../page/web/plot.js";

const BUDGET = 1_500_000; // numbers read for one map: some 40 ms
const FINEST = 56; // points of a map in a row
const COARSEST = 18;
const SAMPLES = 161; // of a curve
const OF_CLASS = 0.45; // how much colour lies over the paper at most
const OF_NUMBER = 0.85;
const MARGINS = { left: 12, right: 14, top: 12, bottom: 44 };
const DIGIT = 7.5; // the width of one

/** Draws predictions into a field: a canvas for colours, an SVG for all else. */
export class Predictions {
  constructor({ field, canvas, drawing }, prediction, predictor, meaning) {
    Object.assign(this, { field, canvas, drawing, prediction, predictor, meaning });
    this.marks = new Marks(prediction.points, meaning);
    this.ranges = prediction.units.map((_, i) => findRange(this.marks.targetsOf(i)));
    this.size = Math.max(COARSEST, Math.min(FINEST, Math.floor(Math.sqrt(BUDGET / predictor.cost))));
    this.isSlow = (this.size ** 2 + 3 * this.marks.points.length) * predictor.cost > 3 * BUDGET;
    this.output = 0;
    this.fill = (x) => x; // gives the columns on no axis what they have there
  }

  /** Choose the columns on the axes: two of numbers, or one and null for a curve. */
  choose(across, up) {
    this.across = this.prediction.columns[across];
    this.up = up === null ? null : this.prediction.columns[up];
  }

  /** Return the scale of a column, in its own unit. */
  scaleColumn({ low, high, mean, scale }, from, to) {
    const margin = (high - low) * 0.06 || 1;
    return new Scale(mean + scale * (low - margin), mean + scale * (high + margin), from, to);
  }

  /** Draw axes and points for a width. */
  draw(width) {
    const tall = Math.round(Math.min(460, Math.max(240, width * (this.up ? 0.8 : 0.62))));
    const bottom = tall - MARGINS.bottom;
    const { across, up } = this;
    this.y = up ? this.scaleColumn(up, bottom, MARGINS.top) : this.scaleCurve(bottom);
    const ticks = this.y.ticks(5).filter((tick) => tick >= this.y.low && tick <= this.y.high);
    const left = MARGINS.left + 18 + DIGIT * Math.max(...ticks.map((tick) => formatAsPython(tick).length));
    this.x = this.scaleColumn(across, left, width - MARGINS.right);
    const right = width - MARGINS.right;
    this.frame = { left, right, top: MARGINS.top, bottom, width, tall };
    const parts = [svg("rect", { class: "axis", x: left, y: MARGINS.top, width: right - left, height: bottom - MARGINS.top })];
    for (const tick of ticks) {
      const y = this.y.place(tick);
      parts.push(svg("path", { class: "axis", d: `M${left - 5} ${y}h5` }));
      parts.push(svg("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, formatAsPython(tick)));
    }
    for (const tick of this.x.ticks(width / 90)) {
      const x = this.x.place(tick);
      parts.push(svg("path", { class: "axis", d: `M${x} ${bottom}v5` }));
      parts.push(svg("text", { x, y: bottom + 18, "text-anchor": "middle" }, formatAsPython(tick)));
    }
    const middle = (MARGINS.top + bottom) / 2;
    const { kind, names } = this.meaning;
    const upward = up?.name ?? { sign: "score", numbers: names[this.output] }[kind] ?? "probability";
    parts.push(
      svg("text", { x: (left + right) / 2, y: tall - 6, "text-anchor": "middle" }, shortenToFit(across.name, right - left)),
      svg("text", { transform: `translate(14 ${middle}) rotate(-90)`, "text-anchor": "middle" }, shortenToFit(upward, bottom - MARGINS.top)),
    );
    this.lines = svg("g", { class: "lines" });
    this.asked = svg("path", { class: "asked" });
    const inside = svg("svg", { x: left, y: MARGINS.top, width: right - left, height: bottom - MARGINS.top, viewBox: `${left} ${MARGINS.top} ${right - left} ${bottom - MARGINS.top}` }, this.lines, ...this.marks.put(this), this.asked);
    this.drawing.replaceChildren(...parts, inside);
    setAttributes(this.drawing, { viewBox: `0 0 ${width} ${tall}` });
    this.placeCanvas();
  }

  /** Put the canvas where the frame is, its outermost points on the frame's edges. */
  placeCanvas() {
    const { left, right, top, bottom, width, tall } = this.frame;
    const share = (length, of) => `${(100 * length) / of}%`;
    Object.assign(this.field.style, { left: share(left, width), top: share(top, tall), width: share(right - left, width), height: share(bottom - top, tall) });
    const beyond = 1 / (this.size - 1);
    Object.assign(this.canvas.style, { left: `${-50 * beyond}%`, top: `${-50 * beyond}%`, width: `${100 * (1 + beyond)}%`, height: `${100 * (1 + beyond)}%` });
    this.field.hidden = this.up === null;
  }

  /** Return the vertical scale of a curve. */
  scaleCurve(bottom) {
    if (this.meaning.kind === "sign") {
      return new Scale(-2.5, 2.5, bottom, MARGINS.top);
    }
    if (this.meaning.isClasses) {
      return new Scale(-0.05, 1.05, bottom, MARGINS.top);
    }
    const [low, high] = this.ranges[this.output].map((x) => this.meaning.toUnit(x, this.output));
    const margin = (high - low) * 0.15;
    return roundScale(low - margin, high + margin, bottom, MARGINS.top);
  }

  /** Return the colour of a number as CSS: what lies over the paper in a map. */
  mixColour(number) {
    const [side, strength] = this.findSide(number);
    return `color-mix(in srgb, var(--${side ? "plus" : "minus"}) ${Math.round(100 * OF_NUMBER * strength)}%, var(--paper))`;
  }

  /** Return on which side of the middle of its range a number is, and how far, from 0 to 1. */
  findSide(number) {
    const [low, high] = this.ranges[this.output];
    const share = Math.max(0, Math.min(1, (number - low) / (high - low)));
    return [share >= 0.5, Math.abs(2 * share - 1)];
  }

  /** Show what the weights that are loaded predict, the other inputs held as in `at`. */
  paint(at, colours) {
    if (this.up) {
      this.paintMap([...at], colours);
    } else {
      this.paintCurve([...at]);
    }
    this.right = this.marks.paint(this.predictor);
  }

  /** Return the scales from columns and rows of a grid to the numbers on the axes. */
  scaleGrid(columns, rows) {
    return [new Scale(0, columns - 1, this.x.low, this.x.high), this.up && new Scale(0, rows - 1, this.y.high, this.y.low)];
  }

  /** Tell `act(i, outputs)` of each point of a grid over the axes, row by row, the other inputs as in `at`. */
  forGrid(predictor, at, columns, rows, act) {
    const { across, up } = this;
    const [field, rise] = this.scaleGrid(columns, rows);
    for (let row = 0, i = 0; row < rows; row += 1) {
      if (up) {
        at[up.place] = fromOwnUnit(up, rise.place(row));
      }
      for (let column = 0; column < columns; column += 1, i += 1) {
        at[across.place] = fromOwnUnit(across, field.place(column));
        act(i, predictor.predict(this.fill(at)));
      }
    }
  }

  /** Paint a map and the lines in it. */
  paintMap(at, colours) {
    const { size, meaning } = this;
    const [field, rise] = this.scaleGrid(size, size);
    const image = new ImageData(size, size);
    const kinds = meaning.isClasses ? meaning.classes.length : 0;
    const heights = Array.from({ length: kinds || 1 }, () => new Float64Array(size * size).fill(NaN));
    this.forGrid(this.predictor, at, size, size, (i, outputs) => {
      if (outputs !== null) {
        const [colour, strength] = kinds ? this.colourClass(outputs, colours) : this.colourNumber(outputs, colours);
        const levels = kinds ? meaning.computeMargins(outputs) : [outputs[this.output]];
        levels.forEach((level, kind) => (heights[kind][i] = level));
        image.data.set([...colour, Math.round(255 * strength)], 4 * i);
      }
    });
    [this.canvas.width, this.canvas.height] = [size, size];
    this.canvas.getContext("2d").putImageData(image, 0, 0);
    const place = (column, row) => [this.x.place(field.place(column)), this.y.place(rise.place(row))];
    this.lines.replaceChildren(...this.findSurfaces(heights).map((level) => svg("path", { class: "boundary", d: drawContour(level, size, place) })));
  }

  /** Return the colour of the class that is chosen, and how much of it lies over the paper. */
  colourClass(outputs, { classes }) {
    const strength = OF_CLASS * (0.25 + 0.75 * this.meaning.computeCertainty(outputs));
    return [classes[this.meaning.chooseClass(outputs) % PALETTE], strength];
  }

  /** Return the colour of a number, and how much of it lies over the paper. */
  colourNumber(outputs, { positive, negative }) {
    const [side, strength] = this.findSide(outputs[this.output]);
    return [side ? positive : negative, OF_NUMBER * strength];
  }

  /** Return surfaces whose zeros are the lines of a map: between classes, or at chosen numbers. */
  findSurfaces(heights) {
    if (this.meaning.isClasses) {
      return heights.length === 2 ? heights.slice(1) : heights;
    }
    const { output } = this;
    return this.chooseLevels().map((level) => heights[0].map((height) => this.meaning.toUnit(height, output) - level));
  }

  /** Return the numbers at which a map has lines: round ones, or the middle of only two targets. */
  chooseLevels() {
    const [low, high] = this.ranges[this.output].map((x) => this.meaning.toUnit(x, this.output));
    const targets = new Set(this.marks.targetsOf(this.output));
    return targets.size === 2 ? [(low + high) / 2] : roundNumbers(low, high, 5);
  }

  /** Paint a curve for the number, the score, or each class's probability. */
  paintCurve(at) {
    const { meaning } = this;
    const [field] = this.scaleGrid(SAMPLES, 1);
    const rows = [];
    this.forGrid(this.predictor, at, SAMPLES, 1, (i, outputs) => rows.push([field.place(i), outputs]));
    const heights = {
      numbers: [(outputs) => meaning.toUnit(outputs[this.output], this.output)],
      sign: [(outputs) => outputs[0]],
      logit: [(outputs) => meaning.computeShares(outputs)[0], (outputs) => meaning.computeShares(outputs)[1]],
      classes: meaning.classes.map((_, kind) => (outputs) => meaning.computeShares(outputs)[kind]),
    }[meaning.kind];
    this.lines.replaceChildren(
      ...heights.map((height, kind) =>
        svg("path", {
          class: `curve ${meaning.isClasses && heights.length > 1 ? `class-${kind % PALETTE} dash-${kind % 4}` : ""}`,
          d: drawLine(rows.map(([x, outputs]) => [this.x.place(x), outputs === null ? NaN : this.y.place(height(outputs))])),
        }),
      ),
    );
  }

  /** Show which inputs are asked about. */
  ask(at) {
    const x = this.x.place(toOwnUnit(this.across, at));
    const { left, right, top, bottom } = this.frame;
    const y = this.up ? this.y.place(toOwnUnit(this.up, at)) : null;
    setAttributes(this.asked, { d: `M${x} ${top}V${bottom}${y === null ? "" : `M${left} ${y}H${right}`}` });
  }

  /** Return the inputs at a place of the window: { column's place: number }, null outside. */
  inputsAt(event) {
    const { left, right, top, bottom, width, tall } = this.frame;
    const [x, y] = placePointer(this.drawing, event, width, tall);
    if (x < left || x > right || y < top || y > bottom) {
      return null;
    }
    const inputs = [[this.across, this.x.number(x)]];
    return this.up ? [...inputs, [this.up, this.y.number(y)]] : inputs;
  }
}

/** Return the range of numbers, wider where they are all the same. */
function findRange(numbers) {
  const finite = numbers.filter(Number.isFinite);
  const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [-1, 1];
  return low < high ? [low, high] : [low - 1, high + 1];
}

/** Return as much of a text as fits into a length. */
function shortenToFit(text, length) {
  const letters = [...text];
  const most = Math.floor(length / DIGIT);
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

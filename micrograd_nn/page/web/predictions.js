// The picture of what a model predicts: a map over two inputs, or a curve over one.

import { Scale, change, contour, lineThrough, roundNumbers, roundScale, svg } from "./plot.js";
import { short } from "./text.js";

const BUDGET = 1_500_000; // numbers read for one map: some 40 ms
const FINEST = 56; // points of a map in a row
const COARSEST = 18;
const SAMPLES = 161; // of a curve
const TRIALS = 9; // numbers that are tried of a column, to see what it changes
const PALETTE = 6; // colours of classes
const OF_CLASS = 0.45; // how much colour lies over the paper at most
const OF_NUMBER = 0.85;
const MARGINS = { left: 12, right: 14, top: 12, bottom: 44 };
const DIGIT = 7.5; // the width of one
const SHAPES = [
  (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  (r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  (r) => `M0 ${-1.3 * r}l${1.3 * r} ${2.2 * r}h${-2.6 * r}z`,
  (r) => `M0 ${-1.4 * r}l${1.4 * r} ${1.4 * r}l${-1.4 * r} ${1.4 * r}l${-1.4 * r} ${-1.4 * r}z`,
  (r) => `M${-r} ${-0.4 * r}h${0.6 * r}v${-0.6 * r}h${0.8 * r}v${0.6 * r}h${0.6 * r}v${0.8 * r}h${-0.6 * r}v${0.6 * r}h${-0.8 * r}v${-0.6 * r}h${-0.6 * r}z`,
  (r) => `M0 ${1.3 * r}l${1.3 * r} ${-2.2 * r}h${-2.6 * r}z`,
  (r) => `M${-0.5 * r} ${-1.2 * r}h${r}l${0.7 * r} ${1.2 * r}l${-0.7 * r} ${1.2 * r}h${-r}l${-0.7 * r} ${-1.2 * r}z`,
];

/** Return a mark for a class, of training or validation; without a class, its shape tells which. */
export function mark(kind, part, size = 4.5) {
  const path = SHAPES[(kind ?? (part === "validation" ? 3 : 0)) % SHAPES.length];
  return svg("path", { class: `mark ${part}${kind === null ? "" : ` class-${kind % PALETTE}`}`, d: path(size) });
}

/** Draws predictions into a field: a canvas for colours, an SVG for all else. */
export class Predictions {
  constructor({ field, canvas, drawing }, prediction, predictor, meaning) {
    Object.assign(this, { field, canvas, drawing, prediction, predictor, meaning });
    this.points = Object.entries(prediction.points).flatMap(([part, points]) =>
      points.map(([x, target]) => ({ part, x: x.map(Number), target: Array.isArray(target) ? target.map(Number) : target })),
    );
    const targets = this.points.flatMap(({ target }) => (Array.isArray(target) ? [target] : []));
    this.ranges = prediction.units.map((_, i) => rangeOf(targets.map((target) => target[i])));
    this.size = Math.max(COARSEST, Math.min(FINEST, Math.floor(Math.sqrt(BUDGET / predictor.cost))));
    this.isSlow = (this.size ** 2 + this.points.length) * predictor.cost > 3 * BUDGET;
    this.output = 0;
  }

  /** Choose the columns on the axes: two of numbers, or one and null for a curve. */
  choose(across, up) {
    this.across = this.prediction.columns[across];
    this.up = up === null ? null : this.prediction.columns[up];
  }

  /** Return the scale of a column, in its own unit. */
  scaleOf({ low, high, mean, scale }, from, to) {
    const margin = (high - low) * 0.06 || 1;
    return new Scale(mean + scale * (low - margin), mean + scale * (high + margin), from, to);
  }

  /** Draw axes and points for a width. */
  draw(width) {
    const tall = Math.round(Math.min(460, Math.max(240, width * (this.up ? 0.8 : 0.62))));
    const bottom = tall - MARGINS.bottom;
    const { across, up } = this;
    this.y = up ? this.scaleOf(up, bottom, MARGINS.top) : this.heights(bottom);
    const ticks = this.y.ticks(5).filter((tick) => tick >= this.y.low && tick <= this.y.high);
    const left = MARGINS.left + 18 + DIGIT * Math.max(...ticks.map((tick) => short(tick).length));
    this.x = this.scaleOf(across, left, width - MARGINS.right);
    const right = width - MARGINS.right;
    this.frame = { left, right, top: MARGINS.top, bottom, width, tall };
    const parts = [svg("rect", { class: "axis", x: left, y: MARGINS.top, width: right - left, height: bottom - MARGINS.top })];
    for (const tick of ticks) {
      const y = this.y.place(tick);
      parts.push(svg("path", { class: "axis", d: `M${left - 5} ${y}h5` }));
      parts.push(svg("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, short(tick)));
    }
    for (const tick of this.x.ticks(width / 90)) {
      const x = this.x.place(tick);
      parts.push(svg("path", { class: "axis", d: `M${x} ${bottom}v5` }));
      parts.push(svg("text", { x, y: bottom + 18, "text-anchor": "middle" }, short(tick)));
    }
    const middle = (MARGINS.top + bottom) / 2;
    const upward = up ? up.name : this.heightName();
    parts.push(
      svg("text", { x: (left + right) / 2, y: tall - 6, "text-anchor": "middle" }, fitted(across.name, right - left)),
      svg("text", { transform: `translate(14 ${middle}) rotate(-90)`, "text-anchor": "middle" }, fitted(upward, bottom - MARGINS.top)),
    );
    this.lines = svg("g", { class: "lines" });
    this.marks = svg("g", { class: "marks" });
    this.rings = svg("g", { class: "rings" });
    this.asked = svg("path", { class: "asked" });
    const inside = svg("svg", { x: left, y: MARGINS.top, width: right - left, height: bottom - MARGINS.top, viewBox: `${left} ${MARGINS.top} ${right - left} ${bottom - MARGINS.top}` }, this.lines, this.marks, this.rings, this.asked);
    this.drawing.replaceChildren(...parts, inside);
    change(this.drawing, { viewBox: `0 0 ${width} ${tall}` });
    this.place();
    this.putMarks();
  }

  /** Put the canvas where the frame is, its outermost points on the frame's edges. */
  place() {
    const { left, right, top, bottom, width, tall } = this.frame;
    const share = (length, of) => `${(100 * length) / of}%`;
    Object.assign(this.field.style, { left: share(left, width), top: share(top, tall), width: share(right - left, width), height: share(bottom - top, tall) });
    const beyond = 1 / (this.size - 1);
    Object.assign(this.canvas.style, { left: `${-50 * beyond}%`, top: `${-50 * beyond}%`, width: `${100 * (1 + beyond)}%`, height: `${100 * (1 + beyond)}%` });
    this.field.hidden = this.up === null;
  }

  /** Return the vertical scale of a curve. */
  heights(bottom) {
    if (this.meaning.kind === "sign") {
      return new Scale(-2.5, 2.5, bottom, MARGINS.top);
    }
    if (this.meaning.isClasses) {
      return new Scale(-0.05, 1.05, bottom, MARGINS.top);
    }
    const [low, high] = this.ranges[this.output].map((x) => this.meaning.inUnit(x, this.output));
    const margin = (high - low) * 0.15;
    return roundScale(low - margin, high + margin, bottom, MARGINS.top);
  }

  heightName() {
    const { kind, names } = this.meaning;
    return kind === "sign" ? "score" : kind === "numbers" ? names[this.output] : "probability";
  }

  /** Put a mark for each example, which stays where it is unless its height is a prediction. */
  putMarks() {
    this.put = this.points.map((point) => {
      const { part, x, target } = point;
      const element = mark(this.meaning.isClasses ? target : null, part);
      if (!this.meaning.isClasses && target !== null && this.up) {
        element.style.fill = this.colourOf(target[this.output]);
      }
      this.marks.append(element);
      return { ...point, element, place: [this.x.place(inOwnUnit(this.across, x)), null] };
    });
    for (const point of this.put) {
      const height = this.up ? inOwnUnit(this.up, point.x) : this.heightOf(point.target);
      if (height !== null) {
        this.lift(point, height);
      }
    }
  }

  /** Put an example's mark at a height. */
  lift(point, height) {
    point.place[1] = this.y.place(height);
    change(point.element, { transform: `translate(${point.place.map((x) => x.toFixed(1)).join(" ")})` });
  }

  /** Return where an example stands beside a curve, null if that is a prediction. */
  heightOf(target) {
    if (this.meaning.kind === "sign") {
      return target ? 1 : -1;
    }
    return this.meaning.isClasses || target === null ? null : this.meaning.inUnit(target[this.output], this.output);
  }

  /** Return the colour of a number as CSS: what lies over the paper in a map. */
  colourOf(number) {
    const [side, strength] = this.sideOf(number);
    return `color-mix(in srgb, var(--${side ? "positive" : "negative"}) ${Math.round(100 * OF_NUMBER * strength)}%, var(--paper))`;
  }

  /** Return on which side of the middle of its range a number is, and how far, from 0 to 1. */
  sideOf(number) {
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
    this.paintMarks();
  }

  /** Paint a map and the lines in it. */
  paintMap(at, colours) {
    const { size, meaning, across, up } = this;
    const field = new Scale(0, size - 1, this.x.low, this.x.high);
    const rise = new Scale(0, size - 1, this.y.high, this.y.low);
    const image = new ImageData(size, size);
    const kinds = meaning.isClasses ? meaning.classes.length : 0;
    const heights = Array.from({ length: kinds || 1 }, () => new Float64Array(size * size).fill(NaN));
    for (let row = 0, i = 0; row < size; row += 1) {
      at[up.place] = (rise.place(row) - up.mean) / up.scale;
      for (let column = 0; column < size; column += 1, i += 1) {
        at[across.place] = (field.place(column) - across.mean) / across.scale;
        const outputs = this.predictor.predict(at);
        if (outputs !== null) {
          const [colour, strength] = kinds ? this.classColour(outputs, colours) : this.numberColour(outputs, colours);
          if (kinds) {
            meaning.margins(outputs).forEach((margin, kind) => {
              heights[kind][i] = margin;
            });
          } else {
            heights[0][i] = outputs[this.output];
          }
          image.data.set([...colour, Math.round(255 * strength)], 4 * i);
        }
      }
    }
    [this.canvas.width, this.canvas.height] = [size, size];
    this.canvas.getContext("2d").putImageData(image, 0, 0);
    const place = (column, row) => [this.x.place(field.place(column)), this.y.place(rise.place(row))];
    this.lines.replaceChildren(...this.levels(heights).map((level) => svg("path", { class: "boundary", d: contour(level, size, place) })));
  }

  /** Return the colour of the class that is chosen, and how much of it lies over the paper. */
  classColour(outputs, { classes }) {
    const strength = OF_CLASS * (0.25 + 0.75 * this.meaning.certainty(outputs));
    return [classes[this.meaning.choice(outputs) % PALETTE], strength];
  }

  /** Return the colour of a number, and how much of it lies over the paper. */
  numberColour(outputs, { positive, negative }) {
    const [side, strength] = this.sideOf(outputs[this.output]);
    return [side ? positive : negative, OF_NUMBER * strength];
  }

  /** Return surfaces whose zeros are the lines of a map: between classes, or at round numbers. */
  levels(heights) {
    if (this.meaning.isClasses) {
      return heights.length === 2 ? heights.slice(1) : heights;
    }
    const { output } = this;
    return this.lineNumbers().map((level) => heights[0].map((height) => this.meaning.inUnit(height, output) - level));
  }

  /** Return the round numbers at which a map has lines. */
  lineNumbers() {
    const [low, high] = this.ranges[this.output].map((x) => this.meaning.inUnit(x, this.output));
    return roundNumbers(low, high, 5);
  }

  /** Paint a curve for the number, the score, or each class's probability. */
  paintCurve(at) {
    const { meaning, across } = this;
    const field = new Scale(0, SAMPLES - 1, this.x.low, this.x.high);
    const rows = Array.from({ length: SAMPLES }, (_, i) => {
      at[across.place] = (field.place(i) - across.mean) / across.scale;
      return [this.x.number(this.x.place(field.place(i))), this.predictor.predict(at)];
    });
    const heights = {
      numbers: [(outputs) => meaning.inUnit(outputs[this.output], this.output)],
      sign: [(outputs) => outputs[0]],
      logit: [(outputs) => meaning.shares(outputs)[0], (outputs) => meaning.shares(outputs)[1]],
      classes: meaning.classes.map((_, kind) => (outputs) => meaning.shares(outputs)[kind]),
    }[meaning.kind];
    this.lines.replaceChildren(
      ...heights.map((height, kind) =>
        svg("path", {
          class: `curve ${meaning.isClasses && heights.length > 1 ? `class-${kind % PALETTE} dash-${kind % 4}` : ""}`,
          d: lineThrough(rows.map(([x, outputs]) => [this.x.place(x), outputs === null ? NaN : this.y.place(height(outputs))])),
        }),
      ),
    );
  }

  /** Put a ring around the examples that are classified wrongly, and count the right ones. */
  paintMarks() {
    const { meaning } = this;
    this.right = { training: 0, validation: 0 };
    if (!meaning.isClasses) {
      return;
    }
    const rings = [];
    for (const point of this.put) {
      const outputs = this.predictor.predict(point.x);
      if (!this.up && meaning.kind !== "sign") {
        this.lift(point, outputs === null ? 0 : meaning.shares(outputs)[point.target]);
      }
      if (outputs !== null && meaning.choice(outputs) === point.target) {
        this.right[point.part] += 1;
      } else {
        const [cx, cy] = point.place;
        rings.push(svg("circle", { cx, cy, r: 9 }));
      }
    }
    this.rings.replaceChildren(...rings);
  }

  /** Show which inputs are asked about. */
  ask(at) {
    const x = this.x.place(inOwnUnit(this.across, at));
    const { left, right, top, bottom } = this.frame;
    const y = this.up ? this.y.place(inOwnUnit(this.up, at)) : null;
    change(this.asked, { d: `M${x} ${top}V${bottom}${y === null ? "" : `M${left} ${y}H${right}`}` });
  }

  /** Return the inputs at a place of the window: { column's place: number }, null outside. */
  inputsAt({ clientX, clientY }) {
    const box = this.drawing.getBoundingClientRect();
    const { left, right, top, bottom, width, tall } = this.frame;
    const [x, y] = [((clientX - box.left) / box.width) * width, ((clientY - box.top) / box.height) * tall];
    if (x < left || x > right || y < top || y > bottom) {
      return null;
    }
    const inputs = [[this.across, this.x.number(x)]];
    return this.up ? [...inputs, [this.up, this.y.number(y)]] : inputs;
  }
}

/** Return the two columns whose numbers change the outputs most, the others held as in `at`. */
export function mostTelling(columns, predictor, at) {
  const effects = columns.map(({ place, low, high }) => {
    const outputs = Array.from({ length: TRIALS }, (_, i) => {
      const x = [...at];
      x[place] = Number(low) + ((high - low) * i) / (TRIALS - 1);
      return predictor.predict(x) ?? [];
    });
    return (outputs[0] ?? []).reduce((sum, _, k) => {
      const each = outputs.map((output) => output[k]).filter(Number.isFinite);
      return sum + Math.max(...each) - Math.min(...each);
    }, 0);
  });
  const order = columns.map((_, i) => i).sort((i, j) => effects[j] - effects[i]);
  return order.slice(0, 2).sort((i, j) => i - j);
}

/** Return what an example has in a column, in the column's own unit. */
export function inOwnUnit({ place, mean, scale }, x) {
  return mean + scale * x[place];
}

/** Return the range of numbers, wider where they are all the same. */
function rangeOf(numbers) {
  const finite = numbers.filter(Number.isFinite);
  const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [-1, 1];
  return low < high ? [low, high] : [low - 1, high + 1];
}

/** Return as much of a text as fits into a length. */
function fitted(text, length) {
  const letters = [...text];
  const most = Math.floor(length / DIGIT);
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

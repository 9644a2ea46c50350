// The marks of examples in a picture of predictions: a shape and a colour each, a ring where it's wrong.

import { toOwnUnit } from "./columns.js";
import { setAttributes } from "../../../../page/web/markup.js";
import { svg } from "../../../../page/web/plot.js";

export const PALETTE = 6; // colours of classes
const RING = 9; // its radius
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
export function drawMark(kind, part, size = 4.5) {
  const path = SHAPES[(kind ?? (part === "validation" ? 3 : 0)) % SHAPES.length];
  return svg("path", { class: `mark ${part}${kind === null ? "" : ` class-${kind % PALETTE}`}`, d: path(size) });
}

/** Return the colours of the scheme that is on at an element, as numbers. */
export function readColours(place = document.documentElement) {
  const style = getComputedStyle(place);
  const read = (name) => [1, 3, 5].map((i) => parseInt(style.getPropertyValue(name).trim().slice(i, i + 2), 16));
  return {
    classes: Array.from({ length: PALETTE }, (_, i) => read(`--class-${i}`)),
    ink: read("--ink"),
    positive: read("--plus"),
    negative: read("--minus"),
  };
}

/** The examples of a training in a picture, which has the scales and the columns on its axes. */
export class Marks {
  constructor(points, meaning) {
    this.meaning = meaning;
    this.points = Object.entries(points).flatMap(([part, some]) =>
      some.map(([x, target]) => ({ part, x: x.map(Number), target: Array.isArray(target) ? target.map(Number) : target })),
    );
  }

  /** Return the targets of one output, as far as they are numbers. */
  targetsOf(output) {
    return this.points.flatMap(({ target }) => (Array.isArray(target) ? [target[output]] : []));
  }

  /** Put a mark for each example, which stays where it is unless its height is a prediction. */
  put(picture) {
    this.picture = picture;
    this.marks = svg("g", { class: "marks" });
    this.rings = svg("g", { class: "rings" });
    this.placed = this.points.map((point) => {
      const { part, x, target } = point;
      const element = drawMark(this.meaning.isClasses ? target : null, part);
      if (!this.meaning.isClasses && target !== null && picture.up) {
        element.style.fill = picture.mixColour(target[picture.output]);
      }
      this.marks.append(element);
      const placed = { ...point, element, place: [picture.x.place(toOwnUnit(picture.across, x)), null] };
      const height = picture.up ? toOwnUnit(picture.up, x) : this.heightOf(target);
      if (height !== null) {
        this.lift(placed, height);
      }
      return placed;
    });
    return [this.marks, this.rings];
  }

  /** Return where an example stands beside a curve, null if that is a prediction. */
  heightOf(target) {
    const { meaning, picture } = this;
    if (meaning.kind === "sign") {
      return target ? 1 : -1;
    }
    return meaning.isClasses || target === null ? null : meaning.toUnit(target[picture.output], picture.output);
  }

  /** Put an example's mark at a height. */
  lift(point, height) {
    point.place[1] = this.picture.y.place(height);
    setAttributes(point.element, { transform: `translate(${point.place.map((x) => x.toFixed(1)).join(" ")})` });
  }

  /** Put a ring around the examples that are classified wrongly, and return how many are right. */
  paint(predictor) {
    const { meaning, picture } = this;
    const right = { training: 0, validation: 0 };
    if (!meaning.isClasses) {
      return right;
    }
    const rings = [];
    for (const point of this.placed) {
      const outputs = predictor.predict(point.x);
      if (!picture.up && meaning.kind !== "sign") {
        this.lift(point, outputs === null ? 0 : meaning.computeShares(outputs)[point.target]);
      }
      if (outputs !== null && meaning.chooseClass(outputs) === point.target) {
        right[point.part] += 1;
      } else {
        const [cx, cy] = point.place;
        rings.push(svg("circle", { cx, cy, r: RING }));
      }
    }
    this.rings.replaceChildren(...rings);
    return right;
  }
}

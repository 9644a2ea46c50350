// What plots are made of: scales with round ticks, SVG, and the lines at which a surface has a height.

import { setAttributes } from "./markup.js";

const SVG = "http://www.w3.org/2000/svg";
const NARROWEST = 240; // pixels of a picture

/** Return an SVG element with attributes and children; texts stay texts. */
export function svg(name, attributes = {}, ...children) {
  const element = setAttributes(document.createElementNS(SVG, name), attributes);
  element.append(...children);
  return element;
}

/** Return the width that there is for a picture in an element. */
export function measureWidth(element) {
  return Math.max(NARROWEST, element.clientWidth);
}

/** Return where a pointer is in an element that is so wide and tall in its own units. */
export function placePointer(element, { clientX, clientY }, wide, tall = 0) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [((clientX - left) / width) * wide, ((clientY - top) / height) * tall];
}

/** From numbers low to high to places from and to; of sizes that differ widely by their logarithms. */
export class Scale {
  constructor(low, high, from, to, isLog = false) {
    Object.assign(this, { low, high, from, to, isLog });
  }

  place(x) {
    const [low, high, at] = this.isLog ? [this.low, this.high, x].map(Math.log10) : [this.low, this.high, x];
    return this.from + ((this.to - this.from) * (at - low)) / (high - low);
  }

  number(place) {
    const share = (place - this.from) / (this.to - this.from);
    return this.isLog ? this.low * (this.high / this.low) ** share : this.low + (this.high - this.low) * share;
  }

  /** Return about a given number of round numbers in the scale. */
  ticks(count) {
    return this.isLog ? listDecades(this.low, this.high, count) : roundNumbers(this.low, this.high, count);
  }
}

/** Return a scale whose ends are round, for numbers from low to high; a logarithmic one if asked. */
export function roundScale(low, high, from, to, isLog = false) {
  if (isLog) {
    return new Scale(10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high)), from, to, true);
  }
  const step = chooseStep(low, high, 5);
  const ends = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  return ends[0] < ends[1] ? new Scale(...ends, from, to) : new Scale(low - 1, high + 1, from, to);
}

/** Return a distance between round numbers: 1, 2 or 5 times a power of ten. */
function chooseStep(low, high, count) {
  const least = (high - low) / count;
  if (!(least > 0)) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= least * (1 - 1e-9)) ?? 10 * power;
}

/** Return the round numbers from low to high. */
export function roundNumbers(low, high, count) {
  const step = chooseStep(low, high, count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const digits = Math.max(0, Math.min(100, -Math.floor(Math.log10(step))));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)));
}

/** Return about a given number of powers of ten from low to high. */
function listDecades(low, high, count) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = Math.max(1, Math.ceil((last - first) / count));
  const powers = [];
  for (let power = first; power <= last; power += stride) {
    powers.push(Number(`1e${power}`));
  }
  return powers;
}

/** Return the path of a line through points; where there is no number, it is broken. */
export function drawLine(points) {
  let isDrawing = false;
  return points
    .map(([x, y]) => {
      const isPoint = Number.isFinite(x) && Number.isFinite(y);
      const part = isPoint ? `${isDrawing ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}` : "";
      isDrawing = isPoint;
      return part;
    })
    .join("");
}

/**
 * Return the path along which a surface has the height 0: marching squares.
 *
 * `heights` are those at the points of a square grid, row by row, `size` in a row; `at(column, row)`
 * is the place of a point, and of what is between points.
 */
export function drawContour(heights, size, at) {
  const parts = [];
  const crossing = (a, b) => {
    const [from, to] = [heights[a], heights[b]];
    if (from > 0 === to > 0 || Number.isNaN(from) || Number.isNaN(to)) {
      return null;
    }
    const share = Number.isFinite(from - to) ? from / (from - to) : 0.5;
    const between = (x, y) => x + (y - x) * share;
    const [x, y] = at(between(a % size, b % size), between(Math.floor(a / size), Math.floor(b / size)));
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  for (let row = 0; row + 1 < size; row += 1) {
    for (let column = 0; column + 1 < size; column += 1) {
      const a = row * size + column;
      const [b, c, d] = [a + 1, a + size + 1, a + size]; // around the square
      const crossed = [crossing(a, b), crossing(b, c), crossing(c, d), crossing(d, a)].filter((place) => place);
      for (let i = 0; i + 1 < crossed.length; i += 2) {
        parts.push(`M${crossed[i]}L${crossed[i + 1]}`);
      }
    }
  }
  return parts.join("");
}

// The columns that are on no axis of a picture: what they are held at, and how honest that is.

import { describeInput, toOwnUnit } from "./columns.js";

const SAME = 1e-9; // of a variance: what is left where two columns go along with one another

/**
 * Lets the columns that aren't on the axes follow them, as they mostly do in the examples: by the plane of
 * least squares through the usual inputs. What was moved by hand stays where it was put.
 */
export class Held {
  constructor(columns, examples, usual) {
    Object.assign(this, { columns, examples, usual, moved: new Set(), followers: [] });
  }

  /** Take the columns on the axes: two, or one and null. */
  choose(across, up) {
    this.axes = [across, up].filter(Boolean);
    this.others = this.columns.filter((column) => !this.axes.includes(column));
    this.fit();
  }

  /** Let a column stay at what it was moved to, if it is on no axis; return whether it is. */
  move(column) {
    const isHeld = this.others.includes(column);
    if (isHeld) {
      this.moved.add(column);
      this.fit();
    }
    return isHeld;
  }

  fit() {
    const { axes, usual } = this;
    const free = this.others.filter((column) => !column.categories && column.low !== column.high && !this.moved.has(column));
    const [a, b] = axes.map(({ place }) => this.examples.map((x) => x[place] - usual[place]));
    this.followers = free.map(({ place, low, high }) => {
      const slopes = fitPlane(a, b, this.examples.map((x) => x[place] - usual[place]));
      return { place, low: Number(low), high: Number(high), slopes };
    });
  }

  /** Let inputs have, beside the two on the axes, what examples mostly have there. */
  fill(x) {
    for (const { place, low, high, slopes } of this.followers) {
      const sum = this.axes.reduce((total, axis, i) => total + slopes[i] * (x[axis.place] - this.usual[axis.place]), this.usual[place]);
      x[place] = Math.max(low, Math.min(high, sum));
    }
    return x;
  }

  /** Return what a picture has in the place of an example: its numbers on the axes, the others as in `at`. */
  project(x, at) {
    const projected = [...at];
    for (const { place } of this.axes) {
      projected[place] = x[place];
    }
    return this.fill(projected);
  }

  /** Say where the columns are held, the first `most` of each kind by name. */
  describe(at, most) {
    const list = (columns, name) => {
      const rest = columns.length > most ? ` and ${columns.length - most} more` : "";
      return `${columns.slice(0, most).map(name).join(", ")}${rest}`;
    };
    const withNumber = (column) => `${column.name} ${describeInput(column, at)}`;
    const follows = new Set(this.followers.map(({ place }) => place));
    const kinds = { following: [], moved: [], usual: [], same: [] };
    for (const column of this.others) {
      const isMoved = this.moved.has(column) && (column.categories || toOwnUnit(column, at) !== toOwnUnit(column, this.usual));
      const other = column.categories ? "usual" : column.low === column.high ? "same" : "moved";
      kinds[follows.has(column.place) ? "following" : isMoved ? "moved" : other].push(column);
    }
    return [
      kinds.following.length ? `Not on an axis: ${list(kinds.following, ({ name }) => name)}. Each follows the axes as in the examples, by least squares.` : "",
      kinds.moved.length ? `Held where you moved it: ${list(kinds.moved, withNumber)}.` : "",
      kinds.usual.length ? `Held at the most frequent text: ${list(kinds.usual, withNumber)}.` : "",
      kinds.same.length ? `Held: ${list(kinds.same, withNumber)}, as in every example.` : "",
    ].filter(Boolean).join(" ");
  }
}

/** Return the slopes by which numbers follow one or two others, all of them around 0. */
function fitPlane(a, b, numbers) {
  const multiply = (x, y) => x.reduce((sum, number, i) => sum + number * y[i], 0);
  const [aa, an] = [multiply(a, a), multiply(a, numbers)];
  const alone = aa > 0 ? an / aa : 0;
  if (!b) {
    return [alone];
  }
  const [bb, ab, bn] = [multiply(b, b), multiply(a, b), multiply(b, numbers)];
  const rest = aa * bb - ab * ab;
  if (rest <= SAME * aa * bb) { // one says nothing beyond the other
    return aa > 0 ? [alone, 0] : [0, bb > 0 ? bn / bb : 0];
  }
  return [(an * bb - bn * ab) / rest, (bn * aa - an * ab) / rest];
}

/**
 * Say how far a picture is what the model says of the examples: for classes, of how many it says the same;
 * for numbers, how far off it is. `points` are { x }, `project(x)` gives what the picture has there.
 */
export function measureAgreement(points, project, predictor, meaning, output) {
  let same = 0;
  let off = 0;
  for (const { x } of points) {
    const own = predictor.predict(x);
    const shown = predictor.predict(project(x));
    if (own === null || shown === null) {
      same += own === shown;
      off = NaN;
    } else if (meaning.isClasses) {
      same += meaning.chooseClass(own) === meaning.chooseClass(shown);
    } else {
      off += Math.abs(meaning.toUnit(own[output], output) - meaning.toUnit(shown[output], output)) / points.length;
    }
  }
  return { same, off };
}

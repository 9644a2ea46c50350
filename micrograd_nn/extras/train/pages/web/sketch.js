// A picture that one draws, as coarse as a model reads it: by a finger, a mouse or keys.

import { whenDragged } from "../../../../page/web/moving.js";
import { placePointer } from "../../../../page/web/plot.js";

const PARTS = 4; // parts of a pixel's side that are ink or paper
const PEN = 0.055; // its radius, of the picture's shorter side
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** A picture of pixels, each of which has so much ink as its parts; `begun()` and `changed(row, column)` are told of strokes. */
export class Sketch {
  constructor(canvas, pixels, { begun, changed, moved }) {
    const { rows, columns } = pixels;
    Object.assign(this, { canvas, pixels, rows, columns, begun, changed, moved, isErasing: false, at: null });
    this.wide = columns * PARTS;
    this.fine = new Float64Array(rows * PARTS * this.wide);
    this.radius = Math.max(PARTS / 2, PEN * Math.min(rows, columns) * PARTS);
    this.listen();
  }

  /** Return how much ink each pixel has, from 0 to 1, as far as it takes it. */
  read() {
    const inks = new Float64Array(this.rows * this.columns);
    this.fine.forEach((ink, i) => {
      inks[this.pixelOf(i)] += ink / PARTS ** 2;
    });
    return this.pixels.clip(inks);
  }

  /** Give each pixel its ink. */
  write(inks) {
    this.fine.forEach((_, i) => {
      this.fine[i] = Math.min(1, Math.max(0, inks[this.pixelOf(i)]));
    });
  }

  pixelOf(i) {
    return Math.floor(i / this.wide / PARTS) * this.columns + Math.floor((i % this.wide) / PARTS);
  }

  /** Draw from one place to another, in parts of pixels. */
  stroke([x1, y1], [x2, y2]) {
    const { fine, radius, wide } = this;
    const [dx, dy] = [x2 - x1, y2 - y1];
    const length = dx * dx + dy * dy;
    for (let i = 0; i < fine.length; i += 1) {
      const [x, y] = [(i % wide) + 0.5, Math.floor(i / wide) + 0.5];
      const along = length ? Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length)) : 0;
      if (Math.hypot(x - x1 - along * dx, y - y1 - along * dy) <= radius) {
        fine[i] = this.isErasing ? 0 : 1;
      }
    }
  }

  listen() {
    const { canvas } = this;
    whenDragged(canvas, (event) => {
      const place = placePointer(canvas, event, this.wide, this.rows * PARTS); // in parts of pixels
      if (event.type === "pointerdown") {
        this.begun();
        this.last = place;
      }
      this.stroke(this.last, place);
      this.last = place;
      this.changed();
    });
    canvas.addEventListener("keydown", (event) => this.readKey(event));
    canvas.addEventListener("blur", () => {
      this.at = null;
      this.moved();
    });
  }

  /** Let arrow keys lead from pixel to pixel, and space put ink there or take it away. */
  readKey(event) {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isPlain || !(event.key in MOVES || [" ", "Home", "End"].includes(event.key))) {
      return;
    }
    event.preventDefault();
    event.stopPropagation(); // or it moves the epoch
    if (["Home", "End"].includes(event.key)) {
      return;
    }
    const [row, column] = this.at ?? [Math.floor(this.rows / 2), Math.floor(this.columns / 2)];
    if (event.key === " ") {
      this.at = [row, column];
      this.begun();
      const inks = this.read();
      const pixel = row * this.columns + column;
      inks[pixel] = inks[pixel] < 0.5 && !this.isErasing ? 1 : 0;
      this.write(inks);
      this.changed();
      this.moved();
      return;
    }
    const [down, right] = this.at ? MOVES[event.key] : [0, 0];
    const within = (place, count) => Math.min(count - 1, Math.max(0, place));
    this.at = [within(row + down, this.rows), within(column + right, this.columns)];
    this.moved();
  }
}

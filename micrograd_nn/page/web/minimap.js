// The map of a picture of which a part is in sight: its boxes, and a frame around that part.

import { setAttributes } from "./markup.js";
import { RIM, makePlace, meet } from "./places.js";
import { svg } from "./plot.js";

const MAP = { width: 160, height: 48 };
const MAP_RIM = 20; // pixels around it and to the border
const CORNERS = ["right bottom", "left bottom", "right top", "left top"]; // of the frame, for the map
const MOST_ON_MAP = 500; // boxes

/** The map of what a sight shows; a press on it leads there. */
export class Minimap {
  constructor(sight) {
    this.sight = sight;
    this.svg = svg("svg", { class: "minimap", "aria-hidden": "true", width: MAP.width, height: MAP.height });
    this.window = svg("rect", { class: "window" });
    [this.corner] = CORNERS;
    this.isHidden = false; // where no corner is free
    this.svg.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      const { left, top } = this.svg.getBoundingClientRect();
      const { scale } = this;
      sight.centre((event.clientX - left) / scale, (event.clientY - top) / scale);
    });
  }

  get scale() {
    return Math.min(MAP.width / this.sight.size.width, MAP.height / this.sight.size.height);
  }

  /** Take over the boxes of now. */
  draw() {
    const boxes = this.sight.items.filter(({ box }) => box);
    const step = Math.ceil(boxes.length / MOST_ON_MAP);
    const { scale } = this;
    this.svg.replaceChildren(...boxes.filter((_, i) => i % step === 0).map(({ place: { left, top, right, bottom } }) => {
      const [width, height] = [right - left, bottom - top].map((length) => Math.max(1, length * scale).toFixed(1));
      return svg("rect", { x: (left * scale).toFixed(1), y: (top * scale).toFixed(1), width, height });
    }), this.window);
  }

  /** Put the map into a corner where no box is; where there is none, hide it. */
  place() {
    const { frame, at: { x, y, scale }, items } = this.sight;
    const [width, height] = [MAP.width, MAP.height].map((length) => (length + MAP_RIM) / scale);
    const [right, bottom] = [x + frame.width / scale, y + frame.height / scale];
    const isFree = (corner) => {
      const left = corner.includes("left") ? x : right - width;
      const top = corner.includes("top") ? y : bottom - height;
      const place = makePlace(left, top, left + width, top + height);
      return !items.some((item) => item.box && meet(item.place, place));
    };
    const corner = [this.corner, ...CORNERS].find(isFree);
    this.isHidden = corner === undefined;
    this.corner = corner ?? this.corner;
    for (const side of ["left", "top"]) {
      this.svg.classList.toggle(side, this.corner.includes(side));
    }
    this.showWhereNeeded();
  }

  /** Mark the part that is in sight. */
  show({ left, top, right, bottom }) {
    const { scale } = this;
    setAttributes(this.window, { x: left * scale, y: top * scale, width: (right - left) * scale, height: (bottom - top) * scale });
    this.showWhereNeeded();
  }

  /** Show the map where it has a part to mark, and a corner to be in. */
  showWhereNeeded() {
    const { frame, size, at: { scale } } = this.sight;
    const isLarger = (size.width + RIM) * scale > frame.width + 1 || (size.height + RIM) * scale > frame.height + 1;
    this.svg.style.display = isLarger && frame.width > 3 * MAP.width && !this.isHidden ? "" : "none";
  }
}

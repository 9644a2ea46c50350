// What of a picture is in sight: it is moved, sized, and brought to where something happens.
//
// A picture may have thousands of boxes and arrows: those out of sight aren't rendered.

import { wantsCalm } from "./motion.js";
import { setAttributes, svg } from "./plot.js";

const READABLE = 0.75; // of its natural size, below which a picture is followed rather than fitted
const FAR = 0.34; // below which texts can't be read and aren't drawn
const LARGEST = 4;
const RIM = 8; // of a picture, for lines that are wider than they were drawn
const LARGEST_WHOLE = 1.25; // of a picture that is fitted
const TRIED = 8; // places that a sight is tried at, along each axis
const CUT = 1.3; // times as large as the sight is what is shown all the same, its rim cut off
const FULLER = 1.5; // times as much in sight for which it is moved though all that is wanted is there
const EASED = 300; // milliseconds
const MAP = { width: 160, height: 48 };
const MAP_RIM = 20; // pixels around it and to the border
const CORNERS = ["right bottom", "left bottom", "right top", "left top"]; // of the frame, for the map
const MOST_ON_MAP = 500; // boxes

/** A frame that shows a part of a picture; its items are what is drawn there, each { g, place }. */
export class Sight {
  constructor(element, paint) {
    Object.assign(this, { element, paint, items: [], size: { width: 1, height: 1 } });
    this.whole = svg("g", { class: "graph" });
    this.svg = svg("svg", { width: "100%", height: "100%" });
    this.svg.append(this.whole);
    this.map = svg("svg", { class: "minimap", "aria-hidden": "true", width: MAP.width, height: MAP.height });
    this.window = svg("rect", { class: "window" });
    element.replaceChildren(this.svg, this.map);
    this.at = { x: 0, y: 0, scale: 1 }; // the top left corner in the picture's units, pixels a unit
    this.frame = { width: 1, height: 1 };
    this.motion = 0;
    [this.corner] = CORNERS; // where the map is
    this.isMapHidden = false; // where no corner is free
    this.ahead = null; // what will be in sight after the motion of now
    this.map.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      const { left, top } = this.map.getBoundingClientRect();
      const scale = this.mapScale;
      this.centre((event.clientX - left) / scale, (event.clientY - top) / scale);
    });
  }

  /** Take over what is drawn, and how large all of it is. */
  take(items, size) {
    Object.assign(this, { items, size });
    for (const item of items) {
      item.isSeen = undefined;
    }
    const boxes = items.filter(({ box }) => box);
    const step = Math.ceil(boxes.length / MOST_ON_MAP);
    this.map.replaceChildren(
      ...boxes.filter((_, i) => i % step === 0).map(({ place, g }) => this.drawOnMap(place, g)), this.window,
    );
  }

  get mapScale() {
    return Math.min(MAP.width / this.size.width, MAP.height / this.size.height);
  }

  drawOnMap({ left, top, right, bottom }) {
    const scale = this.mapScale;
    const [width, height] = [right - left, bottom - top].map((length) => Math.max(1, length * scale).toFixed(1));
    return svg("rect", { x: (left * scale).toFixed(1), y: (top * scale).toFixed(1), width, height });
  }

  get fitting() {
    const { width, height } = this.frame;
    return Math.min(width / (this.size.width + 2 * RIM), height / (this.size.height + 2 * RIM));
  }

  /** Show the whole picture. */
  fit() {
    this.at.scale = Math.min(this.fitting, LARGEST_WHOLE);
    this.centre(this.size.width / 2, this.size.height / 2);
  }

  /** Tell whether the whole picture can be read at once. */
  get isSeenWhole() {
    const frame = this.element.parentElement;
    frame.style.height = "";
    this.measure();
    return this.fitting >= READABLE;
  }

  /** Begin with the whole picture if that can be read, else with a part of it that can. */
  begin() {
    const frame = this.element.parentElement;
    frame.style.height = ""; // as high as the style sheet lets it be, or as it needs to be
    const scale = Math.min(LARGEST_WHOLE, Math.max(READABLE, frame.clientWidth / (this.size.width + 2 * RIM)));
    const wanted = scale * (this.size.height + 2 * RIM) + 2;
    frame.style.height = `${Math.min(frame.clientHeight, Math.ceil(wanted))}px`;
    this.measure();
    this.at.scale = Math.max(READABLE, Math.min(this.fitting, LARGEST_WHOLE));
    this.centre(this.size.width / 2, this.size.height / 2);
    this.isFresh = true; // what comes is shown at once
  }

  /** Find out how large the frame is. */
  measure() {
    this.frame = { width: this.element.clientWidth || 1, height: this.element.clientHeight || 1 };
    // What moves is the group in it: with a viewBox that moves, all texts would be laid out anew.
    this.svg.setAttribute("viewBox", `0 0 ${this.frame.width} ${this.frame.height}`);
  }

  /** Centre a point, as far as the picture's sides let it be. */
  centre(x, y) {
    const { frame, at } = this;
    Object.assign(at, { x: x - frame.width / at.scale / 2, y: y - frame.height / at.scale / 2 });
    this.move(0, 0);
  }

  /** Move by so many pixels, not beyond the picture's sides. */
  move(dx, dy) {
    const { frame, size, at } = this;
    at.x = clamp(at.x - dx / at.scale, frame.width / at.scale, size.width);
    at.y = clamp(at.y - dy / at.scale, frame.height / at.scale, size.height);
    this.apply();
  }

  /** Make the picture larger around a point of the frame. */
  zoom(factor, px = this.frame.width / 2, py = this.frame.height / 2) {
    const scale = Math.max(Math.min(this.fitting, 1), Math.min(LARGEST, this.at.scale * factor));
    this.at.x += px / this.at.scale - px / scale;
    this.at.y += py / this.at.scale - py / scale;
    this.at.scale = scale;
    this.move(0, 0);
  }

  /** Move to another corner within a moment, at once for who wants less motion. */
  ease(x, y) {
    const [from, start] = [{ ...this.at }, performance.now()];
    this.motion += 1;
    const { motion } = this;
    const { frame: { width, height }, at: { scale } } = this;
    this.ahead = makePlace(x, y, x + width / scale, y + height / scale);
    if (wantsCalm() || this.isFresh) {
      Object.assign(this.at, { x, y });
      this.apply();
      this.isFresh = false;
      return;
    }
    const go = (now) => {
      if (motion !== this.motion) {
        return; // something else moved it
      }
      const part = Math.min(1, Math.max(0, (now - start) / EASED));
      const way = 1 - (1 - part) ** 3;
      Object.assign(this.at, { x: from.x + way * (x - from.x), y: from.y + way * (y - from.y) });
      this.render();
      if (part < 1) {
        requestAnimationFrame(go);
      } else {
        this.placeMap();
      }
    };
    this.render(); // what is ahead as well
    requestAnimationFrame(go);
  }

  /** Render what is in sight, and only that, after any motion. */
  apply() {
    this.motion += 1;
    this.ahead = null;
    this.render();
    this.placeMap();
  }

  /** Put the map into a corner where no box is; where there is none, hide it. */
  placeMap() {
    const { frame, at: { x, y, scale }, map } = this;
    const [width, height] = [MAP.width, MAP.height].map((length) => (length + MAP_RIM) / scale);
    const [right, bottom] = [x + frame.width / scale, y + frame.height / scale];
    const isFree = (corner) => {
      const left = corner.includes("left") ? x : right - width;
      const top = corner.includes("top") ? y : bottom - height;
      const place = makePlace(left, top, left + width, top + height);
      return !this.items.some((item) => item.box && meet(item.place, place));
    };
    const corner = [this.corner, ...CORNERS].find(isFree);
    this.isMapHidden = corner === undefined;
    this.corner = corner ?? this.corner;
    for (const side of ["left", "top"]) {
      map.classList.toggle(side, this.corner.includes(side));
    }
    this.showMap();
  }

  /** Show the map where it has a part to mark, and a corner to be in. */
  showMap() {
    const { frame, size, at: { scale } } = this;
    const isLarger = (size.width + RIM) * scale > frame.width + 1 || (size.height + RIM) * scale > frame.height + 1;
    this.map.style.display = isLarger && frame.width > 3 * MAP.width && !this.isMapHidden ? "" : "none";
  }

  render() {
    const { x, y, scale } = this.at;
    const { frame, size } = this;
    const sight = makePlace(x, y, x + frame.width / scale, y + frame.height / scale);
    this.whole.setAttribute("transform", `translate(${-x * scale} ${-y * scale}) scale(${scale})`);
    this.isFar = scale < FAR;
    this.element.classList.toggle("far", this.isFar);
    this.element.parentElement.classList.toggle("whole", size.height * scale <= frame.height);
    for (const item of this.items) {
      const isSeen = meet(item.place, sight) || (this.ahead !== null && meet(item.place, this.ahead));
      if (item.isSeen !== isSeen) {
        item.isSeen = isSeen;
        item.g.style.display = isSeen ? "" : "none";
      }
    }
    this.showMap();
    const { left, top, right, bottom } = sight;
    const on = this.mapScale;
    setAttributes(this.window, {
      x: left * on, y: top * on, width: (right - left) * on, height: (bottom - top) * on,
    });
    this.paint();
  }

  /** Bring places into sight, if they aren't all there; if they are too far apart, but their rims, the last. */
  show(places) {
    const { at } = this;
    const [width, height] = [this.frame.width / at.scale, this.frame.height / at.scale];
    let wanted = makePlace(
      Math.min(...places.map((place) => place.left)) - RIM,
      Math.min(...places.map((place) => place.top)) - RIM,
      Math.max(...places.map((place) => place.right)) + RIM,
      Math.max(...places.map((place) => place.bottom)) + RIM,
    );
    if (wanted.right - wanted.left > CUT * width || wanted.bottom - wanted.top > CUT * height) {
      wanted = places.at(-1);
    }
    wanted = cutRim(wanted, width, height);
    const here = makePlace(at.x, at.y, at.x + width, at.y + height);
    const best = this.findFullest(wanted, width, height);
    if (!holds(here, wanted) || this.measureBoxes(best) > FULLER * this.measureBoxes(here)) {
      this.ease(best.left, best.top);
    }
  }

  /** Return the place of a size that holds another one and shows most: a picture has empty parts. */
  findFullest(wanted, width, height) {
    const tops = listStarts(wanted.top, wanted.bottom, height, this.size.height);
    const tried = listStarts(wanted.left, wanted.right, width, this.size.width)
      .flatMap((left) => tops.map((top) => makePlace(left, top, left + width, top + height)));
    const full = tried.map((place) => this.measureBoxes(place));
    return tried[full.indexOf(Math.max(...full))];
  }

  /** Return how much of a place the boxes take that are all in it. */
  measureBoxes(within) {
    const boxes = this.items.filter(({ box, place }) => box && holds(within, place));
    return boxes.reduce((sum, { place }) => sum + (place.right - place.left) * (place.bottom - place.top), 0);
  }
}

/** Return where a sight of some length begins, as near to a start as a whole lets it, which it may not leave. */
function clamp(start, length, whole) {
  const [least, most] = [-RIM, whole + RIM - length];
  return least > most ? (whole - length) / 2 : Math.max(least, Math.min(most, start));
}

/** Return where a sight may begin that holds a part of a whole, the one with that in its middle first. */
function listStarts(from, to, length, whole) {
  const middle = clamp((from + to - length) / 2, length, whole);
  const least = Math.min(middle, Math.max(-RIM, to - length));
  const most = Math.max(middle, Math.min(whole + RIM - length, from));
  return [middle, ...Array.from({ length: TRIED + 1 }, (_, i) => least + ((most - least) * i) / TRIED)];
}

/** Return the middle of a place, not larger than a size. */
function cutRim({ left, top, right, bottom }, width, height) {
  const [dx, dy] = [Math.max(0, right - left - width) / 2, Math.max(0, bottom - top - height) / 2];
  return makePlace(left + dx, top + dy, right - dx, bottom - dy);
}

export function makePlace(left, top, right, bottom) {
  return { left, top, right, bottom };
}

/** Tell whether a place has another one in it. */
function holds(one, other) {
  return one.left <= other.left && one.top <= other.top && other.right <= one.right && other.bottom <= one.bottom;
}

/** Tell whether two places have a part in common. */
function meet(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

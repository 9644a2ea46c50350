// What of a picture is in sight: it is moved, sized, and brought to where something happens.
//
// A picture may have thousands of boxes and arrows: those out of sight aren't rendered.

import { Minimap } from "./minimap.js";
import { wantsCalm } from "./markup.js";
import { animate } from "./moving.js";
import { RIM, makePlace, meet } from "./places.js";
import { svg } from "./plot.js";

const READABLE = 0.75; // of its natural size, at which a picture is followed that isn't fitted
const FITTED = 0.6; // down to which it is
const FAR = 0.34; // below which texts can't be read and aren't drawn
const LARGEST = 4;
const LARGEST_WHOLE = 1.25; // of a picture that is fitted
const TRIED = 8; // places that a sight is tried at, along each axis
const CUT = 1.3; // times as large as the sight is what is shown all the same, its rim cut off
const SMALLEST = 0.5; // to which the picture goes for a moment, for two ends that are far apart
const GROWN = { share: 0.6, rest: 352 }; // of the window's height is the frame of what was opened; pixels that are left
const ROOMY = "(width > 45rem) and (height > 40rem)";
const FULLER = 1.5; // times as much in sight for which it is moved though all that is wanted is there
const EASED = 300; // milliseconds
export const LETTERS = 13; // pixels high at least, on the screen

/** A frame that shows a part of a picture; its items are what is drawn there, each { g, place }. */
export class Sight {
  constructor(element, paint) {
    Object.assign(this, { element, paint, items: [], size: { width: 1, height: 1 } });
    this.whole = svg("g", { class: "graph" });
    this.svg = svg("svg", { width: "100%", height: "100%" });
    this.svg.append(this.whole);
    this.map = new Minimap(this);
    element.replaceChildren(this.svg, this.map.svg);
    this.at = { x: 0, y: 0, scale: 1 }; // the top left corner in the picture's units, pixels a unit
    this.frame = { width: 1, height: 1 };
    this.letters = LETTERS;
    this.isSteady = false; // whether its scale stays
    this.stop = () => {}; // ends a motion
    this.ahead = null; // what will be in sight after the motion of now
  }

  /** Take over what is drawn, and how large all of it is. */
  take(items, size) {
    Object.assign(this, { items, size });
    for (const item of items) {
      item.isSeen = undefined;
    }
    this.map.draw();
  }

  /** How high letters are at least, in the picture's units. */
  get least() {
    return this.letters / this.at.scale;
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
    return this.fitting >= FITTED;
  }

  /** Begin with the whole picture if that can be read, else with a part of it that can. */
  begin() {
    const frame = this.element.parentElement;
    frame.style.height = ""; // as high as the style sheet lets it be, or as it needs to be
    const across = frame.clientWidth / (this.size.width + 2 * RIM);
    const scale = Math.min(LARGEST_WHOLE, across < FITTED ? READABLE : across);
    const wanted = scale * (this.size.height + 2 * RIM) + 2;
    frame.style.height = `${Math.min(frame.clientHeight, Math.ceil(wanted))}px`;
    this.measure();
    const down = this.frame.height / (this.size.height + 2 * RIM);
    const part = down < FITTED ? READABLE : Math.min(READABLE, down); // all of its height, if that can be read
    this.at.scale = this.fitting < FITTED ? part : Math.min(this.fitting, LARGEST_WHOLE);
    this.centre(this.size.width / 2, this.size.height / 2);
    this.isFresh = true; // what comes is shown at once, until that was seen
    requestAnimationFrame(() => requestAnimationFrame(() => (this.isFresh = false)));
  }

  /** Give the frame more height where what was opened needs it, and the window has it. */
  grow() {
    const frame = this.element.parentElement;
    frame.style.height = "";
    const most = matchMedia(ROOMY).matches ? Math.min(GROWN.share * innerHeight, innerHeight - GROWN.rest) : 0;
    const wanted = this.at.scale * (this.size.height + 2 * RIM) + 2;
    frame.style.height = `${Math.ceil(Math.min(Math.max(frame.clientHeight, most), wanted))}px`;
    this.measure();
  }

  /** Find out how large the frame is. */
  measure() {
    this.frame = { width: this.element.clientWidth || 1, height: this.element.clientHeight || 1 };
    // What moves is the group in it: with a viewBox that moves, all texts would be laid out again.
    this.svg.setAttribute("viewBox", `0 0 ${this.frame.width} ${this.frame.height}`);
  }

  /** Centre a point, as far as the picture's sides let it be. */
  centre(x, y) {
    const { frame, at } = this;
    Object.assign(at, { x: x - frame.width / at.scale / 2, y: y - frame.height / at.scale / 2 });
    this.move(0, 0);
  }

  /** Move by a number of pixels, not beyond the picture's sides. */
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
    this.stop();
    const from = { ...this.at };
    const { frame: { width, height }, at: { scale } } = this;
    this.ahead = makePlace(x, y, x + width / scale, y + height / scale);
    if (wantsCalm() || this.isFresh) {
      Object.assign(this.at, { x, y });
      this.apply();
      return;
    }
    this.render(); // what is ahead as well
    this.stop = animate(EASED, (part) => {
      const way = 1 - (1 - part) ** 3;
      Object.assign(this.at, { x: from.x + way * (x - from.x), y: from.y + way * (y - from.y) });
      this.render();
      if (part === 1) {
        this.map.place();
      }
    });
  }

  /** Render what is in sight, and only that, after any motion. */
  apply() {
    this.stop();
    this.ahead = null;
    this.render();
    this.map.place();
  }

  render() {
    const { x, y, scale } = this.at;
    const { frame, size } = this;
    const sight = makePlace(x, y, x + frame.width / scale, y + frame.height / scale);
    this.whole.setAttribute("transform", `translate(${-x * scale} ${-y * scale}) scale(${scale})`);
    this.whole.style.setProperty("--least", `${this.least.toFixed(2)}px`);
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
    this.map.show(sight);
    this.paint();
  }

  /** Bring places into sight, if they aren't all there; if they are too far apart, but their rims, the last. */
  show(places) {
    const { at } = this;
    let wanted = makePlace(
      Math.min(...places.map((place) => place.left)) - RIM,
      Math.min(...places.map((place) => place.top)) - RIM,
      Math.max(...places.map((place) => place.right)) + RIM,
      Math.max(...places.map((place) => place.bottom)) + RIM,
    );
    if (!this.isSteady) {
      this.strain(wanted);
    }
    const [width, height] = [this.frame.width / at.scale, this.frame.height / at.scale];
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

  /** Make the picture smaller for what nearly fits, and as large as before for what comes next. */
  strain({ left, top, right, bottom }) {
    if (this.strained?.to === this.at.scale) {
      this.zoom(this.strained.from / this.at.scale);
    }
    this.strained = null;
    const { frame, at } = this;
    const from = at.scale;
    const fitting = Math.min(frame.width / (right - left), frame.height / (bottom - top));
    if (fitting < from && fitting >= Math.min(SMALLEST, from)) {
      at.scale = fitting; // smaller than one may make it by hand
      this.centre((left + right) / 2, (top + bottom) / 2);
      this.strained = { from, to: fitting };
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

/** Tell whether a place has another one in it. */
function holds(one, other) {
  return one.left <= other.left && one.top <= other.top && other.right <= one.right && other.bottom <= one.bottom;
}

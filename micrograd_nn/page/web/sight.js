// What of a picture is in sight: it is moved, sized, and brought to where something happens.
//
// A picture may have thousands of boxes and arrows: those out of sight aren't rendered.

const READABLE = 0.7; // of its natural size, below which a picture is followed rather than fitted
const FAR = 0.34; // below which texts can't be read and aren't drawn
const LARGEST = 4;
const RIM = 8; // of a picture, for lines that are wider than they were drawn
const LARGEST_WHOLE = 1.5; // of a picture that is fitted
const TRIED = 8; // places that a sight is tried at, along each axis
const CUT = 1.3; // times as large as the sight is what is shown all the same, its rim cut off
const FULLER = 1.5; // times as much in sight for which it is moved though all that is wanted is there

/** A frame that shows a part of an SVG; `items` are what is drawn there, each with its group `g`. */
export class Sight {
  constructor(element, items, paint) {
    Object.assign(this, { element, items, paint });
    this.svg = element.querySelector("svg");
    this.whole = this.svg.querySelector(".graph");
    const [, , width, height] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    this.size = { width, height };
    const { e, f } = this.whole.transform.baseVal.consolidate().matrix;
    this.origin = { x: e, y: f };
    this.at = { x: 0, y: 0, scale: 1 }; // the top left corner in the picture's units, pixels a unit
  }

  get fitting() {
    const { width, height } = this.frame;
    return Math.min(width / this.size.width, height / this.size.height);
  }

  /** Show the whole picture. */
  fit() {
    this.at.scale = Math.min(this.fitting, LARGEST_WHOLE);
    this.centre(this.size.width / 2, this.size.height / 2);
  }

  /** Begin with the whole picture if that can be read, else with its middle. */
  begin() {
    const frame = this.element.parentElement;
    frame.style.height = ""; // as high as the style sheet lets it be, or as it needs to be
    const scale = Math.min(1, frame.clientWidth / this.size.width);
    const wanted = Math.max(scale, READABLE) * this.size.height + 8;
    frame.style.height = `${Math.min(frame.clientHeight, Math.ceil(wanted))}px`;
    this.measure();
    this.at.scale = Math.max(READABLE, Math.min(this.fitting, LARGEST_WHOLE));
    this.centre(this.size.width / 2, this.size.height / 2);
  }

  /** Find out how large the frame is, and where boxes and arrows are: to ask later would be slow. */
  measure() {
    this.frame = { width: this.element.clientWidth || 1, height: this.element.clientHeight || 1 };
    // What moves is the group in it: with a viewBox that moves, all texts would be laid out anew.
    this.svg.setAttribute("viewBox", `0 0 ${this.frame.width} ${this.frame.height}`);
    const { x: left, y: top } = this.origin;
    for (const item of this.items) {
      if (item.g && !item.place) {
        const { x, y, width, height } = item.g.getBBox();
        item.place = makePlace(left + x, top + y, left + x + width, top + y + height);
      }
    }
  }

  /** Centre a point, or leave it beside the middle rather than room beside the picture. */
  centre(x, y) {
    const { frame, size, at } = this;
    at.x = findStart(x, frame.width / at.scale, size.width);
    at.y = findStart(y, frame.height / at.scale, size.height);
    this.apply();
  }

  /** Move by so many pixels, the middle no farther than to a side of the picture. */
  move(dx, dy) {
    const { frame, size, at } = this;
    at.x = findNearest(at.x - dx / at.scale, frame.width / at.scale, size.width);
    at.y = findNearest(at.y - dy / at.scale, frame.height / at.scale, size.height);
    this.apply();
  }

  /** Make the picture larger around a point of the frame. */
  zoom(factor, px = this.frame.width / 2, py = this.frame.height / 2) {
    const scale = Math.max(Math.min(this.fitting, 1) * 0.8, Math.min(LARGEST, this.at.scale * factor));
    this.at.x += px / this.at.scale - px / scale;
    this.at.y += py / this.at.scale - py / scale;
    this.at.scale = scale;
    this.move(0, 0);
  }

  /** Render what is in sight, and only that. */
  apply() {
    const { x, y, scale } = this.at;
    const sight = makePlace(x, y, x + this.frame.width / scale, y + this.frame.height / scale);
    const [dx, dy] = [(this.origin.x - x) * scale, (this.origin.y - y) * scale];
    this.whole.setAttribute("transform", `translate(${dx} ${dy}) scale(${scale})`);
    this.isFar = scale < FAR;
    this.element.classList.toggle("far", this.isFar);
    this.element.parentElement.classList.toggle("whole", this.size.height * scale <= this.frame.height);
    for (const item of this.items) {
      const isSeen = item.place !== undefined && meet(item.place, sight);
      if (item.g && item.isSeen !== isSeen) {
        item.isSeen = isSeen;
        item.g.style.display = isSeen ? "" : "none";
      }
    }
    this.paint();
  }

  /** Bring places into sight, if they aren't all there; if they are too far apart, but their rims, the last. */
  show(places) {
    const { at } = this;
    const [width, height] = [this.frame.width / at.scale, this.frame.height / at.scale];
    let wanted = makePlace(
      Math.min(...places.map((place) => place.left)),
      Math.min(...places.map((place) => place.top)),
      Math.max(...places.map((place) => place.right)),
      Math.max(...places.map((place) => place.bottom)),
    );
    if (wanted.right - wanted.left > CUT * width || wanted.bottom - wanted.top > CUT * height) {
      wanted = places.at(-1);
    }
    wanted = cutRim(wanted, width, height);
    const here = makePlace(at.x, at.y, at.x + width, at.y + height);
    const best = this.findFullest(wanted, width, height);
    if (!holds(here, wanted) || this.measureBoxes(best) > FULLER * this.measureBoxes(here)) {
      Object.assign(at, { x: best.left, y: best.top });
      this.apply();
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
    const boxes = this.items.filter(({ nodes, place }) => nodes && place && holds(within, place));
    return boxes.reduce((sum, { place }) => sum + (place.right - place.left) * (place.bottom - place.top), 0);
  }
}

/** Return where a sight of some length begins, around a middle and within a whole that is longer. */
function findStart(middle, length, whole) {
  const [least, most] = [-RIM, whole + RIM - length];
  return least > most ? (whole - length) / 2 : Math.max(least, Math.min(most, middle - length / 2));
}

/** Return where a sight may begin that holds a part of a whole, the one with that in its middle first. */
function listStarts(from, to, length, whole) {
  const middle = findStart((from + to) / 2, length, whole);
  const least = Math.min(middle, Math.max(-RIM, to - length));
  const most = Math.max(middle, Math.min(whole + RIM - length, from));
  return [middle, ...Array.from({ length: TRIED + 1 }, (_, i) => least + ((most - least) * i) / TRIED)];
}

/** Return a start with which the middle of a sight is within a whole. */
function findNearest(start, length, whole) {
  return Math.max(-length / 2, Math.min(whole - length / 2, start));
}

/** Return the middle of a place, not larger than a size. */
function cutRim({ left, top, right, bottom }, width, height) {
  const [dx, dy] = [Math.max(0, right - left - width) / 2, Math.max(0, bottom - top - height) / 2];
  return makePlace(left + dx, top + dy, right - dx, bottom - dy);
}

function makePlace(left, top, right, bottom) {
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

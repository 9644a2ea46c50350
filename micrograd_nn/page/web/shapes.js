// How boxes, frames and arrows of a picture are drawn, as SVG whose size no font decides.

import { writeCurve } from "./composing.js";
import { setAttributes, svg } from "./plot.js";

const BOX = { width: 128, height: 82 };
const SPREAD = 18; // higher, where a box says from where to where its numbers go
const GROUP = { width: 164, height: 88 };
const CONSTANT = 30; // high
const INSET = 10; // between a box's border and its texts
const WIDE = 0.66; // of a letter's height is its width, at most, in any font that a page may have
const BOLD = 0.74;
const LEAST = 12.5; // a name's letters
const AFAR = { size: 11, least: 4.6 }; // pixels: letters in a small picture, and how narrow one may be

/** Return the size of a closed box. */
export function sizeBox({ isGroup, kind, name, isRepeated }) {
  if (isGroup) {
    return { width: GROUP.width, height: GROUP.height + (isRepeated ? SPREAD : 0) };
  }
  if (kind === "constant") {
    return { width: Math.max(40, Math.min(110, name.length * 15 * WIDE + 2 * INSET)), height: CONSTANT };
  }
  return { width: isRepeated ? 158 : BOX.width, height: BOX.height + (isRepeated ? 2 * SPREAD : 0) };
}

/** Draw a closed box with places for its texts: { g, value, gradient, caption, spreads, remark }; that is below it. */
export function drawBox({ x, y, width, height }, { id, kind, name, title, symbol, matrix, isGroup, isRepeated, times }) {
  const g = svg("g", { class: "node", id, transform: `translate(${x} ${y})` });
  if (kind === "root") {
    g.append(svg("rect", { class: "outer", x: -4, y: -4, width: width + 8, height: height + 8, rx: 11 }));
  }
  g.append(svg("rect", { class: "body", width, height, rx: 8 }), addTitle(title));
  if (kind === "constant") {
    g.append(write("name", name, width / 2, 20, 15, width - 2 * INSET, WIDE));
    return { g, spreads: [] };
  }
  const shape = matrix ? `${matrix.sums.length / matrix.examples} × ${matrix.columns}` : "";
  const beside = times > 1 ? `× ${times.toLocaleString("en")}` : (symbol ?? shape);
  const room = width - 2 * INSET - Math.min(70, beside.length * 15 * WIDE) - 6;
  const most = Math.max(3, Math.floor(room / (LEAST * BOLD)));
  g.append(
    write("name", shorten(name, most), INSET, 20, 15, room, BOLD), // a little smaller before any letter is left out
    " ",
    write("operation", shorten(beside, 7), width - INSET, 20, 15),
  );
  const [value, gradient] = [write("value", "", width - INSET, isGroup ? 43 : 46, 22), write("gradient", "", width - INSET, 0, 19)];
  const low = write("spread value", "", width - INSET, isGroup ? 60 : 62, 12.5);
  const lower = isGroup && isRepeated ? SPREAD : 0;
  gradient.setAttribute("y", isGroup ? 78 + lower : isRepeated ? 84 : 71);
  const high = write("spread gradient", "", width - INSET, 101, 12.5);
  const caption = write("caption", "", width - INSET, 61 + lower, 12.5);
  const remark = write("remark", "", width, height + 14, 13);
  const spreads = isRepeated ? [low, ...(isGroup ? [] : [high])] : []; // weights are those of all repetitions
  const texts = isGroup ? [value, ...spreads, caption, gradient, remark] : [value, gradient, remark, ...spreads];
  g.append(...texts.flatMap((text) => [" ", text])); // apart, too, for who hears them
  return { g, value, gradient, caption, remark, spreads, width, height, room: width - 2 * INSET };
}

/** Return the texts that are seen in a box, as one. */
export function readTexts(g) {
  return [...g.querySelectorAll("text:not(.afar)")].map((text) => text.textContent).filter(Boolean).join(" ");
}

/** Draw an open group: its border, and its name that closes it. */
export function drawFrame({ x, y, width, height }, { id, name, title, times }) {
  const g = svg("g", { class: "frame", id, transform: `translate(${x} ${y})` });
  const head = `− ${name}${times > 1 ? ` × ${times.toLocaleString("en")}` : ""}`;
  const button = svg("g", { class: "toggle", role: "button", tabindex: "0", "aria-expanded": "true", "aria-label": `Close ${head.slice(2)}` });
  button.append(
    svg("rect", { class: "grip", x: 4, y: 4, width: Math.min(width - 8, head.length * 15 * BOLD + 16), height: 26, rx: 6 }),
    write("name", head, 12, 22, 15),
    addTitle(title),
  );
  g.append(svg("rect", { class: "border", width, height, rx: 10 }), button);
  return { g };
}

/** Draw an arrow with places for its two texts; its head can be at either end. */
export function drawArrow(points, { id, isBack, hasTexts, isLabelAtTail }) {
  const g = svg("g", { class: "edge", id });
  const d = writeCurve(points, isBack);
  g.append(svg("path", { class: "hit", d }), svg("path", { class: "line", d }));
  const [start, end] = [points[0], points.at(-1)];
  g.append(
    svg("path", { class: "head ahead", d: `M${end.join(" ")}l-10 -4.5v9z` }),
    svg("path", { class: "head back", d: isBack ? `M${start.join(" ")}l-4.5 -10h9z` : `M${start.join(" ")}l10 -4.5v9z` }),
  );
  const [x, y] = findMiddle(points, isBack, isLabelAtTail);
  const places = isBack ? [[x - 3, y - 4], [x + 3, y - 4]] : [[x, y - 3], [x, y + 13]];
  const texts = hasTexts ? ["local", "share"].map((kind, i) => write(kind, "", ...places[i], 13)) : [];
  g.append(...texts);
  return { g, texts, middle: [x, y] };
}

/** Give a box a line within its border, which is double then. */
export function addLine({ g, width, height }) {
  const line = svg("rect", { class: "within", width, height, rx: 8 });
  g.querySelector(".body").after(line);
  return line;
}

/** Write a box's name so that it can be read in a picture at a small scale, "" where it has no room. */
export function writeFromAfar(box, scale) {
  const room = box.width * scale - 4; // pixels
  const most = box.height * scale < AFAR.size ? 0 : Math.floor(room / AFAR.least);
  const name = most < 3 ? "" : shorten(box.name, most);
  if (!box.afar && name) {
    box.afar = write("afar", "", box.width / 2, box.height / 2, AFAR.size);
    box.g.append(box.afar);
  }
  if (box.afar) {
    box.afar.textContent = name;
    setAttributes(box.afar, { "font-size": AFAR.size / scale, "stroke-width": 3 / scale, lengthAdjust: "spacingAndGlyphs" });
    box.afar.removeAttribute("textLength");
    if ([...name].length * AFAR.size * BOLD > room) {
      box.afar.setAttribute("textLength", room / scale);
    }
  }
}

/** Add a place for a number to an arrow that stands for several edges. */
export function addProduct({ g, middle: [x, y] }) {
  const text = write("product", "", x, y + 4, 13);
  g.append(text);
  return text;
}

/** Return a point on an arrow for its texts: on the first or the last part of its way. */
function findMiddle(points, isBack, isAtTail) {
  if (isBack) {
    return [(points[1][0] + points[2][0]) / 2, points[1][1]];
  }
  const ends = isAtTail ? points.slice(0, 3) : points.slice(-3).reverse();
  const isFlat = ends.length === 3 && ends[0][1] === ends[1][1] && ends[1][1] !== ends[2][1]; // within a column
  const [from, to] = isFlat ? ends.slice(1) : ends;
  return [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
}

/** Put a text that has room for so many pixels: smaller letters where it is long. */
export function fillText(text, content, room, size) {
  text.textContent = content;
  const fitting = Math.min(size, room / Math.max(1, content.length * WIDE));
  setAttributes(text, { "font-size": fitting.toFixed(1) });
}

function write(kind, content, x, y, size, room = Infinity, wide = WIDE) {
  const text = svg("text", { class: kind, x, y, "font-size": Math.min(size, room / Math.max(1, content.length * wide)) });
  text.textContent = content;
  return text;
}

function addTitle(text) {
  const title = svg("title");
  title.textContent = text;
  return title;
}

/** Return a name of so many letters at most, its middle left out. */
function shorten(name, most) {
  const letters = [...name];
  if (letters.length <= most) {
    return name;
  }
  const head = Math.ceil((most - 1) / 2);
  const tail = most - 1 - head;
  return `${letters.slice(0, head).join("")}…${tail ? letters.slice(-tail).join("") : ""}`;
}

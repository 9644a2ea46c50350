// How boxes, frames and arrows of a picture are drawn, as SVG whose size no font decides.

import { writeCurve } from "./composing.js";
import { setAttributes } from "./markup.js";
import { svg } from "./plot.js";

const BOX = { width: 140, height: 82 };
const SPREAD = 20; // higher, where a box says from where to where its numbers go
const GROUP = { width: 196, height: 92 };
const CONSTANT = 30; // high
const INSET = 10; // between a box's border and its texts
const WIDE = 0.66; // of a letter's height is its width, at most, in any font that a page may have
const BOLD = 0.74;
const NARROW = { " ": 0.34, ".": 0.34, "−": 0.86, "×": 0.86, "…": 1, "'": 0.3, i: 0.35, l: 0.35, f: 0.44, r: 0.48, s: 0.53, t: 0.46, ...Object.fromEntries([..."0123456789"].map((digit) => [digit, 0.64])) }; // or as wide, in a wide font
const LEAST = 12.5; // a name's letters
const LARGER = { least: 17.5, most: 20.5 }; // those of an operation, in a small picture
const AFAR = { size: 11, least: 4.6 }; // pixels: letters in a small picture, and how narrow one may be

/** Return the size of a closed box. */
export function sizeBox({ isGroup, kind, name, isRepeated }) {
  if (isGroup) {
    return { width: GROUP.width, height: GROUP.height + (isRepeated ? SPREAD : 0) };
  }
  if (kind === "constant") {
    return { width: Math.max(40, Math.min(110, 20 * measureLetters(name) + 2 * INSET)), height: CONSTANT };
  }
  return { width: isRepeated ? 188 : BOX.width, height: BOX.height + (isRepeated ? 2 * SPREAD : 0) };
}

/** Draw a closed box with places for its texts: { g, value, gradient, caption, spreads, remark, lines }. */
export function drawBox({ x, y, width, height }, { id, kind, name, title, symbol, matrix, isGroup, isRepeated, times }) {
  const g = svg("g", { class: "node", id, transform: `translate(${x} ${y})` });
  if (kind === "root") {
    g.append(svg("rect", { class: "outer", x: -4, y: -4, width: width + 8, height: height + 8, rx: 11 }));
  }
  g.append(svg("rect", { class: "body", width, height, rx: 8 }), svg("title", {}, title));
  if (kind === "constant") {
    g.append(write("name", name, width / 2, 20, 15, width - 2 * INSET, WIDE));
    return { g, spreads: [] };
  }
  const shape = matrix ? `${matrix.sums.length / matrix.examples} × ${matrix.columns}` : "";
  const beside = times > 1 ? `× ${times.toLocaleString("en")}` : (symbol ?? shape);
  const rest = (width - 2 * INSET - 4 - LARGER.most * measureLetters(name, BOLD)) / Math.max(0.3, measureLetters(beside));
  const operationRoom = Math.min(70, measureLetters(beside) * Math.max(LARGER.least, Math.min(LARGER.most, rest)));
  const room = width - 2 * INSET - operationRoom - 4;
  const most = Math.max(3, Math.floor(room / (LEAST * BOLD)));
  g.append(
    write("name", shorten(name, most), INSET, 20, 15, room, BOLD), // a little smaller before any letter is left out
    " ",
    write("operation", shorten(beside, 7), width - INSET, 20, 15, operationRoom),
  );
  const [value, gradient] = [write("value", "", width - INSET, isGroup ? 44 : 46, 22), write("gradient", "", width - INSET, 0, 19)];
  const low = write("spread value", "", width - INSET, isGroup ? 64 : 66, 12.5);
  const lower = isGroup && isRepeated ? SPREAD : 0;
  gradient.setAttribute("y", isGroup ? 84 + lower : isRepeated ? 88 : 71);
  const high = write("spread gradient", "", width - INSET, 108, 12.5);
  const caption = write("caption", "", width - INSET, 64 + lower, 12.5);
  const remark = write("remark", "", width - INSET, height - 5, 13);
  const spreads = isRepeated ? [low, ...(isGroup ? [] : [high])] : []; // weights are those of all repetitions
  const texts = isGroup ? [value, ...spreads, caption, gradient, remark] : [value, gradient, remark, ...spreads];
  g.append(...texts.flatMap((text) => [" ", text])); // apart, too, for who hears them
  const lines = (isGroup ? [] : isRepeated ? [value, low, gradient, high] : [value, gradient]).map((text) => [text, Number(text.getAttribute("y"))]);
  return { g, value, gradient, caption, remark, spreads, lines, width, height, room: width - 1.2 * INSET };
}

/** Write a remark as the last line of a box: the others move closer to its name, in a group it stands for the caption. */
export function writeRemark({ remark, caption, lines, room, height }, content) {
  const isNew = (remark.textContent === "") !== (content === "");
  fillText(remark, content, room, 13, BOLD);
  if (isNew && lines.length) {
    const step = (height - 43) / lines.length;
    lines.forEach(([text, y], i) => setAttributes(text, { y: content ? 38 + i * step : y }));
  } else if (isNew) {
    setAttributes(remark, { y: caption.getAttribute("y") });
    caption.style.display = content ? "none" : "";
  }
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
    svg("title", {}, title),
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
  const gap = svg("rect", { class: "gap", width: 0, height: 0 }); // in the line, where its texts are
  g.append(...(isBack ? [] : [gap]), ...texts);
  return { g, texts, gap, middle: [x, y] };
}

/** Place the two texts of an arrow around its middle, in letters of a size, and make room for them in its line. */
export function placeLabel({ texts, gap, middle: [x, y], isBack }, size) {
  const [local, share] = texts.map((text) => text.textContent);
  const key = `${size.toFixed(1)} ${local} ${share}`;
  if (isBack || gap.key === key) {
    return;
  }
  gap.key = key;
  const isBoth = local !== "" && share !== "";
  const width = size * Math.max(measureLetters(local), measureLetters(share));
  const height = size * (isBoth ? 2.3 : local || share ? 1.15 : 0);
  setAttributes(gap, { x: x - width / 2 - 3, y: y - height / 2, width: height && width + 6, height });
  setAttributes(texts[0], { y: isBoth ? y - 0.16 * size : y + 0.36 * size });
  setAttributes(texts[1], { y: isBoth ? y + 0.94 * size : y + 0.36 * size });
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
    sizeText(box.afar, AFAR.size / scale);
    setAttributes(box.afar, { "stroke-width": 3 / scale, lengthAdjust: "spacingAndGlyphs" });
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

/** Put a text into a width in pixels, if it isn't there already: smaller letters where it is long. */
export function fillText(text, content, room, size, wide = WIDE) {
  if (text.textContent !== content) {
    text.textContent = content;
    sizeText(text, size, room / Math.max(0.3, measureLetters(content, wide)));
  }
}

/** Return how wide a text is, at most, in letters of height one. */
function measureLetters(content, wide = WIDE) {
  return [...content].reduce((sum, letter) => sum + (NARROW[letter] ?? WIDE) * (wide / WIDE), 0);
}

/** Give a text letters of a size, larger in a small picture and never too large for their room. */
function sizeText(text, size, most = 99) {
  text.style.setProperty("--size", `${size.toFixed(1)}px`);
  text.style.setProperty("--most", `${most.toFixed(1)}px`);
}

function write(kind, content, x, y, size, room = Infinity, wide = WIDE) {
  const text = svg("text", { class: kind, x, y });
  fillText(text, content, Math.min(room, 999), size, wide);
  return text;
}

/** Return a name in a number of letters at most, its middle left out. */
function shorten(name, most) {
  const letters = [...name];
  if (letters.length <= most) {
    return name;
  }
  const head = Math.ceil((most - 1) / 2);
  const tail = most - 1 - head;
  return `${letters.slice(0, head).join("")}…${tail ? letters.slice(-tail).join("") : ""}`;
}

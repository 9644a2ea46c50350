// The picture in sight as a file: SVG with its styles in it, or PNG of that.

import { html } from "./markup.js";

const STYLES = [
  "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "paint-order", "opacity", "display",
  "font-family", "font-size", "font-weight", "text-anchor",
];
const MARGIN = 8; // pixels around what is drawn
const SHARP = 2; // dots a pixel of a PNG
const MOST_DOTS = 8192; // along one side: what browsers take

/** Return a drawing of the page as the text of an SVG of its own, all of it, as it looks now. */
function writePicture(svg) {
  const copy = svg.cloneNode(true);
  const [before, after] = [svg, copy].map((one) => [one, ...one.querySelectorAll("*")]);
  before.forEach((element, i) => {
    const style = getComputedStyle(element);
    const kept = STYLES.filter((name) => name !== "display" || style.display === "none");
    for (const { name } of [...after[i].attributes]) {
      if (/^(class|id|style|tabindex|role|aria-.*)$/.test(name)) {
        after[i].removeAttribute(name);
      }
    }
    for (const name of kept) { // as attributes: a page's policy allows no styles in its elements
      after[i].setAttribute(name, style.getPropertyValue(name));
    }
  });
  copy.querySelector("g").removeAttribute("transform");
  const { x, y, width, height } = svg.querySelector("g").getBBox();
  const box = [x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN];
  copy.setAttribute("viewBox", box.join(" "));
  copy.setAttribute("width", String(box[2]));
  copy.setAttribute("height", String(box[3]));
  const paper = document.createElementNS(copy.namespaceURI, "rect");
  ["x", "y", "width", "height"].forEach((name, i) => paper.setAttribute(name, String(box[i])));
  paper.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(paper);
  return new XMLSerializer().serializeToString(copy);
}

/** Save all of a picture, whatever of it is in sight, as a file, "svg" or "png". */
export function savePicture(picture, kind) {
  for (const item of picture.items.filter(({ g }) => g !== null)) {
    item.isSeen = true;
    item.g.style.display = "";
  }
  picture.sight.isFar = false; // where texts aren't written
  picture.element.classList.remove("far");
  picture.sight.whole.style.setProperty("--least", "0px"); // a file is as large as it is shown
  picture.paint();
  const text = writePicture(picture.sight.svg);
  picture.sight.apply();
  const blob = new Blob([text], { type: "image/svg+xml" });
  const offer = (file) => offerFile(file, `${document.title}.${kind}`);
  return kind === "png" ? paintPicture(text).then(offer) : offer(blob);
}

/** Return the promise of an SVG painted as a PNG. */
function paintPicture(text) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
  return image.decode().then(() => {
    const sharp = Math.min(SHARP, MOST_DOTS / image.width, MOST_DOTS / image.height);
    const canvas = html("canvas", { width: Math.ceil(image.width * sharp), height: Math.ceil(image.height * sharp) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  });
}

function offerFile(blob, name) {
  const link = html("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

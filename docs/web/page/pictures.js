// SVG pictures that a cell drew, boxed as docs/extensions/pictures.py does it at build.

const SMALLEST = 11; // pixels of letters that can be read
const PIXELS = { pt: 4 / 3, px: 1, "": 1 }; // of a unit
const FONT = /font-size\s*[:=]\s*["']?([\d.]+)/g;
const NO_WORDS = "A picture drawn by this cell";

export function makePicture(svg) {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const image = document.createElement("img");
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  image.alt = findWords(root);
  const box = document.createElement("span");
  box.className = "picture";
  box.style.setProperty("--narrowest", `${findNarrowest(root, svg)}px`);
  box.append(image);
  return box;
}

function findWords(root) {
  const parts = [...root.querySelectorAll(":scope > title, :scope > desc")];
  const words = parts.map((part) => part.textContent.trim()).join(" ");
  return (root.getAttribute("aria-label") || words).trim() || NO_WORDS;
}

// The width in pixels at which the smallest letters can just be read.
function findNarrowest(root, svg) {
  const across = root.viewBox.baseVal.width;
  const [, length, unit] = /^([\d.]+)(pt|px|)$/.exec(root.getAttribute("width") ?? "") ?? [];
  const width = length ? Number(length) * PIXELS[unit] : across;
  const sizes = [...svg.matchAll(FONT)].map((match) => Number(match[1]));
  if (sizes.length === 0 || !width) {
    return 0;
  }
  const smallest = Math.min(...sizes) * (across ? width / across : 1);
  return Math.round(width * Math.min(1, SMALLEST / smallest));
}

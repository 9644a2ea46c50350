// What a reader did in the book, kept in this browser alone: by page, guesses, edited cells, the place.

const KEY = "micrograd_nn.book";
export const VERSION = 1;

// Returns all that is kept: { version, pages: { name: { guesses, cells, count } }, place, runsCells }.
export function readKept() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return isKept(kept) ? kept : { version: VERSION, pages: {} };
  } catch { // no storage, or something else in it
    return { version: VERSION, pages: {} };
  }
}

// Tells whether something read from outside has the form of what is kept.
export function isKept(kept) {
  const isPlain = (x) => typeof x === "object" && x !== null && !Array.isArray(x);
  return isPlain(kept) && kept.version === VERSION && isPlain(kept.pages)
    && Object.values(kept.pages).every((page) => isPlain(page) && ["guesses", "cells"].every((part) => page[part] === undefined || isPlain(page[part])));
}

// Puts something in the place of all that is kept; where a browser keeps nothing, nothing happens.
export function writeKept(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // the page works as well
  }
}

// Changes what is kept of a page, as it is in the browser now: another tab may have written, too.
export function keepOfPage(name, change) {
  const kept = readKept();
  kept.pages[name] ??= {};
  change(kept.pages[name]);
  writeKept(kept);
}

// Returns the name of a page, such as learn/01-one-neuron: of that which is read, or of a link's.
export function namePage(href = location.href) {
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  return new URL(href).pathname.slice(root.pathname.length).replace(/\.html$/, "");
}

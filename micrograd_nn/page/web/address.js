// What stands behind the # of an address: the state of a page, such as x=2&broken=overwrite&step=7.
//
// Each part of a page adds its key, with how its state is written and read. Only what differs from how
// the page opened is written.

import { isolateTexts } from "./direction.js";
import { readNumber } from "./reading.js";
import { afterRest } from "./waiting.js";

const PAGE_KEYS = ["e", "epoch", "example", "surgery", "broken", "view", "repetition", "paths", "path", "step", "quiz", "present"];
const LONGEST_LINK = 32_000; // characters: what every browser takes
const LEGIBLE = { "%2B": "+", "%2F": "/", "%2C": "," }; // which mean nothing else in an address
const REST = 250; // milliseconds before the address is written: many changes are slow, or refused
const SHARED = ["http:", "https:", "file:"]; // of addresses that somebody else can open
const MOST_TOLD = 5; // parts that can't be used
const LONGEST_TOLD = 40; // characters of one

/** Return the key of an input: its name, with a dot where it would be taken for a key of pages. */
export function keyOfInput(name) {
  return PAGE_KEYS.includes(name) || name.startsWith(".") ? `.${name}` : name;
}

/** Return the name of the input that a key is of; null for a key of pages. */
export function inputOfKey(key) {
  if (PAGE_KEYS.includes(key)) {
    return null;
  }
  return key.startsWith(".") ? key.slice(1) : key;
}

/** Return keys and texts as they stand in an address; an empty text is a key alone. */
export function writeState(entries) {
  return entries.map((entry) => entry.filter((text, i) => i === 0 || text !== "").map(encode).join("=")).join("&");
}

/** Return the texts by key, and the parts that can't be read; of two with one key the first counts. */
export function readState(written) {
  const [state, unread] = [new Map(), []];
  for (const part of written.split("&").filter(Boolean)) {
    const at = part.includes("=") ? part.indexOf("=") : part.length;
    try {
      const key = decodeURIComponent(part.slice(0, at));
      state.set(key, state.get(key) ?? decodeURIComponent(part.slice(at + 1)));
    } catch { // of what isn't percent-encoding
      unread.push(part);
    }
  }
  return { state, unread };
}

/** Return a number as an address has it; readExactly gives the same again. */
export function spellNumber(x) {
  if (Number.isFinite(x)) {
    return Object.is(x, -0) ? "-0" : String(x);
  }
  return Number.isNaN(x) ? "nan" : `${x < 0 ? "-" : ""}inf`;
}

/** Return the number that an address has, null for none, and for one beyond the largest. */
export function readExactly(text) {
  const number = readNumber(text);
  return number !== null && Math.abs(number) === Infinity && /\d/.test(text) ? null : number;
}

/** Return an address without its state. */
export function stripState(address) {
  return address.replace(/#.*/s, "");
}

/** Return an address with a state behind it; null if it is too long for browsers. */
export function joinState(address, written) {
  const link = stripState(address) + (written && `#${written}`);
  return link.length > LONGEST_LINK ? null : link;
}

/** Say which parts of an address can't be used: pairs of what stands there and why. */
export function describeUnusable(unusable) {
  const told = unusable.slice(0, MOST_TOLD).map(([part, why]) => {
    const short = part.length > LONGEST_TOLD ? `${part.slice(0, LONGEST_TOLD)}…` : part;
    return `${isolateTexts(short)} (${why})`;
  });
  const more = unusable.length > MOST_TOLD ? `; and ${unusable.length - MOST_TOLD} more` : "";
  return told.length ? `Not all of the link can be used: ${told.join("; ")}${more}.` : "";
}

function encode(text) {
  return encodeURIComponent(text)
    .replace(/[!']/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    .replace(/%2[BFC]/g, (code) => LEGIBLE[code]);
}

/**
 * The state of this page, in its address.
 *
 * `settled()` is called after a state was taken over, `tell(words)`, a property, with what can't be
 * used of one.
 */
export class Address {
  constructor(settled = () => {}) {
    this.settled = settled;
    this.tell = () => {};
    this.parts = new Map(); // by key: { write, read, imply, opened }
    this.writeSoon = afterRest(() => this.write(), REST);
  }

  /** Whether somebody else can open this page at its address; a frame may have none. */
  get isShared() {
    return SHARED.includes(location.protocol);
  }

  /** The address of this page as it is now, null if that is too long. */
  get link() {
    return joinState(location.href, this.writeParts());
  }

  /**
   * Add a part: `write()` returns its state as a text, `read(text)` takes over such a text.
   *
   * What `read` returns, if anything, says why it can't; then the part stays as it was. They are read in the order
   * in which they were added. An address without a part leaves it as the page opened, or as
   * `imply(state)` says, if that is a text, of the parts before it.
   */
  add(key, { write, read, imply = () => undefined }) {
    this.parts.set(key, { write, read, imply });
  }

  /** Remember how the page opened, and follow the address from now on. */
  begin() {
    for (const part of this.parts.values()) {
      part.opened = part.write();
    }
    window.addEventListener("hashchange", () => this.follow());
    if (location.hash.length > 1) {
      this.follow();
    }
    this.writeSoon.cancel();
  }

  writeParts() {
    const state = new Map();
    for (const [key, { write, imply, opened }] of this.parts) {
      const text = write();
      if (text !== opened || text !== (imply(state) ?? text)) {
        state.set(key, text);
      }
    }
    return writeState([...state]);
  }

  /** Write the state, where the page has an address; a page that shows it in a frame hears of that. */
  write() {
    const { link } = this;
    if (location.protocol === "about:" || link === null) {
      return;
    }
    try {
      history.replaceState(null, "", link);
    } catch { // too many in a while, for some browsers: the next one tells all
      return;
    }
    window.dispatchEvent(new Event("addresschange"));
  }

  /** Take over the state of the address, and what isn't in it as the page opened. */
  follow() {
    const written = location.hash.slice(1);
    if (document.getElementById(written) && !this.parts.has(written)) { // a place, and no state
      return;
    }
    this.writeSoon.cancel();
    const isLong = written.length > LONGEST_LINK;
    const { state, unread } = readState(isLong ? "" : written);
    const unusable = isLong
      ? [[written, `longer than the ${LONGEST_LINK} letters that a link may have`]]
      : unread.map((part) => [part, "a % that stands for nothing"]);
    for (const [key, part] of this.parts) {
      const text = state.get(key) ?? part.imply(state) ?? part.opened;
      const why = text === part.write() ? "" : part.read(text);
      if (why) {
        unusable.push([writeState([[key, text]]), why]);
      }
    }
    for (const [key, text] of state) {
      if (!this.parts.has(key)) {
        const isKey = inputOfKey(key) === null;
        unusable.push([writeState([[key, text]]), isKey ? "not of this page" : "the page has no input of this name"]);
      }
    }
    this.settled();
    this.tell(describeUnusable(unusable));
  }
}

// The player of player.html: a slider, buttons and keys lead through a sequence of steps.

import { byId, wantsCalm, whenPressed } from "./markup.js";

const KEYS = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", " ": "play" };
const CALM = 1000; // milliseconds a step at least, where that is asked for
const TYPING = 1000; // milliseconds within which another digit belongs to the same number

/**
 * Moves among the steps 0 to `count`, and calls `show(step)` at each.
 *
 * A page says what it calls a step (`word`), which numbers its steps have, if others than their own
 * (`numberOf`, `stepOf`), and how many milliseconds one takes at each of the speeds (`paces`). `moved()`
 * is called when it came to rest at another step. `reveal()` may show more of the step instead of going
 * on to the next one; it tells whether it did.
 */
export class Player {
  constructor({ count, word, paces, show, moved, reveal = () => false, numberOf = (step) => step, stepOf = (number) => number }) {
    Object.assign(this, { word, paces, show, moved, reveal, numberOf, stepOf, step: 0, timer: null, typed: "", typedAt: -Infinity });
    this.slider = byId("slider");
    this.speed = byId("speed");
    byId("player").setAttribute("aria-label", `Move through the ${word}s`);
    this.slider.setAttribute("aria-label", word[0].toUpperCase() + word.slice(1));
    byId("back").title = `One ${word} back (left arrow)`;
    byId("next").title = `One ${word} on (right arrow)`;
    this.resize(count);
    this.listen();
  }

  listen() {
    const acts = {
      first: () => this.moveByHand(0),
      back: () => this.moveByHand(this.step - 1),
      next: () => this.goOn(),
      last: () => this.moveByHand(this.count),
      play: () => this.toggle(),
    };
    Object.entries(acts).forEach(([id, act]) => whenPressed(id, act));
    whenPressed("skip", () => byId("next").focus());
    this.slider.addEventListener("input", () => this.moveByHand(Number(this.slider.value)));
    this.speed.addEventListener("change", () => {
      if (this.timer !== null) {
        this.pause();
        this.play();
      }
    });
    document.addEventListener("keydown", (event) => {
      const isPlain = !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
      if (isPlain && event.key in KEYS && !ownsKey(event.target, event.key)) {
        event.preventDefault();
        acts[KEYS[event.key]]();
      }
    });
  }

  /** Begin at the step that was asked for, if not null, else at another, from which playing begins at 0. */
  begin(asked, step = 0) {
    this.isFresh = asked === null;
    this.goTo(asked ?? step);
  }

  /** Take over another number of steps. */
  resize(count) {
    this.count = count;
    this.slider.max = String(count);
    byId("count").textContent = String(this.numberOf(count));
  }

  goTo(step) {
    this.step = Math.max(0, Math.min(this.count, step));
    const number = this.numberOf(this.step);
    this.slider.value = String(this.step);
    this.slider.setAttribute("aria-valuetext", `${this.word} ${number} of ${this.numberOf(this.count)}`);
    byId("position").textContent = String(number);
    this.show(this.step);
  }

  moveByHand(step) {
    this.pause();
    this.isFresh = false;
    this.goTo(step);
    this.moved();
  }

  /** Go to the step of a number that is typed digit by digit. */
  type(digit) {
    const now = performance.now();
    this.typed = now - this.typedAt < TYPING ? this.typed + digit : digit;
    this.typedAt = now;
    this.moveByHand(this.stepOf(Number(this.typed)));
  }

  /** Go to the next step by hand, or show the rest of this one. */
  goOn() {
    if (this.reveal()) {
      this.pause();
    } else {
      this.moveByHand(this.step + 1);
    }
  }

  /** Play from here, from the beginning if this is the end; or pause. */
  toggle() {
    if (this.timer !== null) {
      this.pause();
      this.moved();
      return;
    }
    if (this.step === this.count || this.isFresh) {
      this.goTo(0);
    }
    this.isFresh = false;
    this.play();
  }

  play() {
    const pace = this.paces[this.speed.selectedIndex];
    byId("play").textContent = "Pause";
    this.timer = setInterval(() => {
      if (this.reveal()) {
        return;
      }
      this.goTo(this.step + 1);
      if (this.step === this.count) {
        this.pause();
        this.moved();
      }
    }, Math.max(pace, wantsCalm() ? CALM : 0));
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    byId("play").textContent = "Play";
  }

  /** Return the step as a part of an address. */
  get part() {
    return { write: () => String(this.numberOf(this.step)), read: (text) => this.read(text) };
  }

  /** Go to the step whose number an address has; return why not, if so. */
  read(text) {
    if (!/^\d+$/.test(text)) {
      return `no ${this.word}`;
    }
    this.pause();
    this.isFresh = false;
    const [number, last] = [Number(text), this.numberOf(this.count)];
    this.goTo(number > last ? this.count : this.stepOf(number));
    return number > last ? `the last ${this.word} is ${last}` : "";
  }
}

/** Tell whether an element uses a key for itself. */
export function ownsKey({ tagName, type, id }, key) {
  if (id === "formula") { // which has the focus only where it is too wide
    return key.startsWith("Arrow");
  }
  if (/^[\p{L}\d?]$/u.test(key)) {
    return tagName === "SELECT" || (tagName === "INPUT" && type !== "range" && type !== "checkbox");
  }
  if (tagName === "INPUT") {
    return key === " " ? type !== "range" : type !== "checkbox";
  }
  return tagName === "SELECT" || (key === " " && (tagName === "BUTTON" || tagName === "SUMMARY"));
}

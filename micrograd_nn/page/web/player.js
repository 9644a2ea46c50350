// Stepping through a sequence: buttons, keys, a slider, a play button, and the address.

const KEYS = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", " ": "play" };

const MOVES_LESS = "(prefers-reduced-motion: reduce)";
const CALM = 1000; // milliseconds a step at least, where that is asked for
const REST = 250; // milliseconds before the address tells the step: many changes are slow, or refused

/**
 * Moves among the steps 0 to `count`, and calls `shown(step)` at each.
 *
 * What a step is called, and which number it has, may be told: { word, numberOf, stepOf }.
 */
export class Player {
  constructor(count, shown, told = {}) {
    this.shown = shown;
    this.told = { word: "step", numberOf: (step) => step, stepOf: (number) => number, ...told };
    this.step = 0;
    this.timer = null;
    const $ = (id) => document.getElementById(id);
    this.elements = {
      slider: $("slider"),
      play: $("play"),
      speed: $("speed"),
      position: $("position"),
      count: $("count"),
    };
    this.resized(count);
    const acts = {
      first: () => this.byHand(0),
      back: () => this.byHand(this.step - 1),
      next: () => this.byHand(this.step + 1),
      last: () => this.byHand(this.count),
      play: () => this.toggle(),
    };
    for (const [id, act] of Object.entries(acts)) {
      $(id).addEventListener("click", act);
    }
    this.elements.slider.addEventListener("input", () => this.byHand(Number(this.elements.slider.value)));
    this.elements.speed.addEventListener("change", () => {
      if (this.timer !== null) {
        this.pause();
        this.toggle();
      }
    });
    document.addEventListener("keydown", (event) => {
      const isPlain = !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
      if (isPlain && event.key in KEYS && !ownsKey(event.target, event.key)) {
        event.preventDefault();
        acts[KEYS[event.key]]();
      }
    });
    window.addEventListener("hashchange", () => this.fromAddress());
  }

  /** Begin at the step of the address, or at another, from which playing begins at the beginning. */
  begin(step = 0) {
    if (!this.fromAddress()) {
      this.isFresh = true;
      this.goto(step);
    }
  }

  /** Take over another number of steps. */
  resized(count) {
    this.count = count;
    this.elements.slider.max = String(count);
    this.elements.count.textContent = String(this.told.numberOf(count));
  }

  byHand(step) {
    this.pause();
    this.isFresh = false;
    this.goto(step);
    this.note();
  }

  /** Let the address tell the step, in a moment. */
  note() {
    clearTimeout(this.noting);
    this.noting = setTimeout(() => {
      history.replaceState(null, "", `#${this.told.word}=${this.told.numberOf(this.step)}`);
    }, REST);
  }

  goto(step) {
    this.step = Math.max(0, Math.min(this.count, step));
    this.elements.slider.value = String(this.step);
    const { word, numberOf } = this.told;
    const number = numberOf(this.step);
    this.elements.slider.setAttribute("aria-valuetext", `${word} ${number} of ${numberOf(this.count)}`);
    this.elements.position.textContent = String(number);
    this.shown(this.step);
  }

  /** Play from here, from the beginning if this is the end; or pause. */
  toggle() {
    if (this.timer !== null) {
      this.pause();
      this.note();
      return;
    }
    if (this.step === this.count || this.isFresh) {
      this.goto(0);
    }
    this.isFresh = false;
    this.elements.play.textContent = "Pause";
    this.timer = setInterval(() => {
      this.goto(this.step + 1);
      if (this.step === this.count) {
        this.pause();
        this.note();
      }
    }, Math.max(Number(this.elements.speed.value), matchMedia(MOVES_LESS).matches ? CALM : 0));
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.elements.play.textContent = "Play";
  }

  inAddress() {
    const found = /^#(\w+)=(\d+)$/.exec(location.hash);
    return found?.[1] === this.told.word ? Math.min(this.count, this.told.stepOf(Number(found[2]))) : null;
  }

  fromAddress() {
    const step = this.inAddress();
    if (step !== null) {
      clearTimeout(this.noting);
      this.pause();
      this.goto(step);
    }
    return step !== null;
  }
}

/** Tell whether an element uses a key for itself. */
function ownsKey({ tagName, type }, key) {
  if (tagName === "INPUT") {
    return key === " " ? type !== "range" : type !== "checkbox";
  }
  return tagName === "SELECT" || (key === " " && (tagName === "BUTTON" || tagName === "SUMMARY"));
}

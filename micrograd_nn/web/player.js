// Stepping through a sequence: buttons, keys, a slider, a play button, and the address.

const KEYS = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", " ": "play" };

/** Moves among the steps 0 to `count`, and calls `shown(step)` at each. */
export class Player {
  constructor(count, shown) {
    this.shown = shown;
    this.step = 0;
    this.timer = null;
    const $ = (id) => document.getElementById(id);
    this.elements = { slider: $("slider"), play: $("play"), speed: $("speed"), position: $("position"), count: $("count") };
    this.buttons = { first: $("first"), back: $("back"), next: $("next"), last: $("last") };
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

  /** Begin at the step of the address, or at the beginning. */
  begin() {
    if (!this.fromAddress()) {
      this.goto(0);
    }
  }

  /** Take over another number of steps. */
  resized(count) {
    this.count = count;
    this.elements.slider.max = String(count);
    this.elements.count.textContent = String(count);
  }

  byHand(step) {
    this.pause();
    this.goto(step);
    if (this.step !== this.inAddress()) {
      history.replaceState(null, "", `#step=${this.step}`);
    }
  }

  goto(step) {
    this.step = Math.max(0, Math.min(this.count, step));
    this.elements.slider.value = String(this.step);
    this.elements.slider.setAttribute("aria-valuetext", `step ${this.step} of ${this.count}`);
    this.elements.position.textContent = String(this.step);
    this.shown(this.step);
  }

  /** Play from here, from the beginning if this is the end; or pause. */
  toggle() {
    if (this.timer !== null) {
      this.pause();
      return;
    }
    if (this.step === this.count) {
      this.goto(0);
    }
    this.elements.play.textContent = "Pause";
    this.timer = setInterval(() => {
      this.goto(this.step + 1);
      if (this.step === this.count) {
        this.pause();
      }
    }, Number(this.elements.speed.value));
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.elements.play.textContent = "Play";
  }

  inAddress() {
    const found = /^#step=(\d+)$/.exec(location.hash);
    return found ? Math.min(this.count, Number(found[1])) : null;
  }

  fromAddress() {
    const step = this.inAddress();
    if (step !== null) {
      this.pause();
      this.goto(step);
    }
    return step !== null;
  }
}

/** Tell whether an element uses a key for itself. */
function ownsKey(element, key) {
  const kind = element.tagName;
  return kind === "SELECT" || kind === "TEXTAREA" || (kind === "INPUT" && element.type !== "checkbox") ||
    (key === " " && (kind === "BUTTON" || kind === "INPUT" || kind === "SUMMARY"));
}

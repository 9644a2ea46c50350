// Presenting: the step alone, as large as it gets, and its result asked for before it is shown.

import { byId } from "./markup.js";
import { LETTERS } from "./sight.js";

const FULL = 0.92; // of the frame, for what is shown
const SCALES = { least: 1, most: 2 };
const HALL = 24; // pixels: letters that a last row reads
const IN_HALL = "(width >= 64rem) and (height > 40rem)";

/**
 * Presents the steps of passes in their picture.
 *
 * `changed(isResized)` is told when that begins or ends, or more is shown.
 */
export class Presenter {
  constructor(passes, picture, changed) {
    Object.assign(this, { passes, picture, changed, isOn: false, isInHall: false, asks: false, isHiding: false });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOn && !byId("menu").open) {
        if (document.body.classList.contains("black")) {
          this.darken();
        } else {
          this.set(false);
        }
      }
    });
  }

  /** Begin to present, or end it. */
  set(isOn) {
    Object.assign(this, { isOn, asks: false, isHiding: false });
    document.body.classList.toggle("present", isOn);
    this.isInHall = isOn && matchMedia(IN_HALL).matches;
    this.picture.sight.isSteady = this.isInHall;
    this.picture.sight.letters = this.isInHall ? HALL : LETTERS;
    document.body.classList.remove("black");
    if (!isOn && document.fullscreenElement) {
      document.exitFullscreen();
    }
    byId("present").textContent = isOn ? "End presenting" : "Present";
    this.changed(true);
  }

  /** Let the hall look at the speaker: a black screen, or the step again. */
  darken() {
    document.body.classList.toggle("black", this.isOn && !document.body.classList.contains("black"));
  }

  /** Fill the screen, or no more; where that isn't allowed, nothing happens. */
  fillScreen() {
    if (this.isOn) {
      (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => {});
    }
  }

  /** Ask before each step from now on, or no more. */
  toggleAsking() {
    if (this.isOn) {
      this.asks = !this.asks;
      this.hide();
      this.changed(false);
    }
  }

  /** Hide the result of the step, where that is asked for. */
  hide() {
    const { fact } = this.passes;
    this.isHiding = this.asks && fact !== undefined && fact.kind !== "seed" && fact.share !== null;
  }

  /** Show what was hidden; tell whether something was. */
  reveal() {
    const wasHiding = this.isHiding;
    if (wasHiding) {
      this.isHiding = false;
      this.changed(false);
    }
    return wasHiding;
  }

  /** Return what passes keep to themselves while a result is hidden, null for nothing. */
  get guessing() {
    const { node, position } = this.passes.fact ?? {};
    return this.isHiding ? { hides: "number", secrets: new Set([`${node}-${position}`]), isOver: false } : null;
  }

  /** Bring the step with all that it is made from into sight, as large as that gets at each step of a hall. */
  follow() {
    const { picture, passes: { nodes, fact } } = this;
    const { sight } = picture;
    sight.zoom(this.findScale() / sight.at.scale);
    const leaves = nodes.map((_, node) => node).filter((node) => nodes[node].kind === "leaf");
    const operands = fact ? [...nodes[fact.node].inputs, fact.node, ...(fact.kind === "share" ? [fact.input] : [])] : leaves.reverse();
    sight.show(this.findPlaces(operands));
  }

  findPlaces(some) {
    const { boxOf, repeats } = this.picture;
    return [...new Set(some.map((node) => boxOf.get(repeats.stands[node])?.place))].filter(Boolean);
  }

  /** Return the one scale at which each step is in sight, as far as letters are large enough there. */
  findScale() {
    const { picture: { sight, boxes }, passes: { nodes } } = this;
    const { width, height } = sight.frame;
    const scales = [...new Set(boxes.flatMap(({ stands }) => stands))].filter((node) => nodes[node].inputs.length).map((node) => {
      const places = this.findPlaces([...nodes[node].inputs, node]);
      const span = (from, to) => Math.max(1, Math.max(...places.map((place) => place[to])) - Math.min(...places.map((place) => place[from])));
      return FULL * Math.min(width / span("left", "right"), height / span("top", "bottom"));
    });
    return Math.max(SCALES.least, Math.min(SCALES.most, Math.max(sight.fitting, Math.min(...scales))));
  }

  /** How it stands in an address: `present`, or nothing. */
  get part() {
    return {
      write: () => (this.isOn ? "" : "off"),
      read: (text) => {
        this.set(text !== "off");
      },
    };
  }
}

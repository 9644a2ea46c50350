// Presenting: the step alone, as large as it gets, and its result asked for before it is shown.

import { byId } from "./markup.js";

const FULL = 0.9; // of the frame, for what is shown

/**
 * Presents the steps of passes in their picture.
 *
 * `changed(isResized)` is told when that begins or ends, or more is shown.
 */
export class Presenter {
  constructor(passes, picture, changed) {
    Object.assign(this, { passes, picture, changed, isOn: false, asks: false, isHiding: false });
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

  /** Bring the step and one neighbour on each side into sight, as large as they get. */
  follow() {
    const { passes } = this;
    const { boxOf, repeats, sight } = this.picture;
    const { nodes, fact } = passes;
    const [above, below] = fact ? [fact.node, fact.input ?? fact.node] : [passes.graph.root, passes.graph.root];
    const user = nodes.findIndex(({ inputs }) => inputs.includes(above));
    const shown = [above, below, ...(user < 0 ? [] : [user]), ...nodes[below].inputs.slice(0, 1)];
    const places = shown.map((node) => boxOf.get(repeats.stands[node])?.place).filter(Boolean);
    if (places.length) {
      const width = Math.max(...places.map(({ right }) => right)) - Math.min(...places.map(({ left }) => left));
      const height = Math.max(...places.map(({ bottom }) => bottom)) - Math.min(...places.map(({ top }) => top));
      const wanted = FULL * Math.min(sight.frame.width / width, sight.frame.height / height);
      sight.zoom(wanted / sight.at.scale);
      sight.show(places);
    }
  }

  /** How it stands in an address: `present`, or nothing. */
  get part() {
    return {
      write: () => (this.isOn ? "" : "off"),
      read: (text) => {
        this.set(text !== "off");
        return "";
      },
    };
  }
}

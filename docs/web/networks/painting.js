// When the playground for networks draws, and in which colours: before each frame, with whatever weights came last.

import { readColours } from "../../../micrograd_nn/extras/train/pages/web/marks.js";
import { byId } from "../../../micrograd_nn/page/web/markup.js";
import { afterRest, beforeNextFrame, whenWidened } from "../../../micrograd_nn/page/web/waiting.js";

const CURVE_REST = 150; // milliseconds between two drawings of the losses, and of which examples are wrong
const CALM_REST = 700; // … of everything, where motion is reduced

export class Painting {
  #curve = 0; // when the losses were drawn last
  #all = 0; // … and everything

  // `owner` is the playground.
  constructor(owner) {
    this.owner = owner;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.paintSoon = beforeNextFrame(() => this.paint());
    const recolour = () => {
      this.colours = readColours(byId("networks"));
      this.paintSoon();
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
    new MutationObserver(recolour).observe(document.body, { attributeFilter: ["data-theme"] });
    recolour();
    whenWidened(afterRest(() => this.redraw()));
  }

  // Paints all before the next frame, whatever was painted last.
  hurry() {
    this.#curve = 0;
    this.#all = 0;
    this.paintSoon();
  }

  // Draws all again, for the width that there is.
  redraw() {
    const { owner } = this;
    if (owner.running) {
      owner.drawing.draw();
      owner.plane.draw();
      this.#curve = 0;
      this.#all = 0;
      this.paint();
    }
  }

  paint() {
    const { owner } = this;
    if (!owner.running) {
      return;
    }
    const isOn = owner.training.isOn;
    const now = performance.now();
    if (isOn && this.calm.matches && now - this.#all < CALM_REST) {
      return;
    }
    this.#all = now;
    const isDue = !isOn || now - this.#curve > CURVE_REST;
    owner.drawing.paint(owner.forward.weights, this.colours);
    owner.plane.paint(this.colours, isOn, isDue);
    if (isDue) {
      this.#curve = now;
      owner.losses.draw();
    }
  }
}

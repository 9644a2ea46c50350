// Dots that run along the edges of a step as it is taken: numbers forward, a share back.

import { setAttributes, wantsCalm } from "./markup.js";
import { animate } from "./moving.js";
import { svg } from "./plot.js";

const RUN = 400; // milliseconds
const MOST_RUNNING = 24; // at once

/** Runs dots in a layer of a picture, from one step to the next; for who wants less motion it doesn't. */
export class Dots {
  constructor(layer) {
    this.layer = layer;
    this.end();
  }

  /** Run along the edges of the step that passes came to from the one before; `findArrows(keys)` are drawn. */
  follow(passes, findArrows) {
    const stop = passes.findStop(passes.step);
    const isNext = stop === this.stop + 1;
    if (stop === this.stop) {
      return;
    }
    this.stop = stop;
    this.end();
    const { marked } = passes;
    if (isNext && marked && marked.kind !== "seed" && !wantsCalm()) {
      const isBack = marked.kind === "share";
      const positions = isBack ? [marked.position] : passes.nodes[marked.node].inputs.keys();
      const keys = new Set(Array.from(positions, (position) => `${marked.node}-${position}`));
      this.run(findArrows(keys).slice(0, MOST_RUNNING), isBack);
    }
  }

  run(arrows, isBack) {
    const dots = arrows.map((arrow) => {
      const dot = svg("circle", { class: isBack ? "dot back" : "dot", r: 6 });
      return { arrow, dot, line: arrow.g.querySelector(".line") };
    });
    const paint = (part) => {
      for (const { dot, line } of dots.filter(({ arrow }) => arrow.isSeen)) {
        const { x, y } = line.getPointAtLength(line.getTotalLength() * (isBack ? 1 - part : part));
        setAttributes(dot, { cx: x.toFixed(1), cy: y.toFixed(1) });
      }
      if (part === 1) {
        this.end();
      }
    };
    this.dots = dots.map(({ dot }) => dot);
    this.layer.append(...this.dots);
    paint(0);
    this.still = animate(RUN, paint);
  }

  end() {
    this.still?.();
    this.dots?.forEach((dot) => dot.remove());
    this.dots = [];
  }
}

// The gradients of the mean loss by a network's weights, for its drawing: which layers learn, which starve.

import { byId } from "../../../../page/web/markup.js";
import { formatNumber } from "../../../../page/web/numbers.js";

/** Computes the gradients at a step while a box is checked; `changed()` is told of the box. */
export class Averages {
  constructor(gradients, prediction, replay, changed) {
    Object.assign(this, { gradients, prediction, replay, step: null });
    this.box = byId("as-gradients");
    this.box.addEventListener("change", changed);
  }

  /** Return the gradient by each parameter at a step; null where weights are to be shown, or there is none. */
  at(step) {
    if (!this.box.checked) {
      return null;
    }
    if (this.step !== step) {
      this.step = step;
      this.found = this.gradients.average(this.prediction, this.replay.weights(step));
    }
    return this.found;
  }

  /** Say how large the gradients of each layer's weights are, on average. */
  tell(step, layers) {
    const found = this.at(step);
    const sizes = layers.map(({ neurons }, i) => {
      const places = neurons.flatMap(({ w }) => w);
      return `layer ${i + 1} ${formatNumber(found ? places.reduce((sum, place) => sum + Math.abs(found[place]), 0) / places.length : null)}`;
    });
    byId("averages").textContent = this.box.checked ? `The mean size of a weight's gradient: ${sizes.join(", ")}.` : "";
    byId("averages").hidden = !this.box.checked;
  }
}

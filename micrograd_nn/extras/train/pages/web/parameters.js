// The table of the parameters that differ most from the start, of a model that isn't drawn.

import { byId } from "../../../../page/web/markup.js";
import { makeWeightRow, WeightTable } from "./weights.js";

const MOST_LISTED = 20;

/** Lists the parameters of a replay. */
export class Parameters {
  constructor(replay) {
    this.replay = replay;
    this.table = new WeightTable(byId("parameters"), "Name");
    const { length } = replay.parameters;
    byId("of-parameters").textContent =
      length > MOST_LISTED ? `Of ${length} parameters, the ${MOST_LISTED} that differ most from the start.` : "";
  }

  /** Show the weights at a step. */
  paint(step) {
    const { parameters } = this.replay;
    const [weights, first] = [this.replay.weights(step), this.replay.weights(0)];
    const size = (i) => Math.abs(weights[i] - first[i]);
    const order = parameters.map((_, i) => i).sort((i, j) => size(j) - size(i));
    const listed = order.slice(0, MOST_LISTED).sort((i, j) => i - j);
    this.table.show(listed.map((i) => makeWeightRow(parameters[i], weights[i], first[i])));
  }
}

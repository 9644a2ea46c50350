// Tables of weights: each with its name, its number, and how far that is from the start.

import { byId, html } from "../../../../page/web/markup.js";
import { formatNumber } from "../../../../page/web/numbers.js";

const MOST_LISTED = 20;

/** A table with a heading for the names, to stand last in a section. */
export class WeightTable {
  constructor(section, heading) {
    this.body = html("tbody");
    const heads = [heading, "Weight", "Since the start"].map((text) => html("th", { scope: "col" }, text));
    const table = html("table", {}, html("thead", {}, html("tr", {}, ...heads)), this.body);
    section.append(html("div", { class: "list", tabindex: "0", role: "group", "aria-label": "Table of weights" }, table));
  }

  /** Show these rows. */
  show(rows) {
    this.body.replaceChildren(...rows);
  }
}

/** Return the row of a weight; `kind` is a class for its number. */
export function makeWeightRow(name, weight, first, kind = null) {
  return html("tr", {},
    html("th", { scope: "row", dir: "auto" }, name),
    html("td", { class: kind }, formatNumber(weight)),
    html("td", {}, formatNumber(weight - first)));
}

/** Lists the parameters of a replay that differ most from the start, of a model that isn't drawn. */
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

// The table of weights: each with its name, its number, and how far that is from the start.

import { html } from "../../../../page/web/markup.js";
import { formatNumber } from "../../../../page/web/numbers.js";

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

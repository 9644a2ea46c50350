// The choice of an example: a row of the data set, whose numbers the leaves that hold it take over.

import { byId, html } from "./markup.js";
import { formatNumber } from "./numbers.js";

/** Offer the rows of a data set; `choose()` is told when another one is chosen. */
export function offerExamples(rows, isFixed, choose) {
  byId("example-label").hidden = rows.length === 0;
  byId("example").disabled = isFixed;
  byId("example").append(
    html("option", { value: "" }, "as recorded"),
    ...rows.map((row, i) =>
      html("option", { value: i }, `${i + 1}: ${row.map((x) => formatNumber(Number(x))).join(", ")}`),
    ),
  );
  byId("example").addEventListener("change", choose);
}

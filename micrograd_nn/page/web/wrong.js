// What a broken engine gets wrong, in words.

import { byId } from "./markup.js";
import { formatApart } from "./numbers.js";

const MOST_WRONG = 6; // nodes that are named

const SHARED_ALONE = ["overwrite", "unordered"]; // mistakes that show where a value is used more than once

/** Name the nodes that a broken engine gets wrong. */
export function paintWrong(passes, { made }, nameOfNode) {
  const wrong = passes.findWrong().reverse(); // from the root down: where it begins comes first
  const told = wrong
    .slice(0, MOST_WRONG)
    .map((node) => [nameOfNode(node), ...formatApart(passes.gradient[node], passes.right[node])])
    .map(([name, gradient, right]) => `${name} is ${gradient} and should be ${right}`);
  if (wrong.length > MOST_WRONG) {
    told.push(`and ${wrong.length - MOST_WRONG} more`);
  }
  const reason = made.every(({ name }) => SHARED_ALONE.includes(name)) ? ": this mistake shows where a value is used more than once" : "";
  const reasons = made.map((mistake) => mistake.told).join(" ");
  const found = passes.graph.errors.size
    ? "Not everything can be computed, so what this mistake does can't be told."
    : `Nothing comes out wrong in this graph${reason}.`;
  const nothing = made.length ? found : "";
  byId("wrong").textContent = wrong.length ? `${reasons} Wrong gradients: ${told.join("; ")}.` : nothing;
  byId("wrong").classList.toggle("found", wrong.length > 0);
  byId("wrong-key").hidden = wrong.length === 0;
}

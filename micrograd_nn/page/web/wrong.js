// What a broken engine gets wrong, in words.

import { byId } from "./markup.js";
import { formatApart } from "./numbers.js";

const MOST_WRONG = 12; // nodes that are named

const DONE_BY = {
  overwrite: "A share that arrived earlier was lost where a value is used more than once.",
  unordered: "A node passed its gradient on before all its shares had arrived.",
  unreset: "What the first pass had left was passed on a second time.",
};

/** The switches that break the engine. */
export const SWITCHES = Object.keys(DONE_BY);

/** Name the nodes that a broken engine gets wrong. */
export function paintWrong(passes, nameOfNode) {
  const made = SWITCHES.filter((mistake) => passes.broken[mistake]);
  const wrong = passes.findWrong().reverse(); // from the root down: where it begins comes first
  const told = wrong
    .slice(0, MOST_WRONG)
    .map((node) => [nameOfNode(node), ...formatApart(passes.gradient[node], passes.right[node])])
    .map(([name, gradient, right]) => `${name} is ${gradient} and should be ${right}`);
  if (wrong.length > MOST_WRONG) {
    told.push(`and ${wrong.length - MOST_WRONG} more`);
  }
  const reason = made.includes("unreset") ? "" : ": this mistake shows where a value is used more than once";
  const reasons = made.map((mistake) => DONE_BY[mistake]).join(" ");
  const found = passes.graph.errors.size
    ? "Not everything can be computed, so what this mistake does can't be told."
    : `Nothing comes out wrong in this graph${reason}.`;
  const nothing = made.length ? found : "";
  byId("wrong").textContent = wrong.length ? `${reasons} Wrong gradients: ${told.join("; ")}.` : nothing;
  byId("harmless").textContent = wrong.length ? "" : nothing; // where it is seen without scrolling
  byId("harmless").hidden = byId("harmless").textContent === "";
  byId("wrong").classList.toggle("found", wrong.length > 0);
  byId("wrong-key").hidden = wrong.length === 0;
}

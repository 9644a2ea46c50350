// Nodes by the names that somebody types: which one is meant, and what there is where none is.

import { isolateTexts } from "./direction.js";

const MOST_LISTED = 8;

/** Return the node of a name, in full or as the picture has it; -1 for none. */
export function findNamed(passes, text) {
  const whole = passes.nodes.findIndex(({ name }) => name === text);
  return whole >= 0 ? whole : passes.nodes.findIndex((_, node) => passes.names[node] === text);
}

/** Say that no node has a name, and which there are: those that have it in theirs, else the first. */
export function explainUnknown(passes, text) {
  const names = [...new Set(passes.nodes.flatMap(({ kind }, node) => (kind === "constant" ? [] : [passes.nameOf(node)])))];
  const alike = names.filter((name) => name.toLowerCase().includes(text.toLowerCase()));
  const known = alike.length ? alike : names;
  const more = known.length - MOST_LISTED;
  const listed = known.slice(0, MOST_LISTED).map((name) => isolateTexts(name)).join(", ");
  return `No node is called ${isolateTexts(text)}: there ${known.length === 1 ? "is" : "are"} ${listed}${more > 0 ? ` and ${more.toLocaleString("en")} more` : ""}.`;
}

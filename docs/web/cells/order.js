// Which cells run, and which outputs are out of date. A chapter is a list of its cells' texts.

// Returns the first cell to run so that what the cell at `index` gives is that of the text read
// from the top: `ran` has the texts that ran already, one after the other, in the present names.
// A 0 means fresh names.
export function findFirst(ran, texts, index) {
  const holds = ran.length <= index && ran.every((text, place) => text === texts[place]);
  return holds ? ran.length : 0;
}

// Returns whether an output that was made from these texts is no more that of the present ones.
export function isOutdated(made, texts) {
  return made.some((text, place) => text !== texts[place]);
}

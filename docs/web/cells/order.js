// Which cells run, and which outputs are out of date. A chapter is a list of its cells' texts, and `needs` has for
// each of them the cells above that it needs. What ran, or what an output was made of, is a Map of their texts.

// Returns the needs of cells of which only the count is known: all that stand above.
export function needAll(count) {
  return Array.from({ length: count }, (_, index) => Array.from({ length: index }, (__, place) => place));
}

// Returns the cells to run so that what the cell at `index` gives is that of the texts read from the top, and
// whether they need fresh names: `ran` are those that ran already in the present ones.
export function planRun(ran, texts, index, needs) {
  const wanted = [...needs[index], index];
  const waiting = wanted.filter((place) => !ran.has(place));
  const isCurrent = [...ran].every(([place, text]) => text === texts[place]);
  const isInOrder = [...ran.keys()].every((place) => waiting.every((other) => place < other));
  const isFresh = ran.has(index) || !isCurrent || !isInOrder;
  return { places: isFresh ? wanted : waiting, isFresh };
}

// Returns whether an output that was made of these texts is no more that of the present ones.
export function isOutdated(made, texts, needed) {
  return [...made].some(([place, text]) => text !== texts[place]) || needed.some((place) => !made.has(place));
}

// Returns the texts of a cell and of those that it needs.
export function pickTexts(texts, index, needs) {
  return new Map([...needs[index], index].map((place) => [place, texts[place]]));
}

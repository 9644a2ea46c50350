// The notes at the head of a page, which a small screen shows folded: what they are about comes first.

const SMALL = "(max-width: 45rem), (max-height: 40rem)";

/** Fold the notes where there is little room. */
export function foldNotes() {
  document.querySelector(".notes").open = !matchMedia(SMALL).matches;
}

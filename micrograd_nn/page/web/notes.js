// The notes at the head of a page: a line of them, the rest folded, for what they are about comes first.

/** Fold the notes after their first line; without a script all of them are shown. */
export function foldNotes() {
  document.querySelector(".notes").open = false;
}

// How much may move on a page.

/** Tell whether somebody wants less motion than there is. */
export function wantsCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

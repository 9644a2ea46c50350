// Places in a picture: where their sides are, in its units.

export const RIM = 8; // of a picture, for lines that are wider than they were drawn

export function makePlace(left, top, right, bottom) {
  return { left, top, right, bottom };
}

/** Tell whether two places have a part in common. */
export function meet(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

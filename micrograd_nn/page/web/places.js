// Places in a picture: where their sides are, in its units.

export const RIM = 8; // of a picture, for lines that are wider than they were drawn

export const APART = 6; // pixels between an element and what it is placed beside

export function makePlace(left, top, right, bottom) {
  return { left, top, right, bottom };
}

/** Tell whether two places have a part in common. */
export function meet(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** Put an element into some room below another one, or above it where it wouldn't fit, `rim` pixels from the sides. */
export function placeBeside(element, other, room, rim = 0) {
  const at = other.getBoundingClientRect();
  const { width, height } = element.getBoundingClientRect();
  const x = Math.min(at.left + at.width / 2 - room.left - width / 2, room.width - width - rim);
  const below = at.bottom - room.top + APART;
  const y = below + height > room.height ? at.top - room.top - height - APART : below;
  element.style.left = `${Math.max(rim, x)}px`;
  element.style.top = `${Math.max(rim, Math.min(y, room.height - height - rim))}px`;
}

// The hint beside an edge of a drawing that is pointed at or reached by the tab key.

const APART = 6; // pixels from its edge

/** A hint in a frame; `edgeOf(element)` is the edge under an element, `write(edge)` what is told of it. */
export class Hint {
  constructor(element, frame, { edgeOf, write }) {
    Object.assign(this, { element, frame, edgeOf, write, target: null });
    for (const type of ["pointerover", "focusin"]) {
      frame.addEventListener(type, ({ target }) => this.show(target));
    }
    for (const type of ["pointerout", "focusout"]) {
      frame.addEventListener(type, () => this.show(null));
    }
  }

  /** Tell of the edge under an element, or of none. */
  show(target) {
    this.target = target;
    this.paint();
  }

  /** Put what is told of the edge below it, or above it where there is no room. */
  paint() {
    const { element, frame, target } = this;
    const edge = target ? this.edgeOf(target) : undefined;
    element.hidden = edge === undefined;
    element.replaceChildren();
    if (edge !== undefined) {
      element.replaceChildren(this.write(edge));
      const room = frame.getBoundingClientRect();
      const at = target.closest(".edge").getBoundingClientRect();
      const { width, height } = element.getBoundingClientRect();
      const x = Math.min(at.left + at.width / 2 - room.left - width / 2, room.width - width);
      const y = at.bottom - room.top + APART;
      element.style.left = `${Math.max(0, x)}px`;
      element.style.top = `${Math.max(0, y + height > room.height ? at.top - room.top - height - APART : y)}px`;
    }
  }
}

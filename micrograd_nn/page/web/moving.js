// Moving and sizing by hand, with a mouse, a finger or two, or the wheel; and moving by itself.

const STILL = 4; // pixels within which a press is a click

/** Tell of what is done to an element: move(dx, dy), zoom(factor, x, y), click(target). */
export function whenMoved(element, { move, zoom, click }) {
  const held = new Map(); // the last event of each pointer that is down
  let travelled = 0;
  const release = (event) => {
    held.delete(event.pointerId);
    element.classList.toggle("dragged", held.size > 0 && travelled > STILL);
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) {
      return;
    }
    travelled = held.size ? Infinity : 0; // two fingers don't click
    held.set(event.pointerId, event);
  });
  window.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (before === undefined) {
      return;
    }
    if (event.buttons === 0) { // it was let go where nobody could tell
      release(event);
      return;
    }
    const other = [...held.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    travelled += measureDistance(before, event);
    if (other) {
      const { left, top } = element.getBoundingClientRect();
      const factor = measureDistance(event, other) / Math.max(1, measureDistance(before, other));
      zoom(factor, (event.clientX + other.clientX) / 2 - left, (event.clientY + other.clientY) / 2 - top);
    } else if (travelled > STILL) {
      element.classList.add("dragged");
      move(event.clientX - before.clientX, event.clientY - before.clientY);
    } else {
      return;
    }
    held.set(event.pointerId, event);
  });
  for (const type of ["pointerup", "pointercancel"]) {
    window.addEventListener(type, (event) => {
      const before = held.get(event.pointerId);
      release(event);
      if (before && type === "pointerup" && travelled <= STILL) {
        click(event.target);
      }
    });
  }
  element.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || event.metaKey) { // alone it scrolls the page
        event.preventDefault();
        const { left, top } = element.getBoundingClientRect();
        zoom(Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
      }
    },
    { passive: false },
  );
}

/** Tell of where the first pointer is, from being pressed on an element to being let go, wherever it goes. */
export function whenDragged(element, drag) {
  element.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.isPrimary) {
      element.setPointerCapture(event.pointerId);
      drag(event);
    }
  });
  element.addEventListener("pointermove", (event) => element.hasPointerCapture(event.pointerId) && drag(event));
}

/** Tell before each frame which part of a time has gone by, until all of it has; return what ends it. */
export function animate(milliseconds, paint) {
  const start = performance.now();
  let frame = 0;
  const go = (now) => {
    const part = Math.min(1, Math.max(0, (now - start) / milliseconds));
    frame = part < 1 ? requestAnimationFrame(go) : 0;
    paint(part);
  };
  frame = requestAnimationFrame(go);
  return () => cancelAnimationFrame(frame);
}

function measureDistance(one, other) {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
}

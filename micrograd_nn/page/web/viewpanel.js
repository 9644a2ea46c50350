// The panel of the picture: how deep it is opened, which repetition it shows, which part is in sight,
// and the hint beside an edge that is pointed at or reached by the tab key.

import { byId, html, whenPressed } from "./markup.js";
import { whenMoved } from "./moving.js";
import { explainUnknown } from "./names.js";
import { placeBeside } from "./places.js";
import { whenWidened } from "./waiting.js";

const STRIDE = 60; // pixels that a key moves the picture
const MOST_NAMES = 2_000; // that the search offers
// An arrow key moves among the steps, with Shift the picture.
const DIRECTIONS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** A hint in a frame; `edgeOf(element)` is the edge under an element, `write(edge)` what is told of it. */
class Hint {
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

  /** Show what is told of the edge beside it. */
  paint() {
    const { element, frame, target } = this;
    const edge = target ? this.edgeOf(target) : undefined;
    element.hidden = edge === undefined;
    element.replaceChildren();
    if (edge !== undefined) {
      element.replaceChildren(this.write(edge));
      placeBeside(element, target.closest(".edge"), frame.getBoundingClientRect());
    }
  }
}

/**
 * The controls of a picture.
 *
 * `follow()` brings the step into sight, `listed()` is told that other steps are stopped at, `moved()`
 * that something of the address changed, `picked(target)` what was clicked or entered that no box opens
 * by, and `explainEdge(edge)` returns the hint of an edge.
 */
export class ViewPanel {
  constructor(picture, passes, { view, told }, { follow, listed, moved, picked, explainEdge }) {
    Object.assign(this, { picture, passes, follow, listed, moved, picked });
    this.offerDepths(view.depths);
    this.offerRepetitions();
    this.offerSearch();
    byId("told").textContent = told;
    byId("told").hidden = told === "";
    whenPressed("fit", () => picture.sight.fit());
    whenPressed("zoom-in", () => picture.sight.zoom(1.3));
    whenPressed("zoom-out", () => picture.sight.zoom(1 / 1.3));
    this.keepSize();
    this.hint = new Hint(byId("hint"), byId("graph"), { edgeOf: (element) => picture.edgeOf(element), write: explainEdge });
    whenMoved(byId("graph"), {
      move: (dx, dy) => picture.sight.move(dx, dy),
      zoom: (factor, x, y) => picture.sight.zoom(factor, x, y),
      click: (target) => this.press(target),
    });
    byId("graph").addEventListener("keydown", (event) => this.readKey(event));
  }

  offerDepths(depths) {
    byId("depth-label").hidden = depths.length === 1;
    byId("depth").append(...depths.map(([depth, title]) => html("option", { value: depth }, title)));
    byId("depth").value = this.picture.depth;
    this.hasNodes = depths.some(([depth]) => depth === "node");
    byId("depth").addEventListener("change", () => {
      this.chooseDepth();
      this.moved();
    });
  }

  /** Open all boxes down to the depth that is chosen. */
  chooseDepth() {
    this.picture.show(byId("depth").value);
    this.listed();
    this.picture.sight.begin();
    this.follow();
    this.hint.show(null);
  }

  /** Open all boxes, where a page shows nodes one by one. */
  showNodes() {
    if (this.hasNodes) {
      byId("depth").value = "node";
      this.chooseDepth();
    }
  }

  offerRepetitions() {
    const { most } = this.passes.repeats;
    byId("repetition-label").hidden = most === 0;
    byId("repetition").max = String(most);
    byId("repetition").value = String(most);
    byId("repetitions").textContent = most.toLocaleString("en");
    byId("repetition").addEventListener("change", () => {
      this.chooseRepetition();
      this.moved();
    });
  }

  /** Show the repetition that is chosen, at the step of now or the next one at which one stops. */
  chooseRepetition() {
    const { repeats } = this.passes;
    const wanted = Math.max(1, Math.min(repeats.most, Math.round(byId("repetition").valueAsNumber) || 1));
    byId("repetition").value = String(wanted);
    repeats.choose(wanted - 1);
    this.passes.listStops();
    this.draw();
    this.listed();
  }

  /** Draw what is open once more, where it is seen. */
  draw() {
    this.picture.draw();
    this.picture.sight.move(0, 0);
  }

  offerSearch() {
    const { passes, picture } = this;
    const names = passes.nodes.filter(({ kind }) => kind !== "constant").map(({ name }) => name);
    byId("names").append(...[...new Set(names)].slice(0, MOST_NAMES).map((value) => html("option", { value })));
    byId("search").addEventListener("change", () => {
      const isThere = picture.find(byId("search").value) || byId("search").value.trim() === "";
      byId("search").setAttribute("aria-invalid", String(!isThere));
      byId("search").setCustomValidity(isThere ? "" : explainUnknown(passes, byId("search").value.trim()));
      byId("search").title = byId("search").validationMessage;
      byId("live").textContent = byId("search").title || (picture.element.querySelector(".node.found")?.getAttribute("aria-label") ?? "");
    });
  }

  /** Start over when there is another width to show the picture in. */
  keepSize() {
    const { picture } = this;
    const onScreen = (act) => () => matchMedia("print").matches || act(); // on paper, what is in sight
    const begin = onScreen(() => {
      picture.sight.begin();
      this.follow();
    });
    whenWidened(begin, onScreen(() => {
      picture.sight.measure();
      picture.sight.move(0, 0);
    }));
    // A notebook hides a frame for a while, and no event tells that it has its width again.
    new ResizeObserver(() => {
      const { clientWidth, clientHeight } = picture.element;
      const { width, height } = picture.sight.frame;
      if (clientWidth > 0 && (clientWidth !== width || clientHeight !== height)) {
        begin();
      }
    }).observe(byId("graph"));
  }

  /** Open or close the box that is pressed, or tell what else it is. */
  press(target) {
    const group = this.picture.groupAt(target);
    if (group) {
      this.picture.toggle(group);
      this.listed();
      this.hint.show(null);
    } else {
      this.picked(target);
    }
  }

  readKey(event) {
    const { picture } = this;
    const isPressed = event.key === "Enter" || event.key === " ";
    if (isPressed && [picture.groupAt, picture.edgeOf, picture.nodeOf].some((of) => of.call(picture, event.target) !== undefined)) {
      event.preventDefault();
      event.stopPropagation(); // a space would play
      this.press(event.target);
    }
    if (event.shiftKey && event.key in DIRECTIONS) {
      event.preventDefault();
      picture.sight.move(...DIRECTIONS[event.key].map((direction) => direction * STRIDE));
      this.hint.paint();
    }
  }
}

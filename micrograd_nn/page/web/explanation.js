// The explanation of a step, folded away until it is asked for, on later visits as well.

import { byId, whenPressed } from "./markup.js";

const STORED = "micrograd_nn.explained";

/** Show the explanation, or fold it; by itself as it was left. */
export function explain(isOpen = wasOpen()) {
  byId("sentence").hidden = !isOpen;
  byId("explain").setAttribute("aria-expanded", String(isOpen));
}

/** Let the button fold and unfold it. */
export function offerExplanation() {
  whenPressed("explain", () => {
    explain(byId("sentence").hidden);
    try {
      localStorage.setItem(STORED, byId("sentence").hidden ? "" : "open");
    } catch { // there is none in some frames: it holds for this visit
    }
  });
  explain();
}

function wasOpen() {
  try {
    return localStorage.getItem(STORED) === "open";
  } catch {
    return false;
  }
}

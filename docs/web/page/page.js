// What runs on every page of the site: boxes that scroll can be reached, and whatever in a page is
// more than text gets its script, which no other page loads.

import { nameLandmarks, showCurrentPage } from "./landmarks.js";
import { keepPlace, markProgress, offerFiles } from "../guesses/progress.js";
import { keepForOffline } from "../offline/offline.js";
import { watchScrolling } from "./scrolling.js";

// By the elements of such a part: what begins it. The bundler makes a file of each import.
const PARTS = {
  "div.cell": async (cells) => new (await import("../cells/chapter.js")).Chapter(cells),
  "div.guess": async (places) => new (await import("../guesses/guesses.js")).Guesses(places),
  "#progress": ([place]) => offerFiles(place),
  "#expressions": async ([place]) => new (await import("../expressions/playground.js")).Playground(place),
  "#networks": async () => new (await import("../networks/networks.js")).Networks(),
};

nameLandmarks();
showCurrentPage();
markProgress();
keepPlace();
keepForOffline();
watchScrolling(document);
for (const [selector, begin] of Object.entries(PARTS)) {
  const found = document.querySelectorAll(selector);
  if (found.length > 0) {
    await begin(found);
  }
}

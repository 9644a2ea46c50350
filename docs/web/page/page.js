// What runs on every page of the site: boxes that scroll can be reached, cells of a chapter run.

import { nameLandmarks } from "./landmarks.js";
import { watchScrolling } from "./scrolling.js";

nameLandmarks();
watchScrolling(document);
const cells = document.querySelectorAll("div.cell");
if (cells.length > 0) {
  const { Chapter } = await import("./chapter.js");
  new Chapter(cells);
}

// The panel of the examples that push a weight most, at the epoch that is shown.

import { describeInput } from "./columns.js";
import { readColours } from "./marks.js";
import { byId, html, makeButton } from "../../../../page/web/markup.js";
import { formatNumber } from "../../../../page/web/numbers.js";
import { Pixels, paintPixels } from "./pixels.js";
import { afterRest } from "../../../../page/web/waiting.js";

const MOST_PUSHES = 8; // that are listed
const FEW_COLUMNS = 4; // that are told of an example

/** Lists the loudest examples of a parameter; `ask(inputs)` asks the model about one of them. */
export class Pushes {
  constructor(gradients, prediction, replay, ask) {
    const { columns, classes, counts, pixels, points } = prediction;
    Object.assign(this, { gradients, prediction, columns, classes, points: points.training, count: counts[0], ask });
    const [some, all] = [points.training.length, counts[0]].map((count) => count.toLocaleString("en"));
    this.many = some === all ? all : `${some} of ${all}`; // a page may have some of the examples
    this.pixels = pixels && new Pixels(pixels, columns);
    this.select = byId("pushed");
    this.select.append(...replay.namesOf.map((name, i) => html("option", { value: i }, name)));
    this.select.value = String(replay.findMostChanged(replay.stepOf(replay.best))?.parameter ?? 0);
    this.select.addEventListener("change", () => this.paint(this.weights));
    this.paintSoon = afterRest(() => this.paint(this.weights), 100);
    this.isSeen = false;
    new IntersectionObserver(([{ isIntersecting }]) => {
      this.isSeen = isIntersecting;
      this.load(this.weights);
    }).observe(byId("pushing"));
  }

  /** Take over the weights of another epoch, once they are asked about. */
  load(weights) {
    this.weights = weights;
    if (this.isSeen) {
      this.paintSoon();
    }
  }

  /** Choose a parameter that was chosen elsewhere. */
  choose(parameter) {
    this.select.value = String(parameter);
    this.paint(this.weights);
    byId("pushing").scrollIntoView({ block: "nearest" });
  }

  /** Return the gradient of each example's loss by a parameter, null where it can't be computed. */
  compute(weights, parameter) {
    const { gradients, prediction } = this;
    const found = new Array(this.points.length).fill(null);
    gradients.forExamples(prediction, weights, (i, example) => {
      found[i] = example?.by(gradients.parameters[parameter]) ?? null;
    });
    return found;
  }

  paint(weights) {
    const found = this.compute(weights, Number(this.select.value));
    const isKnown = found.every(Number.isFinite); // null is none
    const mean = found.reduce((sum, share) => sum + share / found.length, 0);
    byId("pushed-told").textContent = isKnown
      ? `Its gradient is ${formatNumber(mean)}, the mean of ${this.many} examples' shares: by itself it ${mean === 0 ? "leaves the weight as it is" : `makes the weight ${mean > 0 ? "smaller" : "larger"}`}. Those that push most:`
      : "An example's loss can't be computed with these weights.";
    const order = found.map((_, i) => i).filter((i) => found[i]).sort((i, j) => Math.abs(found[j]) - Math.abs(found[i]));
    const largest = Math.abs(found[order[0]]) || 1;
    byId("pushes").replaceChildren(...(isKnown ? order.slice(0, MOST_PUSHES) : []).map((i) => this.list(i, found[i], largest)));
  }

  /** Return the number of an example among all, as the page chose it: evenly. */
  findNumber(i) {
    return Math.floor((i * this.count) / this.points.length) + 1;
  }

  list(i, share, largest) {
    const [x, target] = this.points[i];
    const kind = this.classes[target];
    const button = makeButton(`Example ${this.findNumber(i)}${kind === undefined ? "" : ` (${kind})`}`, () => this.ask(x.map(Number)), { title: "Ask the model about it" });
    button.append(this.describe(x));
    const bar = html("span", { class: "push" });
    bar.style.width = `${(100 * Math.abs(share)) / largest}%`;
    return html("li", {}, html("span", { class: "gradient" }, formatNumber(share)), bar, button);
  }

  /** Return what an example has in its first columns, or its picture. */
  describe(x) {
    const { columns, pixels } = this;
    if (pixels) {
      const picture = html("canvas", { class: "picture", "aria-hidden": "true" });
      paintPixels(picture, pixels, pixels.toInks(x.map(Number)), readColours().ink);
      return picture;
    }
    const told = columns.slice(0, FEW_COLUMNS).map((column) => `${column.name} ${describeInput(column, x)}`);
    return `: ${[...told, ...(columns.length > FEW_COLUMNS ? ["…"] : [])].join(", ")}`;
  }
}

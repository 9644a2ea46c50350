// The panel of a model that reads pictures: one draws, sees the scores, and what speaks for each.

import { PALETTE, readColours } from "./marks.js";
import { byId, html, makeButton, whenPressed } from "../../../../page/web/markup.js";
import { formatNumber, signed } from "../../../../page/web/numbers.js";
import { Pixels, paintPixels, scaleToLargest } from "./pixels.js";
import { Meaning, Predictor, formatPercent } from "./predictor.js";
import { Sketch } from "./sketch.js";
import { afterRest, beforeNextFrame } from "../../../../page/web/waiting.js";

const STEP = 0.25; // of full ink, by which one step moves the pixel with the largest slope
const MOST_UNDONE = 50;

/** What a model sees in a picture; `announce(words)` is told of what one does there. */
export class SketchPanel {
  constructor(prediction, rules, gradients, weights, announce) {
    Object.assign(this, { prediction, gradients, announce, chosen: null, example: -1, past: [], painted() {} });
    this.meaning = new Meaning(prediction);
    this.names = this.meaning.isClasses ? this.meaning.classes : this.meaning.names; // of what has a score
    this.pixels = new Pixels(prediction.pixels, prediction.columns);
    this.predictor = new Predictor(prediction, rules);
    const parts = [["validation", prediction.points.validation], ["training", prediction.points.training]];
    this.examples = parts.flatMap(([part, points]) => points.map(([x, target], i) => ({ part, number: i + 1, x: x.map(Number), target })));
    this.sketch = new Sketch(byId("sketch"), this.pixels, {
      begun: () => this.keep(),
      changed: () => this.redraw(),
      moved: () => this.paintCursor(),
    });
    this.paintSoon = beforeNextFrame(() => this.paint());
    this.countSoon = afterRest(() => this.count(), 100);
    for (const square of document.querySelectorAll(".square")) {
      square.style.aspectRatio = `${this.pixels.columns} / ${this.pixels.rows}`;
    }
    this.listScores();
    this.listen();
    this.load(weights);
    this.showExample(() => true);
    this.past = [];
  }

  /** Take over the weights of another epoch, and forget those that were learned here. */
  load(weights) {
    if (weights.byteOffset !== this.epochWeights?.byteOffset) {
      this.epochWeights = weights;
      this.past = this.past.map(({ fine }) => ({ fine, weights: null }));
      this.take(Float64Array.from(weights));
      this.told("");
    }
  }

  take(weights) {
    this.weights = weights;
    this.predictor.load(weights);
    this.paintSoon();
    this.countSoon();
  }

  /** Show an example's picture. */
  ask(x, target = null) {
    this.keep();
    this.chosen = this.meaning.isClasses ? target : null;
    this.sketch.write(this.pixels.toInks(x));
    this.redraw();
  }

  // The classes, or the numbers, that come out

  /** Return each score: an output in its unit, or of two classes of one output, that with either sign. */
  readScores(outputs) {
    return this.names.map((_, kind) => {
      const [i, factor] = this.findScore(kind);
      return this.meaning.isClasses ? factor * outputs[i] : this.meaning.toUnit(outputs[i], i);
    });
  }

  /** Return which output a score is of, and by what its slopes are multiplied. */
  findScore(kind) {
    if (this.meaning.isClasses) {
      return this.meaning.kind === "classes" ? [kind, 1] : [0, kind ? 1 : -1];
    }
    return [kind, this.meaning.units[kind][1]];
  }

  listScores() {
    this.rows = this.names.map((name, kind) => {
      const button = makeButton(name, () => {
        this.chosen = kind;
        this.paint();
        this.announce(() => byId("slopes-told").textContent);
      }, { "aria-pressed": "false", dir: "auto" });
      const [bar, number] = [html("span", { class: "bar-of" }), html("span", { class: "number" })];
      return { button, bar, number, item: html("li", {}, button, html("span", { class: "track" }, bar), number) };
    });
    byId("scores").replaceChildren(...this.rows.map(({ item }) => item));
  }

  // Painting

  /** Show the drawing now, all else before the next frame. */
  redraw() {
    this.told("");
    this.paintSketch();
    this.paintSoon();
  }

  draw() {
    this.paintSoon();
  }

  paintSketch() {
    const { ink } = readColours();
    paintPixels(byId("sketch"), this.pixels, this.sketch.read(), ink);
  }

  /** Show where the keys are, and say so. */
  paintCursor() {
    const { at, columns, rows } = this.sketch;
    const mark = byId("pen");
    mark.hidden = at === null;
    if (at) {
      const [row, column] = at;
      Object.assign(mark.style, { left: `${(100 * column) / columns}%`, top: `${(100 * row) / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
      this.announce(() => `Row ${row + 1}, column ${column + 1}: ${formatPercent(this.sketch.read()[row * columns + column])} ink. ${byId("answer-sketch").textContent}`);
    }
  }

  /** Show the scores, and the slopes of the one that is chosen, by itself the largest. */
  paint() {
    this.paintSketch();
    const { meaning, predictor } = this;
    const x = this.pixels.toInputs(this.sketch.read());
    const outputs = predictor.predict(x);
    byId("answer-sketch").textContent = meaning.describe(outputs);
    byId("answer-sketch").value = outputs === null ? "" : outputs.join(" ");
    const scores = outputs === null ? null : this.readScores(outputs);
    this.shown = this.chosen ?? (scores ? scores.indexOf(Math.max(...scores)) : 0);
    const shares = scores && (meaning.isClasses ? meaning.computeShares(outputs) : null);
    const largest = scores ? Math.max(...scores.map(Math.abs)) || 1 : 1;
    this.rows.forEach(({ button, bar, number }, kind) => {
      button.setAttribute("aria-pressed", String(kind === this.shown));
      bar.className = `bar-of ${meaning.isClasses && this.names.length <= PALETTE ? `class-${kind}` : ""}`;
      const share = shares ? shares[kind] : scores ? Math.max(0, scores[kind]) / largest : 0;
      bar.style.width = `${100 * share}%`;
      number.textContent = scores === null ? "–" : shares ? formatPercent(shares[kind]) : formatNumber(scores[kind]);
    });
    this.paintSlopes(x);
    this.painted(readColours());
  }

  /** Show the slope of the score by each input of the model, as it takes it: maybe standardised. */
  paintSlopes(x) {
    this.slopes = this.computeSlopes(x);
    const { positive, negative } = readColours();
    const byInk = (this.slopes ?? []).map((slope, i) => slope * Math.sign(this.pixels.inkOf(i)));
    paintPixels(byId("slopes"), this.pixels, scaleToLargest(byInk), positive, negative);
    const name = this.names[this.shown];
    byId("slopes-told").textContent = this.slopes
      ? `The gradient of the score of ${name} by each ${this.pixels.isScaled ? "pixel, standardised as the model takes it" : "pixel"}: at most ${formatNumber(Math.max(...this.slopes.map(Math.abs)))} in size.`
      : "The score has no number here.";
    byId("more-of").textContent = this.meaning.isClasses ? `Make it more of a ${name}` : `Make ${name} larger`;
    byId("learn").textContent = `Learn it as a ${name}`;
    byId("more-of").disabled = this.slopes === null;
    byId("learning").hidden = this.findLoss() === null;
  }

  computeSlopes(x) {
    const [output, factor] = this.findScore(this.shown);
    const { gradients } = this;
    gradients.load(this.weights);
    gradients.choose(this.prediction.outputs[output]);
    const found = gradients.compute(x);
    const slopes = found ? gradients.inputs.map((node) => factor * found.by(node)) : [NaN];
    return slopes.every(Number.isFinite) ? slopes : null;
  }

  /** Say how many of the examples are classified correctly with these weights. */
  count() {
    const parts = ["validation", "training"].map((part) => this.examples.filter((example) => example.part === part));
    const counts = parts.filter(({ length }) => length)
      .map((some) => `${some.filter((example) => this.isRight(example)).length} of ${some.length} in ${some[0].part}`);
    byId("right-sketch").textContent = this.meaning.isClasses ? `Correct: ${counts.join(", ")}.` : "";
  }

  isRight({ x, target }) {
    const outputs = this.predictor.predict(x);
    return outputs !== null && this.meaning.isClasses && this.meaning.chooseClass(outputs) === target;
  }

  // What one does

  listen() {
    whenPressed("clear", () => {
      this.keep();
      this.chosen = null;
      this.sketch.fine.fill(0);
      this.redraw();
    });
    whenPressed("erase", () => {
      this.sketch.isErasing = !this.sketch.isErasing;
      byId("erase").setAttribute("aria-pressed", String(this.sketch.isErasing));
    });
    whenPressed("undo", () => this.undo());
    whenPressed("next-example", () => this.showExample(() => true));
    whenPressed("next-mistake", () => this.showExample((example) => !this.isRight(example)));
    whenPressed("more-of", () => this.makeMore());
    whenPressed("learn", () => this.learn());
    byId("next-mistake").hidden = !this.meaning.isClasses;
  }

  /** Keep the drawing and the weights, to come back to them. */
  keep() {
    this.past = [...this.past, { fine: this.sketch.fine.slice(), weights: this.weights }].slice(-MOST_UNDONE);
  }

  undo() {
    const before = this.past.pop();
    if (before) {
      this.sketch.fine.set(before.fine);
      this.take(before.weights ?? this.weights);
      this.redraw();
    } else {
      this.told("There is nothing to undo.");
    }
  }

  /** Show the next example of a kind, after the one that was shown last. */
  showExample(isWanted) {
    const { examples } = this;
    const order = examples.map((_, i) => (this.example + 1 + i) % examples.length);
    const next = order.find((i) => isWanted(examples[i]));
    if (next === undefined) {
      this.told("There is none.");
      return;
    }
    this.example = next;
    const { part, number, x, target } = examples[next];
    this.ask(x, target);
    const what = this.meaning.isClasses ? `, ${this.meaning.classes[target]}` : "";
    this.told(`Example ${number} in ${part}${what}.`);
  }

  /** Move each of the model's inputs along its slope: one step of ascent, as far as paper and ink go. */
  makeMore() {
    const { pixels, slopes } = this;
    const [inks, before] = [this.sketch.read(), this.readScore()];
    const uphill = scaleToLargest(slopes.map((slope, i) => slope * pixels.inkOf(i)));
    this.keep();
    this.chosen = this.shown;
    this.sketch.write(inks.map((ink, i) => ink + STEP * uphill[i]));
    const moved = this.sketch.read();
    const predicted = slopes.reduce((sum, slope, i) => sum + (slope * (moved[i] - inks[i])) / pixels.inkOf(i), 0);
    this.redraw();
    const after = this.readScore();
    this.told(`The score of ${this.names[this.shown]}: ${formatNumber(before)} → ${formatNumber(after)} (${signed(after - before)}; the slopes predict ${signed(predicted)}).`);
  }

  readScore() {
    return this.readScores(this.predictor.predict(this.pixels.toInputs(this.sketch.read())) ?? [NaN])[this.shown];
  }

  /** Return the node of the loss for the class that is shown, null where it isn't known. */
  findLoss() {
    const { losses, points, which } = this.prediction;
    const example = this.meaning.isClasses ? points.training.findIndex(([, target]) => target === this.shown) : -1;
    return example < 0 ? null : (losses[which[example]] ?? null);
  }

  /** Move each weight against its gradient of the loss of this drawing: one step of descent. */
  learn() {
    const { gradients } = this;
    const rate = Number(byId("learning-rate").value);
    const x = this.pixels.toInputs(this.sketch.read());
    const measure = (weights) => {
      gradients.load(weights);
      gradients.choose(this.findLoss());
      return gradients.compute(x);
    };
    const before = measure(this.weights);
    if (before === null) {
      this.told("The loss has no number here.");
      return;
    }
    const slopes = gradients.parameters.map((node) => before.by(node));
    this.keep();
    this.chosen = this.shown;
    this.take(this.weights.map((weight, i) => weight - rate * slopes[i]));
    const after = measure(this.weights);
    const predicted = -rate * slopes.reduce((sum, slope) => sum + slope ** 2, 0);
    const change = after === null ? "" : ` (${signed(after.number - before.number)}; the slopes predict ${signed(predicted)})`;
    this.told(`The loss of this drawing as a ${this.names[this.shown]}: ${formatNumber(before.number)} → ${formatNumber(after?.number ?? null)}${change}. These weights are used for drawings alone, until the epoch changes.`);
  }

  told(words) {
    byId("sketch-told").textContent = words;
  }
}

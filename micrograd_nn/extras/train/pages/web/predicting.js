// The panel of predictions: a picture whose axes can be chosen, and a model to ask.

import { chooseAxes, describeInput, fromOwnUnit, makeUsualInputs, putCategory, toOwnUnit } from "./columns.js";
import { Held, measureAgreement } from "./held.js";
import { drawMark, readColours } from "./marks.js";
import { byId, html } from "../../../../page/web/markup.js";
import { formatNumber } from "../../../../page/web/numbers.js";
import { measureWidth, svg } from "../../../../page/web/plot.js";
import { Predictions } from "./predictions.js";
import { Meaning, Predictor } from "./predictor.js";
import { afterRest, beforeNextFrame } from "../../../../page/web/waiting.js";

const MOST_TRIED = 30; // columns among which the axes are chosen at first
const MOST_HELD = 12; // columns that are listed
const MOST_CONTROLS = 12; // columns that can be moved
const BEYOND = 0.06; // how far beyond the examples a slider goes, of their range
const FINE = 50; // steps of a slider at least

/** The inputs that are asked about; `changed(column)` is told of a control that was moved. */
class Question {
  constructor(element, columns, changed) {
    this.inputs = makeUsualInputs(columns);
    this.columns = columns.slice(0, MOST_CONTROLS);
    this.controls = this.columns.map((column, i) => {
      const value = html("output", { for: `input-${i}` });
      const control = column.categories ? this.listTexts(column) : this.makeSlider(column);
      control.id = `input-${i}`;
      control.addEventListener("input", () => {
        this.paint();
        changed(column);
      });
      element.append(html("label", { for: control.id, dir: "auto" }, column.name), control, value);
      return { column, control, value };
    });
  }

  /** Return a list to choose a text from. */
  listTexts(column) {
    const select = html("select", {}, ...column.categories.map((text, i) => html("option", { value: i }, text)));
    select.addEventListener("input", () => putCategory(column, Number(select.value), this.inputs));
    return select;
  }

  /** Return a slider over a column's numbers, with round ends. */
  makeSlider(column) {
    const { place, mean, scale, low, high } = column;
    const [least, most] = [mean + scale * Number(low), mean + scale * Number(high)];
    const width = most - least || 1;
    const step = 10 ** Math.floor(Math.log10(width / FINE));
    const slider = html("input", {
      type: "range",
      min: Math.floor((least - BEYOND * width) / step) * step,
      max: Math.ceil((most + BEYOND * width) / step) * step,
      step,
    });
    slider.addEventListener("input", () => {
      this.inputs[place] = fromOwnUnit(column, Number(slider.value));
    });
    return slider;
  }

  /** Ask about other inputs. */
  take(inputs) {
    this.inputs = inputs;
    this.paint();
  }

  /** Show the inputs in their controls. */
  paint() {
    for (const { column, control, value } of this.controls) {
      const text = describeInput(column, this.inputs);
      if (column.categories) {
        control.value = String(column.categories.indexOf(text));
      } else {
        control.value = String(toOwnUnit(column, this.inputs));
        control.setAttribute("aria-valuetext", text);
        value.textContent = text;
      }
    }
  }
}

/** What a model predicts; `announce(words)` is told of what one asks it, `painted(colours)` after each painting. */
export class PredictionPanel {
  constructor(prediction, rules, gradients, weights, announce) {
    this.prediction = prediction;
    this.columns = prediction.columns;
    this.predictor = new Predictor(prediction, rules);
    this.predictor.load(weights);
    this.meaning = new Meaning(prediction);
    this.parts = Object.entries(prediction.points).filter(([, points]) => points.length);
    this.numeric = this.columns.map((_, i) => i).filter((i) => !this.columns[i].categories);
    this.picture = this.numeric.length
      ? new Predictions(
          { field: byId("field"), canvas: byId("map"), drawing: byId("drawing") },
          prediction,
          this.predictor,
          this.meaning,
        )
      : null;
    const training = prediction.points.training.map(([x]) => x.map(Number));
    this.held = new Held(this.columns, training, makeUsualInputs(this.columns));
    if (this.picture) {
      this.picture.fill = (x) => this.held.fill(x);
    }
    this.question = new Question(byId("inputs"), this.columns, (column) => {
      this.askByControl(column);
      announce(() => `${column.name} ${describeInput(column, this.question.inputs)}: ${byId("answer").textContent}`);
    });
    this.painted = () => {};
    document.documentElement.dataset.classes = this.meaning.classes.length > 2 ? "many" : "two";
    const paint = () => this.paint();
    this.paintSoon = this.picture?.isSlow ? afterRest(paint) : beforeNextFrame(paint);
    const { length } = this.question.columns;
    byId("more").hidden = this.columns.length === length;
    byId("more").textContent = `The first ${length} of ${this.columns.length} inputs can be moved here.`;
    byId("picture").hidden = this.picture === null;
    this.offerAxes();
    this.listenToDrawing();
  }

  /** Take over the weights of another epoch. */
  load(weights) {
    this.predictor.load(weights);
    this.paintSoon();
  }

  /** Ask about an example. */
  ask(x) {
    this.question.take(x);
    this.paint();
  }

  /** Draw the picture for the axes that are chosen and the width that there is. */
  draw() {
    if (!this.picture) {
      this.question.paint();
      return;
    }
    const up = byId("up").value === "" ? null : Number(byId("up").value);
    this.picture.choose(Number(byId("across").value), up);
    this.held.choose(this.picture.across, this.picture.up);
    this.held.fill(this.question.inputs);
    this.question.paint();
    this.picture.output = Number(byId("output").value || 0);
    this.picture.draw(measureWidth(byId("picture")));
    byId("drawing").setAttribute("aria-label", this.describePicture());
    byId("legend").replaceChildren(...this.listLegend());
    this.paintHeld();
  }

  /** Show the picture of the predictions with the weights that are loaded, and the answer. */
  paint() {
    const { picture, meaning } = this;
    if (picture) {
      const colours = readColours();
      picture.paint(this.question.inputs, colours);
      this.painted(colours);
      const counts = this.parts.map(([part, points]) => `${picture.right[part]} of ${points.length} in ${part}`);
      byId("right").textContent = meaning.isClasses ? `Correct: ${counts.join(", ")}. Wrong ones have a ring.` : "";
      this.paintAgreement();
    }
    this.answer();
  }

  // The axes

  /** Fill the lists of axes, and begin with those that tell most. */
  offerAxes() {
    const { columns, numeric, prediction, predictor, question } = this;
    const options = () =>
      numeric.filter((i) => columns[i].name !== "").map((i) => html("option", { value: i }, columns[i].name));
    byId("across").append(...options());
    byId("up").append(...options(), html("option", { value: "" }, "the prediction"));
    const few = numeric.slice(0, MOST_TRIED);
    const axes = chooseAxes(few.map((i) => columns[i]), predictor, question.inputs);
    const [first, second] = axes.map((i) => few[i]);
    byId("across").value = String(first ?? "");
    byId("up").value = String(second ?? "");
    byId("across-label").hidden = numeric.length < 2;
    byId("up-label").hidden = numeric.length < 2;
    byId("output").append(...prediction.names.map((name, i) => html("option", { value: i }, name)));
    byId("output-label").hidden = this.meaning.isClasses || prediction.names.length < 2;
    for (const [id, other] of [["across", "up"], ["up", "across"]]) {
      byId(id).addEventListener("change", () => {
        if (byId(id).value === byId(other).value) {
          byId(other).value = String(numeric.find((i) => String(i) !== byId(id).value));
        }
      });
    }
    for (const id of ["across", "up", "output"]) {
      byId(id).addEventListener("change", () => {
        this.draw();
        this.paint();
      });
    }
  }

  /** Say of the columns that aren't axes where they are held. */
  paintHeld() {
    byId("held").hidden = this.held.others.length === 0;
    byId("held").textContent = this.held.describe(this.question.inputs, MOST_HELD);
  }

  /** Say how far the picture is what the model says of the examples, whose other inputs are their own. */
  paintAgreement() {
    const { held, meaning, picture, predictor, question: { inputs } } = this;
    const isAlike = held.others.every(({ categories, low, high, place }) => !categories && low === high && inputs[place] === low);
    byId("agreement").hidden = isAlike;
    if (!isAlike) {
      const { points } = picture.marks;
      const { same, off } = measureAgreement(points, (x) => held.project(x, inputs), predictor, meaning, picture.output);
      const shown = picture.up ? "map" : "curve";
      byId("agreement").textContent = meaning.isClasses
        ? `The ${shown} agrees with the model on ${same} of ${points.length} examples.`
        : `The ${shown} is off from the model's prediction by ${formatNumber(off)} at an example, on average.`;
    }
  }

  describePicture() {
    const { across, up } = this.picture;
    const shown = up ? `a map over ${across.name} and ${up.name}` : `a curve over ${across.name}`;
    const others = this.held.others.length ? ", the other inputs held or following" : "";
    return `What the model predicts, as ${shown}${others}, with the examples as marks; the inputs below ask it at a place`;
  }

  /** Return the entries of the legend: marks and colours. */
  listLegend() {
    const { meaning, parts, picture } = this;
    const sample = (kind, part) =>
      svg("svg", { viewBox: "-9 -9 18 18", "aria-hidden": "true" }, drawMark(kind, part, 6));
    const entry = (...children) => html("li", {}, ...children);
    const remark = (words) => html("li", { class: "faint" }, words);
    if (meaning.isClasses) {
      const entries = meaning.classes.map((name, kind) =>
        entry(...parts.map(([part]) => sample(kind, part)), html("span", { dir: "auto" }, name)));
      if (parts.length > 1) {
        entries.push(remark("filled: training, hollow: validation"));
      }
      if (!picture.up && meaning.kind !== "sign") {
        entries.push(remark("a mark is as high as the probability of its own class"));
      }
      return entries;
    }
    const entries = parts.map(([part]) => entry(sample(null, part), part));
    if (picture.up) {
      const [low, high] = picture.ranges[picture.output].map((x) => formatNumber(meaning.toUnit(x, picture.output)));
      entries.push(entry(html("span", {}, low), html("span", { class: "colours" }), html("span", {}, high)));
      const levels = picture.chooseLevels().map((x) => formatNumber(x));
      entries.push(entry(`${levels.length === 1 ? "a line" : "lines"} at ${levels.join(", ")}`));
    }
    return entries;
  }

  // Asking

  /** Say what the model predicts where it is asked. */
  answer(inputs = this.question.inputs) {
    const outputs = this.predictor.predict(inputs);
    byId("answer").textContent = this.meaning.describe(outputs);
    byId("answer").value = outputs === null ? "" : outputs.join(" ");
    this.picture?.ask(inputs);
  }

  /** Ask about the inputs after one was moved; those that are held change the picture. */
  askByControl(column) {
    if (!this.picture) {
      this.answer();
      return;
    }
    const isHeld = this.held.move(column);
    this.held.fill(this.question.inputs);
    this.question.paint();
    this.paintHeld();
    if (isHeld) {
      this.paintSoon();
    } else {
      this.answer();
    }
  }

  /** Ask about what is pointed at in the drawing, for longer by a click. */
  listenToDrawing() {
    const findInputs = (event) => {
      const inputs = [...this.question.inputs];
      for (const [column, number] of this.picture.inputsAt(event) ?? []) {
        inputs[column.place] = fromOwnUnit(column, number);
      }
      return this.held.fill(inputs);
    };
    byId("drawing").addEventListener("pointermove", (event) => this.answer(findInputs(event)));
    byId("drawing").addEventListener("pointerleave", () => this.answer());
    byId("drawing").addEventListener("click", (event) => {
      this.question.take(findInputs(event));
      this.answer();
    });
  }
}

// The plane of the playground for networks: examples and what is predicted, to point at.

import { fromOwnUnit, toOwnUnit } from "../../../micrograd_nn/extras/train/pages/web/columns.js";
import { byId, setAttributes } from "../../../micrograd_nn/page/web/markup.js";
import { formatNumber } from "../../../micrograd_nn/page/web/numbers.js";
import { measureWidth } from "../../../micrograd_nn/page/web/plot.js";
import { Predictions } from "../../../micrograd_nn/extras/train/pages/web/predictions.js";
import { Meaning } from "../../../micrograd_nn/extras/train/pages/web/predictor.js";
import { Axes } from "./axes.js";
import { DrawnPoints } from "./drawnpoints.js";

const NEAR = 16; // pixels from an example that a click means
const KEY_STEP = 0.04; // of the plane's width, for an arrow key
const NEARLY = 0.1; // of a range: the middle is so near to 0
const MOVING = 28; // points of the map in a row while it trains, made for each frame
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const EMPTY = { names: ["x1", "x2"], rows: [], class: "−1" };

export class Plane {
  // `does` has the functions example(row), drawn(), reframed(prediction), tell(words) and say(words).
  constructor(form, does) {
    Object.assign(this, { form, does, axes: new Axes() });
    this.parts = { field: byId("net-field"), canvas: byId("net-map"), drawing: byId("net-plane") };
    this.drawn = new DrawnPoints(this, form, does);
    const { drawing } = this.parts;
    drawing.addEventListener("pointermove", (event) => this.#hover(event));
    drawing.addEventListener("pointerleave", () => this.#ask(null));
    drawing.addEventListener("pointerdown", (event) => this.#press(event));
    drawing.addEventListener("keydown", (event) => this.#key(event));
    byId("net-draw").addEventListener("change", () => {
      this.#describe();
      if (this.seen) {
        this.does.reframed(this.hold(this.seen));
      }
    });
  }

  // Shows other examples, and what `forward` predicts.
  begin({ prediction, rows }, forward) {
    Object.assign(this, { prediction, rows }); // of each example, the row of the data
    this.predictor = forward;
    this.meaning = new Meaning(prediction);
    this.picture = new Predictions(this.parts, prediction, forward, this.meaning);
    this.axes.holdHeights(this.picture, prediction);
    this.finest = this.picture.size;
    this.#centre();
    this.picture.choose(0, prediction.columns.length > 1 ? 1 : null);
    this.at = prediction.columns.map(({ low, high }) => (low + high) / 2);
    this.drawn.offerClasses(prediction.classes);
    this.#showKey();
  }

  // Shows a plane to draw in, where nothing can be learned yet: empty, or with points of one class.
  beginEmpty(shown = EMPTY) {
    const { names, rows } = shown;
    if (!rows.length) {
      this.axes.release();
    }
    const columns = names.map((name, place) => {
      const numbers = rows.map((row) => row[place]);
      const [low, high] = numbers.length ? [Math.min(...numbers), Math.max(...numbers)] : [0, 0];
      return { name, place, mean: 0, scale: 1, low, high };
    });
    const points = { training: rows.map((row) => [row, 0]), validation: [] };
    const prediction = { kind: "sign", names: [""], units: [[0, 1]], classes: [shown.class, ""], points, columns };
    this.begin({ prediction: this.hold(prediction, true), rows: [...rows.keys()] }, { cost: 1, predict: () => null });
    this.draw();
    this.picture.paintMap(this.at, {});
    byId("net-right").textContent = "";
    byId("net-asked").textContent = "";
  }

  // Returns a prediction with the axes that it has while one draws, or else its own.
  hold(prediction, draws = this.drawn.isOn) {
    this.seen = prediction;
    if (draws) {
      return this.axes.hold(prediction);
    }
    this.axes.release();
    return prediction;
  }

  draw() {
    this.picture.draw(measureWidth(byId("net-picture")));
    this.#describe();
  }

  // Shows what is predicted now, in a hurry while it trains. Which examples that is wrong for takes its
  // time, and can be left out.
  paint(colours, isTraining, withExamples) {
    const { picture, meaning, prediction } = this;
    const size = isTraining ? Math.min(MOVING, this.finest) : this.finest;
    if (picture.size !== size) {
      picture.size = size;
      picture.placeCanvas();
    }
    if (picture.up) {
      picture.paintMap([...this.at], colours);
    } else {
      picture.paintCurve([...this.at]);
    }
    if (!withExamples) {
      return;
    }
    picture.right = picture.marks.paint(this.predictor);
    const counts = Object.entries(prediction.points).filter(([, points]) => points.length).map(([part, points]) =>
      `${picture.right[part]} of ${points.length} ${part === "training" ? "in training" : "held out"}`);
    byId("net-right").textContent = !meaning.isClasses ? this.#describeErrors() : counts.length
      ? `Correct: ${counts.join(", ")}. Wrong ones have a ring${prediction.points.validation.length ? "; those held out are hollow" : ""}.`
      : "";
  }

  // Lets numbers that are about as far on both sides of 0 have no colour at 0 itself.
  #centre() {
    const { picture: { ranges }, prediction: { kind, columns, units: [[mean, scale]] } } = this;
    const [low, high] = ranges[0].map((x) => mean + scale * x);
    if (kind === "numbers" && columns.length > 1 && Math.abs(low + high) < NEARLY * (high - low)) {
      const most = Math.max(-low, high);
      ranges[0] = [-most, most].map((number) => (number - mean) / scale);
    }
  }

  // Says how far predictions of numbers are off, in their own unit.
  #describeErrors() {
    const [[, scale]] = this.prediction.units;
    const told = Object.entries(this.prediction.points).filter(([, points]) => points.length).map(([part, points]) => {
      const errors = points.map(([x, target]) => Math.abs(scale * ((this.predictor.predict(x.map(Number))?.[0] ?? NaN) - Number(target[0]))));
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      return `${formatNumber(mean)} ${part === "training" ? "in training" : "held out"}`;
    });
    return told.length ? `On average off by ${told.join(", ")}.` : "";
  }

  // Shows which colours stand for which numbers, where the plane has colours of numbers.
  #showKey() {
    const key = byId("net-key");
    const { meaning, picture, prediction } = this;
    key.hidden = meaning.isClasses || prediction.columns.length < 2;
    if (!key.hidden) {
      const [low, high] = picture.ranges[0].map((x) => meaning.toUnit(x, 0));
      const [from, , to, lines] = key.children;
      from.textContent = `${meaning.names[0]} ${formatNumber(low)}`;
      to.textContent = formatNumber(high);
      lines.textContent = `; no colour: ${formatNumber((low + high) / 2)}; lines at ${picture.chooseLevels().map(formatNumber).join(", ")}`;
    }
  }

  #describe() {
    const draws = this.drawn.isOn;
    byId("net-plane").setAttribute("aria-label",
      `The plane: what is predicted, with the examples. Arrow keys move a cross, Enter ${draws ? "adds a point" : "explains the nearest example"}.`);
    byId("net-plane").classList.toggle("draws", draws);
  }

  // Where something stands

  // Returns the inputs where a pointer is, the others as they were; null outside.
  inputsAt(event) {
    const found = this.picture?.inputsAt(event);
    if (!found) {
      return null;
    }
    const x = [...this.at];
    for (const [column, number] of found) {
      x[column.place] = fromOwnUnit(column, number);
    }
    return x;
  }

  // Returns the number of a curve at the height where a pointer is.
  heightAt({ clientY }) {
    const box = this.parts.drawing.getBoundingClientRect();
    return this.picture.y.number(((clientY - box.top) / box.height) * this.picture.frame.tall);
  }

  #hover(event) {
    const x = this.inputsAt(event);
    this.#ask(x);
    this.drawn.move(event);
  }

  // Says what is predicted at a place; null for none.
  #ask(x) {
    if (!this.picture?.frame) {
      return;
    }
    if (!x) {
      byId("net-asked").textContent = "";
      setAttributes(this.picture.asked, { d: "" });
      return;
    }
    this.picture.ask(x);
    const where = this.prediction.columns.map((column) => `${column.name} ${formatNumber(toOwnUnit(column, x))}`).join(", ");
    const outputs = this.predictor.predict(x);
    this.asked = outputs === null ? where : `At ${where}: ${this.meaning.describe(outputs)}`;
    byId("net-asked").textContent = this.asked;
  }

  // Returns which example is nearest to inputs, as they are listed; null where none is near enough.
  #nearest(x, most) {
    const { picture } = this;
    const [atX, atY] = [picture.x.place(toOwnUnit(picture.across, x)), picture.up && picture.y.place(toOwnUnit(picture.up, x))];
    let found = null;
    let least = most;
    picture.marks.placed.forEach(({ place }, i) => {
      const far = Math.hypot(place[0] - atX, picture.up ? place[1] - atY : 0);
      if (far <= least) {
        [found, least] = [i, far];
      }
    });
    return found;
  }

  // Pressing

  #press(event) {
    const x = this.inputsAt(event);
    if (!x || event.button > 0) {
      return;
    }
    if (this.drawn.isOn) {
      this.drawn.press(event);
      return;
    }
    const place = this.#nearest(x, NEAR);
    if (place === null) {
      this.does.tell("Click an example to look at it; “Draw” lets a click add one.");
    } else {
      this.does.example(this.rows[place]);
    }
  }

  #key(event) {
    const step = STEPS[event.key];
    if (step) {
      const { picture, at } = this;
      [picture.across, picture.up].forEach((column, i) => {
        if (column) {
          const wide = column.high - column.low || 1;
          at[column.place] = Math.max(column.low - 0.05 * wide, Math.min(column.high + 0.05 * wide, at[column.place] + step[i] * KEY_STEP * wide));
        }
      });
      this.#ask(at);
      this.does.say(this.asked);
    } else if (event.key === "Enter" || event.key === " ") {
      if (this.drawn.isOn) {
        this.drawn.add(this.at);
      } else {
        const place = this.#nearest(this.at, Infinity);
        if (place !== null) {
          this.does.example(this.rows[place]);
        }
      }
    } else {
      return;
    }
    event.preventDefault();
  }
}

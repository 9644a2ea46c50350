// The plane of the playground for networks: examples and what is predicted, to point at and draw in.

import { fromOwnUnit, toOwnUnit } from "../../../micrograd_nn/page/web/columns.js";
import { byId, html } from "../../../micrograd_nn/page/web/markup.js";
import { formatNumber } from "../../../micrograd_nn/page/web/numbers.js";
import { measureWidth, setAttributes, svg } from "../../../micrograd_nn/page/web/plot.js";
import { Predictions } from "../../../micrograd_nn/page/web/predictions.js";
import { Meaning } from "../../../micrograd_nn/page/web/predictor.js";
import { Axes } from "./axes.js";

const NEAR = 16; // pixels from an example that a click means
const APART = 14; // pixels between points that a finger draws
const KEY_STEP = 0.04; // of the plane's width, for an arrow key
const MOVING = 28; // points of the map in a row while it trains, for each frame anew
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const EMPTY = { names: ["x1", "x2"], rows: [], class: "−1" };

export class Plane {
  // `does` has the functions example(row), drawn(), reframed(prediction), tell(words) and say(words).
  constructor(form, does) {
    Object.assign(this, { form, does, axes: new Axes() });
    this.parts = { field: byId("net-field"), canvas: byId("net-map"), drawing: byId("net-plane") };
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
    const act = (id, click) => byId(id).addEventListener("click", click);
    act("net-use", () => this.#learn(form.table.value));
    act("net-undo", () => this.#learnDrawn(this.#table().trimEnd().split("\n").slice(0, -1).join("\n")));
    act("net-clear", () => this.#learnDrawn(this.#table().split("\n")[0]));
    byId("net-file").addEventListener("change", async ({ target }) => {
      const [file] = target.files;
      if (file) {
        this.#learn(await file.text());
        target.value = "";
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
    this.picture.choose(0, prediction.columns.length > 1 ? 1 : null);
    this.at = prediction.columns.map(({ low, high }) => (low + high) / 2);
    byId("net-kinds").replaceChildren(...prediction.classes.map((name) => html("option", { value: spellClass(name) })));
  }

  // Shows a plane to draw in, where nothing can be learnt yet: empty, or with points of one class.
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
  hold(prediction, draws = byId("net-draw").checked) {
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
    byId("net-right").textContent = meaning.isClasses && counts.length
      ? `Right: ${counts.join(", ")}. Wrong ones have a ring${prediction.points.validation.length ? "; those held out are hollow" : ""}.`
      : "";
  }

  #describe() {
    const draws = byId("net-draw").checked;
    byId("net-plane").setAttribute("aria-label",
      `The plane: what is predicted, with the examples. Arrow keys move a cross, Enter ${draws ? "adds a point" : "explains the nearest example"}.`);
    byId("net-plane").classList.toggle("draws", draws);
  }

  // Where something stands

  #inputsAt(event) {
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

  #heightAt({ clientY }) {
    const box = this.parts.drawing.getBoundingClientRect();
    return this.picture.y.number(((clientY - box.top) / box.height) * this.picture.frame.tall);
  }

  #hover(event) {
    const x = this.#inputsAt(event);
    this.#ask(x);
    if (x && this.dragged) {
      this.#drag(event);
    }
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

  // Pressing and drawing

  #press(event) {
    const x = this.#inputsAt(event);
    if (!x || event.button > 0) {
      return;
    }
    if (!byId("net-draw").checked) {
      const place = this.#nearest(x, NEAR);
      if (place === null) {
        this.does.tell("Click an example to look at it; “Draw” lets a click add one.");
      } else {
        this.does.example(this.rows[place]);
      }
      return;
    }
    this.dragged = { rows: [], last: null };
    this.parts.drawing.setPointerCapture(event.pointerId);
    const end = () => {
      const rows = this.dragged?.rows ?? [];
      this.dragged = null;
      if (rows.length) {
        this.#add(rows);
      }
    };
    for (const name of ["pointerup", "pointercancel"]) {
      this.parts.drawing.addEventListener(name, end, { once: true });
    }
    this.#drag(event);
  }

  #drag(event) {
    const { dragged } = this;
    const x = this.#inputsAt(event);
    const isFar = !dragged.last || Math.hypot(event.clientX - dragged.last[0], event.clientY - dragged.last[1]) >= APART;
    if (!x || !isFar) {
      return;
    }
    dragged.last = [event.clientX, event.clientY];
    dragged.rows.push(this.#row(x, this.#heightAt(event)));
    const { picture } = this;
    const cx = picture.x.place(toOwnUnit(picture.across, x));
    const cy = picture.up ? picture.y.place(toOwnUnit(picture.up, x)) : picture.y.place(this.#heightAt(event));
    picture.marks.marks.append(svg("circle", { class: "mark fresh", cx, cy, r: 4.5 }));
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
      if (byId("net-draw").checked) {
        this.#add([this.#row(this.at, Number(byId("net-kind").value.replace(",", ".")) || 0)]);
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

  // The table

  // Returns a point as the cells of a row, in the columns' own units.
  #row(x, height) {
    const { columns, kind } = this.prediction;
    const cells = columns.map((column) => roundFor(column, toOwnUnit(column, x)));
    const isCurve = kind === "numbers" && columns.length === 1;
    return [...cells, isCurve ? String(Number(height.toFixed(3))) : byId("net-kind").value.trim()];
  }

  #add(rows) {
    if (rows.some((row) => row.at(-1) === "")) {
      this.does.tell("Say of which class the point is, or of which value.");
      return;
    }
    const text = this.#table();
    const separator = [",", ";", "\t"].find((mark) => text.split("\n")[0].includes(mark)) ?? ",";
    const quote = (cell) => (/[",;\t\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    const lines = rows.map((row) => row.map(quote).join(separator));
    this.#learnDrawn(`${text.trimEnd()}\n${lines.join("\n")}\n`);
  }

  // Learns points drawn with classes as such, whatever their names look like.
  #learnDrawn(text) {
    if (this.prediction.kind !== "numbers" && this.form.target.value === "auto") {
      this.form.target.value = "class";
    }
    this.#learn(text);
  }

  #learn(text) {
    this.form.learn(text);
    this.does.drawn();
  }

  // Returns the table as it stands; of made points, one that has them.
  #table() {
    if (this.form.isOwn) {
      return this.form.table.value.trim() ? this.form.table.value : "x1,x2,class\n";
    }
    const { columns, points, kind, classes, units } = this.prediction;
    const heads = [...columns.map(({ name }) => name), kind === "numbers" ? "y" : "class"];
    const rows = [];
    Object.values(points).flat().forEach(([x, target], i) => {
      const last = kind === "numbers" ? units[0][0] + units[0][1] * Number(target[0]) : spellClass(classes[target]);
      rows[this.rows[i]] = [...columns.map((column) => toOwnUnit(column, x.map(Number))), last].join(",");
    });
    return `${[heads.join(","), ...rows].join("\n")}\n`;
  }
}

// Returns a number with as many digits as its column's range lets one see.
function roundFor({ low, high, scale }, number) {
  const step = (Math.abs(high - low) || 1) * Math.abs(scale) / 1000;
  const digits = Math.max(0, Math.min(20, 1 - Math.floor(Math.log10(step))));
  return String(Number(number.toFixed(digits)));
}

// Returns a class as a table has it: of made points, -1 or 1.
function spellClass(name) {
  return { "−1": "-1", "+1": "1" }[name] ?? name;
}

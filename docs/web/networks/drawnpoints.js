// Own data in the playground for networks: points drawn in the plane, and the table that they are rows of.

import { toOwnUnit } from "../../../micrograd_nn/extras/train/pages/web/columns.js";
import { byId, html, whenPressed } from "../../../micrograd_nn/page/web/markup.js";
import { svg } from "../../../micrograd_nn/page/web/plot.js";

const APART = 14; // pixels between points that a finger draws

export class DrawnPoints {
  #dragged = null; // the rows of the points that are being drawn, and where the last one is

  // `plane` is the one to draw in; `does` has the functions drawn() and tell(words).
  constructor(plane, form, does) {
    Object.assign(this, { plane, form, does });
    whenPressed("net-use", () => this.#learn(form.table.value));
    whenPressed("net-undo", () => this.#learnDrawn(this.#table().trimEnd().split("\n").slice(0, -1).join("\n")));
    whenPressed("net-clear", () => this.#learnDrawn(this.#table().split("\n")[0]));
    byId("net-file").addEventListener("change", async ({ target }) => {
      const [file] = target.files;
      if (file) {
        this.#learn(await file.text());
        target.value = "";
      }
    });
  }

  // Whether a click adds a point.
  get isOn() {
    return byId("net-draw").checked;
  }

  // Offers the classes that there are.
  offerClasses(classes) {
    byId("net-kinds").replaceChildren(...classes.map((name) => html("option", { value: spellClass(name) })));
  }

  // Begins to draw, until the pointer that was pressed is lifted.
  press(event) {
    const { drawing } = this.plane.parts;
    this.#dragged = { rows: [], last: null };
    drawing.setPointerCapture(event.pointerId);
    const end = () => {
      const rows = this.#dragged?.rows ?? [];
      this.#dragged = null;
      if (rows.length) {
        this.#add(rows);
      }
    };
    for (const name of ["pointerup", "pointercancel"]) {
      drawing.addEventListener(name, end, { once: true });
    }
    this.move(event);
  }

  // Draws another point, if the pointer is pressed and has come far enough.
  move(event) {
    const dragged = this.#dragged;
    if (!dragged) {
      return;
    }
    const { plane } = this;
    const x = plane.inputsAt(event);
    const isFar = !dragged.last || Math.hypot(event.clientX - dragged.last[0], event.clientY - dragged.last[1]) >= APART;
    if (!x || !isFar) {
      return;
    }
    dragged.last = [event.clientX, event.clientY];
    const height = plane.heightAt(event);
    dragged.rows.push(this.#row(x, height));
    const { picture } = plane;
    const cx = picture.x.place(toOwnUnit(picture.across, x));
    const cy = picture.y.place(picture.up ? toOwnUnit(picture.up, x) : height);
    picture.marks.marks.append(svg("circle", { class: "mark fresh", cx, cy, r: 4.5 }));
  }

  // Adds a point at inputs, with what stands in the field as its class or value.
  add(x) {
    this.#add([this.#row(x, Number(byId("net-kind").value.replace(",", ".")) || 0)]);
  }

  // Returns a point as the cells of a row, in the columns' own units.
  #row(x, height) {
    const { columns, kind } = this.plane.prediction;
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

  #learnDrawn(text) {
    this.#learn(text, this.plane.prediction.kind !== "numbers");
  }

  #learn(text, areClasses = false) {
    this.form.learn(text, areClasses);
    this.does.drawn();
  }

  // Returns the table as it stands; of made points, one that has them.
  #table() {
    if (this.form.isOwn) {
      return this.form.table.value.trim() ? this.form.table.value : `x1,x2,${this.form.target.value === "number" ? "y" : "class"}\n`;
    }
    const { prediction, rows: places } = this.plane;
    const { columns, points, kind, classes, units } = prediction;
    const heads = [...columns.map(({ name }) => name), kind === "numbers" ? "y" : "class"];
    const rows = [];
    Object.values(points).flat().forEach(([x, target], i) => {
      const last = kind === "numbers" ? units[0][0] + units[0][1] * Number(target[0]) : spellClass(classes[target]);
      rows[places[i]] = [...columns.map((column) => toOwnUnit(column, x.map(Number))), last].join(",");
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

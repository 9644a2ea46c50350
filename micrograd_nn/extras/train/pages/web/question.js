// What a model is asked: inputs of the reader's choice, each with a control that moves it.

import { describeInput, fromOwnUnit, makeUsualInputs, putCategory, toOwnUnit } from "./columns.js";
import { html } from "../../../../page/web/markup.js";

const MOST_CONTROLS = 12; // columns that can be moved
const BEYOND = 0.06; // how far beyond the examples a slider goes, of their range
const FINE = 50; // steps of a slider at least

/** The inputs that are asked about; `changed(column)` is told of a control that was moved. */
export class Question {
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

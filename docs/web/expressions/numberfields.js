// The fields of a playground for numbers: one for each name of an expression.

import { readExactly, spellNumber } from "../../../micrograd_nn/page/web/address.js";
import { html } from "../../../micrograd_nn/page/web/markup.js";
import { explainRefusal } from "../../../micrograd_nn/page/web/reading.js";

/** A field for each name; `changed(name, number)` hears of each number that is typed. */
export class NumberFields {
  #element;
  #refusal;
  #changed;
  #fields = new Map(); // by name

  constructor(element, refusal, changed) {
    this.#element = element;
    this.#refusal = refusal;
    this.#changed = changed;
  }

  /** Show these numbers, by name; a field that somebody types into keeps its text. */
  show(numbers) {
    const names = [...numbers.keys()];
    if (names.join(" ") !== [...this.#fields.keys()].join(" ")) {
      this.#fields = new Map(names.map((name) => [name, this.#fields.get(name) ?? this.#make(name)]));
      const labels = [...this.#fields.values()].map((field) => field.parentElement);
      this.#element.replaceChildren(...labels);
      this.#refusal.textContent = "";
    }
    for (const [name, field] of this.#fields) {
      const [number, typed] = [numbers.get(name), readExactly(field.value)];
      const isTyped = document.activeElement === field && (typed === null || Object.is(typed, number)); // to its end, or not yet
      if (!isTyped) {
        field.value = spellNumber(number);
        field.setAttribute("aria-invalid", "false");
      }
    }
  }

  #make(name) {
    const field = html("input", { type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false" });
    html("label", {}, html("bdi", {}, name), field);
    field.addEventListener("input", () => {
      const number = readExactly(field.value);
      field.setAttribute("aria-invalid", String(number === null));
      const isBeyond = number === null && /^[^a-z]*\de\d+$/i.test(field.value.trim());
      const why = isBeyond ? `${field.value} is beyond the largest number, 1.8e308.` : explainRefusal(field.value);
      this.#refusal.textContent = number === null ? `${name}: ${why}` : "";
      if (number !== null) {
        this.#changed(name, number);
      }
    });
    return field;
  }
}

// One guess: a question with fields for numbers, a choice, an order or any words, before the answer opens.

import { html } from "../../../micrograd_nn/page/web/markup.js";
import { isNear, isNearly, NEARLY } from "../../../micrograd_nn/page/web/nearness.js";
import { explainAnswer, readAnswer } from "../../../micrograd_nn/page/web/reading.js";
import { Ordering } from "./ordering.js";

export class Guess {
  #answer; // the details that open
  #asked; // { fields, choices, order }
  #controls;
  #isDone = false;
  #keep;
  #misses = 0;
  #ordering = null;
  #told;

  // `kept` is { given, state } of an earlier visit; keep() is called with the same.
  constructor(place, number, kept, keep) {
    this.#answer = place.nextElementSibling;
    this.#asked = JSON.parse(place.dataset.asked);
    this.#keep = keep;
    this.#told = html("p", { role: "status" });
    const { controls, parts } = this.#makeControls(number);
    this.#controls = controls;
    const isOpen = controls[0]?.tagName === "TEXTAREA";
    const form = html(
      "form",
      { "aria-label": place.textContent },
      ...parts,
      html("button", {}, isOpen ? "Compare" : "Check"),
      this.#told,
    );
    place.append(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#judge();
    });
    if (kept) {
      this.#restore(kept);
    }
    this.#answer.addEventListener("toggle", () => {
      if (this.#answer.open && !this.#isDone) {
        this.#end("skipped");
      }
    });
  }

  #makeControls(number) {
    const { fields, choices, order } = this.#asked;
    if (order.length) {
      this.#ordering = new Ordering(order, (words) => (this.#told.textContent = words));
      return { controls: [], parts: [this.#ordering.element] };
    }
    if (choices.length) {
      const controls = choices.map((_, i) => html("input", { type: "radio", name: `guess-${number}`, value: i }));
      return { controls, parts: choices.map(({ label }, i) => html("label", {}, controls[i], ` ${label}`)) };
    }
    if (fields.length) {
      const controls = fields.map(() => html("input", { type: "text", inputmode: "text", autocomplete: "off", size: 8 }));
      return { controls, parts: fields.map(({ label }, i) => html("label", {}, `${label} = `, controls[i])) };
    }
    const words = html("textarea", { rows: 1, "aria-label": "Your guess" });
    return { controls: [words], parts: [words] };
  }

  // What the reader gave: texts, or the index of a choice.
  get #given() {
    if (this.#ordering) {
      return this.#ordering.given;
    }
    const { choices } = this.#asked;
    return choices.length
      ? [String(this.#controls.findIndex(({ checked }) => checked))]
      : this.#controls.map(({ value }) => value.trim());
  }

  #restore({ given, state }) {
    const { choices, order } = this.#asked;
    if (order.length && order.every(({ label }) => given.includes(label)) && given.length === order.length) {
      this.#ordering.given = given;
    }
    this.#controls.forEach((control, i) => {
      if (choices.length) {
        control.checked = String(i) === given[0];
      } else {
        control.value = given[i] ?? "";
      }
    });
    this.#isDone = true;
    this.#told.textContent = { right: "Right, the last time.", compared: "Your words of the last time." }[state] ?? "";
  }

  #judge() {
    const { fields, choices } = this.#asked;
    const given = this.#given;
    if (this.#ordering?.isMoved === false || given.every((one) => one === "" || one === "-1")) {
      this.#end("skipped"); // one key: Enter in an empty field
    } else if (this.#ordering) {
      this.#tell(this.#ordering.judge());
    } else if (choices.length) {
      this.#tell(choices[given[0]]);
    } else if (fields.length) {
      this.#tell(judgeNumbers(fields, given));
    } else {
      this.#end("compared", "");
    }
  }

  #tell({ isRight, isFree, told }) {
    if (isRight) {
      this.#end("right", told || "Right.");
      return;
    }
    this.#misses += isFree ? 0 : 1;
    const more = this.#misses > 1 ? "Once more, or open the answer." : "Once more?";
    this.#told.textContent = `${told || "Not that."} ${isFree ? "" : more}`.trim();
  }

  #end(state, words = "") {
    this.#isDone = true;
    this.#told.textContent = words;
    this.#answer.open = true;
    this.#keep({ given: this.#given, state });
  }
}

// Says what is right of the numbers that were given: the first that isn't decides.
function judgeNumbers(fields, given) {
  for (const [i, { label, right, slips }] of fields.entries()) {
    const number = readAnswer(given[i]);
    const of = fields.length > 1 ? `${label}: ` : "";
    if (number === null) {
      return { isFree: true, told: of + explainAnswer(given[i]) };
    }
    if (!isNear(number, right)) {
      const slip = slips.find(([wrong]) => isNear(number, wrong));
      const isRough = !slip && isNearly(number, right);
      return { isFree: isRough, told: of + (slip?.[1] ?? (isRough ? `${NEARLY.title} ${NEARLY.told}` : "Not that.")) };
    }
  }
  return { isRight: true };
}

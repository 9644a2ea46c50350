// The settings of the playground for networks: in its form, and behind the # of its address.

import { joinState, readState, writeState } from "../../../micrograd_nn/page/web/address.js";
import { byId, html } from "../../../micrograd_nn/page/web/markup.js";

export class NetForm {
  // `changed()` is called when somebody has changed a setting to something that can be.
  constructor(changed) {
    this.form = byId("net-settings");
    this.table = byId("net-table");
    this.target = byId("net-target");
    this.taken = ""; // the table that is learned
    this.data = ""; // as it was understood last; "" until the settings are shown
    this.loss = ""; // that somebody chose, for whatever data it suits
    this.hasOwnNoise = false;
    this.hasOwnTarget = false; // what the last column is was chosen, not seen from its cells
    this.limits = null; // of the settings, as network_settings.py describes them
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", ({ target }) => {
      if (target.name === "data") {
        this.showKind();
      }
      if (target.name === "loss") {
        this.loss = target.value;
      }
      this.hasOwnNoise ||= target.name === "noise";
      changed();
    });
    this.target.addEventListener("change", () => {
      this.hasOwnTarget = true;
      if (this.isOwn) {
        changed();
      }
    });
  }

  // Takes the choices and the limits of all settings into the fields.
  offer(limits) {
    this.limits = limits;
    for (const [name, { choices, low, high, step, pattern, title, several }] of Object.entries(limits)) {
      const field = name === "target" ? this.target : this.form.elements[name];
      if (choices) {
        field.replaceChildren(...listOptions(choices));
      } else if (low !== undefined) {
        Object.assign(field, { min: low, max: high, step, required: true });
      } else if (pattern) {
        Object.assign(field, { pattern, title });
      } else if (several) {
        byId("net-features").replaceChildren(...several.map(([value, words]) =>
          html("label", {}, html("input", { type: "checkbox", value }), html("span", {}, words))));
      }
    }
  }

  // Marks the fields that have what can't be, and says what each of them takes; "" where all can be.
  check() {
    const told = [];
    for (const field of this.fields) {
      const words = field.closest(".net-made")?.hidden ? "" : describeFault(field);
      field.ariaInvalid = words ? "true" : null;
      if (words) {
        told.push(`${field.labels[0].firstChild.textContent.trim()}: ${words}`);
      }
    }
    if (this.data && !this.features.some((box) => box.checked && !box.parentElement.hidden)) {
      told.push("Inputs: one at least is needed");
    }
    return told.length ? `${told.join("; ")}. Until then nothing is trained.` : "";
  }

  get fields() {
    return [...this.form.elements].filter(({ name }) => name);
  }

  // The boxes of the inputs that a network may have.
  get features() {
    return [...byId("net-features").querySelectorAll("input")];
  }

  get isOwn() {
    return this.form.elements.data.value === "own";
  }

  // Returns the settings as texts by name.
  read() {
    const settings = Object.fromEntries(this.fields.filter((field) => !describeFault(field)).map(({ name, value }) => [name, value.trim()]));
    if (settings.data !== this.data) {
      settings.loss = this.loss || settings.loss;
      if (!this.hasOwnNoise) {
        delete settings.noise; // each shape has its own
      }
    }
    settings.features = this.features.filter(({ checked }) => checked).map(({ value }) => value).join(",");
    return this.isOwn ? { ...settings, table: this.taken, target: this.target.value } : settings;
  }

  // Takes over the settings as they were understood, with the losses and the inputs to choose from.
  show(settings, losses, offered = this.limits.features.several) {
    byId("net-settings").elements.loss.replaceChildren(...losses.map((name) => html("option", { value: name }, name.replaceAll("_", " "))));
    for (const field of this.fields) {
      field.value = settings[field.name];
      field.ariaInvalid = null;
    }
    const chosen = settings.features.split(",");
    const names = Object.fromEntries(offered);
    for (const box of this.features) {
      box.checked = chosen.includes(box.value);
      box.parentElement.hidden = !(box.value in names); // of a second column, where there is one alone
      box.nextElementSibling.textContent = names[box.value] ?? box.value;
    }
    this.data = settings.data;
    this.form.querySelectorAll("fieldset").forEach((part) => {
      part.disabled = false;
    });
    this.target.value = settings.target;
    this.showKind();
  }

  showKind() {
    for (const part of document.querySelectorAll(".net-made")) {
      part.hidden = this.isOwn;
    }
    if (this.isOwn && !this.taken.trim()) {
      byId("net-own").open = true;
    }
  }

  set(name, text) {
    this.form.elements[name].value = text;
  }

  // Takes a table as the data. Points that were drawn are of classes, whatever their names look like,
  // unless somebody chose what they are.
  learn(text, isDrawn = false) {
    if (!this.hasOwnTarget) {
      this.target.value = isDrawn ? "class" : "auto";
    }
    this.table.value = text;
    this.taken = text;
    this.set("data", "own");
    this.showKind();
  }

  // Changes a layer's neurons, or adds a layer; says why where there can't be more, or else "".
  resize(layer, by) {
    const sizes = this.form.elements.layers.value.split(",").map(Number).filter(Boolean);
    sizes[layer] = (sizes[layer] ?? 0) + by;
    const { most, neurons } = this.limits.layers;
    if (sizes.length > most || sizes[layer] > neurons) {
      return `At most ${most} layers of ${neurons} neurons.`;
    }
    this.set("layers", sizes.filter((size) => size > 0).join(","));
    return "";
  }
}

// Returns the options of choices [value, words, group or null]; those of a group stand together.
function listOptions(choices) {
  const made = new Map();
  const options = choices.map(([value, words, group]) => {
    const option = html("option", { value }, words);
    if (group === null) {
      return option;
    }
    if (made.has(group)) {
      made.get(group).append(option);
      return "";
    }
    made.set(group, html("optgroup", { label: group }, option));
    return made.get(group);
  });
  return options.filter(Boolean);
}

// Says what a field takes where it has something else; "" where it doesn't.
function describeFault({ validity, type, min, max, step, title }) {
  const isWhole = step === "1";
  const { badInput, valueMissing, rangeUnderflow, rangeOverflow, patternMismatch, stepMismatch } = validity;
  if (!(badInput || valueMissing || rangeUnderflow || rangeOverflow || patternMismatch || (isWhole && stepMismatch))) {
    return "";
  }
  return type === "number" ? `a ${isWhole ? "whole " : ""}number from ${min} to ${max} is needed` : title;
}

// Returns the address of this page with settings; null where that is too long for a link.
export function writeLink(settings) {
  const { table, target, ...rest } = settings;
  const all = settings.data === "own" ? { ...rest, target, table } : rest;
  return joinState(location.href, writeState(Object.entries(all)));
}

// Returns the settings of the address, none where it leads to a heading.
export function readLink() {
  const written = location.hash.slice(1);
  if (document.getElementById(written)) {
    return {};
  }
  const { state, unread } = readState(written);
  return Object.fromEntries([...state, ...unread.map((part) => [part, ""])]); // which is refused by name
}

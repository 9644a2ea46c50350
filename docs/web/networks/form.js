// The settings of the playground for networks: in its form, and behind the # of its address.

import { joinState, readState, writeState } from "../../../micrograd_nn/page/web/address.js";
import { byId, html } from "../../../micrograd_nn/page/web/markup.js";

const NARROW = "(max-width: 46em)"; // where the settings would hide the network
const MOST_LAYERS = 4;
const MOST_NEURONS = 8;

export class NetForm {
  // `changed()` is called when somebody has changed a setting to something that can be.
  constructor(changed) {
    this.form = byId("net-settings");
    this.table = byId("net-table");
    this.target = byId("net-target");
    this.taken = ""; // the table that is learnt
    this.data = ""; // as it was understood last; "" until the settings are shown
    this.loss = ""; // that somebody chose, for whatever data it suits
    this.hasOwnNoise = false;
    byId("net-options").open = !matchMedia(NARROW).matches;
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
    return told.length ? `${told.join("; ")}. Until then nothing is trained.` : "";
  }

  get fields() {
    return [...this.form.elements].filter(({ name }) => name);
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
    return this.isOwn ? { ...settings, table: this.taken, target: this.target.value } : settings;
  }

  // Takes over the settings as they were understood, and the losses that there are to choose from.
  show(settings, losses) {
    byId("net-settings").elements.loss.replaceChildren(...losses.map((name) => html("option", { value: name }, name.replaceAll("_", " "))));
    for (const field of this.fields) {
      field.value = settings[field.name];
      field.ariaInvalid = null;
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

  // Takes a table as the data.
  learn(text) {
    this.table.value = text;
    this.taken = text;
    this.set("data", "own");
    this.showKind();
  }

  // Changes a layer's neurons, or adds a layer; false where there can't be more.
  resize(layer, by) {
    const sizes = this.form.elements.layers.value.split(",").map(Number).filter(Boolean);
    sizes[layer] = (sizes[layer] ?? 0) + by;
    if (sizes.length > MOST_LAYERS || sizes[layer] > MOST_NEURONS) {
      return false;
    }
    this.set("layers", sizes.filter((size) => size > 0).join(","));
    return true;
  }
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

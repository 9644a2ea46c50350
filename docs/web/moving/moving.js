// A picture in the text that moves: a plot, or a drawing, whose sliders or points a reader moves.

import { html, makeButton, setAttributes, wantsCalm } from "../../../micrograd_nn/page/web/markup.js";
import { animate, whenDragged } from "../../../micrograd_nn/page/web/moving.js";
import { formatNumber } from "../../../micrograd_nn/page/web/numbers.js";
import { drawLine, measureWidth, Scale, svg } from "../../../micrograd_nn/page/web/plot.js";
import { SHOWS } from "./shows.js";

const MARGINS = { left: 48, right: 14, top: 28, bottom: 44 };
const SHAPE = 0.58; // its height, of its width
const TALLEST = 380;
const SAMPLES = 201; // of a curve
const PLAYS_FOR = 6000; // ms, from one end of a slider to the other

export class Moving {
  #show;
  #values;
  #drawing = svg("svg", { role: "img", class: "plot" });
  #told = html("output");
  #sliders = new Map();
  #choices = new Map();
  #button = null;
  #playing = null; // ends what plays

  constructor(place) {
    const show = SHOWS[place.dataset.shows];
    this.#show = typeof show === "function" ? show(JSON.parse(place.dataset.numbers)) : show;
    const { sliders, choices = {} } = this.#show;
    const first = Object.fromEntries(Object.entries({ ...choices, ...sliders }).map(([name, { value }]) => [name, value]));
    this.#values = first;
    const controls = [
      ...Object.entries(choices).map(([name, { names }]) => this.#makeChoice(name, names)),
      ...Object.entries(sliders).map(([name, slider]) => this.#makeSlider(name, slider)),
    ];
    const reset = makeButton("Reset", () => {
      this.#stop();
      this.#move(first);
    });
    place.append(this.#drawing, html("p", {}, this.#told), html("div", { class: "controls" }, ...this.#makePlay(), ...controls, reset));
    if (this.#show.drags || this.#show.pick) {
      whenDragged(this.#drawing, (event) => this.#follow(event));
    }
    new ResizeObserver(() => this.#draw()).observe(this.#drawing);
    this.#draw();
  }

  #makeChoice(name, names) {
    const choice = html("select", { "aria-label": name }, ...names.map((text, i) => html("option", { value: i }, text)));
    choice.addEventListener("change", () => this.#move({ [name]: Number(choice.value) }));
    this.#choices.set(name, choice);
    return html("label", {}, `${name} `, choice);
  }

  #makeSlider(name, { label, low, high, step, isLog, tell = formatNumber }) {
    const [from, to] = isLog ? [Math.log10(low), Math.log10(high)] : [low, high];
    const slider = html("input", { type: "range", "aria-label": label ?? name, min: from, max: to, step: isLog ? (to - from) / 100 : step });
    slider.addEventListener("input", () => {
      this.#stop();
      const number = Number(slider.value);
      this.#move({ [name]: isLog ? Number((10 ** number).toPrecision(2)) : number });
    });
    const shown = html("span");
    this.#sliders.set(name, { slider, shown, isLog, tell });
    return html("label", {}, `${label ?? name} `, slider, shown);
  }

  #makePlay() {
    const { plays } = this.#show;
    if (!plays) {
      return [];
    }
    this.#button = makeButton(plays.name, () => (this.#playing === null ? this.#play() : this.#stop()));
    return [this.#button];
  }

  // Moves a slider to its end, from its beginning if it is there already.
  #play() {
    const { slider } = this.#show.plays;
    const { low, high } = this.#show.sliders[slider];
    if (wantsCalm()) {
      this.#move({ [slider]: high });
      return;
    }
    const from = this.#values[slider] < high ? this.#values[slider] : low;
    this.#playing = animate(PLAYS_FOR * (high - from) / (high - low), (part) => {
      this.#move({ [slider]: from + Math.round(part * (high - from)) });
      if (part === 1) {
        this.#stop();
      }
    });
    this.#button.textContent = "Pause";
    this.#told.ariaBusy = "true"; // a screen reader hears where it ends
  }

  #stop() {
    if (this.#playing !== null) {
      this.#playing();
      this.#playing = null;
      this.#told.ariaBusy = "false";
      this.#button.textContent = this.#show.plays.name;
    }
  }

  #move(values) {
    this.#values = { ...this.#values, ...values };
    this.#draw();
  }

  // Lets the point, or what is chosen, follow a finger, as far as its slider goes.
  #follow({ clientX }) {
    const { drags, pick, sliders } = this.#show;
    const { left, width } = this.#drawing.getBoundingClientRect();
    const across = ((clientX - left) / width) * this.#width;
    if (pick) {
      this.#move(pick(this.#values, across, this.#width));
      return;
    }
    const { low, high, step } = sliders[drags];
    const rounded = Number((Math.round(this.#x.number(across) / step) * step).toPrecision(6));
    this.#move({ [drags]: Math.min(high, Math.max(low, rounded)) });
  }

  #x;
  #width;

  #draw() {
    const width = measureWidth(this.#drawing);
    this.#values = this.#show.settle?.(this.#values) ?? this.#values;
    const { tall, parts, told, across } = this.#show.paint?.(this.#values, width) ?? this.#plot(width);
    this.#x = across;
    this.#width = width;
    this.#drawing.replaceChildren(...parts);
    setAttributes(this.#drawing, { viewBox: `0 0 ${width} ${tall}`, "aria-label": `${this.#show.title}. ${told}` });
    this.#told.textContent = told;
    for (const [name, choice] of this.#choices) {
      choice.value = String(this.#values[name]);
    }
    for (const [name, { slider, shown, isLog, tell }] of this.#sliders) {
      const value = this.#values[name];
      slider.value = String(isLog ? Math.log10(value) : value);
      shown.textContent = tell(value, this.#values);
      slider.setAttribute("aria-valuetext", shown.textContent);
    }
  }

  // Returns the parts of a plot, what it tells, and its scale across.
  #plot(width) {
    const { x, y, draw, isBare } = this.#show;
    const shape = isBare ? (y.high - y.low) / (x.high - x.low) : SHAPE;
    const tall = Math.round(Math.min(TALLEST, width * shape));
    const { left, top, bottom: below } = isBare ? { left: 2, top: 2, bottom: 2 } : MARGINS;
    const bottom = tall - below;
    const right = isBare ? left + (bottom - top) * ((x.high - x.low) / (y.high - y.low)) : width - MARGINS.right;
    const across = new Scale(x.low, x.high, left, right);
    const up = new Scale(y.low, y.high, bottom, top);
    const at = ([a, b]) => [across.place(a), up.place(Math.min(y.high + 9 * (y.high - y.low), Math.max(y.low - 9 * (y.high - y.low), b)))];
    const { areas = [], curves = [], lines = [], dots = [], texts = [], told } = draw(this.#values);
    const inside = svg(
      "svg",
      { x: left, y: top, width: right - left, height: bottom - top, viewBox: `${left} ${top} ${right - left} ${bottom - top}` },
      ...areas.map(({ corners, shade, kind }) => svg("path", { class: `area ${kind ?? ""}`, "fill-opacity": shade, d: `${drawLine(corners.map(at))}Z` })),
      ...curves.map(({ f, kind }) => svg("path", { class: `curve ${kind ?? ""}`, d: drawLine(sample(f, x).map(at)) })),
      ...lines.map(({ points, kind }) => svg("path", { class: `line ${kind ?? ""}`, d: drawLine(points.map(at)) })),
    );
    const marks = dots.map(({ place, kind }) => {
      const [cx, cy] = at(place);
      return svg("circle", { class: `dot ${kind ?? ""}`, cx, cy, r: kind === "held" ? 8 : 5 });
    });
    const words = texts.map(({ place, text, anchor }) => {
      const [begin, baseline] = at(place);
      return svg("text", { x: begin, y: baseline, "text-anchor": anchor ?? "start" }, text);
    });
    const axes = isBare ? [] : this.#drawAxes(across, up, { left, right, top, bottom, tall });
    return { tall, parts: [...axes, inside, ...marks, ...words], told, across };
  }

  #drawAxes(across, up, { left, right, top, bottom, tall }) {
    const { x, y } = this.#show;
    const parts = [];
    for (const tick of up.ticks(4)) {
      const place = up.place(tick);
      parts.push(svg("path", { class: "grid", d: `M${left} ${place}H${right}` }));
      parts.push(svg("text", { x: left - 8, y: place + 4, "text-anchor": "end" }, formatNumber(tick)));
    }
    for (const tick of across.ticks(7)) {
      const place = across.place(tick);
      parts.push(svg("path", { class: "axis", d: `M${place} ${bottom}v5` }));
      parts.push(svg("text", { x: place, y: bottom + 20, "text-anchor": "middle" }, formatNumber(tick)));
    }
    parts.push(svg("path", { class: "axis", d: `M${left} ${bottom}H${right}` }));
    parts.push(svg("text", { x: (left + right) / 2, y: tall - 6, "text-anchor": "middle" }, x.name));
    parts.push(svg("text", { x: left - 8, y: top - 12, "text-anchor": "start" }, y.name));
    return parts;
  }
}

function sample(f, { low, high }) {
  return Array.from({ length: SAMPLES }, (_, i) => {
    const x = low + ((high - low) * i) / (SAMPLES - 1);
    return [x, f(x)];
  });
}

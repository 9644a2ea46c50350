// A network's drawing: a line for each weight, as wide as it is large; and tables of weights: each with
// its name, its number, and how far that is from the start.

import { byId, html, setAttributes } from "../../../../page/web/markup.js";
import { formatNumber } from "../../../../page/web/numbers.js";
import { SIZE } from "./neuronmaps.js";
import { svg } from "../../../../page/web/plot.js";
import { nameSource } from "./replay.js";

const MOST_NEURONS = 16; // of a layer that are drawn
const MOST_ROWS = 60; // of the table
const MOST_LISTED = 20; // parameters of a model that isn't drawn
const GAP = { maps: SIZE + 7, circles: 22 };
const RADIUS = 8; // of a circle
const MARGIN = { x: 34, y: 20 };
const END_LETTER = 7.2; // the width of a letter of a name
const END_SHARE = 0.2; // of the width, for the names on one side
const WIDEST = 5; // a line of the largest weight there was at the first or best epoch
const MOST = 2; // times as wide are those that grew beyond it

/** A table with a heading for the names, to stand last in a section. */
export class WeightTable {
  constructor(section, heading) {
    this.body = html("tbody");
    const heads = [heading, "Weight", "Since the start"].map((text) => html("th", { scope: "col" }, text));
    const table = html("table", {}, html("thead", {}, html("tr", {}, ...heads)), this.body);
    section.append(html("div", { class: "list", tabindex: "0", role: "group", "aria-label": "Table of weights" }, table));
  }

  /** Show these rows. */
  show(rows) {
    this.body.replaceChildren(...rows);
  }
}

/** Return the row of a weight; `kind` is a class for its number. */
function makeWeightRow(name, weight, first, kind = null) {
  return html("tr", {},
    html("th", { scope: "row", dir: "auto" }, name),
    html("td", { class: kind }, formatNumber(weight)),
    html("td", {}, formatNumber(weight - first)));
}

/** Lists the parameters of a replay that differ most from the start, of a model that isn't drawn. */
export class Parameters {
  constructor(replay) {
    this.replay = replay;
    this.table = new WeightTable(byId("parameters"), "Name");
    const { length } = replay.parameters;
    byId("of-parameters").textContent =
      length > MOST_LISTED ? `Of ${length} parameters, the ${MOST_LISTED} that differ most from the start.` : "";
  }

  /** Show the weights at a step. */
  paint(step) {
    const { parameters } = this.replay;
    const [weights, first] = [this.replay.weights(step), this.replay.weights(0)];
    const size = (i) => Math.abs(weights[i] - first[i]);
    const order = parameters.map((_, i) => i).sort((i, j) => size(j) - size(i));
    const listed = order.slice(0, MOST_LISTED).sort((i, j) => i - j);
    this.table.show(listed.map((i) => makeWeightRow(parameters[i], weights[i], first[i])));
  }
}

/** Draws the layers of a network and lists the weights of the neuron that is chosen. */
export class Network {
  constructor({ drawing, choice, table, note, maps, averages }, data, replay, tell, choose) {
    Object.assign(this, { drawing, choice, table, maps, averages, replay, tell });
    this.prediction = data.prediction;
    this.layers = data.layers;
    this.largest = replay.findLargest() || 1;
    const inputs = data.layers[0].neurons[0].w.length;
    this.sizes = [inputs, ...data.layers.map(({ neurons }) => neurons.length)];
    data.layers.forEach(({ neurons }, i) => {
      const column = i + 1;
      const label = `layer ${column}${column === data.layers.length ? " (output)" : ""}`;
      const options = neurons.map((_, k) => html("option", { value: `${column}-${k}` }, `neuron ${k + 1} of layer ${column}`));
      choice.append(html("optgroup", { label }, ...options));
    });
    const isLimited = this.sizes.some((size) => size > MOST_NEURONS);
    note.textContent = isLimited
      ? `Of ${this.sizes.join(" – ")} neurons and inputs, the first ${MOST_NEURONS} of each layer are drawn; all can be chosen.`
      : "";
    note.hidden = !isLimited;
    choice.addEventListener("change", () => this.paint(this.step));
    drawing.addEventListener("click", ({ target }) => {
      const neuron = target.closest("[data-neuron]");
      if (neuron) {
        choice.value = neuron.dataset.neuron;
        this.paint(this.step);
      } else if (target.dataset.parameter !== undefined) {
        choose(Number(target.dataset.parameter));
      }
    });
    drawing.addEventListener("pointerover", ({ target }) => {
      const parameter = target.dataset.parameter;
      tell(parameter === undefined ? "" : `${replay.namesOf[parameter]}: ${this.describeNumber(parameter)}`);
    });
    drawing.addEventListener("pointerleave", () => tell(""));
  }

  /** Draw all but the weights for a width. */
  draw(width) {
    const drawn = this.sizes.map((size) => Math.min(size, MOST_NEURONS));
    const gap = this.maps ? GAP.maps : GAP.circles;
    const beside = this.maps ? SIZE / 2 : RADIUS; // from a neuron's middle to where lines begin
    const spots = [];
    const tall = MARGIN.y * 2 + gap * (Math.max(...drawn) - 1) + 18;
    const most = Math.floor((width * END_SHARE) / END_LETTER);
    const ends = this.nameEnds().map((names) =>
      names.slice(0, MOST_NEURONS).map((name) => (name.length > most ? `${name.slice(0, most - 1)}…` : name)));
    const [left, right] = ends.map((names) => MARGIN.x + END_LETTER * Math.max(0, ...names.map(({ length }) => length)));
    const place = (column, i) => [
      left + ((width - left - right) * column) / (drawn.length - 1),
      tall / 2 - 9 + gap * (i - (drawn[column] - 1) / 2),
    ];
    const lines = svg("g");
    this.lines = [];
    const neurons = svg("g");
    drawn.forEach((size, column) => {
      for (let i = 0; i < size; i += 1) {
        const [x, y] = place(column, i);
        const neuron = column && this.maps
          ? svg("rect", { class: "neuron", x: x - beside, y: y - beside, width: SIZE, height: SIZE, rx: 4 })
          : svg("circle", { class: column ? "neuron" : "input", cx: x, cy: y, r: column ? RADIUS : 5 });
        if (column) {
          neuron.dataset.neuron = `${column}-${i}`;
          spots.push({ layer: column - 1, i, x, y });
          const { w } = this.layers[column - 1].neurons[i];
          w.slice(0, drawn[column - 1]).forEach((parameter, source) => {
            const [fromX, fromY] = place(column - 1, source);
            const line = svg("path", { d: `M${fromX + (column > 1 ? beside : 5)} ${fromY}L${x - beside} ${y}` });
            line.dataset.parameter = String(parameter);
            line.dataset.to = neuron.dataset.neuron;
            this.lines.push({ line, parameter });
            lines.append(line);
          });
        }
        neurons.append(neuron);
      }
      const isFirst = column === 0;
      if (isFirst || column === drawn.length - 1) {
        ends[isFirst ? 0 : 1].forEach((name, i) => {
          const [x, y] = place(column, i);
          const side = isFirst ? { x: x - 10, "text-anchor": "end" } : { x: x + beside + 6, "text-anchor": "start" };
          neurons.append(svg("text", { class: "end", y: y + 4, ...side }, name));
        });
      }
      const { activation } = this.layers[column - 1] ?? { activation: "inputs" };
      const anchor = column === 0 ? "start" : column === drawn.length - 1 ? "end" : "middle";
      const x = column === 0 ? 4 : column === drawn.length - 1 ? width - 4 : place(column, 0)[0];
      neurons.append(svg("text", { x, y: tall - 4, "text-anchor": anchor }, activation));
    });
    this.neurons = neurons;
    setAttributes(this.drawing, { viewBox: `0 0 ${width} ${tall}` });
    this.drawing.replaceChildren(lines, neurons);
    this.maps?.place(spots, width, tall);
  }

  /** Return the names of the inputs, and of the outputs where each is a class. */
  nameEnds() {
    const { prediction, sizes } = this;
    const classes = prediction?.classes ?? [];
    return [
      prediction ? Array.from({ length: sizes[0] }, (_, i) => nameSource(prediction, 0, i)) : [],
      classes.length === sizes.at(-1) ? classes : [],
    ];
  }

  describeNumber(parameter) {
    const weight = formatNumber(this.replay.weights(this.step)[parameter]);
    const gradient = this.averages?.at(this.step)?.[parameter];
    return gradient === undefined ? weight : `${weight}, its gradient ${formatNumber(gradient)}`;
  }

  /** Show the weights at a step, or their gradients. */
  paint(step) {
    this.step = step;
    const weights = this.replay.weights(step);
    const numbers = this.averages?.at(step) ?? weights;
    const isGradient = numbers !== weights;
    const largest = isGradient ? numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1 : this.largest;
    const chosen = this.choice.value;
    for (const edge of this.lines) {
      const number = numbers[edge.parameter];
      const size = Math.min(MOST, Math.abs(number) / largest || 0);
      edge.line.setAttribute("stroke-width", (0.4 + WIDEST * size).toFixed(2));
      const sign = number < 0 ? "negative" : "positive";
      const kind = `${sign}${isGradient ? " gradient" : ""}${edge.line.dataset.to === chosen ? " chosen" : ""}`;
      if (edge.kind !== kind) {
        edge.kind = kind;
        edge.line.setAttribute("class", kind);
      }
    }
    this.averages?.tell(step, this.layers);
    for (const neuron of this.neurons.querySelectorAll(".neuron")) {
      neuron.classList.toggle("chosen", neuron.dataset.neuron === chosen);
    }
    this.drawing.setAttribute("aria-label",
      `The network: ${this.sizes.join(" – ")} neurons; widths of lines tell the sizes of ${isGradient ? "the weights' gradients; the table lists weights of one neuron" : "weights, which the table lists for one neuron"}`);
    this.list(weights);
  }

  /** List the weights of the chosen neuron. */
  list(weights) {
    const [column, i] = this.choice.value.split("-").map(Number);
    const { w, b } = this.layers[column - 1].neurons[i];
    const first = this.replay.weights(0);
    const row = (name, parameter) =>
      makeWeightRow(name, weights[parameter], first[parameter], weights[parameter] < 0 ? "negative" : "positive");
    const rows = w.slice(0, MOST_ROWS).map((parameter, source) => row(nameSource(this.prediction, column - 1, source), parameter));
    if (w.length > MOST_ROWS) {
      rows.push(html("tr", {}, html("td", { colspan: "3" }, `and ${w.length - MOST_ROWS} more`)));
    }
    if (b !== null) {
      rows.push(row("bias", b));
    }
    this.table.show(rows);
  }
}

/** The gradients of the mean loss by the weights at a step while a box is checked; `changed()` is told of the box. */
export class Averages {
  constructor(gradients, prediction, replay, changed) {
    Object.assign(this, { gradients, prediction, replay, step: null });
    this.box = byId("as-gradients");
    this.box.addEventListener("change", changed);
  }

  /** Return the gradient by each parameter at a step; null where weights are to be shown, or there is none. */
  at(step) {
    if (!this.box.checked) {
      return null;
    }
    if (this.step !== step) {
      this.step = step;
      this.found = this.gradients.average(this.prediction, this.replay.weights(step));
    }
    return this.found;
  }

  /** Say how large the gradients of each layer's weights are, on average: which layers learn, which starve. */
  tell(step, layers) {
    const found = this.at(step);
    const sizes = layers.map(({ neurons }, i) => {
      const places = neurons.flatMap(({ w }) => w);
      return `layer ${i + 1} ${formatNumber(found ? places.reduce((sum, place) => sum + Math.abs(found[place]), 0) / places.length : null)}`;
    });
    byId("averages").textContent = this.box.checked ? `The mean size of a weight's gradient: ${sizes.join(", ")}.` : "";
    byId("averages").hidden = !this.box.checked;
  }
}

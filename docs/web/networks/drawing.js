// The network in its playground: a line for each weight, and in each neuron what it computes.
//
// A neuron is a button with a map of the plane; the arrow keys go from one to the next.

import { fillImage } from "../../../micrograd_nn/extras/train/pages/web/pixels.js";
import { html, makeButton } from "../../../micrograd_nn/page/web/markup.js";
import { formatNumber } from "../../../micrograd_nn/page/web/numbers.js";
import { measureWidth, svg } from "../../../micrograd_nn/page/web/plot.js";

const PITCH = 46; // from one neuron to the next below
const SIZE = 34; // of a neuron
const LETTERS = 10; // of an input's name
const GRID = 18; // points of its map in a row
const WIDEST = 5; // the line of the largest weight
const FINE = 4; // widths of lines that are told apart, to a pixel
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class NetDrawing {
  // `does` has the functions weight(parameter), neuron(layer, i), hover(words) and resize(layer, by).
  constructor(place, heads, does) {
    Object.assign(this, { place, heads, does });
    place.addEventListener("click", ({ target }) => {
      const { parameter } = target.dataset;
      const neuron = target.closest("[data-neuron]");
      if (parameter !== undefined) {
        does.weight(Number(parameter));
      } else if (neuron) {
        does.neuron(...neuron.dataset.neuron.split("-").map(Number));
      }
    });
    place.addEventListener("pointerover", ({ target }) => {
      const { parameter } = target.dataset;
      does.hover(parameter === undefined ? "" : this.describeWeight(Number(parameter)));
    });
    place.addEventListener("keydown", (event) => this.#move(event));
  }

  // Takes another network: its layers, its features, and the columns that a map is over.
  begin({ layers, prediction, features }, forward) {
    const { columns } = prediction;
    const names = Object.fromEntries(features.offered);
    Object.assign(this, { layers, forward, columns, inputs: features.chosen.map((name) => names[name]) });
    this.names = nameParameters(layers, this.inputs);
    this.marks = {};
    this.values = null; // of the neurons, in arrays that are filled for each frame
    this.#listHeads();
    this.draw();
  }

  // Shows nothing: there is no network.
  clear() {
    this.heads.replaceChildren();
    this.place.replaceChildren();
    this.place.style.height = "";
  }

  #listHeads() {
    const { layers, does } = this;
    const size = (words, sign, act) => makeButton(sign, act, { "aria-label": words, title: words });
    const inside = layers.slice(0, -1).map(({ neurons, activation }, i) =>
      html("div", { role: "group", "aria-label": `Layer ${i + 1}` },
        size(`One neuron less in layer ${i + 1}`, "−", () => does.resize(i, -1)),
        html("span", {}, `${neurons.length} ${activation}`),
        size(`One neuron more in layer ${i + 1}`, "+", () => does.resize(i, 1))));
    this.heads.replaceChildren(
      ...inside,
      size("One layer more, of 4 neurons", "+ layer", () => does.resize(inside.length, 4)),
    );
  }

  // Draws all but the weights, for the width that there is.
  draw() {
    const { layers, place, inputs } = this;
    const sizes = [inputs.length, ...layers.map(({ neurons }) => neurons.length)];
    const width = measureWidth(place);
    const tall = PITCH * Math.max(...sizes) + 8;
    const left = Math.min(110, 30 + 7 * Math.max(...inputs.map((name) => Math.min(LETTERS, name.length))));
    const right = SIZE / 2 + 4;
    const at = (column, i) => [
      left + ((width - left - right) * column) / (sizes.length - 1),
      tall / 2 + PITCH * (i - (sizes[column] - 1) / 2),
    ];
    const lines = svg("g");
    const hits = svg("g", { class: "hits" });
    this.lines = [];
    this.maps = [];
    const neurons = [];
    sizes.forEach((size, column) => {
      for (let i = 0; i < size; i += 1) {
        const [x, y] = at(column, i);
        const canvas = html("canvas", { width: GRID, height: GRID, "aria-hidden": "true" });
        const style = `left:${x - SIZE / 2}px;top:${y - SIZE / 2}px`;
        if (column === 0) {
          neurons.push(html("div", { class: "net-input", style }, canvas),
            html("span", { class: "net-name", dir: "auto", style: `top:${y}px;width:${x - SIZE / 2 - 6}px` }, inputs[i]));
        } else {
          const button = html("button", { type: "button", class: "net-neuron", style, "data-neuron": `${column - 1}-${i}` }, canvas);
          button.tabIndex = column === 1 && i === 0 ? 0 : -1;
          button.setAttribute("aria-label", nameNeuron(layers, column - 1, i));
          neurons.push(button);
          layers[column - 1].neurons[i].w.forEach((parameter, source) => {
            const [fromX, fromY] = at(column - 1, source);
            const [start, end] = [fromX + SIZE / 2, x - SIZE / 2];
            const d = `M${start} ${fromY}C${(start + end) / 2} ${fromY} ${(start + end) / 2} ${y} ${end} ${y}`;
            const line = svg("path", { d });
            const hit = svg("path", { d });
            hit.dataset.parameter = String(parameter);
            this.lines.push({ line, parameter });
            lines.append(line);
            hits.append(hit);
          });
        }
        this.maps.push({ column, i, context: canvas.getContext("2d"), image: new ImageData(GRID, GRID) });
      }
    });
    const drawing = svg("svg", { width, height: tall, "aria-hidden": "true" }, lines, hits);
    place.style.height = `${tall}px`;
    place.replaceChildren(drawing, ...neurons);
    this.#showMarks();
  }

  // Shows weights: the widths of lines, and the neurons' maps in colours [r, g, b].
  paint(weights, colours) {
    const largest = this.lines.reduce((most, { parameter }) => Math.max(most, Math.abs(weights[parameter]) || 0), 1e-9);
    for (const edge of this.lines) {
      const weight = weights[edge.parameter];
      const width = Math.round(FINE * (0.5 + (WIDEST * Math.abs(weight)) / largest || 0.5)) / FINE;
      if (edge.width !== width) { // what hasn't changed isn't drawn again
        edge.width = width;
        edge.line.setAttribute("stroke-width", String(width));
      }
      const kind = `${weight < 0 ? "negative" : "positive"}${edge.parameter === this.chosen ? " chosen" : ""}`;
      if (edge.kind !== kind) {
        edge.kind = kind;
        edge.line.setAttribute("class", kind);
      }
    }
    this.#paintMaps(colours);
  }

  #paintMaps(colours) {
    this.values = sampleNeurons(this.forward, this.columns, GRID, this.values);
    for (const { column, i, context, image } of this.maps) {
      fillImage(image, this.values[column][i], colours);
      context.putImageData(image, 0, 0);
    }
  }

  // Marks neurons by what is known of them: "dead", "saturated" or "".
  mark(states) {
    this.marks = states;
    this.#showMarks();
  }

  #showMarks() {
    for (const button of this.place.querySelectorAll("[data-neuron]")) {
      const state = this.marks[button.dataset.neuron] ?? "";
      button.dataset.state = state;
      const [layer, i] = button.dataset.neuron.split("-").map(Number);
      button.setAttribute("aria-label", `${nameNeuron(this.layers, layer, i)}${state ? `, ${state}` : ""}`);
    }
  }

  describeWeight(parameter) {
    return `${this.names[parameter]}: ${formatNumber(this.forward.weights[parameter])}`;
  }

  #move(event) {
    const from = event.target.closest("[data-neuron]");
    const step = STEPS[event.key];
    if (!from || !step) {
      return;
    }
    const [layer, i] = from.dataset.neuron.split("-").map(Number);
    const column = Math.max(0, Math.min(this.layers.length - 1, layer + step[0]));
    const row = Math.max(0, Math.min(this.layers[column].neurons.length - 1, i + step[1]));
    const to = this.place.querySelector(`[data-neuron="${column}-${row}"]`);
    from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
    event.preventDefault();
  }
}

// Returns what inputs and neurons have over the plane, column by column, row by row from the top;
// in `filled`, if that is given.
export function sampleNeurons(forward, columns, size, filled = null) {
  const { layers } = forward;
  const values = filled ?? [forward.inputs, ...layers.map(({ out }) => out)].map((some) =>
    Array.from(some, () => new Float64Array(size * size)));
  const axis = ({ low, high }, share) => {
    const margin = (high - low) * 0.06 || 1;
    return low - margin + (high - low + 2 * margin) * share;
  };
  const x = columns.map(() => 0);
  for (let at = 0; at < size * size; at += 1) {
    x[0] = axis(columns[0], (at % size) / (size - 1));
    if (columns.length > 1) {
      x[1] = axis(columns[1], 1 - Math.floor(at / size) / (size - 1));
    }
    const isNumber = forward.compute(x);
    for (let i = 0; i < forward.inputs.length; i += 1) {
      values[0][i][at] = forward.inputs[i];
    }
    for (let layer = 0; layer < layers.length; layer += 1) {
      const { out } = layers[layer];
      for (let i = 0; i < out.length; i += 1) {
        values[layer + 1][i][at] = isNumber ? out[i] : NaN;
      }
    }
  }
  return values;
}

export function nameNeuron(layers, layer, i) {
  if (layer < layers.length - 1) {
    return `neuron ${i + 1} of layer ${layer + 1}`;
  }
  return layers.at(-1).neurons.length > 1 ? `output ${i + 1}` : "the output";
}

// Returns a name for each parameter, by where its weight leads.
function nameParameters(layers, inputs) {
  const names = [];
  layers.forEach(({ neurons }, layer) => neurons.forEach(({ w, b }, i) => {
    const to = nameNeuron(layers, layer, i);
    w.forEach((parameter, source) => {
      const from = layer ? nameNeuron(layers, layer - 1, source) : inputs[source];
      names[parameter] = `the weight from ${from} to ${to}`;
    });
    if (b !== null) {
      names[b] = `the bias of ${to}`;
    }
  }));
  return names;
}

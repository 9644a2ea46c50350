// What is told of a weight, a neuron or an example of a training that is paused.

import { fillImage } from "../../../micrograd_nn/extras/train/pages/web/pixels.js";
import { html, makeButton } from "../../../micrograd_nn/page/web/markup.js";
import { formatFactor, formatNumber } from "../../../micrograd_nn/page/web/numbers.js";
import { nameNeuron, sampleNeurons } from "./drawing.js";

const GRID = 60; // points of a neuron's map in a row
const SHOWN = 12; // shares of a ledger that are not folded
const RULES = { // of a step
  SGD: "The rule: a step is the rate × the gradient.",
  momentum: "The rule: a step is the rate × the velocity, which keeps a part of what it was and takes the gradient in.",
  Adam: "The rule: a step is the rate × the mean of gradients / the root of the mean of their squares; both means begin at 0, which is corrected.",
};

const paragraph = (...parts) => html("p", {}, ...parts);
const coloured = (kind, text) => html("span", { class: `net-${kind}` }, text);
const value = (x) => coloured("value", formatNumber(Number(x)));
const gradient = (x) => coloured("gradient", formatNumber(Number(x)));

// Returns what a weight's gradient is made of, and what the step to come does with it.
// look(row) is called for an example whose number, of its row in the data, is pressed.
export function tellWeight(told, look) {
  if (told.ended !== undefined) {
    return [paragraph(`It is `, value(told.data), `. There is no step to come: ${told.ended}.`)];
  }
  const { change, difference, shares, count } = told;
  const size = Number(change.after) - Number(change.before);
  return [
    size === 0
      ? paragraph(coloured("headline", "The step to come leaves it as it is"), ": ", value(change.before), ".")
      : paragraph(coloured("headline", `The step to come changes it by ${formatNumber(size)}`), ": from ", value(change.before), " to ", value(change.after), "."),
    paragraph(`${RULES[told.optimizer]} Its gradient: `, gradient(told.gradient), `, of the loss `, value(told.loss), ` of the ${told.batch === 1 ? "one example" : `${told.batch} examples`} of that step.`),
    paragraph("By finite differences: ", describeDifference(difference)),
    html("h3", {}, "The step, line by line"),
    scrolling("The step", table(["Line", "Computed", "Number"], change.lines.map(([name, computed, number]) => [name, computed, name === "weight" ? value(number) : gradient(number)])), false),
    html("h3", {}, "The ledger: each example adds its share"),
    scrolling("The ledger", table(
      ["Example", "Upstream", "Local derivative", "Share", "Sum so far"],
      shares.map(({ example, upstream, partial, share, after }) => [
        example === null ? "the penalty" : makeNumber(example, look),
        gradient(upstream), formatNumber(Number(partial)), gradient(share), gradient(after),
      ]),
    ), shares.length > SHOWN),
    count > shares.length ? paragraph(`and ${count - shares.length} more, which add up to the gradient.`) : "",
    ...describePaths(told),
  ];
}

function makeNumber(example, look) {
  return makeButton(`${example + 1}`, () => look(example), { class: "net-number", "aria-label": `Look at example ${example + 1}` });
}

function describeDifference(difference) {
  if (difference === null) {
    return "left out: too many nodes depend on it.";
  }
  const { numeric, error, verdict, note } = difference;
  const isZero = Number(numeric) === 0 && verdict === "agrees"; // whose error is one of floats' least numbers
  const number = html("span", {}, gradient(numeric), isZero ? "" : ` ± ${formatNumber(Number(error))}`);
  return html("span", {}, number, `, ${verdict}${note ? `: ${note}` : ""}.`);
}

function describePaths({ pathCount, paths }) {
  if (paths.every(({ product }) => Number(product) === 0)) {
    const none = pathCount === "0" ? "No path leads from it to the loss." : "The product of each is 0: somewhere on every way a local derivative is 0.";
    return [html("h3", {}, `Its paths: ${pathCount} in all`), paragraph(none)];
  }
  return [
    html("h3", {}, `Its paths: ${pathCount} in all, the largest`),
    html("ul", {}, ...paths.map((path) => html("li", {}, ...describePath(path)))),
  ];
}

function describePath({ neurons, example, partials, product }) {
  const way = neurons.length ? neurons.join(" → ") : "the penalty";
  const end = example === null ? "" : ` → the loss of example ${example + 1}`;
  const factors = partials.map((x) => formatFactor(Number(x))).join(" · ");
  return [`${way}${end}: ${factors || "1"} = `, gradient(product)];
}

// Returns what a neuron computes over the plane, how it does on the examples, and its weights.
export function tellNeuron({ layer, i, layers, forward, columns, names, told, colours, choose }) {
  const [inspected] = [told.layers[layer][i]];
  const canvas = html("canvas", { width: GRID, height: GRID, class: "net-large", role: "img", "aria-label": `What ${nameNeuron(layers, layer, i)} computes over the plane` });
  const image = new ImageData(GRID, GRID);
  fillImage(image, sampleNeurons(forward, columns, GRID)[layer + 1][i], colours);
  canvas.getContext("2d").putImageData(image, 0, 0);
  const { w, b } = layers[layer].neurons[i];
  const rows = [...w, ...(b === null ? [] : [b])].map((parameter) => {
    const button = makeButton("Explain", () => choose(parameter), { "aria-label": `Explain ${names[parameter]}` });
    const short = names[parameter].replace(/^the weight (from .+) to .+$/, "$1").replace(/^the (bias) .*/, "$1");
    return [short, value(forward.weights[parameter]), button];
  });
  return [
    html("div", { class: "net-two" },
      html("figure", {}, canvas, html("figcaption", {}, "Its number over the plane: green above 0, purple below; the strongest colour is the largest.")),
      html("div", {}, paragraph(coloured("headline", describeState(inspected, told.examples, layers[layer].activation))),
        paragraph(`On the ${told.examples} examples it gives from `, value(inspected.low), " to ", value(inspected.high), "."))),
    scrolling("Its weights", table(["Weight", "Value", "Its gradient"], rows), rows.length > SHOWN),
  ];
}

function describeState({ zero, flat, state }, examples, activation) {
  const all = `all ${examples} examples`;
  if (activation === "linear") {
    return "Linear: every gradient gets through as it is.";
  }
  if (state === "dead") {
    return zero === examples
      ? `Dead: its ${activation} is flat on ${all}, so no gradient gets through.`
      : `Dead: its ${activation} is nearly flat on ${all}, so hardly any gradient gets through.`;
  }
  if (state === "saturated") {
    return `Saturated: its ${activation} is nearly flat on ${flat} of ${examples} examples, where little gradient gets through.`;
  }
  return zero ? `Active on ${examples - zero} of ${examples} examples; on the others its local derivative is 0.` : `Active on ${all}.`;
}

// Returns the lesson page of an example in a frame.
export function tellExample({ page, title, loss }) {
  const frame = html("iframe", { title, class: "net-lesson" });
  frame.srcdoc = page;
  return [paragraph("Its loss is ", value(loss), ". The page steps through it, forward and back."), frame];
}

function table(heads, rows) {
  const cell = (content, i) => (i === 0 ? html("th", { scope: "row", dir: "auto" }, content) : html("td", {}, content));
  return html("table", {},
    html("thead", {}, html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, head)))),
    html("tbody", {}, ...rows.map((row) => html("tr", {}, ...row.map(cell)))));
}

function scrolling(name, content, isLong) {
  return html("div", { class: `net-list${isLong ? " long" : ""}`, tabindex: "0", role: "group", "aria-label": name }, content);
}

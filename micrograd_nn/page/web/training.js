// The page of a training: its controls, and what they change.

import { LossCurve } from "./losscurve.js";
import { html } from "./markup.js";
import { Network } from "./network.js";
import { Player } from "./player.js";
import { svg } from "./plot.js";
import { Predictions, inOwnUnit, mark, mostTelling } from "./predictions.js";
import { Meaning, Predictor } from "./predictor.js";
import { Replay } from "./replay.js";
import { rules } from "./rules.js";
import { isolated, shown } from "./text.js";

const SETTLED = 350; // milliseconds after which a move has come to an end
const MOST_INPUTS = 12; // columns that can be moved
const NARROWEST = 240; // pixels of a picture
const MOST_TRIED = 30; // columns among which the axes are chosen at first
const MOST_CHANGED = 20; // parameters that are listed

const $ = (id) => document.getElementById(id);
const data = isolated(JSON.parse($("data").textContent));
const replay = new Replay(data);
const { prediction } = data;
let step = 0;

// Predictions

const isPredicting = prediction !== null;
const predictor = isPredicting ? new Predictor(prediction, rules) : null;
const meaning = isPredicting ? new Meaning(prediction) : null;
const columns = prediction?.columns ?? [];
const numeric = columns.map((_, i) => i).filter((i) => !columns[i].categories);
const predictions = numeric.length
  ? new Predictions({ field: $("field"), canvas: $("map"), drawing: $("drawing") }, prediction, predictor, meaning)
  : null;
const asked = []; // the inputs that the model is asked about
let hasMoved = false;

for (const { place, categories, usual } of columns) {
  if (categories) {
    categories.forEach((_, i) => {
      asked[place + i] = Number(i === usual);
    });
  } else {
    asked[place] = Number(usual);
  }
}

/** Return the colours of the scheme that is on, as numbers. */
function coloursNow() {
  const style = getComputedStyle(document.documentElement);
  const numbers = (name) => [1, 3, 5].map((i) => parseInt(style.getPropertyValue(name).trim().slice(i, i + 2), 16));
  return {
    classes: [0, 1, 2, 3, 4, 5].map((i) => numbers(`--class-${i}`)),
    positive: numbers("--positive"),
    negative: numbers("--negative"),
  };
}

/** Show the picture of the predictions with the weights of the step. */
function paintPredictions() {
  if (predictions) {
    predictions.paint(asked, coloursNow());
    paintCounts();
  }
  paintAnswer();
}

/** Say how many of the examples are classified rightly. */
function paintCounts() {
  const parts = Object.entries(prediction.points).filter(([, points]) => points.length);
  const counts = parts.map(([part, points]) => `${predictions.right[part]} of ${points.length} in ${part}`);
  $("right").textContent = meaning.isClasses ? `Right: ${counts.join(", ")}. Wrong ones have a ring.` : "";
}

/** Say what the model predicts where it is asked. */
function paintAnswer(at = asked) {
  const outputs = predictor.predict(at);
  $("answer").textContent = meaning.told(outputs);
  $("answer").value = outputs === null ? "" : outputs.join(" ");
  predictions?.ask(at);
}

/** Return the columns that are no axes. */
function heldColumns() {
  return columns.filter((column) => column !== predictions?.across && column !== predictions?.up);
}

/** Say of the columns that are no axes where they are held. */
function paintHeld() {
  const held = predictions ? heldColumns() : [];
  const few = held.slice(0, MOST_INPUTS).map((column) => `${column.name} ${valueOf(column)}`);
  const rest = held.length > few.length ? ` and ${held.length - few.length} more` : "";
  $("held").hidden = held.length === 0;
  const usual = held.some(({ categories }) => categories) ? "their means and most frequent texts" : "their means";
  $("held").textContent = `Held at ${hasMoved ? "what they were moved to" : usual}: ${few.join(", ")}${rest}. The examples have others.`;
}

/** Return what is asked in a column, as a text. */
function valueOf({ place, categories, mean, scale }) {
  return categories
    ? categories[categories.findIndex((_, i) => asked[place + i] === 1)]
    : shown(inOwnUnit({ place, mean, scale }, asked));
}

const controls = columns.slice(0, MOST_INPUTS).map((column, i) => {
  const { name, place, categories, mean, scale, low, high } = column;
  const label = html("label", { for: `input-${i}`, dir: "auto" }, name);
  const value = html("output", { for: `input-${i}` });
  let control = null;
  if (categories) {
    control = html("select", { id: `input-${i}` }, ...categories.map((category, k) => html("option", { value: k }, category)));
    control.addEventListener("change", () => {
      categories.forEach((_, k) => {
        asked[place + k] = Number(k === Number(control.value));
      });
      moved(column);
    });
  } else {
    const [least, most] = [mean + scale * Number(low), mean + scale * Number(high)];
    const width = most - least || 1;
    const fine = 10 ** Math.floor(Math.log10(width / 50));
    const ends = [Math.floor((least - 0.06 * width) / fine) * fine, Math.ceil((most + 0.06 * width) / fine) * fine];
    control = html("input", { id: `input-${i}`, type: "range", min: ends[0], max: ends[1], step: fine });
    control.addEventListener("input", () => {
      asked[place] = (Number(control.value) - mean) / scale;
      moved(column);
    });
  }
  $("inputs").append(label, control, value);
  return { column, control, value };
});

/** Show the inputs that are asked in their controls. */
function paintControls() {
  for (const { column, control, value } of controls) {
    const text = valueOf(column);
    if (column.categories) {
      control.value = String(column.categories.indexOf(text));
    } else {
      control.value = String(inOwnUnit(column, asked));
      control.setAttribute("aria-valuetext", text);
      value.textContent = text;
    }
  }
}

/** Ask about other inputs; those that are held change the picture. */
function moved(column) {
  hasMoved ||= heldColumns().includes(column);
  paintControls();
  paintHeld();
  if (heldColumns().includes(column)) {
    soon();
  } else {
    paintAnswer();
  }
  announce(() => `${column.name} ${valueOf(column)}: ${$("answer").textContent}`);
}

/** Draw the picture for the axes that are chosen. */
function drawPredictions() {
  if (!predictions) {
    $("picture").hidden = true;
    return;
  }
  const up = $("up").value === "" ? null : Number($("up").value);
  predictions.choose(Number($("across").value), up);
  predictions.output = Number($("output").value || 0);
  predictions.draw(widthOf("picture"));
  const held = heldColumns().map(({ name }) => name);
  const others = held.length ? `, the other inputs held` : "";
  const over = predictions.up ? `a map over ${predictions.across.name} and ${predictions.up.name}` : `a curve over ${predictions.across.name}`;
  $("drawing").setAttribute("aria-label", `What the model predicts, as ${over}${others}, with the examples as marks; the inputs below ask it at a place`);
  drawLegend();
  paintHeld();
}

/** List the marks and colours. */
function drawLegend() {
  const sample = (...shapes) => svg("svg", { viewBox: "-9 -9 18 18", "aria-hidden": "true" }, ...shapes);
  const parts = Object.entries(prediction.points).filter(([, points]) => points.length).map(([part]) => part);
  const entries = meaning.isClasses
    ? meaning.classes.map((name, kind) => html("li", {}, ...parts.map((part) => sample(mark(kind, part, 6))), html("span", { dir: "auto" }, name)))
    : parts.map((part) => html("li", {}, sample(mark(null, part, 6)), part));
  if (meaning.isClasses && parts.length > 1) {
    entries.push(html("li", { class: "faint" }, "filled: training, hollow: validation"));
  }
  if (meaning.isClasses && !predictions.up && meaning.kind !== "sign") {
    entries.push(html("li", { class: "faint" }, "a mark is as high as the probability of its own class"));
  }
  if (!meaning.isClasses && predictions.up) {
    const [low, high] = predictions.ranges[predictions.output].map((x) => shown(meaning.inUnit(x, predictions.output)));
    entries.push(html("li", {}, html("span", {}, low), html("span", { class: "colours" }), html("span", {}, high)));
    const numbers = predictions.lineNumbers().map((x) => shown(x));
    entries.push(html("li", {}, `lines at ${numbers.join(", ")}`));
  }
  $("legend").replaceChildren(...entries);
}

if (isPredicting) {
  const names = columns.map(({ name, categories }, i) => [i, categories ? "" : name]).filter(([, name]) => name !== "");
  $("across").append(...names.map(([i, name]) => html("option", { value: i }, name)));
  $("up").append(...names.map(([i, name]) => html("option", { value: i }, name)), html("option", { value: "" }, "the prediction"));
  predictor.load(replay.weights(replay.stepOf(replay.best)));
  const few = numeric.slice(0, MOST_TRIED);
  const [first, second] = mostTelling(few.map((i) => columns[i]), predictor, asked).map((i) => few[i]);
  $("across").value = String(first ?? "");
  $("up").value = String(second ?? "");
  $("across-label").hidden = numeric.length < 2;
  $("up-label").hidden = numeric.length < 2;
  $("output").append(...prediction.names.map((name, i) => html("option", { value: i }, name)));
  $("output-label").hidden = meaning.isClasses || prediction.names.length < 2;
  for (const [id, other] of [["across", "up"], ["up", "across"]]) {
    $(id).addEventListener("change", () => {
      if ($(id).value === $(other).value) {
        $(other).value = String(numeric.find((i) => String(i) !== $(id).value));
      }
      drawPredictions();
      paintPredictions();
    });
  }
  $("output").addEventListener("change", () => {
    drawPredictions();
    paintPredictions();
  });
  $("drawing").addEventListener("pointermove", (event) => pointed(event, false));
  $("drawing").addEventListener("pointerleave", () => paintAnswer());
  $("drawing").addEventListener("click", (event) => pointed(event, true));
  $("more").hidden = columns.length <= MOST_INPUTS;
  $("more").textContent = `The first ${MOST_INPUTS} of ${columns.length} inputs can be moved here.`;
} else {
  $("missing").textContent = `Its predictions are left out: ${data.missing}.`;
  $("missing").hidden = false;
  $("predicting").hidden = true;
  $("across-label").hidden = true;
  $("up-label").hidden = true;
}

/** Ask about the inputs at a place in the picture, for the moment or for longer. */
function pointed(event, isForLonger) {
  const at = predictions.inputsAt(event);
  const there = [...asked];
  for (const [{ place, mean, scale }, x] of at ?? []) {
    there[place] = (x - mean) / scale;
  }
  if (isForLonger) {
    asked.splice(0, asked.length, ...there);
    paintControls();
  }
  paintAnswer(there);
}

// Losses and weights

const curve = new LossCurve($("losses"), replay, (to) => player.byHand(to));
const network = data.layers.length
  ? new Network(
      { drawing: $("layers"), choice: $("neuron"), table: $("weights"), note: $("limited") },
      data,
      replay,
      (words) => {
        $("weight").textContent = words || "Point at a line to read its weight; choose a neuron to list its own.";
      },
    )
  : null;
$("network").hidden = network === null;
$("parameters").hidden = network !== null;
$("of-parameters").textContent =
  replay.parameters.length > MOST_CHANGED
    ? `Of ${replay.parameters.length} parameters, the ${MOST_CHANGED} that differ most from the start.`
    : "";

/** List the parameters that differ most from the start. */
function paintParameters() {
  const [weights, first] = [replay.weights(step), replay.weights(0)];
  const change = (i) => Math.abs(weights[i] - first[i]);
  const order = replay.parameters.map((_, i) => i).sort((i, j) => change(j) - change(i));
  const chosen = order.slice(0, MOST_CHANGED).sort((i, j) => i - j);
  $("changed").replaceChildren(
    ...chosen.map((i) =>
      html("tr", {}, html("th", { scope: "row", dir: "auto" }, replay.parameters[i]), html("td", {}, shown(weights[i])), html("td", {}, shown(weights[i] - first[i]))),
    ),
  );
}

/** Say what was left out of the page, and why the training ended. */
function toldOfAll() {
  const kept = replay.snapshots.length;
  const epochs = replay.epochs.length;
  const many = (part, drawn) => (prediction && prediction.counts[part] > drawn ? `${drawn} of ${prediction.counts[part]}` : "");
  const fewer = isPredicting
    ? [many(0, prediction.points.training.length), many(1, prediction.points.validation.length)].filter(Boolean)
    : [];
  return [
    `The loss is ${replay.loss}.`,
    replay.before ? `The first ${replay.before} epochs were an earlier training: their losses are drawn, their weights weren't kept.` : "",
    kept < epochs ? `The weights were kept of ${kept} of ${epochs} epochs, to which the slider goes.` : "",
    fewer.length ? `Drawn are ${fewer.join(" and ")} examples.` : "",
    `The training ended: ${data.stopped}.`,
  ].filter(Boolean).join(" ");
}

// Together

let isWaiting = false;
let resting = 0;
let saying = null;

/** Paint the predictions before the next frame, once; a slow one when the moves have come to an end. */
function soon() {
  if (predictions?.isSlow) {
    clearTimeout(resting);
    resting = setTimeout(paintPredictions, SETTLED);
  } else if (!isWaiting) {
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      paintPredictions();
    });
  }
}

/** Announce something once the moves have come to an end. */
function announce(words) {
  clearTimeout(saying);
  saying = setTimeout(() => {
    $("live").textContent = words();
  }, SETTLED);
}

/** Return the width that there is for a picture. */
function widthOf(id) {
  return Math.max(NARROWEST, $(id).clientWidth);
}

/** Draw everything for the width that there is. */
function draw() {
  curve.draw(widthOf("losses"));
  network?.draw(widthOf("layers"));
  if (isPredicting) {
    drawPredictions();
    paintControls();
  }
}

/** Show the step: losses, words and weights now, predictions before the next frame. */
function paint() {
  curve.paint(step);
  $("sentence").textContent = replay.told(step);
  if (network) {
    network.paint(step);
  } else {
    paintParameters();
  }
  if (isPredicting) {
    predictor.load(replay.weights(step));
    soon();
  }
}

const player = new Player(
  replay.last,
  (to) => {
    step = to;
    paint();
    announce(() => `Epoch ${replay.snapshots[step]}. ${$("sentence").textContent}`);
  },
  {
    word: "epoch",
    numberOf: (at) => replay.snapshots[at],
    stepOf: (number) => replay.stepOf(number),
  },
);
$("to-best").addEventListener("click", () => player.byHand(replay.stepOf(replay.best)));
$("told").textContent = toldOfAll();
draw();
player.begin(replay.stepOf(replay.best));
const scheme = matchMedia("(prefers-color-scheme: dark)");
scheme.addEventListener("change", () => isPredicting && paintPredictions());
let wide = document.documentElement.clientWidth;
window.addEventListener("resize", () => {
  if (document.documentElement.clientWidth !== wide) {
    wide = document.documentElement.clientWidth;
    draw();
    paint();
  }
});

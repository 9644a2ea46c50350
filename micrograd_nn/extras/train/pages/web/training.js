// The page of a training: the epoch that is shown, and all that changes with it.

import { Address } from "../../../../page/web/address.js";
import { offerPageLink } from "../../../../page/web/copylink.js";
import { isolateTexts } from "../../../../page/web/direction.js";
import { Gradients } from "./gradients.js";
import { Host } from "../../../../page/web/host.js";
import { LossCurve } from "./losscurve.js";
import { byId, foldNotes, makeButton } from "../../../../page/web/markup.js";
import { Averages, Network, Parameters, WeightTable } from "./network.js";
import { NeuronMaps } from "./neuronmaps.js";
import { Player } from "../../../../page/web/player.js";
import { measureWidth } from "../../../../page/web/plot.js";
import { PredictionPanel } from "./predicting.js";
import { Pushes } from "./pushes.js";
import { Replay } from "./replay.js";
import { rules } from "./rules.js";
import { SketchPanel } from "./sketchpanel.js";
import { afterRest, whenWidened } from "../../../../page/web/waiting.js";

const POINT = "Point at a line to read its weight, click it to see which examples push it; choose a neuron to list its own.";
const MAPPED = {
  outputs: "In each neuron: what it gives over the axes of the picture, stronger where that is larger.",
  weights: "In each neuron of layer 1: its weight from each pixel, stronger where that is larger.",
};

const data = isolateTexts(JSON.parse(byId("data").textContent));
const replay = new Replay(data);
const host = new Host();
foldNotes();
const best = replay.stepOf(replay.best);
const announce = afterRest((words) => {
  byId("live").textContent = words();
});

// The losses

const address = new Address();
const player = new Player({
  count: replay.last,
  word: "epoch",
  paces: [600, 250, 100, 40],
  moved: () => address.writeSoon(),
  numberOf: (step) => replay.snapshots[step],
  stepOf: (number) => replay.stepOf(number),
  show(step) {
    paint(step);
    host.tellSoon();
    announce(() => `Epoch ${replay.snapshots[step]}. ${byId("sentence").textContent}`);
  },
});
byId("last").after(makeButton("Best epoch", () => player.moveByHand(best)));
const curve = new LossCurve(byId("losses"), replay, (step) => player.moveByHand(step));

/** Say what was left out of the page, and why the training ended. */
function describeTraining() {
  const { snapshots, epochs, before } = replay;
  const { points = {}, counts = [] } = data.prediction ?? {};
  const fewer = Object.values(points)
    .map(({ length }, i) => (length < counts[i] ? `${length} of ${counts[i]}` : ""))
    .filter(Boolean);
  return [
    `The loss is ${replay.loss}.`,
    before ? `The first ${before} epochs were an earlier training: their losses are drawn, their weights weren't kept.` : "",
    snapshots.length < epochs.length
      ? `The weights were kept of ${snapshots.length} of ${epochs.length} epochs, to which the slider goes.`
      : "",
    fewer.length ? `Drawn are ${fewer.join(" and ")} examples.` : "",
    data.stopped ? `The training ended: ${data.stopped}.` : "", // it may go on, of a callback's page
  ].filter(Boolean).join(" ");
}

// The predictions and the weights

const gradients = data.prediction ? new Gradients(data.prediction, rules) : null;
const isDrawn = Boolean(data.prediction?.pixels);
const Panel = isDrawn ? SketchPanel : PredictionPanel;
const panel = data.prediction ? new Panel(data.prediction, rules, gradients, replay.weights(best), announce) : null;
byId("missing").textContent = `Its predictions are left out: ${data.missing}.`;
byId("missing").hidden = panel !== null;
byId("predicting").hidden = panel === null || isDrawn;
byId("sketching").hidden = !isDrawn;
if (panel === null || isDrawn) {
  byId("across-label").hidden = true;
  byId("up-label").hidden = true;
}

const hasMaps = data.prediction?.neurons.length > 0 && (isDrawn || panel.picture !== null);
const maps = hasMaps ? new NeuronMaps(byId("neurons"), panel.predictor) : null;
byId("neurons").hidden = maps === null;
byId("mapped").hidden = maps === null;
if (maps) {
  byId("mapped").textContent = isDrawn ? MAPPED.weights : MAPPED.outputs;
  panel.painted = isDrawn
    ? (colours) => maps.paintWeights(data.layers[0], panel.epochWeights, panel.pixels, colours)
    : (colours) => maps.paint(panel.picture, panel.question.inputs, colours);
}
const hasLosses = Boolean(data.prediction?.which.length);
const averages = hasLosses ? new Averages(gradients, data.prediction, replay, () => network?.paint(player.step)) : null;
byId("as-gradients-label").hidden = !hasLosses;
const network = data.layers.length
  ? new Network(
      { drawing: byId("layers"), choice: byId("neuron"), table: new WeightTable(byId("network"), "From"), note: byId("limited"), maps, averages },
      data,
      replay,
      (words) => {
        byId("weight").textContent = words || POINT;
      },
      (parameter) => pushes?.choose(parameter),
    )
  : null;
const pushes = hasLosses
  ? new Pushes(gradients, data.prediction, replay, (inputs) => {
      panel.ask(inputs);
      byId(isDrawn ? "sketch" : "answer").scrollIntoView({ block: "nearest" });
    })
  : null;
byId("pushing").hidden = pushes === null;
const parameters = network ? null : new Parameters(replay);
byId("network").hidden = network === null;
byId("parameters").hidden = parameters === null;

// Together

/** Draw everything for the width that there is. */
function draw() {
  curve.draw(measureWidth(byId("losses")));
  network?.draw(measureWidth(byId("layers")));
  panel?.draw();
}

/** Show a step: losses, words and weights now, predictions before the next frame. */
function paint(step) {
  curve.paint(step);
  byId("sentence").textContent = replay.describeStep(step);
  network?.paint(step);
  parameters?.paint(step);
  panel?.load(replay.weights(step));
  pushes?.load(replay.weights(step));
}

byId("told").textContent = describeTraining();
draw();
player.begin(data.opening === null ? null : replay.stepOf(data.opening), best);
address.add("epoch", player.part);
offerPageLink(address);
address.begin();
host.begin({
  read: () => ({ epoch: player.numberOf(player.step) }),
  take: ({ epoch }) => [epoch === player.numberOf(player.step) ? "" : player.read(String(epoch))],
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  panel?.paint();
  pushes?.load(replay.weights(player.step));
});
whenWidened(() => {
  draw();
  paint(player.step);
});

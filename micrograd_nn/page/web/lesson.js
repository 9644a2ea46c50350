// The page of a graph: its controls, and what they change.

import { Address } from "./address.js";
import { offerPageLink } from "./copylink.js";
import { Descent } from "./descent.js";
import { Equations } from "./equations.js";
import { offerExamples } from "./examples.js";
import { offerExplanation } from "./explanation.js";
import { Hint } from "./hint.js";
import { Host } from "./host.js";
import { Inputs } from "./inputs.js";
import { shareLesson } from "./lessonhost.js";
import { addLesson } from "./lessonstate.js";
import { byId, html } from "./markup.js";
import { offerMenu } from "./menu.js";
import { whenMoved } from "./moving.js";
import { foldNotes } from "./notes.js";
import { formatNumber } from "./numbers.js";
import { Passes } from "./passes.js";
import { PathPanel } from "./pathpanel.js";
import { Picture } from "./picture.js";
import { Player } from "./player.js";
import { Presenter } from "./presenter.js";
import { QuizPanel } from "./quizpanel.js";
import { rules } from "./rules.js";
import { savePicture } from "./savepicture.js";
import { slipRules, wrongLocals } from "./sliprules.js";
import { Slips } from "./slips.js";
import { Story } from "./story.js";
import { beforeNextFrame } from "./waiting.js";
import { SWITCHES, paintWrong } from "./wrong.js";

const STRIDE = 60; // pixels that a key moves the picture
const MOST_NAMES = 2_000; // that the search offers

const data = JSON.parse(byId("data").textContent);
const passes = new Passes(data.nodes, rules, data.rules, data.view);
const story = new Story(passes);
const equations = new Equations(passes, byId("formulas").content.children);
const nameOfNode = (node) => story.nameInSentence(node);
const picture = new Picture(byId("view"), data.view, passes);
foldNotes();
const host = new Host();
offerExplanation();
byId("depth-label").hidden = data.view.depths.length === 1;
picture.sight.begin(); // in the room that the rest leaves

// The step

const PASSES = { value: "forward pass", seed: "backward pass", share: "backward pass" };

/** Show the step: in the picture, in words and as an equation. */
function paintStep() {
  quiz.prepare();
  if (!quiz.isOn) {
    passes.guess(presenter.guessing);
  }
  picture.paint();
  const together = quiz.isAsking ? null : passes.repeats.describe(passes.facts, passes.step, passes.state(), nameOfNode);
  byId("headline").replaceChildren(...(quiz.isAsking ? [quiz.describe()] : story.writeHeadline(together)));
  const isKept = quiz.isAsking || presenter.isHiding; // it tells the result
  byId("sentence").textContent = isKept ? "" : together ?? story.describe();
  byId("explain").hidden = isKept;
  byId("formula").replaceChildren(...(quiz.isAsking ? quiz.writeHelp() : together ? [] : equations.write()));
  quiz.paint();
  descent.paint();
  if (quiz.isOn) { // which tells of inputs and paths no more than the picture
    inputs.paint();
    paths.paint();
  }
  const { fact } = passes;
  byId("pass").textContent = fact?.pass ? "second backward pass" : (PASSES[fact?.kind] ?? "");
  host.tellSoon();
}

const address = new Address(() => {
  passes.compute();
  paintNumbers();
  player.goTo(player.step);
});
const player = new Player({
  count: passes.stops.length - 1,
  numberOf: (stop) => passes.stops[stop],
  stepOf: (step) => passes.findStop(step),
  word: "step",
  paces: [2400, 1200, 500, 80],
  moved: () => address.writeSoon(),
  reveal: () => presenter.reveal(),
  show(stop) {
    const step = passes.stops[stop];
    passes.goTo(step);
    presenter.hide();
    paintStep();
    follow();
    const more = byId("sentence").hidden ? "" : `. ${byId("sentence").textContent}`;
    byId("live").textContent = `Step ${step}: ${byId("headline").textContent}${more}`;
    if (quiz.isAsking) {
      player.pause();
      quiz.focus();
    }
  },
});

/** Bring the step into sight. */
function follow() {
  if (presenter.isOn) {
    presenter.follow();
  } else {
    picture.follow();
  }
}

const presenter = new Presenter(passes, picture, (isResized) => {
  if (isResized) {
    picture.sight.begin();
    follow();
    address.writeSoon();
  }
  paintStep();
});

// Guess first

const quiz = new QuizPanel(passes, story, equations, new Slips(passes, slipRules, wrongLocals, data.misconceptions), {
  goTo: (step) => player.moveByHand(passes.findStop(step)),
  switched() {
    byId("broken-panel").hidden = quiz.isOn; // the questions are about the right engine
    if (quiz.isOn && passes.isBroken) {
      for (const mistake of SWITCHES) {
        byId(mistake).checked = false;
      }
      breakEngine();
    }
    player.goTo(player.step);
    paintNumbers();
    if (quiz.isOn && data.view.depths.some(([depth]) => depth === "node")) { // where the numbers are that one needs
      byId("depth").value = "node";
      chooseView();
    }
    address.writeSoon();
  },
});

// The numbers

const { rows, inputs: holders } = data.examples;
/** Take over what somebody did to a leaf's number. */
function takeOver(node) {
  if (holders.includes(node)) {
    byId("example").selectedIndex = -1; // it is none of them any more
  }
  descent.forget();
  computeSoon();
}
const inputs = new Inputs(byId("inputs"), passes, data.fixed !== "", {
  nameOfNode,
  changed(node, number) {
    passes.numbers[node] = number;
    passes.nudged = null;
    takeOver(node);
  },
  nudged(node, amount) {
    passes.nudge(node, amount);
    takeOver(node);
  },
});
const descent = new Descent(passes, nameOfNode, {
  holders,
  isFixed: data.fixed !== "",
  changed() {
    passes.nudged = null;
    computeNow();
  },
});
const paths = new PathPanel(passes, nameOfNode, (path, words) => {
  picture.path = path;
  picture.paint();
  byId("live").textContent = words;
  address.writeSoon();
  host.tellSoon();
});

/** Compute everything from the numbers of now, and show it. */
function computeNow() {
  address.writeSoon();
  passes.compute();
  quiz.forget(); // what was said of other numbers
  paintStep();
  paintNumbers();
  hint.paint();
}
const computeSoon = beforeNextFrame(computeNow);

/** Show what doesn't depend on the step. */
function paintNumbers() {
  inputs.paint();
  paths.paint();
  paintResult();
  paintWrong(passes, nameOfNode);
}

/** Say what comes out, or where and why nothing does. */
function paintResult() {
  const { root, data: numbers, errors } = passes.graph;
  const complaints = [...errors.keys()].map((node) => `${nameOfNode(node)}: ${passes.explainError(node)}.`);
  byId("result").textContent = complaints.join(" ") || `${nameOfNode(root)} = ${formatNumber(numbers[root])}`;
  byId("result").classList.toggle("error", complaints.length > 0);
}

byId("fixed").hidden = data.fixed === "";
byId("fixed").textContent = data.fixed && `The numbers can't be changed here: ${data.fixed}.`;
byId("reset").disabled = data.fixed !== "";
byId("reset").addEventListener("click", () => {
  passes.numbers = [...passes.recorded];
  passes.nudged = null;
  descent.forget();
  inputs.resetRanges();
  byId("example").value = "";
  computeSoon();
});

offerExamples(rows, data.fixed !== "", chooseExample);
/** Take over the numbers of the example that is chosen. */
function chooseExample() {
  const row = rows[byId("example").value];
  holders.forEach((node, i) => {
    passes.numbers[node] = row ? Number(row[i]) : passes.recorded[node];
  });
  passes.nudged = null;
  descent.forget();
  computeSoon();
}

// What if

/** Break the engine as the switches say. */
function breakEngine() {
  passes.breakWith(Object.fromEntries(SWITCHES.map((one) => [one, byId(one).checked && !quiz.isOn])));
  player.resize(passes.stops.length - 1);
}

for (const mistake of SWITCHES) {
  byId(mistake).addEventListener("change", () => {
    breakEngine();
    player.moveByHand(passes.stops.length - 1);
    paintNumbers();
  });
}

// The picture

byId("depth").append(...data.view.depths.map(([depth, title]) => html("option", { value: depth }, title)));
byId("depth").value = picture.depth;
/** Open all boxes down to the depth that is chosen. */
function chooseView() {
  picture.show(byId("depth").value);
  picture.sight.begin();
  follow();
  hint.show(null);
}
byId("depth").addEventListener("change", () => {
  chooseView();
  address.writeSoon();
});
byId("repetition-label").hidden = passes.repeats.most === 0;
byId("repetition").max = String(passes.repeats.most);
byId("repetition").value = String(passes.repeats.most);
byId("repetitions").textContent = passes.repeats.most.toLocaleString("en");
/** Show the repetition that is chosen, at the step of now or the next one at which one stops. */
function chooseRepetition() {
  const wanted = Math.max(1, Math.min(passes.repeats.most, Math.round(byId("repetition").valueAsNumber) || 1));
  byId("repetition").value = String(wanted);
  const { step } = passes;
  passes.repeats.choose(wanted - 1);
  passes.listStops();
  picture.draw();
  picture.sight.move(0, 0);
  player.resize(passes.stops.length - 1);
  player.goTo(passes.findStop(step));
}
byId("repetition").addEventListener("change", () => {
  chooseRepetition();
  address.writeSoon();
});
byId("names").append(...[...new Set(data.nodes.filter(({ kind }) => kind !== "constant").map(({ name }) => name))]
  .slice(0, MOST_NAMES).map((value) => html("option", { value })));
byId("search").addEventListener("change", () => {
  const isThere = picture.find(byId("search").value) || byId("search").value.trim() === "";
  byId("search").setAttribute("aria-invalid", String(!isThere));
  byId("live").textContent = isThere ? "" : "No node has this name.";
});
byId("told").textContent = data.told;
byId("told").hidden = data.told === "";
byId("fit").addEventListener("click", () => picture.sight.fit());
byId("zoom-in").addEventListener("click", () => picture.sight.zoom(1.3));
byId("zoom-out").addEventListener("click", () => picture.sight.zoom(1 / 1.3));
let { clientWidth } = document.documentElement;
window.addEventListener("resize", () => {
  if (matchMedia("print").matches) { // which shows what is in sight, as large as the paper lets it be
    return;
  }
  if (clientWidth === document.documentElement.clientWidth) { // a phone's bars came or went
    picture.sight.measure();
    picture.sight.move(0, 0);
  } else {
    ({ clientWidth } = document.documentElement);
    picture.sight.begin();
    follow();
  }
});
// A notebook hides a frame for a while, and no event tells that it has its width again.
new ResizeObserver(() => {
  const width = picture.element.clientWidth;
  if (width > 0 && width !== picture.sight.frame.width && !matchMedia("print").matches) {
    picture.sight.begin();
    follow();
  }
}).observe(byId("graph"));

/** Open or close a box where it is. */
function toggleGroup(group) {
  picture.toggle(group);
  hint.show(null);
}

whenMoved(byId("graph"), {
  move: (dx, dy) => picture.sight.move(dx, dy),
  zoom: (factor, x, y) => picture.sight.zoom(factor, x, y),
  click(target) {
    const group = picture.groupAt(target);
    if (group) {
      toggleGroup(group);
      return;
    }
    const node = picture.nodeOf(target);
    quiz.pick(node);
    if (passes.nodes[node]?.kind === "leaf") {
      paths.choose(node);
    }
  },
});

const hint = new Hint(byId("hint"), byId("graph"), {
  edgeOf: (element) => picture.edgeOf(element),
  write: ({ node, position }) =>
    passes.isSecret(node, position) ? "Shown after its question." : equations.explainEdge(node, position),
});
// An arrow key moves among the steps, with Shift the picture.
const DIRECTIONS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
byId("graph").addEventListener("keydown", (event) => {
  const group = picture.groupAt(event.target);
  if (group && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    event.stopPropagation(); // a space would play
    toggleGroup(group);
  }
  if (event.shiftKey && event.key in DIRECTIONS) {
    event.preventDefault();
    picture.sight.move(...DIRECTIONS[event.key].map((direction) => direction * STRIDE));
    hint.paint();
  }
});

// The menu

offerMenu(
  { "save-svg": () => savePicture(picture, "svg"), "save-png": () => savePicture(picture, "png"), present: () => presenter.set(!presenter.isOn) },
  { p: () => presenter.set(!presenter.isOn), r: () => presenter.toggleAsking() },
);

// The opening

const { step, leaf, broken, quiz: isQuiz } = data.opening;
for (const mistake of broken) {
  byId(mistake).checked = true;
}
byId("broken-panel").classList.toggle("asked", broken.length > 0);
byId("paths-panel").classList.toggle("asked", leaf !== null);
if (broken.length) {
  breakEngine();
}
if (leaf !== null) {
  paths.choose(leaf);
  paths.lightAll();
}
paintNumbers();
if (isQuiz) {
  quiz.set(true);
}
player.begin(step === null ? (broken.length ? passes.stops.length - 1 : null) : passes.findStop(step));

// The address

addLesson(address, {
  passes, inputs, paths, holders, chooseExample, breakEngine, chooseView, chooseRepetition,
  mistakes: SWITCHES, isFixed: data.fixed !== "",
});
address.add("quiz", quiz.part);
address.add("step", player.part);
address.add("present", presenter.part);
offerPageLink(address);
address.begin();
host.begin(shareLesson({ address, passes, paths, player }));

// The page of a graph: its controls, and what they change.

import { Address } from "./address.js";
import { offerPageLink } from "./copylink.js";
import { Equations, writeLayer } from "./equations.js";
import { Host } from "./host.js";
import { addLesson, shareLesson } from "./lessonstate.js";
import { byId, foldNotes, letScroll } from "./markup.js";
import { Loop } from "./loop.js";
import { offerMenu } from "./menu.js";
import { mistakeRules } from "./mistakerules.js";
import { Mistakes, paintWrong } from "./mistakes.js";
import { NumbersPanel } from "./numberspanel.js";
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
import { Slope } from "./slope.js";
import { Story, offerExplanation } from "./story.js";
import { SurgeryPanel } from "./surgerypanel.js";
import { ViewPanel } from "./viewpanel.js";
import { beforeNextFrame } from "./waiting.js";

const data = JSON.parse(byId("data").textContent);
const passes = new Passes(data.nodes, rules, data.rules, data.view);
byId("compared").hidden = !data.compared;
const story = new Story(passes);
const mistakes = new Mistakes(data.mistakes, mistakeRules);
const equations = new Equations(passes, byId("formulas").content.children, mistakes);
const nameOfNode = (node) => story.nameInSentence(node);
const picture = new Picture(byId("view"), data.view, passes);
foldNotes();
const host = new Host();
offerExplanation();
const view = new ViewPanel(picture, passes, data, {
  follow,
  moved: () => address.writeSoon(),
  listed() {
    const { step } = passes;
    player.resize(passes.stops.length - 1);
    player.goTo(passes.findStop(step));
  },
  picked(target) {
    const node = picture.nodeOf(target);
    quiz.pick(node);
    if (passes.nodes[node]?.kind === "leaf") {
      paths.choose(node);
    }
    const chosen = node === undefined ? picture.edgeOf(target) : { node };
    if (chosen && !quiz.isOn && !presenter.isOn) {
      surgery.offer(chosen, target.closest(".node, .edge"));
    }
  },
  explainEdge: ({ node, position }) =>
    passes.isSecret(node, position) ? "Shown after its question." : equations.explainEdge(node, position),
});
picture.sight.begin(); // in the room that the rest leaves
const loop = new Loop(passes, mistakes, equations, picture, () => {
  const isHere = passes.fact?.kind === "share" && player.step < player.count; // whose line was changed
  breakEngine();
  player.moveByHand(isHere ? player.step : player.count);
  paintNumbers();
});

const slope = new Slope(passes, nameOfNode);

// The step

const PASSES = { value: "forward pass", seed: "backward pass", share: "backward pass" };

/** Show the step: in the picture, in words and as an equation. */
function paintStep() {
  quiz.prepare();
  if (!quiz.isOn) {
    passes.guess(presenter.guessing);
  }
  picture.paint();
  const together = quiz.isAsking ? null : passes.layers.describe() ?? passes.repeats.describe(passes.facts, passes.step, passes.state(), nameOfNode);
  byId("headline").replaceChildren(...(quiz.isAsking ? [quiz.describe()] : story.writeHeadline(together)));
  const isKept = quiz.isAsking || presenter.isHiding; // it tells the result
  const changed = together !== null && passes.before ? " What was changed in one of them is told below." : "";
  byId("sentence").textContent = isKept ? "" : (together?.sentence ?? story.describe()) + changed;
  byId("explain").hidden = isKept;
  byId("formula").replaceChildren(...writeFormulas(together, isKept));
  letScroll(byId("formula"));
  const isGuessed = isKept || quiz.isOn;
  loop.paint(isGuessed, together !== null);
  slope.paint(isGuessed || together !== null);
  quiz.paint();
  numbers.descent.paint();
  numbers.paint(); // which tell no more than the picture
  paths.paint();
  const { fact } = passes;
  byId("pass").textContent = fact?.pass ? "second backward pass" : (PASSES[fact?.kind] ?? "");
  host.tellSoon();
}

/** Return the formulas of the step, or of steps told together: of a layer as matrices, of others none. */
function writeFormulas(together, isKept) {
  if (quiz.isAsking) {
    return quiz.writeHelp();
  }
  if (together === null) {
    return equations.write();
  }
  return together.matrix && !isKept ? writeLayer(together.matrix, passes) : [];
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
  if (presenter.isInHall) {
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
    byId("surgery-panel").hidden = loop.isHeld = quiz.isOn; // the questions are about the right engine
    if (quiz.isOn && passes.surgery.isDone) {
      surgery.undo([]);
    }
    if (quiz.isOn && passes.isBroken) {
      mistakes.make([]);
      breakEngine();
    }
    player.goTo(player.step);
    paintNumbers();
    if (quiz.isOn) { // where the numbers are that one needs
      view.showNodes();
    }
    address.writeSoon();
  },
});

// The numbers

const numbers = new NumbersPanel(passes, nameOfNode, data, { computeSoon: beforeNextFrame(computeNow), computeNow });
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
  view.hint.paint();
}

/** Show what doesn't depend on the step. */
function paintNumbers() {
  paths.paint();
  surgery.paint();
  paintWrong(passes, mistakes, nameOfNode);
}

// What if numbers were others, or the engine broken

/** Let the engine run as the loop says. */
function breakEngine() {
  if (quiz.isOn) {
    mistakes.make([]);
  }
  passes.breakWith(mistakes.engine);
  player.resize(passes.stops.length - 1);
}

const surgery = new SurgeryPanel(passes, nameOfNode, data.fixed, () => {
  numbers.descent.forget();
  quiz.forget();
  view.draw();
  player.resize(passes.stops.length - 1);
  player.moveByHand(passes.stops.length - 1); // where all that follows is seen
  paths.list();
  paintNumbers();
});

// The menu

offerMenu(
  { "save-svg": () => savePicture(picture, "svg"), "save-png": () => savePicture(picture, "png"), present: () => presenter.set(!presenter.isOn) },
  {
    p: () => presenter.set(!presenter.isOn), r: () => presenter.toggleAsking(), f: () => presenter.fillScreen(), b: () => presenter.darken(),
    ...Object.fromEntries([..."0123456789"].map((digit) => [digit, () => quiz.isAsking || player.type(digit)])),
  },
);

// The opening

const { step, start, leaf, broken, quiz: isQuiz } = data.opening;
mistakes.make(broken);
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
player.begin(step === null ? (broken.length ? passes.stops.length - 1 : null) : passes.findStop(step), passes.findStop(start));

// The address

addLesson(address, {
  passes, numbers, view, surgery, paths, breakEngine, mistakes,
});
address.add("quiz", quiz.part);
address.add("step", {
  ...player.part,
  imply(state) { // the end, where all that follows is seen
    const isOther = (state.has("surgery") && passes.surgery.isDone) || (state.has("broken") && passes.findWrong().length > 0);
    return isOther ? String(passes.stops.at(-1)) : undefined;
  },
});
address.add("present", presenter.part);
offerPageLink(address);
address.begin();
host.begin(shareLesson({ address, passes, paths, player, mistakes }));

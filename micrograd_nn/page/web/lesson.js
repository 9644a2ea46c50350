// The page of a graph: its controls, and what they change.

import { Inputs } from "./inputs.js";
import { html } from "./markup.js";
import { whenMoved } from "./moving.js";
import { Passes } from "./passes.js";
import { Paths } from "./paths.js";
import { Picture } from "./picture.js";
import { Player } from "./player.js";
import { rules } from "./rules.js";
import { Story } from "./story.js";
import { shown } from "./text.js";

const MOST_WRONG = 12; // nodes that are named
const STRIDE = 60; // pixels that a key moves the picture

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const passes = new Passes(data.nodes, rules, data.rules);
const story = new Story(passes, $("formulas").content.children);
const nameOfNode = (node) => story.told(node);
const pictures = new Map(
  data.views.map((view) => [view.depth, new Picture($(`view-${view.depth}`), view, passes)]),
);
let picture = pictures.get(data.views[0].depth);
picture.begin();

// The step

const PASSES = { value: "forward pass", seed: "backward pass", share: "backward pass" };

/** Show the step: in the picture, in words and in formulas. */
function paintStep() {
  picture.paint();
  $("sentence").textContent = story.sentence();
  $("formula").replaceChildren(...story.formulas());
  const { fact } = passes;
  $("pass").textContent = fact?.pass ? "second backward pass" : (PASSES[fact?.kind] ?? "");
}

const player = new Player(passes.facts.length, (step) => {
  passes.goto(step);
  paintStep();
  picture.follow();
  $("live").textContent = `Step ${step}: ${$("sentence").textContent}`;
});

// The numbers

const inputs = new Inputs($("inputs"), passes, data.fixed !== "", (node, number) => {
  passes.numbers[node] = number;
  if (holders.includes(node)) {
    $("example").selectedIndex = -1; // it is none of them any more
  }
  soon();
});
const paths = new Paths(passes, nameOfNode, (path, words) => {
  picture.path = path;
  picture.paint();
  $("live").textContent = words;
});

let isWaiting = false;

/** Compute and paint once before the next frame, however often a slider moved until then. */
function soon() {
  if (!isWaiting) {
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      passes.compute();
      paintStep();
      paintNumbers();
      paintHint();
    });
  }
}

/** Show what doesn't depend on the step. */
function paintNumbers() {
  inputs.paint();
  paths.paint();
  paintResult();
  paintWrong();
}

/** Say what comes out, or where and why nothing does. */
function paintResult() {
  const { root, data: numbers, errors } = passes.graph;
  const complaints = [...errors.keys()].map((node) => `${nameOfNode(node)}: ${passes.complaint(node)}.`);
  $("result").textContent = complaints.join(" ") || `${nameOfNode(root)} = ${shown(numbers[root])}`;
  $("result").classList.toggle("error", complaints.length > 0);
}

$("fixed").hidden = data.fixed === "";
$("fixed").textContent = data.fixed && `The numbers can't be changed here: ${data.fixed}.`;
$("reset").disabled = data.fixed !== "";
$("reset").addEventListener("click", () => {
  passes.numbers = [...passes.recorded];
  inputs.resetRanges();
  $("example").value = "";
  soon();
});

const { rows, inputs: holders } = data.examples;
$("example-label").hidden = rows.length === 0;
$("example").disabled = data.fixed !== "";
$("example").append(
  html("option", { value: "" }, "as recorded"),
  ...rows.map((row, i) =>
    html("option", { value: i }, `${i + 1}: ${row.map((x) => shown(Number(x))).join(", ")}`),
  ),
);
$("example").addEventListener("change", () => {
  const row = rows[$("example").value];
  holders.forEach((node, i) => {
    passes.numbers[node] = row ? Number(row[i]) : passes.recorded[node];
  });
  soon();
});

// What if

const MISTAKES = {
  overwrite: "A share that arrived earlier was lost where a value is used more than once.",
  unordered: "A node passed its gradient on before all its shares had arrived.",
  unreset: "What the first pass had left was passed on a second time.",
};

/** Name the nodes that a broken engine gets wrong. */
function paintWrong() {
  const made = Object.keys(MISTAKES).filter((mistake) => passes.broken[mistake]);
  const wrong = passes.wrong().reverse(); // from the root down: where it begins comes first
  const told = wrong
    .slice(0, MOST_WRONG)
    .map((node) => [nameOfNode(node), shown(passes.gradient[node]), shown(passes.right[node])])
    .map(([name, gradient, right]) => `${name} is ${gradient} and should be ${right}`);
  if (wrong.length > MOST_WRONG) {
    told.push(`and ${wrong.length - MOST_WRONG} more`);
  }
  const reason = made.includes("unreset") ? "" : ": this mistake shows where a value is used more than once";
  const reasons = made.map((mistake) => MISTAKES[mistake]).join(" ");
  const found = passes.graph.errors.size
    ? "Not everything can be computed, so what this mistake does can't be told."
    : `Nothing comes out wrong in this graph${reason}.`;
  const nothing = made.length ? found : "";
  $("wrong").textContent = wrong.length ? `${reasons} Wrong gradients: ${told.join("; ")}.` : nothing;
  $("wrong").classList.toggle("found", wrong.length > 0);
  $("wrong-key").hidden = wrong.length === 0;
}

for (const mistake of Object.keys(MISTAKES)) {
  $(mistake).addEventListener("change", () => {
    passes.breakWith(Object.fromEntries(Object.keys(MISTAKES).map((one) => [one, $(one).checked])));
    player.resized(passes.facts.length);
    player.byHand(passes.facts.length);
    paintNumbers();
  });
}

// The picture

$("depth").append(...data.views.map(({ depth, title }) => html("option", { value: depth }, title)));
$("depth-label").hidden = data.views.length === 1;
$("depth").addEventListener("change", () => {
  const { path } = picture;
  picture.element.hidden = true;
  picture = pictures.get($("depth").value);
  picture.element.hidden = false;
  picture.path = path;
  picture.begin();
  picture.follow();
  hint(null);
});
$("told").textContent = data.told;
$("told").hidden = data.told === "";
$("fit").addEventListener("click", () => picture.fit());
$("zoom-in").addEventListener("click", () => picture.zoom(1.3));
$("zoom-out").addEventListener("click", () => picture.zoom(1 / 1.3));
window.addEventListener("resize", () => {
  if (!matchMedia("print").matches) { // which shows what is in sight, as large as the paper lets it be
    picture.measure();
    picture.apply();
  }
});
whenMoved($("graph"), {
  move: (dx, dy) => picture.move(dx, dy),
  zoom: (factor, x, y) => picture.zoom(factor, x, y),
  click(target) {
    const node = picture.nodeOf(target);
    if (passes.nodes[node]?.kind === "leaf") {
      paths.choose(node);
    }
  },
});

let hinted = null; // an element of the drawing

/** Show the local derivative of the edge under an element, or none. */
function hint(element) {
  hinted = element;
  paintHint();
}

/** Show the local derivative that is asked for as a formula beside its edge. */
function paintHint() {
  const edge = hinted ? picture.edgeOf(hinted) : undefined;
  $("hint").hidden = edge === undefined;
  if (edge !== undefined) {
    $("hint").replaceChildren(story.local(edge.node, edge.position));
    const frame = $("graph").getBoundingClientRect();
    const at = hinted.closest(".edge").getBoundingClientRect();
    const { width, height } = $("hint").getBoundingClientRect();
    const x = Math.min(at.left + at.width / 2 - frame.left - width / 2, frame.width - width);
    const y = at.bottom - frame.top + 6;
    $("hint").style.left = `${Math.max(0, x)}px`;
    $("hint").style.top = `${Math.max(0, y + height > frame.height ? at.top - frame.top - height - 6 : y)}px`;
  }
}
for (const type of ["pointerover", "focusin"]) {
  $("graph").addEventListener(type, ({ target }) => hint(target));
}
for (const type of ["pointerout", "focusout"]) {
  $("graph").addEventListener(type, () => hint(null));
}
// An arrow key moves among the steps, with Shift the picture.
const WAYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
$("graph").addEventListener("keydown", (event) => {
  if (event.shiftKey && event.key in WAYS) {
    event.preventDefault();
    picture.move(...WAYS[event.key].map((way) => way * STRIDE));
    paintHint();
  }
});

paintNumbers();
player.begin();

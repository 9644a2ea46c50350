// The page of a graph: its controls, and what they change.

import { Inputs } from "./inputs.js";
import { html } from "./markup.js";
import { Passes } from "./passes.js";
import { Picture } from "./picture.js";
import { Player } from "./player.js";
import { rules } from "./rules.js";
import { Story } from "./story.js";
import { shown } from "./text.js";
import { countWays, productOf, waysTo } from "./ways.js";

const WAYS = 50; // paths that are listed at most
const WRONG = 12; // nodes that are named at most
const WALK = 1400; // milliseconds a path

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const passes = new Passes(data.nodes, rules, data.rules);
const story = new Story(passes, $("formulas").content.children);
const pictures = new Map(
  data.views.map((view) => [view.depth, new Picture($(`view-${view.depth}`), view, passes)]),
);
let picture = pictures.get(data.views[0].depth);
let path = []; // the edges that are lit up
let walking = null;

/** Show the moment: in the picture, in words and formulas, in the panels. */
function paint() {
  picture.paint(passes.state(), passes.step === passes.facts.length ? new Set(passes.wrong()) : new Set(), path);
  $("sentence").textContent = story.sentence();
  $("formula").replaceChildren(...story.formulas());
  const { fact } = passes;
  const pass = { value: "forward pass", seed: "backward pass", share: "backward pass" }[fact?.kind];
  $("pass").textContent = fact?.pass ? "second backward pass" : (pass ?? "");
  inputs.paint();
  paintResult();
  paintWays();
  paintWrong();
}

/** Say what comes out, or where and why nothing does. */
function paintResult() {
  const { graph } = passes;
  const complaints = [...graph.errors.keys()].map((node) => `${story.name(node)}: ${passes.complaint(node)}.`);
  $("result").textContent = complaints.join(" ") || `${story.name(graph.root)} = ${shown(graph.data[graph.root])}`;
  $("result").classList.toggle("error", complaints.length > 0);
}

// Paths

/** List the paths from the chosen leaf. */
function listWays() {
  const leaf = Number($("leaf").value);
  const ways = waysTo(passes.nodes, leaf, WAYS);
  const count = countWays(passes.nodes, leaf);
  stopWalking();
  light([]);
  $("paths").replaceChildren(
    ...ways.map((way) => {
      const button = html("button", { type: "button", "aria-pressed": "false" });
      button.addEventListener("click", () => {
        stopWalking();
        light(path === way ? [] : way);
        paint();
      });
      return html("li", {}, button);
    }),
  );
  listed = { leaf, ways, count };
  const rest = count - BigInt(ways.length);
  const many = count === 1n ? "1 path" : `${count.toLocaleString("en")} paths`;
  $("paths-told").textContent =
    `${many} to ${story.name(passes.graph.root)}: each adds the product of its local derivatives` +
    (rest ? `; the first ${ways.length} are listed.` : ".");
  $("walk").disabled = ways.length === 0;
}

let listed = { leaf: 0, ways: [], count: 0n };

function light(way) {
  path = way;
  [...$("paths").querySelectorAll("button")].forEach((button, i) => {
    button.setAttribute("aria-pressed", String(listed.ways[i] === way));
  });
}

/** Write each path with its product, and their sum. */
function paintWays() {
  const { graph } = passes;
  const names = (way) => [story.name(graph.root), ...way.map(({ input }) => story.name(input))].join(" ← ");
  const buttons = [...$("paths").querySelectorAll("button")];
  listed.ways.forEach((way, i) => {
    const factors = way.map(({ node, position }) => shown(graph.partials[node][position] ?? null));
    const few = factors.length > 6 ? [...factors.slice(0, 3), "…", ...factors.slice(-2)] : factors;
    const words = `${names(way)}: ${few.map((x) => (x.startsWith("−") ? `(${x})` : x)).join(" · ")} = ${shown(productOf(graph, way))}`;
    if (buttons[i].textContent !== words) {
      buttons[i].textContent = words;
    }
  });
  const products = listed.ways.map((way) => productOf(graph, way));
  const isKnown = products.length > 0 && !products.includes(null);
  const sum = isKnown ? products.reduce((total, product) => total + product, 0) : null;
  const isAll = listed.count === BigInt(listed.ways.length);
  const to = `the gradient of ${story.name(graph.root)} by ${story.name(listed.leaf)}`;
  $("paths-sum").textContent = isAll
    ? `Together: ${shown(sum)}, ${to}.`
    : `The listed ones add up to ${shown(sum)}; with the rest it is ${shown(passes.right[listed.leaf])}, ${to}.`;
}

/** Light up one path after the other. */
function walk() {
  if (walking !== null) {
    stopWalking();
    return;
  }
  let next = 0;
  const show = () => {
    if (next === listed.ways.length) {
      stopWalking();
      return;
    }
    light(listed.ways[next]);
    next += 1;
    announce(`Path ${next}: ${$("paths").querySelectorAll("button")[next - 1].textContent}`);
    paint();
  };
  $("walk").textContent = "Stop";
  walking = setInterval(show, WALK);
  show();
}

function stopWalking() {
  clearInterval(walking);
  walking = null;
  $("walk").textContent = "One by one";
}

// What if

/** Name the nodes that a broken engine gets wrong. */
function paintWrong() {
  const isBroken = Object.values(passes.broken).some(Boolean);
  const wrong = passes.wrong();
  const told = wrong
    .slice(0, WRONG)
    .map((node) => `${story.name(node)} is ${shown(passes.gradient[node])} and should be ${shown(passes.right[node])}`);
  const rest = wrong.length > WRONG ? `; and ${wrong.length - WRONG} more` : "";
  const nothing = "Nothing comes out wrong here: this mistake shows where a value is used more than once.";
  const words = !isBroken ? "" : wrong.length ? `Wrong gradients: ${told.join("; ")}${rest}.` : nothing;
  if ($("wrong").textContent !== words) {
    $("wrong").textContent = words;
  }
  $("wrong").classList.toggle("found", wrong.length > 0);
}

for (const id of ["overwrite", "unordered", "unreset"]) {
  $(id).addEventListener("change", () => {
    passes.breakWith({
      overwrite: $("overwrite").checked,
      unordered: $("unordered").checked,
      unreset: $("unreset").checked,
    });
    player.resized(passes.facts.length);
    player.goto(passes.facts.length);
  });
}

// Inputs

let isWaiting = false;

/** Compute and paint once before the next frame, however often a slider moved until then. */
function soon() {
  if (!isWaiting) {
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      passes.compute();
      paint();
    });
  }
}

const inputs = new Inputs($("inputs"), passes, data.fixed !== "", (node, number) => {
  passes.numbers[node] = number;
  soon();
});
$("fixed").hidden = data.fixed === "";
$("fixed").textContent = data.fixed && `The numbers can't be changed here: ${data.fixed}.`;
$("reset").disabled = data.fixed !== "";
$("reset").addEventListener("click", () => {
  passes.numbers = [...passes.recorded];
  $("example").value = "";
  soon();
});
$("example-label").hidden = data.examples.rows.length === 0;
$("example").append(
  html("option", { value: "" }, "as recorded"),
  ...data.examples.rows.map((row, i) => html("option", { value: i }, `${i + 1}: ${row.map((x) => shown(Number(x))).join(", ")}`)),
);
$("example").addEventListener("change", () => {
  const row = data.examples.rows[Number($("example").value)];
  data.examples.inputs.forEach((node, i) => {
    passes.numbers[node] = $("example").value === "" ? passes.recorded[node] : Number(row[i]);
  });
  soon();
});

// The picture

$("depth").append(...data.views.map(({ depth, title }) => html("option", { value: depth }, title)));
$("depth-label").hidden = data.views.length === 1;
$("depth").addEventListener("change", () => {
  picture.element.hidden = true;
  picture = pictures.get($("depth").value);
  picture.element.hidden = false;
  picture.begin();
  picture.follow();
  paint();
});
$("told").textContent = data.told;
$("told").hidden = data.told === "";
for (const [id, act] of [
  ["fit", () => picture.fit()],
  ["zoom-in", () => picture.zoom(1.3)],
  ["zoom-out", () => picture.zoom(1 / 1.3)],
]) {
  $(id).addEventListener("click", () => {
    act();
    paint();
  });
}
$("graph").addEventListener(
  "wheel",
  (event) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const { left, top } = $("graph").getBoundingClientRect();
      picture.zoom(Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
      paint();
    }
  },
  { passive: false },
);
$("graph").addEventListener("pointerdown", (event) => {
  const begun = { x: event.clientX, y: event.clientY };
  let hasMoved = false;
  const move = (now) => {
    hasMoved ||= Math.hypot(now.clientX - begun.x, now.clientY - begun.y) > 4;
    if (hasMoved) {
      $("graph").classList.add("dragged");
      picture.move(now.movementX, now.movementY);
    }
  };
  const end = (now) => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
    $("graph").classList.remove("dragged");
    const node = picture.nodeOf(now.target);
    if (!hasMoved && node !== undefined && passes.nodes[node].kind === "leaf") {
      $("leaf").value = String(node);
      listWays();
      paint();
    }
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
});

/** Show an edge's local derivative as a formula beside it, or hide it. */
function hint(event) {
  const edge = event.type === "pointerout" || event.type === "focusout" ? undefined : picture.edgeOf(event.target);
  $("hint").hidden = edge === undefined;
  if (edge !== undefined) {
    $("hint").replaceChildren(story.local(edge.node, edge.position));
    const frame = $("graph").getBoundingClientRect();
    const at = event.target.closest(".edge").getBoundingClientRect();
    const { width, height } = $("hint").getBoundingClientRect();
    const x = Math.min(Math.max(0, at.left + at.width / 2 - frame.left - width / 2), frame.width - width);
    const y = at.bottom - frame.top + 6;
    $("hint").style.left = `${Math.max(0, x)}px`;
    $("hint").style.top = `${Math.max(0, y + height > frame.height ? at.top - frame.top - height - 6 : y)}px`;
  }
}
for (const type of ["pointerover", "pointerout", "focusin", "focusout"]) {
  $("graph").addEventListener(type, hint);
}

// Together

function announce(words) {
  $("live").textContent = words;
}

const player = new Player(passes.facts.length, (step) => {
  passes.goto(step);
  paint();
  picture.follow();
  announce(`Step ${step}: ${$("sentence").textContent}`);
});
const leaves = passes.nodes.map((_, node) => node).filter((node) => passes.nodes[node].kind === "leaf");
$("leaf").append(...leaves.map((node) => html("option", { value: node }, story.name(node))));
$("leaf").addEventListener("change", () => {
  listWays();
  paint();
});
$("walk").addEventListener("click", walk);
window.addEventListener("resize", () => {
  picture.apply();
});
picture.begin();
listWays();
player.begin();

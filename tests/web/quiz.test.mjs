// quiz.js: what is asked at a step, what is said of an answer, and what the score says was learned.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Passes } from "../../micrograd_nn/page/web/passes.js";
import { Quiz } from "../../micrograd_nn/page/web/quiz.js";
import { Slips } from "../../micrograd_nn/page/web/slips.js";

const rules = [
  { forward: (x, y) => x * y, partials: (out, x, y) => [y, x] },
  { forward: (x, y) => x + y, partials: () => [1, 1] },
  { forward: (x) => Math.tanh(x), partials: (out) => [1 - out * out] },
];
const described = rules.map(({ forward }) => ({ wanted: Array(forward.length).fill(true), inputs: [] }));
const [MUL, ADD, TANH] = rules.keys();
const leaf = (number) => ({ inputs: [], rule: null, number });
const of = (rule, ...inputs) => ({ inputs, rule, number: 0 });

const slipRules = [({ share }) => share, ({ before, early, partial }) => before + early * partial, ({ partial }) => -partial];
const misconceptions = [
  { name: "overwrite", title: "Overwritten", told: "{input} had {before}.", remedy: "{before} + {share}.", needs: ["share"], shownBy: "input", isLocal: false },
  { name: "too early", title: "Too early", told: "{early}.", remedy: "", needs: ["before", "early", "partial"], shownBy: "node", isLocal: false },
  { name: "sign", title: "Sign turned", told: "", remedy: "", needs: ["partial"], shownBy: "value", isLocal: true },
];

function begin(nodes, kind = "gradient") {
  const passes = new Passes(nodes, rules, described);
  const quiz = new Quiz(passes, new Slips(passes, slipRules, {}, misconceptions), (node) => `n${node}`);
  Object.assign(quiz, { isOn: true, kind });
  return quiz;
}

// x y + x: v2 v3 s3, then 3.0>2 3.1>0 2.0>0 2.1>1
const shared = () => [leaf(2), leaf(3), of(MUL, 0, 1), of(ADD, 2, 0)];
// a = tanh(x), b = a y, a b: b passes on to a when a has a share already
const early = () => [leaf(0.5), leaf(3), of(TANH, 0), of(MUL, 2, 1), of(MUL, 2, 3)];

test("each step back is asked about, and no other", () => {
  assert.deepEqual(begin(shared()).kinds, [null, null, null, ...Array(4).fill("gradient")]);
  assert.deepEqual(begin(shared(), "local").kinds.slice(3), Array(4).fill("local"));
  assert.deepEqual(begin(shared(), "mixed").kinds.slice(3), ["local", "gradient", "gradient", "local"]);
  assert.deepEqual(begin(shared(), "next").kinds.slice(3), ["next", null, null, null]); // then only one is left
  assert.deepEqual(begin(early(), "mixed").kinds.slice(4), ["gradient", "local", "next", "gradient", "local"]);
});

test("nothing is asked or hidden unless it is on", () => {
  const quiz = begin(shared());
  quiz.isOn = false;
  assert.equal(quiz.isOpen(4), false);
  assert.equal(quiz.listSecrets(4), null);
});

test("what isn't a number isn't asked for", () => {
  const quiz = begin([leaf(Infinity), leaf(3), of(MUL, 0, 1)]);
  assert.deepEqual([3, 4].map((step) => quiz.isOpen(step)), [true, false]);
  quiz.answer(3, Infinity);
  quiz.skip(3);
  assert.match(quiz.describeScore()[0], /That was all\.$/);
});

test("a node that is ready is right, though it isn't among those offered", () => {
  const many = 12; // products x_i e of a shared e = tanh(c), and their sum
  const nodes = [leaf(0.5), ...Array.from({ length: many }, () => leaf(2)), of(TANH, 0)];
  const e = nodes.length - 1;
  for (let i = 1; i <= many; i += 1) {
    nodes.push(of(MUL, i, e));
  }
  for (let i = 1, sum = e + 1; i < many; i += 1, sum = nodes.length - 1) {
    nodes.push(of(ADD, sum, e + 1 + i));
  }
  const quiz = begin(nodes, "next");
  const step = quiz.order.find(({ node }) => node === e + many).step;
  const ready = quiz.order.filter((one) => one.step >= step && quiz.listMissing(one.node, step).isReady);
  const offered = quiz.listChoices(step).map(({ node }) => node);
  const hidden = ready.filter(({ node }) => !offered.includes(node));
  assert.ok(hidden.length > 0);
  for (const { node } of hidden) {
    assert.equal(quiz.judgeNode(step, node).isRight, true);
  }
  assert.equal(quiz.judgeNode(step, e).name, "too early"); // offered or not
  assert.match(quiz.judgeNode(step, 1).told, /passes nothing on/); // a leaf
  assert.match(quiz.judgeNode(step, nodes.length - 1).told, /passes nothing on/); // it did already
});

test("a right answer opens the step", () => {
  const quiz = begin(shared());
  assert.equal(quiz.isOpen(6), true);
  assert.equal(quiz.listSecrets(6).hides, "number");
  assert.equal(quiz.answer(6, 4).title, "Right.");
  assert.equal(quiz.isOpen(6), false);
  assert.equal(quiz.listSecrets(6).hides, "");
});

test("a wrong one is told by its mistake, with the step that shows it", () => {
  const quiz = begin(shared());
  const { title, told, remedy, witness, isShown } = quiz.answer(6, 3);
  assert.deepEqual([title, told, remedy, isShown], ["Overwritten.", "n0 had 1.", "1 + 3.", false]);
  assert.deepEqual(witness, { step: 5, words: "brought 1" });
  assert.equal(quiz.isOpen(6), true);
  assert.equal(quiz.answer(6, 17).isShown, true);
  assert.equal(quiz.isOpen(6), false);
  assert.deepEqual(quiz.answer(7, -2).witness, { step: 1, words: "made n2" });
});

test("where the local derivative is asked for, the share and the gradient are told as such", () => {
  const quiz = begin([leaf(2), leaf(3), of(MUL, 0, 1), of(MUL, 2, 0)], "local");
  const { partial, share, after } = quiz.passes.facts[5];
  assert.deepEqual([partial, share, after], [3, 6, 12]);
  const words = /^The upstream gradient is multiplied in there\./;
  const first = quiz.answer(6, after);
  assert.deepEqual([first.title, first.isShown], ["That is the gradient.", false]);
  assert.match(first.told, words);
  assert.doesNotMatch(first.told, /3/, "the answer is not given away");
  const second = quiz.answer(6, share);
  assert.equal(second.title, "That is the share.");
  assert.match(second.told, words);
  assert.match(`${second.told} ${second.remedy}`, /It is 3\./);
});

test("a question that was passed unanswered isn't a first try", () => {
  const quiz = begin(shared());
  quiz.pass(6); // which leaves 4 and 5 behind
  quiz.answer(4, 1);
  quiz.answer(6, 4);
  assert.equal(quiz.describeScore()[0], "1 of 1 at the first try, 1 after passing it by. 2 to come.");
  assert.equal(quiz.describeScore().length, 2); // no mistake is said to be avoided twice
});

test("what comes of the numbers as they are shown is right, and told with all digits", () => {
  const quiz = begin([leaf(4), of(TANH, 0)], "local"); // 1 - 0.9993 * 0.9993, in truth 0.001341
  const { isRight, told } = quiz.answer(3, 0.0013995);
  assert.equal(isRight, true);
  assert.match(told, /it is 0\.001341\.$/);
});

test("any node that is complete may come next", () => {
  // (x y) + (x x): 4.0>2 4.1>3, then 3 and 2 are both complete
  const nodes = [leaf(2), leaf(3), of(MUL, 0, 1), of(MUL, 0, 0), of(ADD, 2, 3)];
  const quiz = begin(nodes, "next");
  assert.deepEqual(quiz.listChoices(5).map(({ node, isReady }) => [node, isReady]), [[2, false], [3, false], [4, true]]);
  assert.deepEqual(quiz.listChoices(7).map(({ node, isReady }) => [node, isReady]), [[2, true], [3, true]]);
  const { isRight, told } = quiz.judgeNode(7, 2);
  assert.equal(isRight, true);
  assert.match(told, /^n2 is complete, and may come now\. This engine takes n3 first\.$/);
});

test("one that isn't complete comes too early", () => {
  const quiz = begin(early(), "mixed");
  const { title, told, isShown } = quiz.answer(7, 2);
  assert.deepEqual([title, told, isShown], ["Too early.", "n2 has only a part of its gradient: a share from n3 is still to come.", false]);
  assert.equal(quiz.answer(7, 3).isRight, true);
  assert.match(quiz.judgeNode(7, 0).told, /passes nothing on now/);
  assert.match(begin(shared(), "next").answer(4, 2).told, /^Nothing has arrived at n2 yet: its gradient comes from n3\.$/);
});

test("a local derivative is secret until it is told", () => {
  const quiz = begin(shared(), "local");
  assert.deepEqual([...quiz.listSecrets(0).secrets], ["3-0", "3-1", "2-0", "2-1"]);
  quiz.answer(4, 1);
  quiz.skip(5);
  assert.deepEqual([...quiz.listSecrets(6).secrets], ["2-0", "2-1"]);
  assert.equal(begin(shared()).listSecrets(0).secrets.size, 4);
  assert.equal(begin(shared(), "next").listSecrets(0).secrets.size, 0);
});

test("it is over when the last step is told", () => {
  const quiz = begin(shared());
  assert.deepEqual([6, 7].map((step) => quiz.listSecrets(step).isOver), [false, false]);
  quiz.answer(7, 2);
  assert.deepEqual([6, 7].map((step) => quiz.listSecrets(step).isOver), [false, true]);
});

test("a mistake that was made is told with where it was right since", () => {
  const quiz = begin([leaf(2), of(ADD, 0, 0), of(ADD, 1, 0), of(ADD, 2, 0)]);
  const steps = quiz.passes.facts.flatMap(({ kind, input }, i) => (kind === "share" && input === 0 ? [i + 1] : []));
  const after = (step) => quiz.passes.facts[step - 1].after;
  quiz.answer(steps[0], after(steps[0]));
  quiz.answer(steps[1], 1);
  assert.equal(quiz.describeScore()[1], `Overwritten: missed at step ${steps[1]}, not met again since.`);
  quiz.answer(steps[1], 2);
  quiz.answer(steps[2], 3);
  quiz.answer(steps[3], 4);
  const [summary, made, avoided] = quiz.describeScore();
  assert.equal(summary, "3 of 4 at the first try, 1 at the second. 2 to come.");
  assert.equal(made, `Overwritten: missed at step ${steps[1]}, right at steps ${steps[2]} and ${steps[3]} since.`);
  assert.match(avoided, /^Met and avoided: sign turned \(steps /);
  quiz.passes.facts.forEach(({ kind }, i) => kind === "share" && quiz.isOpen(i + 1) && quiz.skip(i + 1));
  assert.equal(quiz.describeScore()[0], "3 of 4 at the first try, 1 at the second, 2 not tried. That was all.");
  quiz.begin();
  assert.deepEqual(quiz.describeScore(), ["6 questions to come."]);
});

test("a graph without a choice has no question of order", () => {
  assert.deepEqual(begin([leaf(2), of(TANH, 0)], "next").describeScore(), ["There is nothing to ask for in this graph."]);
});

test("a graph of many nodes is planned at once", () => {
  const nodes = [leaf(1)];
  for (let i = 0; i < 20_000; i += 1) {
    nodes.push(of(ADD, i, 0));
  }
  const start = process.cpuUsage();
  assert.equal(begin(nodes, "mixed").kinds.length, 60_001);
  assert.ok(process.cpuUsage(start).user < 2e6, "microseconds, whatever else runs here");
});

// Guess first: what is asked at each step of a backward pass, and what is said of an answer.

import { NEARLY, isNear, isNearly } from "./nearness.js";
import { formatNumber } from "./numbers.js";
import { sayOutcomes } from "./score.js";

const TRIES = 2; // after which the working is shown
const MOST_CHOICES = 6; // nodes to choose from
const MOST_LOOKED_AT = 30; // nodes ahead that may be among them
const EARLY = "too early"; // the mistake of who chooses a node that isn't complete

export const KINDS = ["mixed", "gradient", "local", "next"];

/** The questions about passes, by steps; `nameOf(node)` is how sentences call one. */
export class Quiz {
  constructor(passes, slips, nameOf) {
    Object.assign(this, { passes, slips, nameOf, isOn: false, kind: KINDS[0] });
    this.begin();
  }

  /** Forget what was answered. */
  begin() {
    this.records = new Map(); // of the steps that were asked about, in order
    this.passed = new Set(); // steps that were gone beyond unanswered, which shows their answers
    this.planned = null;
    this.firstSteps = new Map(); // from each node that passes something on to the first step of it
    this.passes.facts.forEach(({ kind, node }, i) => {
      if (kind === "share" && !this.firstSteps.has(node)) {
        this.firstSteps.set(node, i + 1);
      }
    });
    this.order = [...this.firstSteps].map(([node, step]) => ({ node, step }));
    this.placeOf = new Map(this.order.map(({ step }, place) => [step, place]));
  }

  // What is asked

  /** Return the kind of question at each step, null for none; they depend on the graph alone. */
  get kinds() {
    const { stops } = this.passes;
    if (this.planned?.kind !== this.kind || this.planned.stops !== stops) {
      const met = new Set(); // rules
      const kinds = this.passes.facts.map((fact, i) => this.chooseKind(fact, i + 1, met));
      this.planned = { kind: this.kind, stops, kinds };
    }
    return this.planned.kinds;
  }

  /** Return what a step is asked for: of all kinds, where one can err about it. */
  chooseKind({ kind, node, input }, step, met) {
    if (kind !== "share" || this.passes.repeats.isHidden(node)) {
      return null;
    }
    const wrong = this.placeOf.has(step) ? this.listChoices(step).filter(({ isReady }) => !isReady) : [];
    if (this.kind !== "mixed") {
      return this.kind !== "next" || wrong.length ? this.kind : null;
    }
    if (wrong.some(({ arrived }) => arrived)) {
      return "next";
    }
    const { rule } = this.passes.nodes[node];
    if (this.passes.shares[0][input].length > 1 || met.has(rule)) {
      return "gradient";
    }
    met.add(rule);
    return "local";
  }

  /** Return how a node stands before a step: how many shares arrived, and the steps of the others. */
  listMissing(node, step) {
    const shares = this.passes.shares[0][node];
    const missing = shares.filter((one) => one >= step);
    return { node, arrived: shares.length - missing.length, missing, isReady: missing.length === 0 };
  }

  /** Return nodes that pass nothing on before a step, and how they stand. */
  listChoices(step) {
    const place = this.placeOf.get(step);
    const found = this.order.slice(place, place + MOST_LOOKED_AT).map(({ node }, i) => {
      const { missing, arrived, isReady } = this.listMissing(node, step);
      const rank = i === 0 ? 0 : missing.length && arrived ? 1 : missing.length ? 3 : 2;
      return { node, arrived, missing, isReady, rank };
    });
    found.sort((one, other) => one.rank - other.rank); // which keeps the order of the steps
    return found.slice(0, MOST_CHOICES).sort((one, other) => one.node - other.node);
  }

  /** Tell whether a step is asked: what has no finite number isn't. */
  isAsked(step) {
    const kind = this.kinds[step - 1];
    if (!kind) {
      return false;
    }
    const { partial, after } = this.passes.facts[step - 1];
    return kind === "next" || (Number.isFinite(partial) && Number.isFinite(after));
  }

  /** Tell whether a step keeps its answer to itself: it is asked, and the answer isn't told yet. */
  isOpen(step) {
    return this.isOn && this.isAsked(step) && !this.records.get(step)?.outcome;
  }

  /** Note which questions a step leaves behind: a right answer to one of them isn't a first try. */
  pass(step) {
    for (let earlier = 1; earlier < step; earlier += 1) {
      if (this.isOpen(earlier)) {
        this.passed.add(earlier);
      }
    }
  }

  /** Return what a page keeps to itself at a step, null if nothing is guessed. */
  listSecrets(step) {
    if (!this.isOn) {
      return null;
    }
    const hides = this.isOpen(step) ? (this.kinds[step - 1] === "next" ? "fact" : "number") : "";
    const secrets = new Set();
    this.passes.facts.forEach(({ node, position }, i) => {
      if (this.kinds[i] !== "next" && this.isOpen(i + 1)) { // a gradient may be no more than that
        secrets.add(`${node}-${position}`);
      }
    });
    return { hides, secrets, isOver: !hides && step === this.passes.facts.length };
  }

  /** Return the question of a step. */
  describeQuestion(step) {
    const { node, input, position } = this.passes.facts[step - 1];
    if (this.kinds[step - 1] === "next") {
      return "Which node passes its gradient on next? Several may be right.";
    }
    const way = `Back from ${this.nameOf(node)} to ${this.nameOf(input)}${this.passes.namePlace(node, position)}`;
    return this.kinds[step - 1] === "local"
      ? `${way}: by what is a small change of ${this.nameOf(input)} multiplied on its way into ${this.nameOf(node)} (the local derivative)?`
      : `${way}: what is the gradient of ${this.nameOf(input)} after this share?`;
  }

  // What is said of an answer

  /** Return what is said of a number, or of a node where that is asked for. */
  answer(step, given) {
    const kind = this.kinds[step - 1];
    const record = this.record(step, kind);
    const verdict = kind === "next" ? this.judgeNode(step, given) : this.judgeNumber(step, given, kind === "local");
    if (verdict.isRight) {
      record.outcome = record.misses.length ? "second" : this.passed.has(step) ? "passed" : "first";
    } else if (!verdict.isNearly) {
      record.misses.push(verdict.name);
      if (record.misses.length === TRIES) {
        record.outcome = "missed";
      }
    }
    return { ...verdict, isShown: record.outcome === "missed" };
  }

  /** Show a step that isn't answered. */
  skip(step) {
    this.record(step, this.kinds[step - 1]).outcome = "skipped";
  }

  /** Return what is kept of a step: the misses and the mistakes that one could make there. */
  record(step, kind) {
    if (!this.records.has(step)) {
      const occasions = kind === "next" ? [EARLY] : this.slips.find(step, kind === "local").map(({ misconception }) => misconception.name);
      this.records.set(step, { step, misses: [], outcome: null, occasions });
    }
    return this.records.get(step);
  }

  judgeNumber(step, given, isLocal) {
    const right = this.slips.findRight(step, isLocal);
    const told = formatNumber(right);
    if (isNear(given, right)) {
      return { isRight: true, title: "Right.", told: "" };
    }
    if (this.slips.listRounded(step, isLocal).some((rounded) => isNear(given, rounded))) {
      return { isRight: true, title: "Right,", told: `by the numbers as they are shown. With all their digits, it is ${told}.` };
    }
    const whole = isLocal ? this.slips.nameWhole(step, given) : "";
    if (whole) {
      const words = "The upstream gradient is multiplied in there. The local derivative is what it is multiplied by.";
      return { name: null, title: `That is the ${whole}.`, told: words, remedy: `It is ${told}.` };
    }
    const slip = this.slips.find(step, isLocal).find(({ answer }) => isNear(given, answer));
    if (!slip && isNearly(given, right)) {
      return NEARLY;
    }
    if (!slip) {
      const way = isLocal
        ? "How much does the result change, for each bit that this input does?"
        : "Multiply the upstream gradient by the local derivative, and add that to what is there.";
      return { name: null, title: `${formatNumber(given)} isn't it.`, told: `It is none of the classic mistakes either. ${way}`, remedy: "" };
    }
    const { misconception, quantities } = slip;
    const tell = (text) => this.slips.tell(text, this.passes.facts[step - 1], quantities, this.nameOf);
    return {
      name: misconception.name,
      title: `${misconception.title}.`,
      told: tell(misconception.told),
      remedy: tell(misconception.remedy),
      witness: this.findWitness(step, misconception.shownBy),
    };
  }

  judgeNode(step, given) {
    const { passes, nameOf } = this;
    const { node: next } = passes.facts[step - 1];
    const comes = this.firstSteps.get(given) >= step; // it passes something on, and didn't yet
    const chosen = comes ? this.listMissing(given, step) : null;
    if (chosen?.isReady) {
      const other = `${nameOf(given)} is complete, and may come now. This engine takes ${nameOf(next)} first.`;
      return { isRight: true, title: "Right.", told: given === next ? "" : other };
    }
    if (!chosen) {
      const told = `${nameOf(given)} passes nothing on now.`;
      return { name: null, title: "That one isn't it.", told, remedy: "" };
    }
    const from = [...new Set(chosen.missing.map((one) => nameOf(passes.facts[one - 1].node)))].join(" and ");
    return {
      name: EARLY,
      title: `${this.slips.misconceptions.find((one) => one.name === EARLY).title}.`,
      told: chosen.arrived
        ? `${nameOf(given)} has only a part of its gradient: a share from ${from} is still to come.`
        : `Nothing has arrived at ${nameOf(given)} yet: its gradient comes from ${from}.`,
      remedy: `${nameOf(next)} has all its shares.`,
    };
  }

  /** Return the step that shows what a mistake misses, and what to call that; undefined for none. */
  findWitness(step, shownBy) {
    const { facts, shares } = this.passes;
    const { node, input } = facts[step - 1];
    if (shownBy === "value") {
      return { step: facts.findIndex((fact) => fact.kind === "value" && fact.node === node) + 1, words: `made ${this.nameOf(node)}` };
    }
    const at = shownBy && shares[0][shownBy === "node" ? node : input].findLast((one) => one < step);
    if (!at) {
      return undefined;
    }
    const { kind, share } = facts[at - 1];
    return { step: at, words: kind === "seed" ? "set the first gradient, 1" : `brought ${formatNumber(share)}` };
  }

  // What was learned

  /** Return the score as sentences: how many were right, and what became of each mistake. */
  describeScore() {
    const records = [...this.records.values()];
    const tried = records.filter(({ misses, outcome }) => misses.length || outcome === "first").length;
    const left = this.kinds.filter((_, i) => this.isAsked(i + 1) && !this.records.get(i + 1)?.outcome).length;
    if (!records.length) {
      return [left ? `${left} question${left > 1 ? "s" : ""} to come.` : "There is nothing to ask for in this graph."];
    }
    const said = sayOutcomes(records.map(({ outcome }) => outcome), tried);
    return [`${said}. ${left ? `${left} to come.` : "That was all."}`, ...this.describeMistakes(records)];
  }

  describeMistakes(records) {
    const made = [];
    const passed = [];
    for (const { name, title } of this.slips.misconceptions) {
      const missed = records.filter(({ misses }) => misses.includes(name));
      const met = records.filter(({ outcome, occasions }) => outcome === "first" && occasions.includes(name));
      if (missed.length) {
        const since = met.filter((record) => records.indexOf(record) > records.indexOf(missed.at(-1)));
        const after = since.length ? `right at ${listSteps(since)} since` : "not met again since";
        made.push(`${title}: missed at ${listSteps(missed)}, ${after}.`);
      } else if (met.length) {
        passed.push(`${title.toLowerCase()} (${listSteps(met)})`);
      }
    }
    const unnamed = records.filter(({ misses }) => misses.includes(null));
    if (unnamed.length) {
      made.push(`Other misses: at ${listSteps(unnamed)}.`);
    }
    return passed.length ? [...made, `Met and avoided: ${passed.join("; ")}.`] : made;
  }
}

/** Return steps as a sentence lists them. */
function listSteps(records) {
  const numbers = records.map(({ step }) => step);
  const last = numbers.pop();
  return numbers.length ? `steps ${numbers.join(", ")} and ${last}` : `step ${last}`;
}

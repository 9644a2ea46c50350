// The question of a step with its box, what is said of an answer, and the score.

import { isolateTexts } from "./direction.js";
import { byId, formula, html, makeButton, sign, whenPressed, writeDerivative } from "./markup.js";
import { KINDS, Quiz } from "./quiz.js";
import { explainAnswer, readAnswer } from "./reading.js";

/**
 * The controls of guessing first.
 *
 * `goTo(step)` moves by hand; `switched()` is told when guessing is turned on or off, or something
 * else is asked for.
 */
export class QuizPanel {
  constructor(passes, story, equations, slips, { goTo, switched }) {
    Object.assign(this, { passes, story, equations, goTo, switched, left: null, asked: null });
    this.quiz = new Quiz(passes, slips, (node) => story.nameInSentence(node));
    byId("quiz").addEventListener("change", () => this.set(byId("quiz").checked));
    byId("quiz-kind").addEventListener("change", () => this.set(true, byId("quiz-kind").value));
    whenPressed("quiz-again", () => {
      this.quiz.begin();
      this.forget();
      this.paintScore();
      this.goTo(0);
      byId("next").focus({ preventScroll: true });
    });
    whenPressed("check", () => this.read()); // a host may let its frames submit no forms
    byId("guess").addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault(); // or else it would press the button that has the focus then
        this.read();
      } else if (event.key === "Escape") { // and the arrow keys move among the steps again
        byId("guess").blur();
      }
    });
    whenPressed("show-me", () => {
      this.quiz.skip(this.step);
      this.settle([]);
    });
  }

  get step() {
    return this.passes.step;
  }

  get isOn() {
    return this.quiz.isOn;
  }

  /** How the state stands in an address: nothing if all kinds are asked for, the kind, or off. */
  get part() {
    return {
      write: () => (this.isOn ? (this.quiz.kind === KINDS[0] ? "" : this.quiz.kind) : "off"),
      read: (text) => {
        const kind = text === "" || text === "off" ? KINDS[0] : text;
        if (!KINDS.includes(kind)) {
          return `a question is ${KINDS.join(", ")}`;
        }
        this.set(text !== "off", kind);
      },
    };
  }

  /** Whether the step of now keeps its answer to itself. */
  get isAsking() {
    return this.quiz.isOpen(this.step);
  }

  /** Turn guessing on or off, and choose what is asked for. */
  set(isOn, kind = this.quiz.kind) {
    if (kind !== this.quiz.kind) {
      this.quiz.begin(); // what was answered was asked otherwise
    }
    this.quiz.isOn = isOn;
    this.quiz.kind = KINDS.includes(kind) ? kind : KINDS[0];
    byId("quiz").checked = isOn;
    byId("quiz-kind").value = this.quiz.kind;
    byId("score-panel").hidden = !isOn;
    this.forget();
    this.switched(); // to the right engine
    this.paintScore();
  }

  /** Forget what was said of an answer, for a step or for numbers that are others now. */
  forget() {
    Object.assign(this, { left: null, asked: null });
    this.quiz.passed.clear();
    byId("verdict").replaceChildren();
  }

  /** Keep to itself what is asked, before a step is shown. */
  prepare() {
    this.quiz.pass(this.step);
    this.passes.guess(this.quiz.listSecrets(this.step));
  }

  /** Return the question of the step. */
  describe() {
    return this.quiz.describeQuestion(this.step);
  }

  /** Return what one may look at for an answer: how the step's node was made, or what that leads to. */
  writeHelp() {
    const { guessing, fact } = this.passes;
    if (guessing.hides !== "number") {
      return [];
    }
    const lines = this.equations.writeValue(fact.node);
    const isTooLong = lines.length === 0 && fact.after !== fact.partial && !this.isLocal;
    return isTooLong ? [this.equations.writeLocal(fact.node, fact.position)] : lines;
  }

  /** Whether the step of now is asked for its local derivative. */
  get isLocal() {
    return this.quiz.kinds[this.step - 1] === "local";
  }

  /** Show the controls of the step, or none. */
  paint() {
    const { isAsking } = this;
    const isMoved = this.asked !== this.step;
    byId("guessing").hidden = !isAsking;
    if (isMoved) {
      const isLookingBack = this.step === this.asked - 1 || this.quiz.records.has(this.asked);
      if (this.quiz.isOpen(this.asked) && isLookingBack) {
        this.left = this.asked;
      }
      this.asked = this.step;
      byId("verdict").replaceChildren();
      byId("guess").value = "";
      byId("guess").setAttribute("aria-invalid", "false");
    }
    if (this.left === this.step || !this.quiz.isOpen(this.left)) {
      this.left = null;
    }
    if (isAsking && isMoved) {
      this.ask();
    } else if (isMoved && this.left !== null) {
      const { left } = this;
      this.say([], [makeButton(`Back to the question of step ${left}`, () => this.move(left))]);
    }
  }

  /** Put the question's controls. */
  ask() {
    const { fact } = this.passes;
    const isNext = this.passes.guessing.hides === "fact";
    byId("number-guess").hidden = isNext;
    byId("choices").hidden = !isNext;
    if (isNext) {
      byId("choices").replaceChildren(...this.quiz.listChoices(this.step).map(({ node }) =>
        makeButton(this.story.nameWithGroup(node), () => this.pick(node))));
      return;
    }
    const { isLocal } = this;
    const [root, from, to] = [this.passes.graph.root, fact.node, fact.input].map((node) => this.equations.name(node));
    byId("asked").replaceChildren(formula(writeDerivative(isLocal ? from : root, to), sign("=")));
    const [above, below] = [isLocal ? from : root, to].map((name) => isolateTexts(name));
    byId("guess").setAttribute("aria-label", `${isLocal ? "Local derivative" : "Gradient"}, ∂${above}/∂${below}`);
  }

  /** Put the cursor where the question is answered, once the page is used, but not off a control. */
  focus() {
    const isBusy = document.activeElement?.matches("input:not(#guess), select");
    const isUsed = navigator.userActivation?.hasBeenActive ?? true; // a frame takes no focus by itself
    if (this.isAsking && isUsed && !isBusy) {
      const first = this.passes.guessing.hides === "fact" ? byId("choices").firstElementChild : byId("guess");
      first.focus();
    }
  }

  /** Take what stands in the box for an answer. */
  read() {
    const text = byId("guess").value;
    const given = readAnswer(text);
    byId("guess").setAttribute("aria-invalid", String(given === null));
    if (given === null) {
      this.say([explainAnswer(text)]);
    } else {
      this.judge(given);
    }
    byId("guess").select();
  }

  /** Take a node for an answer, if one is asked for. */
  pick(node) {
    if (this.isAsking && this.passes.guessing.hides === "fact") {
      this.judge(node);
    }
  }

  /** Say what is to be said of an answer; after the right one, or two misses, show the step. */
  judge(given) {
    const { isRight, isNearly, isShown, title, told, remedy, witness } = this.quiz.answer(this.step, given);
    const words = [html("strong", {}, title), ` ${told}`];
    if (isRight || isShown) {
      this.settle(isShown ? [...words, ` ${remedy}`] : words, isRight);
      return;
    }
    const look = witness && [makeButton(`Look: step ${witness.step} ${witness.words}`, () => this.look(witness.step))];
    this.say(isNearly ? words : [...words, " Once more?"], look ?? []);
    this.paintScore();
  }

  /** Show the step whose answer is told now, with what is said of it and the way on. */
  settle(words, isRight = false) {
    const { step } = this;
    this.paintScore();
    this.goTo(step);
    const isLast = step === this.passes.facts.length;
    const way = isLast ? "Your score" : "Go on";
    const on = makeButton(way, () => (isLast ? byId("score-panel").focus() : this.move(step + 1)));
    on.id = "go-on";
    this.say(words, [on], isRight);
    on.focus({ preventScroll: true });
  }

  /** Go to a step that is to be seen, though it may not have been asked about yet. */
  look(step) {
    if (this.quiz.isOpen(step)) {
      this.quiz.skip(step);
      this.paintScore();
    }
    this.move(step);
  }

  move(step) {
    this.goTo(step);
    if (!this.isAsking) {
      (byId("verdict").querySelector("button") ?? byId("next")).focus({ preventScroll: true });
    }
  }

  /** Say something below the question, with buttons. */
  say(words, buttons = [], isRight = false) {
    byId("verdict").classList.toggle("right", isRight);
    byId("verdict").replaceChildren(html("p", {}, ...words), ...buttons);
    const said = byId("verdict").firstElementChild.textContent;
    if (said) {
      byId("live").textContent = this.isAsking ? said : `${said} ${byId("headline").textContent}.`;
    }
  }

  /** Write the score, which changes with answers alone. */
  paintScore() {
    if (!this.isOn) {
      return;
    }
    const [summary, ...lines] = this.quiz.describeScore();
    byId("score").textContent = summary;
    byId("learned").replaceChildren(...lines.map((line) => html("li", {}, line)));
  }
}

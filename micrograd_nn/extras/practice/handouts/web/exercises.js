// The page of exercises: it reads an answer, says by which mistake it is wrong, and keeps the score.

import { byId, foldNotes, html, letScroll, whenPressed } from "../../../../page/web/markup.js";
import { NEARLY, isNear, isNearly } from "../../../../page/web/nearness.js";
import { explainAnswer, readAnswer } from "../../../../page/web/reading.js";
import { sayOutcomes } from "../../../../page/web/score.js";

const NO_CHOICE = "Choose one of the answers.";

/** One exercise: its answers, and how it went so far. */
class Exercise {
  constructor(element, description, place, decided) {
    Object.assign(this, description, { element, place, decided });
    this.inputs = [...element.querySelectorAll(".answer input")];
    this.button = element.querySelector(".answer button");
    this.said = element.querySelector(".said");
    this.button.addEventListener("click", () => this.answer());
    for (const input of this.inputs) { // a form would do this, but for frames that may submit none
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.isComposing) {
          event.preventDefault(); // or else it would press the button that has the focus then
          this.answer();
        }
      });
    }
    this.reset();
  }

  /** Start it over. */
  reset() {
    this.misses = [];
    this.given = []; // that was wrong
    this.result = "";
    this.said.replaceChildren();
    this.button.textContent = "Check";
    for (const input of this.inputs) {
      input.checked = false;
      input.value = input.type === "text" ? "" : input.value;
    }
    this.lock(false);
  }

  /** Let the answer be changed no more, or again. */
  lock(isLocked) {
    for (const input of this.inputs) {
      input[input.type === "text" ? "readOnly" : "disabled"] = isLocked;
      input.removeAttribute("aria-invalid");
    }
  }

  /** Move the focus to where one answers. */
  focus() {
    this.element.scrollIntoView({ block: "start" });
    this.inputs[0].focus({ preventScroll: true });
  }

  /** Return the answer that is given, a number or a choice's place, and what is known of it. */
  read() {
    if (this.isChoice) {
      const chosen = this.inputs.find(({ checked }) => checked);
      return chosen ? { given: Number(chosen.value), found: this.possible[Number(chosen.value)] } : null;
    }
    const given = readAnswer(this.inputs[0].value);
    if (given === null) {
      return null;
    }
    const right = this.possible.find(({ isRight }) => isRight);
    const found = this.possible.find(({ number }) => isNear(given, number));
    const other = isNearly(given, right.number) ? NEARLY : { title: this.unknown, told: "", remedy: "" };
    return { given, found: found ?? other };
  }

  /** Judge what is given, or go on where it has been. */
  answer() {
    if (this.result) {
      this.decided(this, true);
      return;
    }
    const read = this.read();
    const box = this.isChoice ? null : this.inputs[0];
    box?.setAttribute("aria-invalid", String(read === null));
    if (read === null) {
      this.said.replaceChildren(html("p", {}, box ? explainAnswer(box.value) : NO_CHOICE));
      return;
    }
    const { given, found } = read;
    if (found.isRight) {
      this.result = this.misses.length ? "second" : "first";
      this.tell("right", "✓ Right.", "", true);
    } else if (found.isNearly) {
      this.tell("nearly", found.title, found.told, false);
      box.select();
    } else {
      if (!this.given.some((other) => isNear(given, other))) {
        this.given.push(given);
        this.misses.push(found.title);
      }
      this.result = this.misses.length > 1 ? "missed" : "";
      const more = this.result ? found.remedy : "Try again.";
      this.tell("wrong", `✗ ${found.title}.`, `${found.told} ${more}`.trim(), this.result !== "");
      box?.select(); // so that the next answer takes its place
    }
    if (this.result) {
      this.lock(true);
      this.button.textContent = "Go on";
      if (this.isChoice) { // what had the focus takes no more
        this.button.focus({ preventScroll: true });
      }
      this.decided(this, false);
    }
  }

  /** Say what becomes of an answer; at the end also how the right one comes about. */
  tell(kind, verdict, told, isLast) {
    const parts = [html("p", { class: `verdict ${kind}` }, verdict)];
    if (told) {
      parts.push(html("p", {}, ...writeCode(told)));
    }
    if (isLast) {
      const lines = this.working.split("\n").filter((line) => line.trim());
      const heading = kind === "right" ? "How it comes about" : `Right is ${this.right}`;
      parts.push(
        html("div", { class: "working" }, html("h3", {}, ...writeCode(heading)), ...lines.map((line) => html("p", {}, ...writeCode(line)))),
      );
    }
    this.said.replaceChildren(...parts);
  }
}

/** All exercises of the page, how far one is, and what is said at the end. */
class Exercises {
  constructor(descriptions) {
    const elements = [...document.querySelectorAll(".exercise")];
    this.exercises = descriptions.map(
      (description, i) =>
        new Exercise(elements[i], description, i, (exercise, isLeft) => this.follow(exercise, isLeft)),
    );
    whenPressed("again", () => {
      this.exercises.forEach((exercise) => exercise.reset());
      byId("score").hidden = true;
      this.count();
      this.exercises[0].focus();
    });
    this.count();
  }

  /** Count an exercise that is decided; go to the next that isn't where one has been left. */
  follow({ place }, isLeft) {
    this.count();
    const { exercises } = this;
    const later = [...exercises.slice(place + 1), ...exercises.slice(0, place)];
    const next = later.find(({ result }) => !result);
    if (!next) {
      this.showScore();
    }
    if (isLeft) {
      (next ?? { focus: () => byId("score").focus() }).focus();
    }
  }

  /** Say how many are decided. */
  count() {
    const done = this.exercises.filter(({ result }) => result).length;
    byId("progress").textContent = `${done} of ${this.exercises.length} answered`;
  }

  /** Say what went well, which mistakes were met and mended, and what to look at again. */
  showScore() {
    const { exercises } = this;
    const those = (kind) => exercises.filter(({ result }) => result === kind);
    const [first, later, shown] = ["first", "second", "missed"].map(those);
    const said = sayOutcomes(exercises.map(({ result }) => result), exercises.length);
    byId("counted").textContent = `${said}.`;
    const sure = [...new Set(first.map(({ title }) => title))].filter(
      (title) => !exercises.some((one) => one.title === title && one.result !== "first"),
    );
    const lines = sure.length ? [["You can do: ", sure.join(", ")]] : [];
    for (const { misses, place, title, unknown } of later) {
      const after = misses[0] === unknown ? "" : `, after the miss “${misses[0]}”`;
      lines.push(["Right at the second try: ", `${title} (exercise ${place + 1})${after}`]);
    }
    for (const { misses, place, title } of shown) {
      const named = [...new Set(misses)].filter((miss) => miss !== exercises[place].unknown).join("; ");
      lines.push(["Look again at: ", `${title} (exercise ${place + 1})${named ? `: ${named}` : ""}`]);
    }
    byId("learned").replaceChildren(
      ...lines.map(([begin, rest]) => html("li", {}, html("strong", {}, begin), ...writeCode(rest))),
    );
    byId("score").hidden = false;
    byId("live").textContent = `All answered. ${byId("counted").textContent}`;
  }
}

/** Return a text with what stands in backquotes as code. */
function writeCode(text) {
  return text.split(/`([^`]+)`/).map((part, i) => (i % 2 ? html("code", {}, part) : part));
}

/** Let the keyboard reach the programs that are wider than the screen, to move them. */
function reachPrograms() {
  document.querySelectorAll("pre").forEach(letScroll);
}

foldNotes();
reachPrograms();
addEventListener("resize", reachPrograms);
new Exercises(JSON.parse(byId("data").textContent).exercises);

// The playground for expressions: what is typed becomes a page, and all of it stands in the address.

import {
  describeUnusable,
  inputOfKey,
  joinState,
  keyOfInput,
  readExactly,
  readState,
  spellNumber,
  writeState,
} from "../../../micrograd_nn/page/web/address.js";
import { offerLink } from "../../../micrograd_nn/page/web/copylink.js";
import { afterRest } from "../../../micrograd_nn/page/web/waiting.js";
import { ExpressionField } from "./expression.js";
import { LessonFrame } from "./lessonframe.js";
import { NumberFields } from "./numberfields.js";
import { Python, Stopped } from "../page/python.js";

const TYPED = 400; // milliseconds after the last letter

export class Playground {
  #python = new Python();
  #numbers = new Map(); // by name, in the order of the expression
  #kept = new Map(); // the numbers of names that the expression had before
  #recorded = new Map(); // with which the page in the frame was made
  #parts = []; // of the page's state: keys and texts, but for numbers
  #made = null; // the expression of the page in the frame
  #isBusy = false;
  #isAsked = false; // for another page than the one that is being made
  #named = () => {}; // what hears of the names of the next page
  #isEmpty = true; // as long as nothing was asked for
  #elements;
  #expression;
  #fields;
  #frame;

  constructor(element) {
    const find = (selector) => element.querySelector(selector);
    this.#elements = {
      main: find("button.primary"), stop: find("button.stop"), status: find(".status"),
      progress: find(".progress"), error: find("#expression-error"), told: find(".told"),
    };
    this.#expression = new ExpressionField(find(".expression"), {
      changed: () => this.#makeSoon(),
      entered: () => this.#make(),
    });
    this.#fields = new NumberFields(find(".numbers"), find(".refusal"), (name, number) => this.#move(name, number));
    this.#frame = new LessonFrame(find(".frames"), (state) => this.#hear(state));
    find("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#make();
    });
    this.#elements.stop.addEventListener("click", () => this.#python.stop());
    for (const button of element.querySelectorAll("[data-state]")) {
      button.addEventListener("click", () => (location.hash = button.dataset.state));
    }
    const { told } = this.#elements;
    offerLink({ button: find(".copy"), field: find(".link"), told }, () => this.#link);
    window.addEventListener("hashchange", () => this.#follow());
    this.#follow();
  }

  // The address

  /** The address that opens what is here now, null if it is too long. */
  get #link() {
    const numbers = [...this.#numbers].map(([name, number]) => [keyOfInput(name), spellNumber(number)]);
    const state = writeState([["e", this.#expression.text.trim()], ...numbers, ...this.#parts]);
    return joinState(location.href, state);
  }

  #writeSoon = afterRest(() => {
    const link = this.#link;
    if (link !== null && !this.#isEmpty) {
      history.replaceState(null, "", link);
    }
  }, 250);

  /** Take over what the address says, where it has an expression. */
  #follow() {
    const { state, unread } = readState(location.hash.slice(1));
    if (!state.has("e")) {
      return;
    }
    const unusable = unread.map((part) => [part, "a % that stands for nothing"]);
    const numbers = new Map();
    this.#parts = [];
    for (const [key, text] of state) {
      const name = inputOfKey(key);
      const number = name === null ? null : readExactly(text);
      if (name === null && key !== "e") {
        this.#parts.push([key, text]);
      } else if (number !== null) {
        numbers.set(name, number);
      } else if (name !== null) {
        unusable.push([`${key}=${text}`, "no number"]);
      }
    }
    this.#expression.text = state.get("e");
    this.#numbers = numbers;
    this.#kept = new Map();
    this.#make((names) => {
      const strange = [...numbers.keys()].filter((name) => !names.includes(name));
      this.#elements.told.textContent = describeUnusable([
        ...unusable,
        ...strange.map((name) => [name, "not in the expression"]),
      ]);
    });
  }

  /** Take over the state of the page in the frame. */
  #hear(written) {
    if (this.#isBusy || !this.#isMade) { // then it isn't the page of what stands above it
      return;
    }
    const { state } = readState(written);
    for (const [name, recorded] of this.#recorded) {
      const number = readExactly(state.get(keyOfInput(name)) ?? "") ?? recorded;
      if (!Object.is(number, this.#numbers.get(name))) {
        this.#numbers.set(name, number);
        this.#tellError(null); // which was of other numbers
      }
    }
    this.#parts = [...state].filter(([key]) => inputOfKey(key) === null);
    this.#fields.show(this.#numbers);
    this.#writeSoon();
  }

  /** Whether the page in the frame is that of the expression. */
  get #isMade() {
    return this.#made === this.#expression.text;
  }

  /** The state that the page in the frame has. */
  get #state() {
    const moved = [...this.#numbers].filter(([name, number]) => !Object.is(number, this.#recorded.get(name)));
    return writeState([
      ...moved.map(([name, number]) => [keyOfInput(name), spellNumber(number)]),
      ...this.#parts,
    ]);
  }

  /** Take over a number that was typed. */
  #move(name, number) {
    this.#numbers.set(name, number);
    if (this.#isMade && !this.#isBusy) {
      this.#frame.follow(this.#state);
      this.#tellError(null); // the page says what its numbers do
    } else {
      this.#make();
    }
    this.#writeSoon();
  }

  // The page

  #makeSoon = afterRest(() => this.#make(), TYPED);

  /** Make the page of what is typed, or tell what is wrong; `named(names)` hears of its names. */
  async #make(named = () => {}) {
    this.#isEmpty = false;
    this.#makeSoon.cancel();
    this.#elements.told.textContent = "";
    this.#isAsked = true;
    this.#named = named;
    if (this.#isBusy) {
      return;
    }
    this.#markBusy(true);
    try {
      await this.#python.begin({
        tell: (words) => this.#tell(words),
        tellProgress: (share, words) => this.#tellProgress(share, words),
      });
      while (this.#isAsked) {
        this.#isAsked = false;
        this.#tell("Making the page …");
        const expression = this.#expression.text;
        const numbers = [...this.#kept, ...this.#numbers].map(([name, number]) => [name, spellNumber(number)]);
        const made = await this.#python.call("playing.make_lesson", { expression, numbers });
        if (!this.#isAsked && expression === this.#expression.text) {
          await this.#show(expression, made);
        }
      }
    } catch (error) {
      this.#isAsked = false;
      this.#tell(describeFailure(error));
    } finally {
      this.#markBusy(false);
    }
  }

  /** Show what came of an expression. */
  async #show(expression, { names, numbers, recorded, page, error }) {
    this.#tellError(error);
    this.#frame.markOutdated(!page && this.#frame.isThere);
    this.#tell(error ? "Mend the expression, or a number." : "");
    if (names) {
      const read = (pairs) => new Map(pairs.map(([name, text]) => [name, readExactly(text)]));
      for (const [name, number] of this.#numbers) {
        this.#kept.set(name, number);
      }
      this.#numbers = read(numbers);
      this.#fields.show(this.#numbers);
      this.#named(names);
      if (page) {
        this.#recorded = read(recorded);
        this.#parts = this.#parts.filter(([key, text]) => key !== "paths" || names.includes(text));
        await this.#frame.open(page, `The page of ${expression.trim()}`, this.#state);
        this.#made = expression;
        this.#tell(error ? "The page shows where it goes wrong." : "The page is ready.");
      }
    }
    this.#writeSoon();
  }

  // What is told

  #tell(text) {
    this.#elements.progress.hidden = true;
    this.#elements.status.textContent = text;
  }

  #tellProgress(share, text) {
    const [bar, words] = this.#elements.progress.children;
    bar.value = share;
    words.textContent = text;
    this.#elements.progress.hidden = false;
  }

  #tellError(error) {
    const [reason, pointer] = this.#elements.error.children;
    reason.textContent = error?.reason ?? "";
    pointer.textContent = error?.pointer ?? "";
    pointer.hidden = !error?.pointer;
    this.#expression.mark(error?.at ?? null);
  }

  #markBusy(isBusy) {
    const { stop, main } = this.#elements;
    this.#isBusy = isBusy;
    if (!isBusy && document.activeElement === stop) {
      main.focus();
    }
    stop.hidden = !isBusy;
  }
}

/** Say why Python made no page. */
function describeFailure(error) {
  if (error instanceof Stopped) {
    return "Stopped.";
  }
  return /call stack/.test(error.message)
    ? "The expression is nested too deeply for a browser: shorten it."
    : `Python failed (${error.message}).`;
}

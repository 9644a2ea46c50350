// Questions to Python: answered one after the other, by functions "module.function".

import { Python, Stopped } from "../page/python.js";

const LONG = 1000; // milliseconds after which a question can be stopped
const REST = 300; // … without one, after which nothing is there to stop

export class Asking {
  #python = new Python();
  #queue = Promise.resolve();
  #stops = 0; // how many times Python was stopped
  #asked = 0; // questions that have no answer yet
  #timer = null;

  // `shows` has tell(words) and tellProgress(share, words), which hear how Python comes, and offerStop(offered).
  constructor(shows) {
    this.shows = shows;
  }

  // Returns the answer to a question that begins something; Python begins for it, if it isn't there.
  begin(name, given) {
    return this.#ask(name, given, true);
  }

  // Returns an answer; of what failed, one that has an error.
  ask(name, given) {
    return this.#ask(name, given, false);
  }

  // Ends Python and all that is asked of it, if anything is.
  stop() {
    if (this.#asked > 0) {
      this.#stops += 1;
      this.#python.stop();
    }
  }

  async #ask(name, given, begins) {
    const stops = this.#stops;
    this.#asked += 1;
    const answer = this.#queue.then(() => {
      if (stops !== this.#stops || !(begins || this.#python.isThere)) {
        throw new Stopped();
      }
      return this.#askNow(name, given);
    });
    this.#queue = answer.catch(() => {});
    try {
      return await answer;
    } catch (error) {
      const what = error instanceof Stopped ? "Python has ended" : `Python failed (${error.message})`;
      return { error: `${what}. Reset starts it over.`, isGone: !this.#python.isThere };
    } finally {
      this.#asked -= 1;
    }
  }

  async #askNow(name, given) {
    const begun = performance.now();
    this.#offerStopAfter(LONG, true);
    try {
      await this.#python.begin(this.shows);
      return await this.#python.call(name, given);
    } finally {
      if (performance.now() - begun < LONG) {
        this.shows.offerStop(false);
        clearTimeout(this.#timer);
      } else { // the next one may be as long
        this.#offerStopAfter(REST, false);
      }
    }
  }

  #offerStopAfter(milliseconds, offered) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (offered || this.#asked === 0) {
        this.shows.offerStop(offered);
      }
    }, milliseconds);
  }
}

// Questions to Python: answered one after the other, by functions "module.function".

import { toMega } from "../page/fetching.js";
import { Python } from "../page/python.js";

export class Asking {
  #python = new Python();
  #queue = Promise.resolve();

  // tell(words) hears how Python comes, which begins with the first question.
  constructor(tell) {
    this.tell = tell;
  }

  // Returns an answer; of what failed, one that has an error.
  async ask(name, given) {
    const answer = this.#queue.then(() => this.#askNow(name, given));
    this.#queue = answer.catch(() => {});
    try {
      return await answer;
    } catch (error) {
      return { error: `Python failed (${error.message}). Reset begins it anew.` };
    }
  }

  async #askNow(name, given) {
    if (!this.#python.isThere) {
      await this.#python.begin(
        (done, all) => this.tell(`Python comes: ${toMega(done)} of ${toMega(all)}.`),
        () => this.tell("Python begins …"),
      );
    }
    return this.#python.call(name, given);
  }
}

// Python as the page sees it: it is begun, it runs the text of a cell, and it can be stopped.

import { fetchFiles, toMega, VERSION } from "./fetching.js";

// What a run ends with that was stopped.
export class Stopped extends Error {}

export class Python {
  #worker = null;
  #isReady = false;
  #begun = null; // the promise that it is ready, once it begins
  #shows;
  #fail = () => {}; // ends what is asked of the worker at present

  get isReady() {
    return this.#isReady;
  }

  get isThere() {
    return this.#worker !== null;
  }

  // Begins, unless it has; tell(words) and tellProgress(share, words) of `shows` hear how it comes.
  async begin(shows) {
    this.#shows = shows;
    if (this.#begun && !this.#isReady) {
      shows.tell("Starting Python …"); // it begins by itself, for a reader who has run cells
    }
    this.#begun ??= this.#start();
    await this.#begun;
  }

  async #start() {
    try {
      this.#shows.tell("Loading Python …");
      const tell = (done, all) => this.#shows.tellProgress(done / all, `${toMega(done)} of ${toMega(all)}`);
      let waits = true; // bytes that come after a stop aren't told
      const fetched = fetchFiles((done, all) => waits && tell(done, all));
      const { "worker.js": script, ...files } = await this.#raceStop(fetched).finally(
        () => (waits = false),
      );
      this.#shows.tell("Starting Python …");
      const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
      this.#worker = new Worker(address, { type: "module" });
      await this.#ask({ kind: "begin", files, version: VERSION });
      this.#isReady = true;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  // Runs a text as the cell of this number; show() gets each output. Tells whether it ended well.
  run(text, number, fresh, show) {
    return this.#ask({ kind: "run", text, number, fresh }, show);
  }

  // Calls a function, "module.function", with something of JSON; returns what it returns.
  async call(name, given = null) {
    return JSON.parse(await this.#ask({ kind: "call", name, given: JSON.stringify(given) }));
  }

  // Ends Python at once, whatever it does; what was asked of it fails with Stopped.
  stop() {
    this.#fail(new Stopped());
    this.#end();
  }

  #end() {
    this.#worker?.terminate();
    this.#worker = this.#begun = null;
    this.#isReady = false;
  }

  #raceStop(promise) {
    return Promise.race([promise, new Promise((_, reject) => (this.#fail = reject))]);
  }

  #ask(message, show) {
    const worker = this.#worker;
    if (worker === null) { // it was stopped before it was asked
      return Promise.reject(new Stopped());
    }
    const answer = new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message || "the worker ended"));
      worker.onmessage = ({ data }) => {
        if (data.kind === "done") {
          resolve(data.result);
        } else if (data.kind === "failed") {
          this.#end(); // whatever is left of it can't be trusted
          reject(new Error(data.text));
        } else {
          show(data);
        }
      };
      worker.postMessage(message);
    });
    return this.#raceStop(answer);
  }
}

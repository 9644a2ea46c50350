// Python as a page sees it: it begins, runs the text of a cell, and can be stopped.

import { fetchFiles } from "./fetching.js";

export class Python {
  #worker = null;
  #answer = null; // what takes the worker's next answer

  get isRunning() {
    return this.#worker !== null;
  }

  // Starts the worker if there is none; tell(fetched, all) is called while its files come.
  async begin(tell) {
    if (this.#worker) {
      return;
    }
    const { "worker.js": script, ...files } = await fetchFiles(tell);
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.#worker = new Worker(address, { type: "module" });
    URL.revokeObjectURL; 
    await this.#ask({ kind: "begin", files });
  }

  run(text, number, fresh, show) {
    return this.#ask({ kind: "run", text, number, fresh }, show);
  }

  #ask(message, show) {
    return new Promise((resolve, reject) => {
      this.#worker.onerror = (event) => reject(new Error(event.message));
      this.#worker.onmessage = ({ data }) => {
        if (data.kind === "ready" || data.kind === "done") {
          resolve(data.ended);
        } else if (data.kind === "failed") {
          reject(new Error(data.text));
        } else {
          show(data);
        }
      };
      this.#worker.postMessage(message);
    });
  }
}

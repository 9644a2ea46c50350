// A page in a host's frame, as in a notebook's: it tells the host what it shows, and shows what the host asks for.
//
// The host sends CALL with a port. From then on both send the whole state over it, when it is another. The
// page says first that it is ready, and tells { error } where it fails: nobody looks into a frame's console.

import { beforeNextFrame } from "./waiting.js";

const CALL = "micrograd_nn";

/** The wire to the page around this one's frame, if there is one and it calls. */
export class Host {
  #port = null;
  #ends = null;
  #last = ""; // the state that both know of
  #error = ""; // the first one, which others may follow from

  constructor() {
    window.addEventListener("error", ({ error }) => error && this.#complain(error)); // null where all goes on
    window.addEventListener("unhandledrejection", ({ reason }) => this.#complain(reason));
  }

  /** Tell what is shown, before the next frame. */
  tellSoon = beforeNextFrame(() => this.#tell());

  /** Listen for the call. `read()` returns the state, `take(state)` takes over what is asked for, or says why not. */
  begin(ends) {
    this.#ends = ends;
    window.addEventListener("message", ({ source, data, ports }) => {
      if (source === window.parent && data === CALL && ports.length === 1) {
        [this.#port] = ports;
        this.#port.onmessage = (event) => this.#take(event.data);
        this.#port.postMessage({ ready: true });
        this.#tellError();
      }
    });
  }

  #complain(error) {
    this.#error ||= String(error);
    this.#tellError();
  }

  #tellError() {
    if (this.#error) {
      this.#port?.postMessage({ error: this.#error });
    }
  }

  #tell() {
    const state = this.#port && this.#ends.read();
    if (state && JSON.stringify(state) !== this.#last) {
      this.#last = JSON.stringify(state);
      this.#port.postMessage({ state });
    }
  }

  /** Take over a state; what can't be is told. */
  #take(state) {
    const why = this.#ends.take(state).filter(Boolean);
    if (why.length) {
      this.#port.postMessage({ error: why.join("; ") });
    }
    this.#last = JSON.stringify(state);
    this.tellSoon();
  }
}

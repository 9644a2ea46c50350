// A lesson in a host's frame, as in a notebook's: it tells the host what it shows, and shows what the host asks for.
//
// The host sends CALL with a port. From then on both send the whole state over it, when it is another.

import { keyOfInput, spellNumber } from "./address.js";
import { beforeNextFrame } from "./waiting.js";

const CALL = "micrograd_nn";

/** The wire to whoever shows the page in a frame, if anybody does and calls. */
export class Host {
  #port = null;
  #lesson = null;
  #last = ""; // the state that both know of

  /** Tell what is shown, before the next frame. */
  tellSoon = beforeNextFrame(() => this.#tell());

  /** Listen for the call: { address, passes, paths, player } are what the state is read from. */
  begin(lesson) {
    this.#lesson = lesson;
    window.addEventListener("message", ({ source, data, ports }) => {
      if (source === window.parent && data === CALL && ports.length === 1) {
        [this.#port] = ports;
        this.#port.onmessage = (event) => this.#take(event.data);
      }
    });
  }

  #read() {
    const { passes, paths, player } = this.#lesson;
    const leaves = passes.nodes.map(({ kind, name }, node) => [kind, name, passes.numbers[node]]);
    return {
      step: player.numberOf(player.step), // its number, which isn't its place among the stops
      inputs: Object.fromEntries(
        leaves.filter(([kind]) => kind === "leaf").map(([, name, number]) => [name, spellNumber(number)]),
      ),
      broken: Object.keys(passes.broken).filter((mistake) => passes.broken[mistake]),
      paths_from: paths.leaf === null ? null : passes.nodes[paths.leaf].name,
    };
  }

  #tell() {
    const state = this.#port && this.#read();
    if (state && JSON.stringify(state) !== this.#last) {
      this.#last = JSON.stringify(state);
      this.#port.postMessage(state);
    }
  }

  /** Take over what is asked for and isn't so already; what can't be is told. */
  #take({ step, inputs, broken, paths_from }) {
    const { address, paths } = this.#lesson;
    const now = this.#read();
    const take = (key, text) => address.parts.get(key)?.read(text);
    for (const [name, text] of Object.entries(inputs)) {
      if (text !== now.inputs[name]) {
        take(keyOfInput(name), text);
      }
    }
    if (String(broken) !== String(now.broken)) {
      take("broken", broken.join());
    }
    if (paths_from !== null && paths_from !== now.paths_from) {
      take("paths", paths_from);
      paths.lightAll();
    }
    if (step !== now.step) {
      take("step", String(step));
    }
    const state = JSON.stringify(this.#read());
    if (state !== JSON.stringify(now)) {
      address.settled();
    }
    this.#last = JSON.stringify({ step, inputs, broken, paths_from });
    this.tellSoon();
  }
}

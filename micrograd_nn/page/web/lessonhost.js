// What a lesson shares with a host that shows it in a frame: its step, inputs, mistakes and paths.

import { keyOfInput, spellNumber } from "./address.js";

/** Return the page's end of the wire: how its state is read, and how one is taken over. */
export function shareLesson({ address, passes, paths, player, mistakes }) {
  const read = () => {
    const leaves = passes.nodes.map(({ kind, name }, node) => [kind, name, passes.numbers[node]]);
    return {
      step: player.numberOf(player.step), // its number, which isn't its place among the stops
      inputs: Object.fromEntries(
        leaves.filter(([kind]) => kind === "leaf").map(([, name, number]) => [name, spellNumber(number)]),
      ),
      broken: mistakes.names,
      paths_from: paths.leaf === null ? null : passes.nodes[paths.leaf].name,
    };
  };
  /** Take over what isn't so already; return what can't be, and why. */
  const take = ({ step, inputs, broken, paths_from }) => {
    const now = read();
    const refused = [];
    const ask = (key, text) => {
      const part = address.parts.get(key);
      const why = part ? part.read(text) : "not of this page";
      if (why) {
        refused.push(`${key}: ${why}`);
      }
    };
    for (const [name, text] of Object.entries(inputs)) {
      if (text !== now.inputs[name]) {
        ask(keyOfInput(name), text);
      }
    }
    if (String(broken) !== String(now.broken)) {
      ask("broken", broken.join());
    }
    if (paths_from !== null && paths_from !== now.paths_from) {
      ask("paths", paths_from);
      paths.lightAll();
    }
    if (step !== now.step) {
      ask("step", String(step));
    }
    if (JSON.stringify(read()) !== JSON.stringify(now)) {
      address.settled();
    }
    return refused;
  };
  return { read, take };
}

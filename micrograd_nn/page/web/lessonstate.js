// What of a lesson is known outside: in its address (example, inputs, surgery, mistakes, view and paths, before
// the step), and to a host that shows it in a frame.

import { keyOfInput, readExactly, spellNumber } from "./address.js";
import { byId } from "./markup.js";

const MOST_KNOWN = 6; // mistakes that are named where one isn't known

/** Add the parts of a lesson to its address, each with a control of the page that it moves. */
export function addLesson(address, { passes, numbers, view, surgery, paths, mistakes, breakEngine }) {
  const { holders, inputs, isFixed } = numbers;
  const fixed = "the numbers can't be changed here";
  const choice = byId("example");
  const isOffered = (select, wanted) => [...select.options].some(({ value }) => value === wanted);
  address.add("example", {
    write: () => (Number(choice.value) || choice.value === "0" ? String(Number(choice.value) + 1) : ""),
    read(text) {
      const value = text === "" ? "" : String(Number(text) - 1);
      if (!isOffered(choice, value) || isFixed) {
        return isFixed ? fixed : "no such example";
      }
      choice.value = value;
      numbers.chooseExample();
    },
  });
  passes.nodes.forEach(({ kind, name }, node) => {
    if (kind === "leaf") {
      const recorded = spellNumber(passes.recorded[node]);
      address.add(keyOfInput(name), {
        write: () => (choice.value && holders.includes(node) ? recorded : spellNumber(passes.numbers[node])),
        read(text) {
          const number = readExactly(text);
          if (number === null || isFixed) {
            return isFixed ? fixed : "no number";
          }
          inputs.changed(node, number);
        },
      });
    }
  });
  address.add("surgery", surgery.part);
  address.add("broken", {
    write: () => mistakes.names.join(","),
    read(text) {
      const unknown = mistakes.make(text.split(",").filter(Boolean));
      breakEngine();
      const known = mistakes.choices.map(({ name }) => name).filter(Boolean);
      return unknown.length ? `a mistake is ${known.slice(0, MOST_KNOWN).join(", ")}${known.length > MOST_KNOWN ? ", …" : ""}` : "";
    },
  });
  const depth = byId("depth");
  address.add("view", {
    write: () => depth.value,
    read(text) {
      if (!isOffered(depth, text)) {
        return "no such view";
      }
      depth.value = text;
      view.chooseDepth();
    },
  });
  const repetition = byId("repetition");
  if (passes.repeats.most) {
    address.add("repetition", {
      write: () => repetition.value,
      read(text) {
        const wanted = Number(text || repetition.max);
        if (!(Number.isInteger(wanted) && wanted >= 1 && wanted <= passes.repeats.most)) {
          return `the repetitions are 1 to ${passes.repeats.most}`;
        }
        repetition.value = String(wanted);
        view.chooseRepetition();
      },
    });
  }
  address.add("paths", {
    write: () => (paths.leaf === null ? "" : passes.nodes[paths.leaf].name),
    read(text) {
      const leaf = passes.nodes.findIndex(({ kind, name }) => kind === "leaf" && name === text);
      if (leaf < 0) {
        return "no input has this name";
      }
      paths.choose(leaf);
    },
  });
  address.add("path", {
    write: () => (paths.path === null ? "" : String(paths.paths.indexOf(paths.path) + 1)),
    read(text) {
      const number = text === "" ? null : Number(text) - 1;
      if (number !== null && !(number in paths.paths)) {
        return "no such path";
      }
      paths.stop();
      paths.light(number);
    },
  });
}

/** Return the page's end of the wire to a host: how its step, inputs, mistakes and paths are read, and taken over. */
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
    const asked = [
      ...Object.entries(inputs).map(([name, text]) => [keyOfInput(name), text, now.inputs[name]]),
      ["broken", broken.join(), now.broken.join()],
      ["paths", paths_from ?? now.paths_from, now.paths_from],
      ["step", String(step), String(now.step)],
    ].filter(([, text, before]) => text !== before);
    const refused = [];
    for (const [key, text] of asked) {
      const part = address.parts.get(key);
      const why = part ? part.read(text) : "not of this page";
      refused.push(...(why ? [`${key}: ${why}`] : []));
      if (key === "paths") {
        paths.lightAll();
      }
    }
    if (JSON.stringify(read()) !== JSON.stringify(now)) {
      address.settled();
    }
    return refused;
  };
  return { read, take };
}

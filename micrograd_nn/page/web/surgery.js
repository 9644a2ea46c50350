// Surgery on a page's graph, in the words of micrograd_nn.intervene: what was done, and what that means.

import { readExactly, spellNumber } from "./address.js";
import { formatApart, formatAsPython, formatNumber } from "./numbers.js";

const FEW_DEAD = 6; // that a line names
const LONGEST_BOTH = 24; // letters of a number before and after

/**
 * What was done, in order: { kind: "pin", node, number }, { kind: "cut", node, position, number },
 * where null lets the input's own number arrive, or { kind: "swap", node, other }.
 */
export class Surgery {
  constructor(nodes) {
    this.nodes = nodes;
    this.done = [];
  }

  get isDone() {
    return this.done.length > 0;
  }

  /** Return the numbers at which nodes are held, where `numbers` are those without surgery. */
  listPins(numbers) {
    const pins = new Map();
    for (const { kind, node, other, number } of this.done) {
      if (kind === "pin") {
        pins.set(node, number);
      } else if (kind === "swap") {
        pins.set(node, numbers[other]).set(other, numbers[node]);
      }
    }
    return pins;
  }

  /** Return the edges "node-position" that are cut, each with the number that arrives instead, or null. */
  listCuts() {
    return new Map(this.done.filter(({ kind }) => kind === "cut").map(({ node, position, number }) => [`${node}-${position}`, number]));
  }

  /** Say why something can't be done, "" if it can. */
  refuse({ kind, node, position, other }) {
    const root = this.nodes.length - 1;
    if (node === root && kind !== "cut" || other === root) {
      return "pin takes a node before the root: behind that, nothing follows";
    }
    if (kind !== "cut" && [node, other].some((one) => this.nodes[one]?.kind === "constant")) {
      return "a page leaves constants as they are";
    }
    return kind === "cut" && !(position in this.nodes[node].inputs) ? "cut needs an input of a node" : "";
  }

  /** Say what was done, a line each; `numbers` are those without surgery. */
  tell(numbers, nameOf) {
    const pins = this.listPins(numbers);
    const tellPin = (node) => `${formatNumber(pins.get(node))} (was ${formatNumber(numbers[node])})`;
    const swapped = new Map(); // a node, and that with which it was swapped, neither of them pinned since
    for (const { kind, node, other } of this.done) {
      const isSo = kind === "swap" && node !== other
        && Object.is(pins.get(node), numbers[other]) && Object.is(pins.get(other), numbers[node]);
      if (isSo && ![node, other].some((one) => swapped.has(one))) {
        swapped.set(node, other).set(other, null);
      }
    }
    const pinned = [...swapped].filter(([, other]) => other !== null).map(([node, other]) =>
      `${nameOf(node)} swapped with ${nameOf(other)}: ${tellPin(node)} and ${tellPin(other)}`);
    pinned.push(...[...pins.keys()].filter((node) => !swapped.has(node)).map((node) => `${nameOf(node)} pinned to ${tellPin(node)}`));
    const cut = [...this.listCuts()].map(([edge, number]) => {
      const [node, position] = edge.split("-").map(Number);
      const instead = number === null ? "" : `, ${formatNumber(number)} arrives`;
      return `${nameOf(this.nodes[node].inputs[position])} → ${nameOf(node)} cut${instead}`;
    });
    return [...pinned, ...cut];
  }
}

/** Return the nodes that a gradient reached before and none reaches now; never the root, whose own is 1. */
export function findDied(before, after) {
  const arrives = (gradient) => gradient !== null && gradient !== 0;
  return before.map((_, node) => node).slice(0, -1)
    .filter((node) => arrives(before[node]) && !arrives(after[node]));
}

/** Say which nodes no gradient reaches any more, "" for none. */
export function tellDied(died, before, nameOf) {
  const named = died.slice(0, FEW_DEAD).map((node) => `${nameOf(node)} (was ${formatNumber(before[node])})`);
  const rest = died.length > FEW_DEAD ? ` and ${died.length - FEW_DEAD} more` : "";
  return died.length ? `No gradient reaches any more: ${named.join(", ")}${rest}` : "";
}

/** Return a number before and after as a text: once, where they are the same. */
export function formatBoth(before, after) {
  if (before === null || after === null || before === after || Object.is(before, after)) {
    return [...new Set([formatNumber(before), formatNumber(after)])].join(" → ");
  }
  const shown = formatApart(before, after).join(" → ");
  const more = after - before;
  return shown.length <= LONGEST_BOTH ? shown : `${formatNumber(before)} ${more > 0 ? "+" : "−"} ${formatAsPython(Math.abs(more), 3)}`;
}

/** Return what was done as an address has it: pin/n/5,cut/v1/0,swap/h/k. */
export function writeSurgery(done, nodes) {
  const places = listPlaces(nodes);
  const spell = (node) => {
    const { name } = nodes[node];
    return places.get(name) === node && !name.startsWith("~") ? encodeURIComponent(name) : `~${node}`;
  };
  return done.map(({ kind, node, position, other, number }) => {
    const more = kind === "swap" ? [spell(other)] : kind === "cut" ? [position] : [];
    return [kind, spell(node), ...more, ...((number ?? null) === null ? [] : [spellNumber(number)])].join("/");
  }).join(",");
}

/** Return what an address says was done, or why it can't be: { done, why }. */
export function readSurgery(text, surgery) {
  const { nodes } = surgery;
  const places = listPlaces(nodes);
  const find = (spelled = "") => {
    const place = /^~(\d+)$/.exec(spelled);
    return place ? Number(place[1]) : (places.get(decodeURIComponent(spelled)) ?? -1);
  };
  const done = [];
  for (const part of text.split(",").filter(Boolean)) {
    const [kind, first, second = "", third, ...rest] = part.split("/");
    let act;
    try {
      act = {
        pin: () => ({ kind, node: find(first), number: readExactly(second) }),
        cut: () => ({ kind, node: find(first), position: /^\d+$/.test(second) ? Number(second) : -1, number: third === undefined ? null : readExactly(third) }),
        swap: () => ({ kind, node: find(first), other: find(second) }),
      }[kind]?.();
    } catch { // of what isn't percent-encoding
      act = undefined;
    }
    if (act === undefined || rest.length || third !== undefined && (kind !== "cut" || act.number === null)) {
      return { why: "surgery is pin/node/number, cut/node/position or swap/node/node" };
    }
    if (!(act.node in nodes) || kind === "swap" && !(act.other in nodes)) {
      return { why: "no node has this name" };
    }
    const why = kind === "pin" && act.number === null ? "no number" : surgery.refuse(act);
    if (why) {
      return { why };
    }
    done.push(act);
  }
  return { done, why: "" };
}

/** Return the place of each name that one node alone has. */
function listPlaces(nodes) {
  const places = new Map();
  nodes.forEach(({ name }, node) => places.set(name, places.has(name) ? -1 : node));
  return places;
}

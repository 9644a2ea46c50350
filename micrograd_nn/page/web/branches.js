// The comparisons that may have decided what was recorded: with other numbers they may come out otherwise.

import { formatNumber } from "./numbers.js";

const COMPARE = { "<": (x, y) => x < y, "<=": (x, y) => x <= y, ">": (x, y) => x > y, ">=": (x, y) => x >= y, "==": (x, y) => x === y };
const REMEDY = "build the changed expression by the program that made this one";
const NO_BRANCHES = { compared: [], outside: [], lost: 0 };

/**
 * What micrograd_nn/page/branches.py tells of a graph's comparisons.
 *
 * `compared` are [node, how, other, outcome] with the place of a node or { number }; `outside` are [text,
 * outcome, places] of what isn't in the graph and depends on these places; before the node at the place
 * `lost`, of what has been compared since, a number is gone. `computed` is what this page makes of the
 * numbers that were `recorded`, which may have another last bit.
 */
export class Branches {
  constructor(told, nodes, recorded, computed) {
    Object.assign(this, { ...NO_BRANCHES, ...told, nodes, recorded, computed });
  }

  /** Let the root of a graph have no number where a comparison comes out otherwise, and tell why. */
  check(graph) {
    const { data } = graph;
    const isOther = (node) => typeof node === "number" && data[node] !== null && !Object.is(data[node], this.computed[node]);
    const found = this.compared.find(([node, how, other, outcome]) => {
      const [x, y] = [data[node], typeof other === "number" ? data[other] : Number(other.number)];
      return (isOther(node) || isOther(other)) && x !== null && y !== null && COMPARE[how](x, y) !== outcome;
    });
    const beyond = this.outside.find(([, , places]) => places.some(isOther));
    if (found) {
      const [node, how, other, outcome] = found;
      graph.fail(graph.root, { kind: "branch", told: `${this.tell(node)} ${how} ${this.tell(other)} was ${writeOutcome(outcome)}, which may have decided a branch, and now is ${writeOutcome(!outcome)}: ${REMEDY}` });
    } else if (beyond) {
      const [text, outcome] = beyond;
      graph.fail(graph.root, { kind: "branch", told: `${text} was ${writeOutcome(outcome)}, which may have decided a branch, and a page can't tell what it is now: ${REMEDY}` });
    }
  }

  /** Say that of these nodes, which have other numbers now, something was compared that is gone; else "". */
  warn(changed) {
    return changed.some((node) => node < this.lost)
      ? `Since this graph was recorded, a number was compared that is gone by now: nobody can tell whether that decided a branch. To be sure, ${REMEDY}.`
      : "";
  }

  tell(operand) {
    return typeof operand === "number"
      ? `${this.nodes[operand].name} (${formatNumber(this.recorded[operand])})`
      : formatNumber(Number(operand.number));
  }
}

function writeOutcome(outcome) {
  return outcome ? "True" : "False";
}

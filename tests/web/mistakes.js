// Finds the mistakes at each step of graphs for tests/page/test_slips.py, as a page does.
/* global answer, asked */

import { Passes } from "./passes.js";
import { rules } from "./rules.js";
import { slipRules, wrongLocals } from "./sliprules.js";
import { Slips } from "./slips.js";

answer(
  asked.graphs.map(({ nodes, described }) => {
    const passes = new Passes(nodes, rules, described);
    const slips = new Slips(passes, slipRules, wrongLocals, asked.misconceptions);
    const nameOf = (node) => nodes[node].name;
    return passes.facts.flatMap((fact, i) => {
      if (fact.kind !== "share") {
        return [];
      }
      const found = (isLocal) => slips.find(i + 1, isLocal).map(({ answer: given, misconception, quantities }) => ({
        name: misconception.name,
        answer: given,
        told: ["told", "remedy"].map((key) => slips.tell(misconception[key], fact, quantities, nameOf)).join(" "),
      }));
      return [{ quantities: slips.readQuantities(i + 1), slips: [found(false), found(true)] }];
    });
  }),
);

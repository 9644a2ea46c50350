// Does surgery on the graphs of tests/page/test_operating.py as a page does.
/* global answer, asked */

import { Passes } from "./passes.js";
import { rules } from "./rules.js";
import { formatBoth, readSurgery, tellDied, writeSurgery } from "./surgery.js";

answer(
  asked.map(({ nodes, described, done, both = [] }) => {
    const passes = new Passes(nodes, rules, described);
    passes.operate(done.map((act) => ("number" in act && act.number !== null ? { ...act, number: Number(act.number) } : act)));
    const { graph, before, facts, right, operated, surgery } = passes;
    const nameOf = (node) => nodes[node].name;
    const written = writeSurgery(surgery.done, nodes);
    return {
      data: graph.data,
      gradient: right,
      ends: [...graph.ends],
      died: [...operated.died],
      told: [...surgery.tell(before.data, nameOf), tellDied([...operated.died], before.gradient, nameOf)],
      errors: [...graph.errors.keys()].map((node) => [node, passes.explainError(node), graph.errors.get(node).ofDerivative ?? false]),
      shares: facts.filter(({ kind }) => kind === "share").map(({ node, position }) => [node, position]),
      written,
      again: done.some((act) => surgery.refuse(act)) ? written : writeSurgery(readSurgery(written, surgery).done ?? [], nodes),
      both: both.map(([x, y]) => formatBoth(x === null ? null : Number(x), y === null ? null : Number(y))),
    };
  }),
);

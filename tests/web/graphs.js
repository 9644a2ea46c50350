// Computes the graphs of tests/page/test_lesson.py as a page does: their numbers, gradients and steps.
/* global answer, asked */

import { Passes } from "./passes.js";
import { rules } from "./rules.js";

answer(
  asked.map(({ nodes, described }) => {
    const passes = new Passes(nodes, rules, described);
    const { graph, facts, gradient } = passes;
    const shares = facts.filter(({ kind }) => kind === "share");
    return {
      data: graph.data,
      errors: [...graph.errors.keys()],
      gradient,
      steps: shares.map(({ node, position, input }) => ({ edge: `${node} ${position} ${input}` })),
      shares: shares.map(({ upstream, partial, share, before, after }) => [upstream, partial, share, before, after]),
      kinds: facts.map(({ kind }) => kind),
    };
  }),
);

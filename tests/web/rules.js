// Calls rules for tests/notation/test_javascript.py: [rule, inputs] gives the number and its derivatives.
/* global answer, asked */

import { DomainError } from "./math.mjs";
import { rules } from "./generated.js";

/** Return a result, or what kind of error comes out. */
function result(rule) {
  try {
    return rule();
  } catch (error) {
    if (error instanceof DomainError) {
      return error.kind;
    }
    throw error;
  }
}

answer(
  asked.map(([rule, given]) => {
    const inputs = given.map(Number);
    const out = result(() => rules[rule].forward(...inputs));
    return [out, typeof out === "string" ? out : result(() => rules[rule].partials(out, ...inputs))];
  }),
);

// Runs scripts for tests/helpers/nodejs.py: each line from standard input is one, with what it is asked.
//
// A number comes back as text, as JSON has neither -0 nor NaN nor infinities.

import { createInterface } from "node:readline";
import { createContext, runInContext } from "node:vm";

const TIMEOUT = 60_000; // milliseconds for one script

const sent = (_, x) => (typeof x === "number" ? (Object.is(x, -0) ? "-0" : String(x)) : x);

for await (const line of createInterface({ input: process.stdin })) {
  const { script, asked } = JSON.parse(line);
  const result = {};
  const context = createContext({ asked, answer: (x) => Object.assign(result, { answer: x }) });
  try {
    runInContext(`"use strict";\n${script}`, context, { timeout: TIMEOUT });
  } catch (error) {
    result.error = String(error?.stack ?? error);
  }
  process.stdout.write(`${JSON.stringify(result, sent)}\n`);
}

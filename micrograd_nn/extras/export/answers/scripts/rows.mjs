// Run by Node.js: asks a written module in JavaScript, and prints what it answers.
//
//     node rows.mjs model.mjs < question.json

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const written = await import(pathToFileURL(process.argv[2]).href);
const { rows, parameters } = JSON.parse(readFileSync(0, "utf8"));
const isProgram = "recorded" in written;
const hasGradient = isProgram && "program" in written;

/** Return what a function gives for a row; of what it refuses, NaN, which JSON writes as null. */
function ask(compute, row) {
  try {
    return compute(row);
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
    return [NaN];
  }
}

/** Return what the module predicts for a row: a list of numbers, or a class. */
function predict(row) {
  const found = isProgram ? written.predict(parameters, [row])[0] : written.predict(row);
  return typeof found === "number" ? [found] : found;
}

const found = rows.map((row) => ask(predict, row));
const differentiate = (row) => written.program(parameters, [row])[1];
console.log(JSON.stringify({
  values: found.map((result) => result.probabilities ?? result),
  gradients: hasGradient ? rows.map((row) => ask(differentiate, row)) : null,
  labels: isProgram ? null : found.map((result) => result.label ?? ""),
  ran: `Node.js ${process.versions.node}`,
}));

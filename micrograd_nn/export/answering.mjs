// Run by Node.js: asks a written module in JavaScript, and prints what it answers.
//
//     node answering.mjs model.mjs < question.json

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const written = await import(pathToFileURL(process.argv[2]).href);
const { rows, parameters } = JSON.parse(readFileSync(0, "utf8"));
const isProgram = "recorded" in written;
const hasGradient = isProgram && "program" in written;

/** Return what the module gives for a row; NaN for what it refuses, which JSON writes as null. */
function answer(row) {
  try {
    if (hasGradient) {
      const [result, gradient] = written.program(parameters, [row]);
      return { values: [result], gradient, label: "" };
    }
    if (isProgram) return { values: written.predict(parameters, [row]), gradient: [], label: "" };
    const found = written.predict(row);
    if (found.label !== undefined) return { values: found.probabilities, label: found.label };
    return { values: Array.isArray(found) ? found : [found], label: "" };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { values: [NaN], gradient: [NaN], label: "" };
  }
}

const answers = rows.map(answer);
const labels = answers.map(({ label }) => label);
console.log(JSON.stringify({
  values: answers.map(({ values }) => values),
  gradients: hasGradient ? answers.map(({ gradient }) => gradient) : null,
  versions: { "Node.js": process.versions.node },
  labels: labels.some(Boolean) ? labels : null,
}));

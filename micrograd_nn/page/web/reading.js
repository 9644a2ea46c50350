// Numbers as people type them: −3, 0,5, .5, 1e-3; and where an answer is asked for, 1/2.

import { isolateTexts } from "./direction.js";

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.|$)/; // with three digits after it, a comma may be of these

/** Return the number that a text is, null if it is none. */
export function readNumber(text) {
  const plain = replaceMinus(text);
  const infinite = /^([+-]?)inf(inity)?$/i.exec(plain);
  if (infinite) {
    return infinite[1] === "-" ? -Infinity : Infinity;
  }
  if (plain.toLowerCase() === "nan") {
    return NaN;
  }
  const decimal = plain.replace(",", ".");
  return DECIMAL.test(decimal) && !THOUSANDS.test(plain) ? Number(decimal) : null;
}

/** Return the number that an answer is, which may be a fraction; null if it is none, or not finite. */
export function readAnswer(text) {
  const [over, under = 1, ...more] = text.split("/").map(readNumber);
  const isFraction = over !== null && under !== null && more.length === 0;
  return isFraction && Number.isFinite(under) && Number.isFinite(over / under) ? over / under : null;
}

/** Say why a text isn't taken. */
export function explainRefusal(text, examples = "−2.5, 1e−3 or inf") {
  const given = isolateTexts(text.trim());
  if (given === "") {
    return "The box is empty.";
  }
  return THOUSANDS.test(replaceMinus(text))
    ? `The comma of ${given} may divide thousands or decimals: write the number without it, or with a point.`
    : `${given} is no number such as ${examples}.`;
}

/** Say why an answer isn't taken. */
export function explainAnswer(text) {
  const parts = text.split("/");
  if (parts.length === 2 && readNumber(parts[0]) !== null && readNumber(parts[1]) === 0) {
    return `${isolateTexts(text.trim())} divides by zero.`;
  }
  const divided = parts.find((part) => THOUSANDS.test(replaceMinus(part)));
  return explainRefusal(divided ?? text, "−2.5, 0,5 or 1/2");
}

/** Return a text with the minus sign of a keyboard. */
function replaceMinus(text) {
  return text.trim().replaceAll("−", "-");
}

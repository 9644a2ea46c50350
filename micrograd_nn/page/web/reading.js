// Numbers as people type them: −3, 0,5, .5, 1e-3; and where an answer is asked for, 1/2.

import { isolateTexts } from "./direction.js";

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
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

/** Return the number that an answer is, which may be a fraction; null if it is none, or beyond a float. */
export function readAnswer(text) {
  const parts = text.split("/");
  const [over, under = 1, ...more] = parts.map(readNumber);
  if (over === null || under === null || more.length > 0 || !Number.isFinite(under)) {
    return null;
  }
  const number = over / under;
  const isLost = number === 0 && (over !== 0 || isBelowFloat(parts[0]));
  return Number.isFinite(number) && !isLost ? number : null;
}

/** Say why a text isn't taken. */
export function explainRefusal(text, examples = "−2.5, 1e−3 or inf") {
  const given = isolateTexts(text.trim());
  if (given === "") {
    return "The box is empty.";
  }
  return THOUSANDS.test(replaceMinus(text))
    ? `The comma of ${given} may divide thousands or decimals: write the number without it, or with a point.`
    : `${given} isn't a number such as ${examples}.`;
}

/** Say why an answer isn't taken. */
export function explainAnswer(text) {
  const parts = text.split("/");
  const given = isolateTexts(text.trim());
  const areNumbers = parts.length <= 2 && parts.every((part) => readNumber(part) !== null);
  if (areNumbers && readNumber(parts[1] ?? "1") === 0 && !isBelowFloat(parts[1])) {
    return `${given} divides by zero.`;
  }
  if (areNumbers && /\d/.test(text)) {
    return `${given} is beyond a float.`;
  }
  const divided = parts.find((part) => THOUSANDS.test(replaceMinus(part)));
  return explainRefusal(divided ?? text, "−2.5, 0,5 or 1/2");
}

/** Tell whether a number that is read as zero isn't zero, such as 1e-999. */
function isBelowFloat(text) {
  return /[1-9]/.test(text.toLowerCase().split("e")[0]);
}

/** Return a text with the minus sign of a keyboard. */
function replaceMinus(text) {
  return text.trim().replaceAll(/[−–]/g, "-");
}

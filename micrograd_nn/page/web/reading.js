// Numbers as people type them: −3, 0,5, .5, 1e-3, 1/2.

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
  const [over, under, ...more] = plain.split("/").map(readDecimal);
  if (under === undefined) {
    return over;
  }
  return over === null || !under || more.length ? null : over / under; // which 0 isn't
}

/** Return the number that a text without a fraction is, null if it is none. */
function readDecimal(text) {
  const decimal = text.trim().replace(",", ".");
  return DECIMAL.test(decimal) && !THOUSANDS.test(text.trim()) ? Number(decimal) : null;
}

/** Say why a text isn't taken. */
export function explainRefusal(text) {
  const given = isolateTexts(text.trim());
  if (given === "") {
    return "The box is empty.";
  }
  const plain = replaceMinus(text);
  if (plain.split("/").some((part) => THOUSANDS.test(part.trim()))) {
    return `The comma of ${given} may divide thousands or decimals: write the number without it, or with a point.`;
  }
  return /^[^/]+\/[^/]+$/.test(plain) && plain.split("/").map(readDecimal)[1] === 0
    ? `${given} divides by zero.`
    : `${given} is no number such as −2.5, 1e−3 or inf.`;
}

/** Return a text with the minus sign of a keyboard. */
function replaceMinus(text) {
  return text.trim().replaceAll(/[−–]/g, "-");
}

// Numbers and names as people read them; numbers to the letter as micrograd_nn/text.py writes them.

const TURNS = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]/; // the direction

/** Return a number as Python's f"{x:.4g}" does, with a true minus sign; a dash for none. */
export function short(x, digits = 4) {
  if (x === null || x === undefined) {
    return "–";
  }
  const sign = x < 0 || Object.is(x, -0) ? "−" : "";
  const size = Math.abs(x);
  if (!Number.isFinite(size)) {
    return Number.isNaN(size) ? "nan" : `${sign}inf`;
  }
  const [significant, power] = roundedAsPython(size, digits);
  if (power < -4 || power >= digits) {
    const two = String(Math.abs(power)).padStart(2, "0");
    const mantissa = `${significant[0]}.${significant.slice(1)}`;
    return `${sign}${withoutZeros(mantissa)}e${power < 0 ? "−" : "+"}${two}`;
  }
  const placed = "0".repeat(Math.max(0, -power)) + significant;
  const whole = Math.max(0, power) + 1;
  return sign + withoutZeros(`${placed.slice(0, whole)}.${placed.slice(whole)}`);
}

/** Return a number as a page shows it: zero has no sign there. */
export function shown(x) {
  return short(x === 0 ? 0 : x);
}

/** Return a number as it stands in a product: in parentheses if it is negative. */
export function asFactor(x) {
  const text = shown(x);
  return text.startsWith("−") ? `(${text})` : text;
}

/** Return data whose texts keep their direction to themselves, to stand in sentences. */
export function isolated(given) {
  if (typeof given === "string") {
    return TURNS.test(given) ? `\u2068${given}\u2069` : given;
  }
  if (given === null || typeof given !== "object") {
    return given;
  }
  return Array.isArray(given)
    ? given.map(isolated)
    : Object.fromEntries(Object.entries(given).map(([name, item]) => [name, isolated(item)]));
}

/** Return the digits of a size, so many, and the power of ten of the first. */
function roundedAsPython(size, digits) {
  // JavaScript rounds a half up, Python to the even digit: of 2.5, one digit is 3 or 2.
  const [shortest] = digitsAndPower(size.toExponential());
  if (shortest.length === digits + 1 && shortest.endsWith("5")) {
    const [exact, powerOfExact] = digitsAndPower(size.toExponential(100));
    if (/^50*$/.test(exact.slice(digits)) && Number(exact[digits - 1]) % 2 === 0) {
      return [exact.slice(0, digits), powerOfExact];
    }
  }
  return digitsAndPower(size.toExponential(digits - 1));
}

/** Return the digits and the power of "1.25e-7": "125" and -7. */
function digitsAndPower(exponential) {
  const [mantissa, power] = exponential.split("e");
  return [mantissa.replace(".", ""), Number(power)];
}

/** Return a decimal without the zeros at its end. */
function withoutZeros(decimal) {
  return decimal.replace(/\.?0*$/, "");
}

// Numbers as people read them, to the letter as micrograd_nn/_ground/text.py writes them.

/** Return a number as Python's f"{x:.4g}" does, with a true minus sign; a dash for none. */
export function formatAsPython(x, digits = 4) {
  if (x === null || x === undefined) {
    return "–";
  }
  const sign = x < 0 || Object.is(x, -0) ? "−" : "";
  const size = Math.abs(x);
  if (!Number.isFinite(size)) {
    return Number.isNaN(size) ? "nan" : `${sign}inf`;
  }
  const [significant, power] = roundAsPython(size, digits);
  if (power < -4 || power >= digits) {
    const two = String(Math.abs(power)).padStart(2, "0");
    const mantissa = `${significant[0]}.${significant.slice(1)}`;
    return `${sign}${stripZeros(mantissa)}e${power < 0 ? "−" : "+"}${two}`;
  }
  const placed = "0".repeat(Math.max(0, -power)) + significant;
  const whole = Math.max(0, power) + 1;
  return sign + stripZeros(`${placed.slice(0, whole)}.${placed.slice(whole)}`);
}

/** Return a number as a page shows it: zero has no sign there. */
export function formatNumber(x) {
  return formatAsPython(x === 0 ? 0 : x);
}

/** Return two numbers that differ with as many digits as they need to look different. */
export function formatApart(x, y, digits = 4) {
  const texts = [x, y].map((one) => formatAsPython(one === 0 ? 0 : one, digits));
  return texts[0] !== texts[1] || digits === 17 ? texts : formatApart(x, y, digits + 1);
}

/** Return a difference with its sign. */
export function signed(x) {
  return x > 0 ? `+${formatNumber(x)}` : formatNumber(x);
}

/** Return a number as it stands in a product: in parentheses if it is negative. */
export function formatFactor(x) {
  const text = formatNumber(x);
  return text.startsWith("−") ? `(${text})` : text;
}

/** Return a size to a number of digits, and the power of ten of the first. */
function roundAsPython(size, digits) {
  // JavaScript rounds a half up, Python to the even digit: of 2.5, one digit is 3 or 2.
  const [shortest] = splitExponential(size.toExponential());
  if (shortest.length === digits + 1 && shortest.endsWith("5")) {
    const [exact, powerOfExact] = splitExponential(size.toExponential(100));
    if (/^50*$/.test(exact.slice(digits)) && Number(exact[digits - 1]) % 2 === 0) {
      return [exact.slice(0, digits), powerOfExact];
    }
  }
  return splitExponential(size.toExponential(digits - 1));
}

/** Return the digits and the power of "1.25e-7": "125" and -7. */
function splitExponential(exponential) {
  const [mantissa, power] = exponential.split("e");
  return [mantissa.replace(".", ""), Number(power)];
}

/** Return a decimal without the zeros at its end. */
function stripZeros(decimal) {
  return decimal.replace(/\.?0*$/, "");
}

// When an answer is a number: to three digits, by the rule of micrograd_nn/stepping/misconceptions/nearness.py.

const MOST_APART = 0.01; // relatively: what is so near isn't a mistake, but rounded too much
export const NEARLY = { isNearly: true, title: "Nearly.", told: "It has to be right to three digits." };

/** Tell whether an answer is a number, but for rounding to three digits. */
export function isNear(given, right) {
  const [low, high] = findRange(right);
  return given === right || (Number.isFinite(given) && low <= given && given <= high);
}

/** Return the ends of the numbers that are near to one. */
export function findRange(right) {
  if (right === 0 || !Number.isFinite(right)) {
    return [right, right];
  }
  const size = Math.abs(right);
  const text = size.toExponential(2);
  const [rounded, power] = [Number(text), findPower(size.toExponential(20))];
  const low = Math.max(Math.min(size, rounded) - power / 200, power - power / 2000); // whose own unit is smaller
  const high = Math.max(size, rounded) + findPower(text) / 200;
  const ends = [low, high].map((end) => Number(end.toPrecision(12)));
  return right > 0 ? ends : ends.map((end) => -end).reverse();
}

/** Tell whether an answer would be right with another digit. */
export function isNearly(given, right) {
  return right !== 0 && Number.isFinite(given) && Math.abs(given - right) <= MOST_APART * Math.abs(right);
}

/** Return the power of ten of the first digit, of a number such as 1.23e+4. */
function findPower(text) {
  return Number(`1e${text.split("e")[1]}`);
}

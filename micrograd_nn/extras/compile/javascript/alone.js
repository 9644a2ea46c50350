// A program that micrograd_nn wrote from a recorded graph; it needs no other file.

$library
/** The names of the numbers that the functions take and give, in their order. */
export const names = $names;

/** The numbers that were recorded. */
export const recorded = $recorded;

/** Return a list of numbers of this length, or refuse it. */
function requireNumbers(numbers, count, what) {
  if (numbers.length !== count || ![...numbers].every((x) => typeof x === "number")) {
    throw new TypeError(`this program takes $${count} numbers as $${what}, not $${numbers}`);
  }
  return numbers;
}

$functions

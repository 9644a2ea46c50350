// The score of answers, in the same words wherever one is asked: outcomes are first, second and so on.

const TOLD = {
  second: "at the second",
  passed: "after passing it by",
  missed: "shown after two misses",
  skipped: "not tried",
};

/** Say how many of those that were tried were right at the first try, and what became of the others. */
export function sayOutcomes(outcomes, tried) {
  const count = (outcome) => outcomes.filter((one) => one === outcome).length;
  const others = Object.keys(TOLD).filter(count).map((outcome) => `${count(outcome)} ${TOLD[outcome]}`);
  return [`${count("first")} of ${tried} at the first try`, ...others].join(", ");
}

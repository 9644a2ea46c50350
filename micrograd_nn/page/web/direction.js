// Texts that turn the direction of what stands around them, such as names in Hebrew or Arabic.

const TURNS = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]/;

/** Return data whose texts keep their direction to themselves, to stand in sentences. */
export function isolateTexts(given) {
  if (typeof given === "string") {
    return TURNS.test(given) ? `\u2068${given}\u2069` : given;
  }
  if (given === null || typeof given !== "object") {
    return given;
  }
  return Array.isArray(given)
    ? given.map(isolateTexts)
    : Object.fromEntries(Object.entries(given).map(([name, item]) => [name, isolateTexts(item)]));
}

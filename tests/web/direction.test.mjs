// direction.js: which texts are closed off.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isolateTexts } from "../../micrograd_nn/page/web/direction.js";

test("texts that turn the direction are closed off, others are as they are", () => {
  const data = { names: ["a", "\u202eb"], numbers: [1, null, "NaN"], isGood: true };
  assert.deepEqual(isolateTexts(data), { ...data, names: ["a", "\u2068\u202eb\u2069"] });
});

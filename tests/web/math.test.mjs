// math.mjs by itself; tests/page/test_web_math.py compares it with Python over whole ranges.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DomainError, math } from "../../micrograd_nn/notation/javascript/math.mjs";

function near(actual, expected) {
  const error = Math.abs(actual - expected) / Math.abs(expected);
  assert.ok(error < 1e-14, `${actual} is not ${expected}: a relative error of ${error}`);
}

test("the error function has the values of 40-digit arithmetic", () => {
  near(math.erf(1e-300), 1.1283791670955126e-300);
  near(math.erf(0.5), 0.5204998778130465);
  near(math.erf(1.9999), 0.9953201979070294);
  near(math.erfc(1.25), 0.07709987174354178);
  near(math.erfc(1.26), 0.07476405818987052);
  near(math.erfc(2), 0.004677734981047266);
  near(math.erfc(10), 2.088487583762545e-45);
  near(math.erfc(26.3), 8.590249058794049e-303);
});

test("what Python raises is an error of the same kind, which says where", () => {
  const failing = (call, kind, message) =>
    assert.throws(call, (error) => {
      assert.ok(error instanceof DomainError);
      assert.equal(error.kind, kind);
      assert.equal(error.message, message);
      return true;
    });
  failing(() => math.log(0), "domain", "log(0) isn't a real number");
  failing(() => math.truediv(1, 0), "domain", "truediv(1, 0) isn't a real number");
  failing(() => math.pow(-8, 0.5), "domain", "pow(-8, 0.5) isn't a real number");
  failing(() => math.max(), "domain", "max() isn't a real number");
  failing(() => math.logsumexp(), "domain", "logsumexp() isn't a real number");
  failing(
    () => math.hypot(1.7e308, 1.7e308),
    "overflow",
    "hypot(1.7e+308, 1.7e+308) is beyond the largest float, 1.8e308",
  );
  failing(() => math.exp(1000), "overflow", "exp(1000) is beyond the largest float, 1.8e308");
});

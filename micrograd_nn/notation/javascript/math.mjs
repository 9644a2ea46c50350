// Python's arithmetic in JavaScript: for each operation of the table, its forward rule.
//
// The numbers are Python's, to the last digits, and so are the errors: where Python raises
// one, JavaScript's own functions would give NaN or an infinity, and a page would go on with it.

const ROOT_OF_PI = Math.sqrt(Math.PI);
const ERF_BY_SERIES = 1.25; // up to here; beyond, 1 - erf(x) would lose digits

/** What Python calls a ValueError or ZeroDivisionError ("domain") or OverflowError ("overflow"). */
export class DomainError extends RangeError {
  constructor(kind, name, ...inputs) {
    const what = kind === "overflow" ? "is beyond the largest float, 1.8e308" : "isn't a real number";
    super(`${name}(${inputs.join(", ")}) ${what}`);
    this.name = "DomainError";
    this.kind = kind;
  }
}

/** Return a rule that fails as Python's do: NaN of a number is an error, as is infinity. */
function guard(name, rule, kindOfInfinity = "overflow") {
  return (x) => {
    const out = rule(x);
    if (Number.isNaN(out) && !Number.isNaN(x)) {
      throw new DomainError("domain", name, x);
    }
    if (Math.abs(out) === Infinity && Number.isFinite(x)) {
      throw new DomainError(kindOfInfinity, name, x);
    }
    return out;
  };
}

/** Return the values; to have none is an error. */
function requireSome(values, name) {
  if (!values.length) {
    throw new DomainError("domain", name);
  }
  return values;
}

/** Return what a rule of two numbers makes of all, from left to right. */
function reduceValues(values, rule, empty) {
  return values.length ? values.reduce((out, x) => rule(out, x)) : empty;
}

/** Return erf(x) for |x| up to 1.25: 2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)). */
function erfBySeries(x) {
  // Abramowitz and Stegun, 7.1.6, whose terms have one sign; from its end, in Horner's form.
  let sum = 1;
  for (let n = 30; n > 0; n -= 1) {
    sum = 1 + (sum * 2 * x * x) / (2 * n + 1);
  }
  return (x * 2 * Math.exp(-x * x) * sum) / ROOT_OF_PI;
}

/** Return erfc(x) for x from 1.25: exp(-x²)/√π · 1/(x + ½/(x + 1/(x + 1½/(x + …)))). */
function erfcByFraction(x) {
  // Abramowitz and Stegun, 7.1.14, from its end.
  if (x > 28) {
    return 0; // it is less than the smallest number
  }
  let below = x;
  for (let n = 150; n > 0; n -= 1) {
    below = x + n / 2 / below;
  }
  // exp would magnify the rounding of x²; a square of half as many digits is exact.
  const near = Math.fround(x);
  return (Math.exp(-near * near) * Math.exp((near - x) * (near + x))) / ROOT_OF_PI / below;
}

/** Return factor * x ** y, also where the power alone is too large. */
function timesPower(factor, x, y) {
  try {
    return factor * math.pow(x, y);
  } catch (error) {
    const half = error.kind === "overflow" && x > 0 ? math.pow(x, y / 2) : NaN;
    const result = factor * half * half;
    if (Number.isFinite(result)) {
      return result;
    }
    throw error;
  }
}

/** Return Python's x // y and x % y: the quotient is rounded down. */
function divideWithRemainder(name, x, y) {
  if (y === 0) {
    throw new DomainError("domain", name, x, y);
  }
  let remainder = x % y;
  let quotient = (x - remainder) / y;
  if (remainder !== 0 && remainder < 0 !== y < 0) {
    remainder += y;
    quotient -= 1;
  } else if (remainder === 0) {
    remainder = y < 0 ? -0 : 0; // of the sign of y
  }
  if (quotient === 0) {
    quotient = 1 / (x / y) < 0 ? -0 : 0;
  } else {
    const floor = Math.floor(quotient);
    quotient = quotient - floor > 0.5 ? floor + 1 : floor;
  }
  return [quotient, remainder];
}

export const math = {
  // Arithmetic

  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  truediv(x, y) {
    if (y === 0) {
      throw new DomainError("domain", "truediv", x, y);
    }
    return x / y;
  },
  neg: (x) => -x,
  mod: (x, y) => divideWithRemainder("mod", x, y)[1],
  floordiv: (x, y) => divideWithRemainder("floordiv", x, y)[0],
  pow(x, y) {
    if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) {
      return 1; // JavaScript says NaN of 1 to the power of NaN or of an infinity
    }
    if (Number.isFinite(x) && Number.isFinite(y)) {
      if (x === 0 && y < 0) {
        throw new DomainError("domain", "pow", x, y);
      }
      if (Math.abs(x) ** y === Infinity) {
        throw new DomainError("overflow", "pow", x, y);
      }
      if (x < 0 && !Number.isInteger(y)) {
        throw new DomainError("domain", "pow", x, y);
      }
    }
    return x ** y;
  },
  pow_by_x(x, y) {
    if (x < 0 && (Math.abs(y) >= 2 ** 53 || Math.floor(y) < y)) {
      throw new DomainError("domain", "pow_by_x", x, y);
    }
    return y === 0 ? 0 : timesPower(y, x, y - 1);
  },
  pow_by_y(x, y) {
    if (x <= 0) {
      return x === 0 && y > 0 ? 0 : NaN;
    }
    return x === Infinity && y < 0 ? 0 : timesPower(Math.log(x), x, y);
  },
  abs: Math.abs,
  hypot(x, y) {
    const length = Math.hypot(x, y);
    if (length === Infinity && Number.isFinite(x) && Number.isFinite(y)) {
      throw new DomainError("overflow", "hypot", x, y);
    }
    return length;
  },
  semicircle: guard("semicircle", (x) => Math.sqrt((1 - x) * (1 + x))),

  // Exponentials and logarithms

  exp: guard("exp", Math.exp),
  expm1: guard("expm1", Math.expm1),
  exp2: guard("exp2", (x) => 2 ** x),
  log: guard("log", Math.log, "domain"),
  log1p: guard("log1p", Math.log1p, "domain"),
  log2: guard("log2", Math.log2, "domain"),
  log10: guard("log10", Math.log10, "domain"),
  sqrt: guard("sqrt", Math.sqrt),

  // Trigonometry

  sin: guard("sin", Math.sin),
  cos: guard("cos", Math.cos),
  tan: guard("tan", Math.tan),
  asin: guard("asin", Math.asin),
  acos: guard("acos", Math.acos),
  atan: Math.atan,
  atan2: Math.atan2,
  degrees: (x) => x * (180 / Math.PI),
  radians: (x) => x * (Math.PI / 180),

  // Hyperbolic functions and the error function

  sinh: guard("sinh", Math.sinh),
  cosh: guard("cosh", Math.cosh),
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: guard("acosh", Math.acosh),
  atanh: guard("atanh", Math.atanh, "domain"),
  erf(x) {
    const size = Math.abs(x);
    return size > ERF_BY_SERIES ? Math.sign(x) * (1 - erfcByFraction(size)) : erfBySeries(x);
  },
  erfc(x) {
    return x > ERF_BY_SERIES ? erfcByFraction(x) : 1 - math.erf(x);
  },

  // Activations: as micrograd_nn/engine/forward.py has them, without overflow

  sigmoid(x) {
    const small = Math.exp(-Math.abs(x));
    return (x >= 0 ? 1 : small) / (1 + small);
  },
  relu: (x) => (x <= 0 ? 0 : x),
  leaky_relu: (x, slope) => (x <= 0 ? slope * x : x),
  elu: (x, alpha) => (x <= 0 ? alpha * Math.expm1(x) : x),
  softplus: (x) => math.relu(x) + Math.log1p(Math.exp(-Math.abs(x))),
  gelu: (x) => 0.5 * x * math.erfc(-x / Math.SQRT2),
  silu: (x) => x * math.sigmoid(x),

  // Derivatives at kinks

  step: (x) => (Number.isNaN(x) ? x : Number(x > 0)),
  sign: (x) => (Number.isNaN(x) ? x : (x > 0) - (x < 0)),
  equal: (x, y) => (Number.isNaN(x) || Number.isNaN(y) ? NaN : Number(x === y)),
  where: (condition, x, y) => (condition > 0 ? x : condition <= 0 ? y : NaN),

  // Operations of any number of inputs

  sum: (...values) => reduceValues(values, math.add, 0),
  mean(...values) {
    const count = requireSome(values, "mean").length;
    const result = reduceValues(values, math.add, 0) / count;
    const sumOfShares = () => reduceValues(values.map((x) => x / count), math.add, 0);
    return Number.isFinite(result) ? result : sumOfShares(); // a sum may be too large
  },
  prod: (...values) => reduceValues(values, math.mul, 1),
  max: (...values) => requireSome(values, "max") && Math.max(...values) + 0, // NaN if any is; 0 for -0
  min: (...values) => requireSome(values, "min") && Math.min(...values) + 0,
  dot(...factors) {
    const half = Math.floor(factors.length / 2);
    const products = factors.slice(0, half).map((weight, i) => weight * factors[half + i]);
    return reduceValues([...products, ...factors.slice(2 * half)], math.add, 0);
  },
  logsumexp(...values) {
    const largest = math.max(...requireSome(values, "logsumexp"));
    if (!Number.isFinite(largest)) {
      return largest;
    }
    const first = values.indexOf(largest);
    const others = values.filter((_, i) => i !== first);
    const shares = others.map((x) => Math.exp(x - largest));
    return largest + Math.log1p(reduceValues(shares, math.add, 0));
  },
  choose(index, ...values) {
    if (!(Number.isInteger(index) && index >= 0 && index < values.length)) {
      throw new DomainError("domain", "choose", index, ...values);
    }
    return values[index];
  },
  level: (...values) => Math.floor(math.max(...requireSome(values, "level"))),
};


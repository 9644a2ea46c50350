"""The table of operations: one row each, and nothing else knows a derivative.

Read a row as: name, forward rule, one local derivative an input. In a rule ``out`` is the
result, so ``tanh`` says d tanh(x)/dx = 1 - out². The derivatives use ordinary arithmetic and
other rows; hence they work on floats and, for higher derivatives, on Values. To add an
operation, add a row here (``docs/understand/contributing.md`` shows how): the checks find it by
themselves.

At a kink there is one choice, PyTorch's: relu'(0) = 0, abs'(0) = 0, and equal values share the
derivative of ``max`` and ``min`` equally. The derivatives are those of any calculus text
(for instance Abramowitz and Stegun, chapters 3, 4 and 7).
"""

import builtins
import copyreg
import math
import operator
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from . import forward
from .operation import Choice, Lookup, Operation, Reduction

ANY = (-3.0, 3.0)
POSITIVE = (0.1, 5.0)
AWAY_FROM_ZERO = (0.2, 4.0)


def power_code(x: str, y: str) -> str:
    """Return the form of x ** y: Python's own for a whole number, which gives no complex result."""
    return "{0} ** {1}" if re.fullmatch(r"-?\d+\.0", y) else "pow({0}, {1})"


# The rules of powers. Floats have limits at the edges; an exponent that is a plain number gives a
# graph of plain arithmetic; all else is a row, which has derivatives of its own.


def power_by_base(out: Any, x: Any, y: Any) -> Any:
    """Return ∂(x ** y)/∂x = y x ** (y - 1); x ** 0 has derivative 0 even at x = 0."""
    if type(y) is not float:
        return pow_by_x(x, y)
    if type(x) is float:
        return forward.pow_by_x(x, y)
    if builtins.abs(y) >= 2.0**53:  # y - 1 would be rounded, which the row refuses at x < 0
        return pow_by_x(x, y)
    return y * x ** (y - 1) if y != 0 else 0.0


def power_by_exponent(out: Any, x: Any, y: Any) -> Any:
    """Return ∂(x ** y)/∂y = x ** y log(x); at x = 0 its limit, and nan where there is none."""
    if type(x) is float and 0 < x < math.inf:
        return out * log(x)
    return pow_by_y(x, y)


def power_by_base_twice(out: Any, x: Any, y: Any) -> Any:
    """Return ∂²(x ** y)/∂x² = y (y - 1) x ** (y - 2), 0 where y = 0, even at x = 0."""
    return 0.0 if type(y) is float and y == 0 else y * pow_by_x(x, y - 1)


def power_by_both(out: Any, x: Any, y: Any) -> Any:
    """Return ∂²(x ** y)/∂x∂y = x ** (y - 1) (1 + y log(x)); at x = 0 its limit, and else nan."""
    if type(x) is float and type(y) is float and x <= 0:
        return 0.0 if x == 0 and y > 1 else math.nan
    return pow(x, y - 1) + y * pow_by_y(x, y - 1)


def power_by_exponent_twice(out: Any, x: Any, y: Any) -> Any:
    """Return ∂²(x ** y)/∂y² = x ** y log(x)²; where x <= 0, the limit 0 or nan that ``out`` is."""
    return out if type(x) is float and x <= 0 else out * log(x)


def shares(out: Any, values: Sequence[Any]) -> list[Any]:
    """Return the derivative of a maximum or a minimum by each value: ties share equally."""
    taken = [equal(x, out) for x in values]
    count = sum(taken)
    return [this / count for this in taken]


def products_of_others(values: Sequence[Any]) -> list[Any]:
    """Return for each value the product of all others, in linear time and without division."""
    before, after = [1.0], [1.0]
    for x, y in zip(values[:-1], values[:0:-1], strict=True):
        before.append(before[-1] * x)
        after.append(after[-1] * y)
    return [left * right for left, right in zip(before, reversed(after), strict=True)]


def dot_partials(out: Any, *factors: Any) -> list[Any]:
    """Return the derivatives of w·x + b: x for w, w for x, and 1 for the bias."""
    half = len(factors) // 2
    return [*factors[half : 2 * half], *factors[:half], *[1.0] * (len(factors) % 2)]


def dot_terms(*factors: str) -> list[str]:
    """Return the terms of w·x + b: the products, and then the bias."""
    half = len(factors) // 2
    return [
        *[
            w if x == "1.0" else x if w == "1.0" else f"{w} * {x}"
            for w, x in zip(factors, factors[half : 2 * half], strict=False)
        ],
        *factors[2 * half :],
    ]


def dot_arrange(weights: Iterable[Any], inputs: Iterable[Any], bias: Any = None) -> list[Any]:
    """Put the arguments of ``dot`` into one list; the lengths must agree."""
    weights, inputs = list(weights), list(inputs)
    if len(weights) != len(inputs):
        raise ValueError(
            f"dot(weights, inputs) needs as many weights as inputs; "
            f"{len(weights)} weights, {len(inputs)} inputs"
        )
    return weights + inputs + ([] if bias is None else [bias])


def lookup_code(index: str, *values: str) -> str:
    """Return the form of a lookup: an item of a tuple, at an index that is checked."""
    slots = "".join(f"{{{i}}}, " for i in range(1, len(values) + 1))
    return f"({slots})[place({{0}}, {len(values)})]"


def measure_gap(*values: float) -> float:
    """Return the smallest distance of two of the values."""
    return builtins.min([y - x for x, y in pairwise(sorted(values))], default=math.inf)


def measure_remainder(x: float, y: float = 1.0) -> float:
    """Return how far x is from a multiple of y."""
    return builtins.abs(math.remainder(x, y))


# A row reads better when its fields stand side by side than one a line.
# fmt: off

# Arithmetic

add = Operation(
    "add", operator.add, [lambda out, x, y: 1.0, lambda out, x, y: 1.0],
    inputs=("x", "y"), python="{0} + {1}", symbol="+", latex="{0} + {1}",
    doc="The sum of two numbers.", example="add(2, 3) == 5.0",
)
sub = Operation(
    "sub", operator.sub, [lambda out, x, y: 1.0, lambda out, x, y: -1.0],
    inputs=("x", "y"), python="{0} - {1}", symbol="−", latex="{0} - {1}",
    doc="The difference of two numbers.", example="sub(2, 3) == -1.0",
)
mul = Operation(
    "mul", operator.mul, [lambda out, x, y: y, lambda out, x, y: x],
    inputs=("x", "y"), python="{0} * {1}", symbol="×", latex=r"{0} \cdot {1}",
    doc="The product of two numbers.", example="mul(2, 3) == 6.0",
)
truediv = Operation(
    "truediv", operator.truediv, [lambda out, x, y: 1 / y, lambda out, x, y: -out / y],
    inputs=("x", "y"), python="{0} / {1}", symbol="÷", latex=r"\frac{{{0}}}{{{1}}}",
    needs="y != 0", domain=(ANY, AWAY_FROM_ZERO),
    doc="The quotient of two numbers; a zero divisor is a ZeroDivisionError.",
    example="truediv(3, 2) == 1.5",
)
neg = Operation(
    "neg", operator.neg, [lambda out, x: -1.0], python="-{0}", symbol="−", latex="-{0}",
    doc="The number with the opposite sign.", example="neg(2) == -2.0",
)
pow = Operation(
    "pow", forward.power, [power_by_base, power_by_exponent],
    inputs=("x", "y"), python="{0} ** {1}", code=power_code, symbol="xʸ", latex="{0}^{{{1}}}",
    needs="x != 0 where y < 0, and x > 0 where y is a fraction",
    partials_need="x != 0 where y is below 1 and not 0, and x > 0 where |y| is 2 ** 53 or more",
    domain=(POSITIVE, ANY),
    doc="x to the power y: x ** 2, 2 ** x and x ** y; by y, nan where x < 0 or x = y = 0.",
    example="pow(-3, 2) == 9.0",
)
pow_by_x: Operation = Operation(
    "pow_by_x", forward.pow_by_x, [power_by_base_twice, power_by_both],
    inputs=("x", "y"), python="{1} * {0} ** ({1} - 1)", code="pow_by_x({0}, {1})",
    latex=r"{1} \cdot {0}^{{{1} - 1}}",
    needs="x != 0 where y is below 1 and not 0, and x > 0 where y is a fraction or |y| is 2 ** 53 "
    "or more",
    domain=(POSITIVE, ANY),
    doc="The derivative of x ** y by x, 0 where y = 0.", example="pow_by_x(3, 2) == 6.0",
)
pow_by_y: Operation = Operation(
    "pow_by_y", forward.pow_by_y, [power_by_both, power_by_exponent_twice],
    inputs=("x", "y"), python="{0} ** {1} * log({0})", code="pow_by_y({0}, {1})",
    latex=r"{0}^{{{1}}} \cdot \ln\left({0}\right)", domain=(POSITIVE, ANY),
    doc="The derivative of x ** y by y: at x = 0 its limit 0 where y > 0, else nan where x <= 0.",
    example="pow_by_y(1, 5) == 0.0",
)
mod = Operation(
    "mod", operator.mod, [lambda out, x, y: 1.0, lambda out, x, y: -(x // y)],
    inputs=("x", "y"), python="{0} % {1}", symbol="%", latex=r"{0} \bmod {1}",
    needs="y != 0", domain=(ANY, AWAY_FROM_ZERO), distance=measure_remainder,
    doc="The remainder x - y * (x // y), of the sign of y as Python's; it jumps at multiples of y.",
    example="mod(-7, 2) == 1.0",
)
floordiv = Operation(
    "floordiv", operator.floordiv, [lambda out, x, y: 0.0, lambda out, x, y: 0.0],
    inputs=("x", "y"), python="{0} // {1}", symbol="//",
    latex=r"\left\lfloor\frac{{{0}}}{{{1}}}\right\rfloor",
    needs="y != 0", domain=(ANY, AWAY_FROM_ZERO), distance=measure_remainder,
    doc="x / y rounded down to a whole number, a step with derivative 0.",
    example="floordiv(-7, 2) == -4.0",
)
abs = Operation(
    "abs", operator.abs, [lambda out, x: sign(x)],
    symbol="|x|", latex=r"\left|{0}\right|", kinks=(0.0,),
    doc="The absolute value; its derivative at 0 is taken as 0.", example="abs(-2) == 2.0",
)
hypot = Operation(
    "hypot", forward.hypot, [lambda out, x, y: x / out, lambda out, x, y: y / out],
    inputs=("x", "y"), partials_need="(x, y) != (0, 0)", domain=(AWAY_FROM_ZERO, ANY),
    doc="The length of the vector (x, y); one beyond all floats is an OverflowError.",
    example="hypot(3, 4) == 5.0",
)
semicircle = Operation(
    "semicircle", forward.semicircle, [lambda out, x: -x / out],
    latex=r"\sqrt{{1 - \left({0}\right)^2}}",
    needs="-1 <= x <= 1", partials_need="-1 < x < 1", domain=((-0.95, 0.95),),
    doc="√(1 - x²), the other leg of a triangle with hypotenuse 1: asin' is 1 / semicircle.",
    example="semicircle(0.6) == 0.8",
)

# Exponentials and logarithms

exp = Operation(
    "exp", math.exp, [lambda out, x: out], latex=r"\exp",
    doc="The exponential; beyond x = 709.78 it is an OverflowError.", example="exp(0) == 1.0",
)
expm1 = Operation(
    "expm1", math.expm1, [lambda out, x: exp(x)],
    doc="exp(x) - 1, exact for small x.", example="expm1(1e-20) == 1e-20",
)
exp2 = Operation(
    "exp2", forward.exp2, [lambda out, x: out * math.log(2)], latex="2^{{{0}}}",
    doc="2 to the power x; from x = 1024 on it is an OverflowError.", example="exp2(10) == 1024.0",
)
log: Operation = Operation(
    "log", math.log, [lambda out, x: 1 / x], latex=r"\ln", needs="x > 0", domain=(POSITIVE,),
    doc="The natural logarithm.", example="log(1) == 0.0",
)
log1p = Operation(
    "log1p", math.log1p, [lambda out, x: 1 / (1 + x)], needs="x > -1", domain=((-0.9, 5.0),),
    doc="log(1 + x), exact for small x.", example="log1p(1e-20) == 1e-20",
)
log2 = Operation(
    "log2", math.log2, [lambda out, x: 1 / math.log(2) / x], needs="x > 0", domain=(POSITIVE,),
    doc="The logarithm to base 2.", example="log2(8) == 3.0",
)
log10 = Operation(
    "log10", math.log10, [lambda out, x: 1 / math.log(10) / x], needs="x > 0", domain=(POSITIVE,),
    doc="The logarithm to base 10.", example="log10(1000) == 3.0",
)
sqrt = Operation(
    "sqrt", math.sqrt, [lambda out, x: 0.5 / out],
    symbol="√", latex=r"\sqrt{{{0}}}", needs="x >= 0", partials_need="x > 0", domain=(POSITIVE,),
    doc="The square root; at 0 it has a value and no finite derivative.", example="sqrt(9) == 3.0",
)

# Trigonometry

sin = Operation(
    "sin", math.sin, [lambda out, x: cos(x)], latex=r"\sin", needs="a finite x",
    doc="The sine of an angle in radians.", example="sin(0) == 0.0",
)
cos: Operation = Operation(
    "cos", math.cos, [lambda out, x: -sin(x)], latex=r"\cos", needs="a finite x",
    doc="The cosine of an angle in radians.", example="cos(0) == 1.0",
)
tan = Operation(
    "tan", math.tan, [lambda out, x: 1 + out * out], latex=r"\tan",
    needs="a finite x", domain=((-1.4, 1.4),),
    doc="The tangent of an angle in radians.", example="tan(0) == 0.0",
)
asin = Operation(
    "asin", math.asin, [lambda out, x: 1 / semicircle(x)], latex=r"\arcsin",
    needs="-1 <= x <= 1", partials_need="-1 < x < 1", domain=((-0.95, 0.95),),
    doc="The angle in radians whose sine is x.", example="asin(0) == 0.0",
)
acos = Operation(
    "acos", math.acos, [lambda out, x: -1 / semicircle(x)], latex=r"\arccos",
    needs="-1 <= x <= 1", partials_need="-1 < x < 1", domain=((-0.95, 0.95),),
    doc="The angle in radians whose cosine is x.", example="acos(1) == 0.0",
)
atan = Operation(
    "atan", math.atan, [lambda out, x: 1 / (1 + x * x)], latex=r"\arctan",
    doc="The angle in radians whose tangent is x.", example="atan(0) == 0.0",
)
atan2 = Operation(
    "atan2", math.atan2,
    # Divided by the length twice: its square would overflow, or vanish, long before.
    [
        lambda out, y, x: x / hypot(x, y) / hypot(x, y),
        lambda out, y, x: -y / hypot(x, y) / hypot(x, y),
    ],
    inputs=("y", "x"), partials_need="(y, x) != (0, 0)", domain=(ANY, AWAY_FROM_ZERO),
    doc="The angle in radians of the point (x, y); note that y comes first, as in math.",
    example="atan2(0, 1) == 0.0",
)
degrees = Operation(
    "degrees", math.degrees, [lambda out, x: 180 / math.pi],
    doc="An angle in radians as one in degrees.", example="degrees(0) == 0.0",
)
radians = Operation(
    "radians", math.radians, [lambda out, x: math.pi / 180],
    doc="An angle in degrees as one in radians.", example="radians(180) == 3.141592653589793",
)

# Hyperbolic functions and the error function

sinh = Operation(
    "sinh", math.sinh, [lambda out, x: cosh(x)], latex=r"\sinh",
    doc="The hyperbolic sine.", example="sinh(0) == 0.0",
)
cosh: Operation = Operation(
    "cosh", math.cosh, [lambda out, x: sinh(x)], latex=r"\cosh",
    doc="The hyperbolic cosine.", example="cosh(0) == 1.0",
)
tanh = Operation(
    "tanh", math.tanh, [lambda out, x: 1 - out * out], latex=r"\tanh",
    doc="The hyperbolic tangent, from -1 to 1; it saturates and doesn't overflow.",
    example="tanh(1000) == 1.0",
)
asinh = Operation(
    "asinh", math.asinh, [lambda out, x: 1 / hypot(1.0, x)], latex=r"\operatorname{{arsinh}}",
    doc="The number whose hyperbolic sine is x.", example="asinh(0) == 0.0",
)
acosh = Operation(
    "acosh", math.acosh, [lambda out, x: 1 / (sqrt(x - 1) * sqrt(x + 1))],
    latex=r"\operatorname{{arcosh}}", needs="x >= 1", partials_need="x > 1", domain=((1.1, 5.0),),
    doc="The number from 0 up whose hyperbolic cosine is x.", example="acosh(1) == 0.0",
)
atanh = Operation(
    "atanh", math.atanh, [lambda out, x: 1 / semicircle(x) / semicircle(x)],
    latex=r"\operatorname{{artanh}}", needs="-1 < x < 1", domain=((-0.95, 0.95),),
    doc="The number whose hyperbolic tangent is x.", example="atanh(0) == 0.0",
)
erf = Operation(
    "erf", math.erf, [lambda out, x: 2 / math.sqrt(math.pi) * exp(-x * x)],
    doc="The error function, 2/√π times the integral of exp(-t²) from 0 to x.",
    example="erf(0) == 0.0",
)
erfc = Operation(
    "erfc", math.erfc, [lambda out, x: -2 / math.sqrt(math.pi) * exp(-x * x)],
    doc="1 - erf(x), exact for large x.", example="erfc(0) == 1.0",
)

# Activations

sigmoid: Operation = Operation(
    "sigmoid", forward.sigmoid, [lambda out, x: out * sigmoid(-x)], symbol="σ", latex=r"\sigma",
    doc="1 / (1 + exp(-x)), from 0 to 1; it saturates and doesn't overflow.",
    example="sigmoid(-1000) == 0.0",
)
relu = Operation(
    "relu", forward.relu, [lambda out, x: step(x)],
    code="(0.0 if {0} <= 0.0 else {0})", kinks=(0.0,),
    doc="x where it is positive, else 0; the derivative at 0 is taken as 0.",
    example="relu(-2) == 0.0",
)
leaky_relu = Operation(
    "leaky_relu", forward.leaky_relu,
    [lambda out, x, slope: step(x) + (1 - step(x)) * slope, lambda out, x, slope: -relu(-x)],
    inputs=("x", "slope"), defaults=(0.01,), kinks=(0.0,), domain=(ANY, (0.01, 0.5)),
    doc="x where it is positive, else slope * x; the slope may be a Value and learn.",
    example="leaky_relu(-2) == -0.02",
)
elu = Operation(
    "elu", forward.elu,
    [
        # -relu(-x) is min(x, 0): the exponential of a large x would overflow, unneeded.
        lambda out, x, alpha: step(x) + (1 - step(x)) * alpha * exp(-relu(-x)),
        lambda out, x, alpha: expm1(-relu(-x)),
    ],
    inputs=("x", "alpha"), defaults=(1.0,), kinks=(0.0,), domain=(ANY, (0.5, 2.0)),
    doc="x where it is positive, else alpha * (exp(x) - 1).", example="elu(-1000) == -1.0",
)
softplus = Operation(
    "softplus", forward.softplus, [lambda out, x: sigmoid(x)],
    doc="log(1 + exp(x)), a smooth relu; it doesn't overflow.", example="softplus(1000) == 1000.0",
)
gelu = Operation(
    "gelu", forward.gelu,
    [
        lambda out, x: 0.5 * erfc(-x / math.sqrt(2))
        + x * (exp(-0.5 * x * x) / math.sqrt(2 * math.pi))
    ],
    doc="x times the normal distribution function of x (Hendrycks and Gimpel, 2016).",
    example="gelu(0) == 0.0",
)
silu = Operation(
    "silu", forward.silu, [lambda out, x: sigmoid(x) * (1 + x * sigmoid(-x))],
    doc="x * sigmoid(x), also called swish.", example="silu(0) == 0.0",
)

# Derivatives at kinks: a Python `if` would freeze one branch into a gradient's graph.

step: Operation = Operation(
    "step", forward.step, [lambda out, x: 0.0],
    code="(1.0 if {0} > 0.0 else 0.0 if {0} <= 0.0 else {0})", kinks=(0.0,),
    doc="1 where x is positive, else 0: the derivative of relu.", example="step(0) == 0.0",
)
sign: Operation = Operation(
    "sign", forward.sign, [lambda out, x: 0.0],
    kinks=(0.0,),
    doc="1, 0 or -1: the derivative of abs.", example="sign(-0.5) == -1.0",
)
equal = Operation(
    "equal", forward.equal, [lambda out, x, y: 0.0, lambda out, x, y: 0.0],
    inputs=("x", "y"), symbol="=", latex=r"\left[{0} = {1}\right]", distance=measure_gap,
    doc="1 where the two numbers are equal, else 0: which input a maximum takes.",
    example="equal(2, 2) == 1.0",
)
where = Choice(
    "where", forward.where,
    [lambda out, c, x, y: 0.0, lambda out, c, x, y: step(c), lambda out, c, x, y: 1 - step(c)],
    inputs=("condition", "x", "y"), kinks=(0.0,),
    latex=r"\operatorname{{where}}\left({0} > 0, {1}, {2}\right)",
    doc="x where the condition is positive or true, else y: where(a > b, x, y); where(a - b, x, y) "
    "chooses again for other numbers, compiled, too.",
    example="where(5 > 3, 10, 20) == 10.0",
)

# Operations of any number of inputs

sum = Reduction(
    "sum", forward.total, lambda out, *values: [1.0] * len(values),
    joiner=" + ", symbol="Σ",
    doc="The sum of any number of values, from left to right; of none it is 0.",
    example="sum([1, 2, 3]) == 6.0",
)
mean = Reduction(
    "mean", forward.mean, lambda out, *values: [1 / len(values)] * len(values),
    needs="at least one value",
    doc="The mean of any number of values.", example="mean([1, 2, 6]) == 3.0",
)
prod = Reduction(
    "prod", forward.product, lambda out, *values: products_of_others(values) if values else [],
    joiner=" * ", empty="1.0", symbol="Π",
    doc="The product of any number of values; of none it is 1. A zero among them is no trouble.",
    example="prod([2, 3, 0]) == 0.0",
)
max = Reduction(
    "max", forward.maximum, lambda out, *values: shares(out, values), latex=r"\max",
    needs="at least one value", distance=measure_gap,
    doc="The largest of any number of values; equal ones share the derivative equally.",
    example="max([1, 3, 2]) == 3.0",
)
min = Reduction(
    "min", forward.minimum, lambda out, *values: shares(out, values), latex=r"\min",
    needs="at least one value", distance=measure_gap,
    doc="The smallest of any number of values; equal ones share the derivative equally.",
    example="min([1, 3, 2]) == 1.0",
)
dot = Reduction(
    "dot", forward.dot, dot_partials,
    joiner=" + ", terms=dot_terms, arrange=dot_arrange, symbol="w·x+b",
    doc="dot(weights, inputs, bias): w1*x1 + w2*x2 + … + b, the sum of a neuron in one node.",
    example="dot([2, 3], [10, 100], 1) == 321.0",
)
logsumexp = Reduction(
    "logsumexp", forward.logsumexp, lambda out, *values: softmax(values),
    needs="at least one value",
    doc="log(exp(x1) + exp(x2) + …), the smooth maximum; it doesn't overflow.",
    example="logsumexp([-2000]) == -2000.0",
)
level = Reduction(
    "level", forward.level, lambda out, *values: [0.0] * len(values),
    needs="at least one value", distance=lambda *values: measure_remainder(max(values)),
    doc="The largest value rounded down to a whole number, a step with derivative 0: what softmax "
    "subtracts first.",
    example="level([0.5, 1000.5]) == 1000.0",
)
choose = Lookup(
    "choose", forward.choose,
    lambda out, index, *values: [0.0, *[equal(index, float(i)) for i in range(len(values))]],
    inputs=("index", "values"), code=lookup_code, symbol="x[i]", domain=((-3.0, 3.0),),
    needs="a whole index from 0 to below the number of values",
    doc="The value at an index that counts from 0, with the gradient to it alone; a plain number "
    "as index gives the very Value, and no node.",
    example="choose(1, [10, 20, 30]) == 20.0",
)

# fmt: on

# Compositions: no rows of their own


def softmax(values: Iterable[Any]) -> list[Any]:
    """Return probabilities in proportion to exp(value); they add up to 1.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]

    Large values don't overflow:

    >>> softmax([1000.0, 0.0])
    [1.0, 0.0]
    """
    values = list(values)
    if not values:
        return []
    shift = level(values)  # which changes no ratio
    weights = [exp(x - shift) for x in values]
    total = sum(weights)
    return [weight / total for weight in weights]


def log_softmax(values: Iterable[Any]) -> list[Any]:
    """Return the logarithms of the softmax probabilities: each value minus the logsumexp.

    >>> log_softmax([1000.0, 0.0])
    [0.0, -1000.0]
    """
    values = list(values)
    if not values:
        return []
    shift = level(values)  # beside large values their logarithm of a count would be lost
    shifted = [x - shift for x in values]
    total = logsumexp(shifted)
    return [x - total for x in shifted]


OPERATIONS = {row.name: row for row in list(globals().values()) if isinstance(row, Operation)}
for row in OPERATIONS.values():
    row.is_row, row.is_plain = True, type(row) is Operation


def row_named(name: str) -> Operation:
    """Return the row of that name, for unpickling."""
    return OPERATIONS[name]


def pickled(row: Operation) -> tuple[Any, ...]:
    """Pickle an operation by its name in the table: its rules, lambdas, have none."""
    if row is not OPERATIONS.get(row.name):
        raise TypeError(
            f"can't pickle the operation {row.name!r}: pickle finds operations by their name in "
            f"the table; put it there first, micrograd_nn.OPERATIONS[{row.name!r}] = ..."
        )
    return row_named, (row.name,)


for kind in (Operation, Reduction, Choice, Lookup):
    copyreg.pickle(kind, pickled)

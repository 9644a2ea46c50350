"""One derivative by finite differences, from both sides, with an estimate of its own error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import frexp, inf, isfinite, isnan, ldexp, nan, ulp
from typing import NamedTuple

from ..engine.operation import ARITHMETIC

HALVINGS = 8  # steps of one extrapolation, each half of the one before
SAFETY = 10.0  # how many times its estimated error a numerical derivative may be off
SMALL_JUMP = 1e-7  # of a slope: no kink that anybody looks for
ROUNDING = 2.0**-48  # of a function's value, relative to its terms: 16 units in the last place
TINY = 1e-300  # a value that is rounded more, for numbers end at 5e-324
NO_DISAGREEMENT = 1e-9  # the relative disagreement of two derivatives that is none
VAGUE = 1e-3  # a numerical derivative that is known no better than this tells nothing


@dataclass(frozen=True)
class Comparison:
    """One derivative, as the rules give it (analytic) and as differences do (numeric).

    The ``verdict`` is "agrees", "disagrees", or "unknown" where nothing can be said; "kink" where
    those from the left and from the right differ and it is one of them or between; "edge" where
    it agrees on one side and the function can't be evaluated on the other. Where kinks add up,
    the rules may be wrong: they take relu(x) - relu(-x), which is x, to have derivative 0 at 0.
    """

    name: str
    analytic: float = nan
    numeric: float = nan
    error: float = inf  # the estimated error of the numeric one
    verdict: str = "unknown"
    note: str = ""

    @property
    def difference(self) -> float:
        """How far the two are apart."""
        return abs(self.analytic - self.numeric)

    def __str__(self) -> str:
        text = f"{self.name} {self.verdict}"
        if not isnan(self.numeric):
            text += f": {self.analytic:.9g} by the rules, {self.numeric:.9g} ± {self.error:.1g} by "
            text += f"differences, off by {self.difference:.3g}"
        return f"{text}; {self.note}" if self.note else text


class Estimate(NamedTuple):
    """A numerical derivative from the left and from the right, equal where f is smooth.

    The ``jump`` at a kink is the largest difference of differences around it; it is infinite
    where f can be evaluated on one side only.
    """

    left: float
    right: float
    error: float
    jump: float = 0.0

    @property
    def tolerance(self) -> float:
        """How far a right derivative may be off."""
        return SAFETY * self.error + NO_DISAGREEMENT * self.size

    def allow_rounding(self, rounding: float) -> float:
        """Return the tolerance of a derivative that is rounded itself; too much isn't allowed for.

        >>> exact = Estimate(0.0, 0.0, 0.0)
        >>> exact.allow_rounding(1e-15), exact.allow_rounding(0.1)
        (1e-15, 0.0)
        """
        return self.tolerance + (rounding if rounding <= VAGUE * max(1.0, self.size) else 0.0)

    @property
    def size(self) -> float:
        """The larger of the two."""
        return max(abs(self.left), abs(self.right))

    @property
    def vague(self) -> bool:
        """Whether the tolerance is too large to tell anything."""
        return self.tolerance > VAGUE * max(1.0, self.size)

    def beats(self, other: Estimate) -> bool:
        """Tell whether to believe this estimate, by smaller steps, rather than another.

        Smaller steps round more, but may see that a kink is beside the point and not at it. An
        exact 0 is no such refutation: steps may be so small that rounding hides the slope.
        """
        if inf in (self.error, other.error):
            return self.error < other.error
        if self.jump < other.jump == inf:
            return True
        if self.jump == 0.0 and not self.vague and SAFETY**2 * self.error < other.jump:
            return True  # smaller steps would see a jump at the point, too
        apart = max(abs(self.left - other.left), abs(self.right - other.right))
        if self.vague or apart <= self.tolerance + max(other.tolerance, 3 * self.tolerance):
            return self.error < other.error
        return other.jump > 0.0 or self.left != 0.0


def compare_derivative(
    name: str,
    function: Callable[[float], float],
    x: float,
    analytic: float,
    scale: float,
    terms: float = 0.0,
) -> Comparison:
    """Compare a derivative of a function of one number, of the given size, with differences.

    ``terms`` is the size of what the derivative is a sum of, to which its rounding is relative.
    Where the function raises an error of arithmetic, it isn't known:

    >>> from micrograd_nn import log
    >>> print(compare_derivative("x", log, -2.0, 0.5, 1.0))
    x unknown; the function can't be computed around -2.0: log(x) needs x > 0; x = -2.25
    """
    errors: list[Exception] = []

    def f(x: float) -> float:
        try:
            return function(x)
        except ARITHMETIC as error:
            errors.append(error)
            return nan

    best = Estimate(nan, nan, inf, inf)
    exponent = frexp(x)[1] if isfinite(x) else 0
    tops = [max(exponent, 0) - 4 - i * (HALVINGS - 1) for i in range(7)]
    tops += [exponent - 4 - i * (HALVINGS - 1) for i in range(3) if x and exponent < tops[-1]]
    for top in tops:
        new = estimate_derivative(f, x, ldexp(1.0, top), scale)
        best = new if new.beats(best) else best
        sharp = max(1e-6 * abs(analytic), 1e-11 * scale)
        if not best.jump and abs(analytic - best.left) <= best.tolerance <= sharp:
            break
    if best.error == inf:
        return Comparison(
            name, analytic, note=f"the function can't be computed around {x!r}: {errors[0]}"
            if errors else f"the function isn't finite around {x!r}",
        )  # fmt: skip
    low, high = sorted(best[:2])
    numeric = max(low, min(analytic, high)) if isfinite(analytic) else low
    verdict, note = "agrees", ""
    if best.jump == inf:
        verdict, note = "edge", "the function can be evaluated on one side only"
    elif best.jump and not is_steady(f, x, best):
        verdict, note = "kink", f"{best.left:.9g} from the left, {best.right:.9g} from the right"
    if best.vague:
        verdict, note = "unknown", "the differences don't settle"
    elif not abs(analytic - numeric) <= best.allow_rounding(ROUNDING * terms):
        verdict = "disagrees"
        if abs(analytic) * ulp(x) > NO_DISAGREEMENT * scale and is_unresolved(f, x, scale):
            verdict, note = "unknown", f"the function changes too fast for the floats around {x!r}"
    return Comparison(name, analytic, numeric, best.error, verdict, note)


def is_steady(f: Callable[[float], float], x: float, estimate: Estimate) -> bool:
    """Tell whether the sides agree and f doesn't jump between them: only its rounding looked so.

    >>> flat = Estimate(0.0, 0.0, 1e-12, jump=1.0)
    >>> is_steady(lambda x: 0.0, 1.0, flat), is_steady(lambda x: float(x > 1), 1.0, flat)
    (True, False)
    """
    if abs(estimate.left - estimate.right) > estimate.tolerance:
        return False
    h = ldexp(1.0, max(frexp(x)[1], 0) - 40)
    below, above = f(x - h), f(x + h)
    return abs(above - below - 2 * h * estimate.right) <= (
        SMALL_JUMP * max(abs(below), abs(above), TINY)
    )


def is_unresolved(f: Callable[[float], float], x: float, scale: float) -> bool:
    """Tell whether a function bends from one float to the next, so that no step is small enough.

    On neither side of a kink does it: there the slopes between neighbours differ by rounding alone.

    >>> from math import sin
    >>> is_unresolved(sin, 1e22, 1.0), is_unresolved(sin, 1.0, 1.0), is_unresolved(abs, 0.0, 0.0)
    (True, False, False)
    """
    for unit in (-ulp(x), ulp(x)):
        values = [f(x + i * unit) for i in range(1, HALVINGS + 1)]
        slopes = [after - before for before, after in pairwise(values)]
        rounding = ROUNDING * max(scale, *map(abs, values))
        if max(slopes) - min(slopes) > 0.1 * max(map(abs, slopes)) + rounding:
            return True
    return False


def estimate_derivative(f: Callable[[float], float], x: float, h: float, scale: float) -> Estimate:
    """Return the derivative by steps of h, h/2, h/4, … that keep off x itself: f may jump there."""
    steps = [h / 2**i for i in range(HALVINGS)]
    central, error = extrapolate_slopes(f, [(x - h, x + h) for h in steps], 2, scale)
    left, left_error = extrapolate_slopes(f, [(x - 2 * h, x - h) for h in steps], 1, scale)
    right, right_error = extrapolate_slopes(f, [(x + h, x + 2 * h) for h in steps], 1, scale)
    if isnan(central):
        side = right if isnan(left) else left
        return Estimate(side, side, min(left_error, right_error), inf)
    both = left_error + right_error
    apart = max(abs(left - right), abs(central - right))
    if apart <= SMALL_JUMP * max(abs(left), abs(right)):  # by chance an error is estimated too low
        return Estimate(central, central, max(error, apart) if apart > SAFETY * both else error)
    # At a kink the sides differ by more than their errors. At a jump of f itself they may agree,
    # but the central differences run away from them.
    if abs(left - right) > SAFETY * both or abs(central - right) > SAFETY**2 * both:
        return Estimate(left, right, both, apart)
    return Estimate(central, central, error)


def extrapolate_slopes(
    f: Callable[[float], float], spans: Sequence[tuple[float, float]], power: int, scale: float
) -> tuple[float, float]:
    """Return the limit of f's slopes over spans that halve, and its estimated error.

    Neville's scheme: a slope differs from the limit by multiples of h**power, h**(2*power), …
    (C. Ridders, Advances in Engineering Software 4, 1982, page 75; Numerical Recipes, section
    5.7). An entry's error is its largest difference to the two it is made of, and f's rounding.
    """
    best, least = nan, inf
    above: list[float] = []
    for a, b in spans:
        low, high = f(a), f(b)
        if not isfinite(high - low) or a == b:
            best, least, above = nan, inf, []  # out of the domain: begin with smaller steps
            continue
        row = [(high - low) / (b - a)]
        rounding = ROUNDING * max(abs(low), abs(high), scale, TINY) / (b - a)
        for column, entry in enumerate(above, start=1):
            row.append(row[-1] + (row[-1] - entry) / (2 ** (power * column) - 1))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - entry)) + rounding
            if error < least:
                best, least = row[-1], error
        above = row
    return best, least

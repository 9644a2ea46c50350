"""What an engine has: which operations, in which forms, of what they are made, and what is missing.

What is missing is no mistake, and no more is asked of an engine than that which it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..checks.samples import is_near_kink
from ..engine.operation import ARITHMETIC
from ..engine.table import OPERATIONS
from .graphs import BINARY, FORMS, NUMBERS, WrittenForm
from .process import EngineProcess, Reply
from .search import is_same
from .simulation import NUMBERS_OF, Recipe, Recipes
from .source import Sources

REFLECTED = ("add", "sub", "mul", "truediv")  # an engine that knows a + 2 should know 2 + a


@dataclass
class Failing:
    """A form that fails, or gives a wrong number: at which inputs, what, and what is right."""

    form: WrittenForm
    fault: str
    point: Sequence[float] = ()
    theirs: float | None = None
    right: float | None = None
    error: dict[str, Any] = field(default_factory=dict)


@dataclass
class Capabilities:
    """What an engine has, and what was found out by trying it."""

    forms: list[WrittenForm] = field(default_factory=list)
    recipes: Recipes = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    failing: list[Failing] = field(default_factory=list)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)  # of its methods
    written: dict[str, str] = field(default_factory=dict)  # how its functions are called


def find_capabilities(process: EngineProcess, sources: Sources) -> Capabilities:
    """Try each form of each operation at a few points."""
    found, recipes = Capabilities(), {}
    requests = [
        {"do": "form", "name": form.name, "kinds": form.kinds, "points": list_trials(form)}
        for form in FORMS
    ]
    answers = dict(zip(FORMS, process.ask(requests), strict=True))
    for form, answer in answers.items():
        found.places |= {
            name: (file, line) for name, (file, line) in answer.get("places", {}).items()
        }
        found.written |= answer.get("written", {})
        if "absent" in answer or "skipped" in answer:
            if "absent" in answer and form.kinds in ("vv", "v"):
                found.missing.append(form.row.written(*"ab"[: len(form.kinds)]))
            continue
        failing = judge_form(form, answer)
        if failing is None:
            found.forms.append(form)
            recipe = read_recipe(form, answer["recipes"])
            if recipe is not None:
                recipes[form] = recipe
        elif failing.fault == "endless" or not failing.error or is_fault(form, answers, sources):
            found.failing.append(failing)
        elif form.name not in {failing.form.name for failing in found.failing}:
            found.missing.append(form.write())
    found.recipes = recipes
    return found


def list_trials(form: WrittenForm) -> list[list[float]]:
    """Return inputs inside an operation's domain, the plainest first.

    >>> list_trials(WrittenForm("log", "v"))
    [[2.0], [3.0], [1.0], [0.5], [0.25]]
    """
    row, points = form.row, []
    for numbers in NUMBERS:
        point = [*numbers[: len(form.kinds)]]
        try:
            row.apply(point)
        except ARITHMETIC:
            continue
        if not is_near_kink(row, point) and point not in points:
            points.append(point)
    return points


def judge_form(form: WrittenForm, answer: Reply) -> Failing | None:
    """Return what is wrong with a form's numbers, None if nothing is."""
    points = list_trials(form)
    numbers = answer.get("numbers", [])
    rights = [form.row.apply(point) for point in points]
    for point, theirs, right in zip(points, numbers, rights, strict=False):
        if theirs is None or not is_same(theirs, right):
            return Failing(form, judge_numbers(form, points, numbers), point, theirs, right)
    at = points[min(len(numbers), len(points) - 1)]
    if "changes" in answer:
        return Failing(form, "mutated", at)
    if "late" in answer:
        return Failing(form, "endless", at)
    if len(numbers) < len(points):
        error = answer.get("error") or {
            "type": "", "message": "its process ended",
            "file": "", "line": 0,
        }  # fmt: skip
        return Failing(form, "raises", at, error=error)
    return None


def judge_numbers(
    form: WrittenForm, points: Sequence[Sequence[float]], numbers: Sequence[Any]
) -> str:
    """Return the fault of a form that gives wrong numbers."""
    if form.kinds == "nv":
        try:
            turned = [form.row.apply(point[::-1]) for point in points]
        except ARITHMETIC:
            return "forward"
        if all(is_same(x, y) for x, y in zip(numbers, turned, strict=False)):
            return "reflected_swapped"
    return "forward"


def is_fault(form: WrittenForm, answers: dict[WrittenForm, Reply], sources: Sources) -> bool:
    """Tell whether a form that raises an error should not; else it is one that isn't there.

    An engine may leave out bare numbers, powers of Values, or refuse what it doesn't take. But one
    that knows a + 2 should know 2 + a.
    """
    works = {other for other, answer in answers.items() if judge_form(other, answer) is None}
    if form.name in BINARY and form.kinds == "nv":
        return form.name in REFLECTED and WrittenForm(form.name, "vn") in works
    if form.kinds == "vn":
        return form.name == "pow" and WrittenForm("pow", "vv") not in works and not is_meant(
            answers[form], sources)  # fmt: skip
    if form.name == "pow":
        return False
    return not is_meant(answers[form], sources)


def is_meant(answer: Reply, sources: Sources) -> bool:
    """Tell whether an error was meant: raised by the engine itself, or for want of an argument."""
    error = answer.get("error", {})
    if error.get("type") == "TypeError" and any(
        sign in error["message"] for sign in ("unsupported operand", "required positional")
    ):
        return True
    return sources.raises_at(error.get("file", ""), error.get("line", 0))


def describe_reflected(failing: Failing) -> Failing:
    """Return a failing form as what it is: one with the number on the left isn't there."""
    if failing.form.kinds == "nv" and failing.error.get("type") == "TypeError":
        return Failing(failing.form, "not_reflected", failing.point, error=failing.error)
    return failing


def read_recipe(form: WrittenForm, given: Sequence[Any]) -> Recipe | None:
    """Return of which operations a form is made, None if of itself alone, or if it can't be told.

    >>> given = [[["mul", [["input", 0], ["number", 1 / y]]]] for _, y in
    ...          list_trials(WrittenForm("truediv", "vn"))]
    >>> read_recipe(WrittenForm("truediv", "vn"), given)
    [('mul', [('input', 0), ('reciprocal', 1)])]
    """
    points = list_trials(form)
    if not given or None in given or len(given) != len(points):
        return None
    shapes = {repr([(name, [s[0] for s in sources]) for name, sources in steps]) for steps in given}
    if len(shapes) > 1:  # it depends on the numbers
        return None
    recipe: Recipe = []
    for at, (name, sources) in enumerate(given[0]):
        if name not in OPERATIONS or len(sources) != len(OPERATIONS[name].inputs):
            return None
        inputs: list[tuple[str, float]] = []
        for i, (source, which) in enumerate(sources):
            if source != "number":
                inputs.append((source, which))
                continue
            seen = [steps[at][1][i][1] for steps in given]
            origin = find_origin(form, points, seen)
            if origin is None:
                return None
            inputs.append(origin)
        recipe.append((name, inputs))
    itself = [("input", i) if kind == "v" else ("same", i) for i, kind in enumerate(form.kinds)]
    return None if recipe == [(form.name, itself)] else recipe


def find_origin(
    form: WrittenForm, points: Sequence[Sequence[float]], seen: Sequence[Any]
) -> tuple[str, float] | None:
    """Return how a number inside an operation depends on a number that it was given."""
    if None in seen:
        return None
    for i, kind in enumerate(form.kinds):
        for how, compute in NUMBERS_OF.items():
            if kind == "n" and all(
                p[i] != 0 and is_same(x, compute(p[i])) for x, p in zip(seen, points, strict=True)
            ):
                return how, i
    return ("number", seen[0]) if all(x == seen[0] for x in seen) else None

"""What an engine has: which operations, in which forms, of what they are made, and what is missing.

What is missing isn't a mistake, and no more is asked of an engine than that which it has.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ...._ground.text import format_number
from ....checks.samples import Expression, is_near_kink
from ....engine.operation import ARITHMETIC
from ....engine.table import OPERATIONS
from .graphs import BINARY, FORMS, NUMBERS, WrittenForm
from .process import EngineProcess
from .replies import Reply
from .search import compare_numbers, is_same
from .subject import Sources
from .suspects import Mistakes

# An engine that knows a + 2 should know 2 + a, as sum() and a weight have it. 2 - a and 2 / a are
# left out by many a lecture, and one who writes them is told so by Python's TypeError.
REFLECTED = ("add", "mul")
ROUNDED = 0.006  # how far a number of two digits behind the point is off, or one of 16 bits
# What a class may have beside: what isn't known here is told, and these aren't operations.
SERVING = ("zero_grad", "parameters", "item", "numpy", "detach", "clone", "copy", "build_topo",
           "topological_sort", "topo_sort")  # fmt: skip
OTHER_OPERATORS = {"__mod__": "a % b", "__floordiv__": "a // b", "__matmul__": "a @ b"}
IN_PLACE = {"iadd": "a += b", "isub": "a -= b", "imul": "a *= b", "itruediv": "a /= b"}
KNOWN_FUNCTIONS = {*OPERATIONS, "softmax", "log_softmax", "cross_entropy", "mse", "mse_loss"}


@dataclass
class Sign:
    """Something that was found: by which mistakes, on which graph, with which numbers."""

    fault: str
    mistakes: Mistakes = ()
    forms: list[WrittenForm] = field(default_factory=list)
    graph: Expression | None = None
    grads: Sequence[float | None] = ()  # what the engine gives the leaves
    error: dict[str, Any] = field(default_factory=dict)
    note: str = ""  # what was seen, in words
    at: tuple[str, int] | None = None  # the line of the engine that does it, where it was seen
    is_second: bool = False  # the gradients are those of a second pass
    is_made_again: bool = False  # and the graph was made again before it, on the same leaves
    lines: set[int] = field(default_factory=set)  # from which the same error comes


@dataclass
class Capabilities:
    """What an engine has, and what was found out by trying it."""

    forms: list[WrittenForm] = field(default_factory=list)
    composed: set[WrittenForm] = field(default_factory=set)  # of others of them
    missing: list[str] = field(default_factory=list)
    failing: list[Sign] = field(default_factory=list)  # forms that fail, or give a wrong number
    places: dict[str, tuple[str, int]] = field(default_factory=dict)  # of its methods
    written: dict[str, str] = field(default_factory=dict)  # how its functions are called
    unseen: list[str] = field(default_factory=list)  # what it has that wasn't looked at

    def list_operations(self) -> list[str]:
        """Return the names of the operations that are there, right or wrong, the plainest first."""
        forms = {*self.forms, *[form for sign in self.failing for form in sign.forms]}
        return [*dict.fromkeys([form.name for form in FORMS if form in forms])]


def find_capabilities(process: EngineProcess, sources: Sources) -> Capabilities:
    """Try each form of each operation at a few points."""
    found = Capabilities()
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
        if "skipped" in answer:
            found.unseen.append(form.write())
            continue
        if "absent" in answer:
            if form.kinds in ("vv", "v"):
                found.missing.append(form.row.written(*"ab"[: len(form.kinds)]))
            continue
        failing = judge_form(form, answer)
        if failing is None:
            found.forms.append(form)
            if None not in answer["composed"]:
                most = max(answer["composed"], key=len)  # some may be by accident what was given
                if all({*constants} <= {*most} for constants in answer["composed"]):
                    found.composed.add(form)
        elif failing.fault == "endless" or not failing.error or is_fault(form, answers, sources):
            found.failing.append(failing)
        elif form.name not in {failing.forms[0].name for failing in found.failing}:
            found.missing.append(form.write())
    found.failing += find_changing(process)
    found.unseen += list_others(process.traits, " ".join(found.written.values()))
    return found


def find_changing(process: EngineProcess) -> list[Sign]:
    """Return the signs of ``a += b`` and its like that change a's own number."""
    names = [name for name in IN_PLACE if f"__{name}__" in process.traits["methods"]]
    requests = [
        {"do": "form", "name": name, "kinds": "vv", "points": [[2.0, 3.0]]} for name in names
    ]
    answers = zip(names, process.ask(requests), strict=True)
    return [
        Sign("mutated", at=tuple(answer["places"].get(name, ("", 0))),
             note=f"{IN_PLACE[name]} changes a's own number, which other nodes were made of.")
        for name, answer in answers if "changes" in answer
    ]  # fmt: skip


def list_others(traits: Reply, known: str) -> list[str]:
    """Return what an engine has beside all that is known here."""
    words = {*re.findall(r"\w+", known), *SERVING}
    operators = [OTHER_OPERATORS[name] for name in traits["methods"] if name in OTHER_OPERATORS]
    methods = [name for name in traits["methods"] if name[0] != "_" and name not in words]
    functions = [name for name in traits["functions"] if name in KNOWN_FUNCTIONS - words]
    return [*operators, *dict.fromkeys(methods + functions)]


def list_trials(form: WrittenForm) -> list[list[float]]:
    """Return inputs inside an operation's domain, the plainest first."""
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


def judge_form(form: WrittenForm, answer: Reply) -> Sign | None:
    """Return what is wrong with a form's numbers, None if nothing is."""
    points = list_trials(form)
    numbers = answer.get("numbers", [])
    rights = [form.row.apply(point) for point in points]
    for point, theirs, right in zip(points, numbers, rights, strict=False):
        if theirs is None or not is_same(theirs, right):
            what = form.row.written(*map(format_number, point))
            note = compare_numbers(what, theirs, right) + "."
            return Sign(judge_numbers(form, points, numbers), forms=[form], note=note)
    error = answer.get("error", {})
    if form.kinds == "nv" and "unsupported operand" in error.get("message", ""):
        return Sign("not_reflected", forms=[form], error=error)
    if "changes" in answer:
        return Sign("mutated", forms=[form], note=f"{form.write()} changes its operand's data.")
    if "late" in answer:
        return Sign("endless", forms=[form], note=f"{form.write()} gives no result, within 3 s.")
    if len(numbers) < len(points):
        ended = {"type": "", "message": "its process ended", "file": "", "line": 0}
        return Sign("raises", forms=[form], error=error or ended)
    return None


def judge_numbers(
    form: WrittenForm, points: Sequence[Sequence[float]], numbers: Sequence[Any]
) -> str:
    """Return the fault of a form that gives wrong numbers."""
    pairs = [*zip(points, numbers, strict=False)]
    if form.kinds == "nv":
        with suppress(*ARITHMETIC):
            if all(is_same(x, form.row.apply(point[::-1])) for point, x in pairs):
                return "reflected_swapped"
    if form.name == "relu" and None not in numbers:
        slopes = [x / point[0] for point, x in pairs if point[0] < 0]
        if slopes and 0 < slopes[0] < 1 and all(is_same(x, slopes[0]) for x in slopes) and all(
            is_same(x, point[0]) for point, x in pairs if point[0] > 0
        ):  # fmt: skip
            return "leaky"
    rights = [form.row.apply(point) for point, _ in pairs]
    if all(x is not None and math.isclose(x, y, rel_tol=ROUNDED, abs_tol=ROUNDED)
           for (_, x), y in zip(pairs, rights, strict=True)):  # fmt: skip
        return "approximated" if form.name == "gelu" else "rounded"
    return "forward"


def is_fault(form: WrittenForm, answers: dict[WrittenForm, Reply], sources: Sources) -> bool:
    """Tell whether a form that raises an error should not; else it is one that isn't there.

    An engine may leave out bare numbers, powers of Values, or refuse what it doesn't take. But one
    that knows a + 2 should know 2 + a.
    """
    works = {other for other, answer in answers.items() if judge_form(other, answer) is None}
    is_there = not is_meant(answers[form], sources)
    if form.name in BINARY and form.kinds == "nv":
        is_there = is_there or form.name in REFLECTED
        return is_there and form.name != "pow" and WrittenForm(form.name, "vn") in works
    if form.kinds == "vn":
        return is_there and form.name == "pow" and WrittenForm("pow", "vv") not in works
    return is_there and form.name != "pow"


def is_meant(answer: Reply, sources: Sources) -> bool:
    """Tell whether an error was meant: raised by the engine itself, or for want of an argument."""
    error = answer.get("error", {})
    if error.get("type") == "TypeError" and any(
        sign in error["message"] for sign in ("unsupported operand", "required positional")
    ):
        return True
    return sources.raises_at(error.get("file", ""), error.get("line", 0))


def explain_nothing(capabilities: Capabilities) -> str:
    """Say why no operation can be used."""
    for failing in capabilities.failing:
        name = failing.forms[0].write()
        if failing.fault == "endless":
            return f"no operation of it works: {name} doesn't come to an end"
        if failing.error:
            error = failing.error
            at = f" (line {error['line']})" if error["line"] else ""
            return f"no operation of it works: {name} stops by {error['type'] or 'itself'}: " \
                   f"{error['message']}{at}"  # fmt: skip
    if capabilities.failing:
        note = capabilities.failing[0].note.rstrip(".")
        return f"no operation of it computes the right number: {note[0].lower()}{note[1:]}"
    return "it has none of the operations that are known here, such as a + b or a.tanh()"

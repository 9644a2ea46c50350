"""Trainings inside C: batches, their gradients by programs, and the steps of an optimizer's rule.

The loop is that of ``descent.c``; in front of it stands the rule, written from what it records on
symbols. Where it stops before a batch, Python takes that one. This file is imported where it is
needed, since a Python may lack ctypes.
"""

from __future__ import annotations

import ctypes
import sys
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from inspect import signature
from math import isfinite
from typing import Any

from ....engine.operation import ARITHMETIC
from ....notation.writing.identifiers import Identifiers
from ....notation.writing.notation import Notation, Text
from ....notation.writing.symbol import Symbol, Symbols
from ..c.loops import FAST, VECTORS
from ..c.notation import C, CIdentifiers, collect_rules
from .building import Building
from .packing import Rows, Served, allocate

PROBING = 0.5, -2.0, 0.25, 0.0, -1e-9, 1e-4, -0.01, 30.0, -1e4  # gradients to try a rule with
SECONDS_OF_C = 0.05  # after which C returns, for Ctrl-C
ROWS_AT_FIRST = 100
ROWS_AT_ONCE = 64  # that a program is given
# A square root rounds alike whether a library's, a core's or that of eight at once; the compiler
# takes that of eight if neither errno nor the mode of rounding can matter, as here.
OPTIMISED = FAST, *VECTORS, "-fno-math-errno", "-fno-rounding-math"
INLINED = "#ifdef __GNUC__\n#define sqrt __builtin_sqrt\n#endif"
ALL_DONE, BUDGET_SPENT, LEFT_TO_PYTHON = range(3)  # what ``run`` of descent.c returns

StepRule = Callable[..., Sequence[Any]]


class CForm(ctypes.Structure):
    """A form, as C reads it."""

    _fields_ = [(name, ctypes.c_long) for name in ("first", "programs", "width", "is_alone")]


class CTraining(ctypes.Structure):
    """What ``run`` of descent.c works on, and how far it has come."""

    _fields_ = [
        ("parameters", ctypes.c_long),
        *[(name, ctypes.c_void_p) for name in ("data", "gradient", "states", "after", "numbers")],
        ("largest", ctypes.c_double),
        *[(name, ctypes.c_void_p) for name in ("programs", "penalty", "forms")],
        *[(name, ctypes.c_void_p) for name in ("form_of", "start_of", "rows", "order")],
        *[(name, ctypes.c_long) for name in ("examples", "batch_size", "batches", "is_mean")],
        *[(name, ctypes.c_void_p) for name in ("losses", "results", "gathered")],
        *[(name, ctypes.c_long) for name in ("batch", "left")],
        ("penalised", ctypes.c_double),
    ]


class Descent:
    """A training in C, of batches in any order, by an optimizer's rule.

    ``data`` has the parameters, ``states`` those of the rule, one after the other, and ``gradient``
    is that of the latest batch. ``losses`` are those of the batches done: their means, or, unless
    ``is_mean``, their sums. ``forms`` may be empty of programs, for a penalty it may be None.
    """

    def __init__(
        self, library: Any, rows: Rows, forms: Sequence[Served], penalty: Any, batch_size: int,
        largest: float, parameters: int, states: int, is_mean: bool = True,
    ) -> None:  # fmt: skip
        self.library = library
        self.rows, self.forms = rows, forms
        self.data, self.states = allocate(parameters), allocate(parameters * states)
        self.gradient, self.after = allocate(parameters), allocate(parameters * (1 + states))
        width = max([form.width for form in forms], default=0)
        self.results, self.gathered = allocate(batch_size), allocate(width * ROWS_AT_ONCE)
        self.losses = allocate(0)
        self.budget = ROWS_AT_FIRST
        functions = [program for form in forms for program in form.programs]
        self.programs = (ctypes.c_void_p * len(functions))(*[*map(locate, functions)])
        self.c_forms = (CForm * len(forms))()
        first = 0
        for c_form, form in zip(self.c_forms, forms, strict=True):
            c_form.first, c_form.programs = first, len(form.programs)
            c_form.width, c_form.is_alone = form.width, form.is_alone
            first += len(form.programs)
        self.penalty = penalty
        self.training = CTraining(
            parameters=parameters,
            largest=min(largest, sys.float_info.max),
            programs=ctypes.addressof(self.programs),
            penalty=None if penalty is None else locate(penalty),
            forms=ctypes.addressof(self.c_forms),
            batch_size=batch_size,
            is_mean=is_mean,
            rows=rows.numbers.buffer_info()[0],
            start_of=rows.starts.buffer_info()[0],
            form_of=rows.forms.buffer_info()[0],
        )
        for name in ("data", "gradient", "states", "after", "results", "gathered"):
            setattr(self.training, name, getattr(self, name).buffer_info()[0])

    def begin(self, order: Iterable[int], numbers: Iterable[float], batches: int) -> None:
        """Begin a number of batches, of examples in an order, with the rule's numbers for each."""
        self.order, self.numbers = array("l", order), array("d", numbers)
        self.losses = allocate(batches)
        training = self.training
        training.order = self.order.buffer_info()[0]
        training.numbers = self.numbers.buffer_info()[0]
        training.losses = self.losses.buffer_info()[0]
        training.examples, training.batches = len(self.order), batches
        training.batch, training.left = 0, -1

    @property
    def done(self) -> int:
        """How many batches are done."""
        return self.training.batch  # type: ignore[no-any-return]

    def go_on(self) -> bool:
        """Take batches for a moment; False if the next is to be taken by Python."""
        began = time.perf_counter()
        status: int = self.library.run(ctypes.byref(self.training), self.budget)
        if status == BUDGET_SPENT:
            took = time.perf_counter() - began
            self.budget = max(1, int(self.budget * min(SECONDS_OF_C / max(took, 1e-9), 8.0)))
        return status != LEFT_TO_PYTHON

    def has_rule(self, rule: StepRule, numbers: Sequence[float]) -> bool:
        """Tell whether C takes the next step as a rule does, for the first few parameters.

        The gradients are small and large ones, since a rule may tell them apart.
        """
        count, size = len(PROBING), len(self.data)
        states = len(self.states) // size
        grad = array("d", PROBING)
        data = array("d", [self.data[i % size] for i in range(count)])
        of = [[self.states[k * size + i % size] for i in range(count)] for k in range(states)]
        after = allocate(count * (1 + states))
        joined = array("d", [x for state in of for x in state])
        given = [x.buffer_info()[0] for x in (data, grad, joined, self.numbers, after)]
        self.library.take_steps(count, *given)
        for i, own in enumerate(zip(data, grad, *of, strict=True)):
            try:
                wanted = [*map(float, rule(*own, *numbers))]
            except ARITHMETIC:  # then C knows that it isn't sure
                continue
            if after[i::count].tolist() != wanted and all(map(isfinite, wanted)):
                return False
        return True


def locate(function: Any) -> int | None:
    """Return the address of a function in C."""
    return ctypes.cast(function, ctypes.c_void_p).value


def build_descent(rule: StepRule, states: int, numbers: int) -> Building:
    """Begin to compile the training by a rule with its states and numbers, and return that."""
    constants = f"enum {{ STATES = {states}, NUMBERS = {numbers}, ROWS_AT_ONCE = {ROWS_AT_ONCE} }};"
    loop = (files(__package__) / "descent.c").read_text(encoding="utf-8")
    step = write_step(rule, states, numbers)
    head = ["#include <math.h>", INLINED, "", constants, "", step, ""]
    return Building("\n".join([*head, loop]), OPTIMISED)


def load_descent(building: Building) -> Any:
    """Return the library of a training when it is compiled."""
    library = building.load()
    library.run.argtypes = [ctypes.c_void_p, ctypes.c_long]
    library.run.restype = ctypes.c_int
    library.take_steps.argtypes = [ctypes.c_long, *[ctypes.c_void_p] * 5]
    library.take_steps.restype = None
    return library


def write_step(rule: StepRule, states: int, numbers: int) -> str:
    """Return the function in C that takes a rule's step for one parameter after the other."""
    names = CIdentifiers("count data states numbers after i")
    # Named as the rule calls what it is given.
    own = [names.new(x) for x in [*signature(rule).parameters][: 2 + states + numbers]]
    common, lines, results = write_step_rule(rule, own, C(), names, 2 + states)
    places = ["data[i]", "gradient[i]", *[f"states[{index(k)}]" for k in range(states)]]
    given = [f"const double {name} = {{}};" for name in own]
    function = [
        "void take_steps(long count, const double *restrict data, const double *restrict gradient,",
        "                const double *restrict states, const double *numbers,",
        "                double *restrict after) {",
        *[f"    {given[2 + states + i].format(f'numbers[{i}]')}" for i in range(numbers)],
        *[f"    const double {name} = {text};" for name, text in common],
        "    for (long i = 0; i < count; i++) {",
        *[f"        {line.format(place)}" for line, place in zip(given, places, strict=False)],
        *[f"        const double {name} = {text};" for name, text in lines],
        *[f"        after[{index(k)}] = {text};" for k, text in enumerate(results)],
        "    }",
        "}",
    ]
    return "\n".join([*collect_rules("\n".join(function)), *function])


def index(k: int) -> str:
    """Return where the k-th number of parameter i stands in C."""
    return ["i", "count + i", f"{k} * count + i"][min(k, 2)]


def write_step_rule(
    rule: StepRule, names: Sequence[str], notation: Notation, identifiers: Identifiers,
    own: int,
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[str]]:  # fmt: skip
    """Return the numbers that a rule computes on the way, each with a name, and its results.

    First of all come those that are the same for each parameter: they are computed of the inputs
    behind the first ``own`` alone.

    >>> from micrograd_nn.notation.formulas.plain import Plain
    >>> names = Identifiers()
    >>> rule = lambda p, grad, lr: (p - lr * grad,)
    >>> write_step_rule(rule, ["p", "grad", "lr"], Plain(), names, 2)
    ([], [], ['p − lr · grad'])

    What is used more than once has a name, and nothing is left out: the numbers are the rule's.
    """
    symbols = Symbols(zeros=True)
    leaves = [symbols.leaf() for _ in names]
    results = rule(*leaves)
    uses = symbols.count_uses(results)
    texts = {leaf: Text(name) for leaf, name in zip(leaves, names, strict=True)}
    temporary = identifiers.count_up("t")
    lines: list[tuple[str, str]] = []
    common: list[tuple[str, str]] = []
    same = set(leaves[own:])  # for each parameter
    for symbol in symbols.known.values():
        if symbol not in uses or symbol.operation is None:
            continue
        text = notation.write_symbol(symbol, texts)
        is_named = uses[symbol] > 1 or any(
            isinstance(user, Symbol) and notation.needs_name(user.operation, i)
            for user in uses
            if user.operation is not None
            for i, x in enumerate(user.inputs)
            if x is symbol
        )
        if same.issuperset(x for x in symbol.inputs if isinstance(x, Symbol)):
            same.add(symbol)
        if is_named or symbol in same:
            name = next(temporary)
            (common if symbol in same else lines).append((name, text.text))
            text = Text(name)
        texts[symbol] = text
    return common, lines, [notation.write_symbol(y, texts).text for y in results]

"""Trainings inside C: batches, their gradients by programs, and the steps of an optimizer's rule.

The loop is that of ``descent.c``; in front of it stands the rule, written from what it records on
Values. Where it stops before a batch, Python takes that one.
"""

from __future__ import annotations

import ctypes
import sys
import time
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from inspect import signature
from itertools import groupby
from typing import Any, NamedTuple

from ..writing.c import C, CIdentifiers, collect_rules
from .native import Building
from .rule import Rule, UnwrittenRuleError, write_rule

SECONDS_OF_C = 0.05  # after which C returns, for Ctrl-C
ROWS_AT_FIRST = 1000
ROWS_AT_ONCE = 64  # that a program is given
OPTIMISED = ("-O2",)  # the loop is small
ALL_DONE, BUDGET_SPENT, LEFT_TO_PYTHON = range(3)  # what ``train`` of descent.c returns


class Served(NamedTuple):
    """Examples that differ in numbers alone: the programs for them, and how a row is laid out."""

    programs: Sequence[Any]  # functions in C, to be tried one after the other
    width: int
    is_alone: bool  # each runs by itself, since the programs have branches


class Rows(NamedTuple):
    """Examples as C reads them: all their numbers, and where each one's begin and what form it has.

    >>> Rows.collect([([1.0, 2.0], 0), ([3.0], 1)])
    Rows(numbers=array('d', [1.0, 2.0, 3.0]), starts=array('l', [0, 2]), forms=array('l', [0, 1]))
    """

    numbers: array[float]
    starts: array[int]
    forms: array[int]

    @staticmethod
    def collect(examples: Iterable[tuple[Sequence[float], int]]) -> Rows:
        """Return examples, given by their numbers and the number of their form, as rows."""
        rows = Rows(array("d"), array("l"), array("l"))
        for numbers, form in examples:
            rows.starts.append(len(rows.numbers))
            rows.forms.append(form)
            rows.numbers.extend(numbers)
        return rows

    def list_runs(self) -> list[tuple[int, int, int]]:
        """Return the runs of examples that share a form: its number, the first, and how many."""
        runs, first = [], 0
        for form, run in groupby(self.forms):
            count = len([*run])
            runs.append((form, first, count))
            first += count
        return runs

    def locate(self, example: int) -> int:
        """Return the address of an example's numbers."""
        return self.numbers.buffer_info()[0] + 8 * self.starts[example]


class CForm(ctypes.Structure):
    """A form, as C reads it."""

    _fields_ = [(name, ctypes.c_long) for name in ("first", "programs", "width", "is_alone")]


class CTraining(ctypes.Structure):
    """What ``train`` of descent.c works on, and how far it has come."""

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

    def begin(self, order: Iterable[int], numbers: Sequence[float], batches: int) -> None:
        """Begin so many batches, of examples in an order, with the rule's numbers for each."""
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
        status: int = self.library.train(ctypes.byref(self.training), self.budget)
        if status == BUDGET_SPENT:
            took = time.perf_counter() - began
            self.budget = max(1, int(self.budget * min(SECONDS_OF_C / max(took, 1e-9), 8.0)))
        return status != LEFT_TO_PYTHON

    def has_rule(self, rule: Rule) -> bool:
        """Tell whether C takes the next step as a rule does, for the first few parameters."""
        count = min(len(self.data), 3)
        states = len(self.states) // max(len(self.data), 1)
        data, grad = self.data[:count], array("d", [0.5, -2.0, 0.25][:count])
        of = [self.states[i * len(self.data) :][:count] for i in range(states)]
        numbers = self.numbers[: len(self.numbers) // self.training.batches]
        after = allocate(count * (1 + states))
        joined = array("d", [x for state in of for x in state])
        given = [x.buffer_info()[0] for x in (data, grad, joined, numbers, after)]
        self.library.take_steps(count, *given)
        wanted = [
            rule(p, g, *state, *numbers) for p, g, *state in zip(data, grad, *of, strict=True)
        ]
        return after.tolist() == [x for column in zip(*wanted, strict=True) for x in column]


def allocate(count: int) -> array[float]:
    """Return an array of zeros; of none, it has an address nevertheless.

    >>> allocate(2)
    array('d', [0.0, 0.0])
    """
    return array("d", bytes(8 * count))


def locate(function: Any) -> int | None:
    """Return the address of a function in C."""
    return ctypes.cast(function, ctypes.c_void_p).value


def build_descent(rule: Rule, states: int, numbers: int) -> Building:
    """Begin to compile the training by a rule with so many states and numbers, and return that."""
    constants = f"enum {{ STATES = {states}, NUMBERS = {numbers}, ROWS_AT_ONCE = {ROWS_AT_ONCE} }};"
    loop = (files(__package__) / "descent.c").read_text(encoding="utf-8")
    head = ["#include <math.h>", "", constants, "", write_step(rule, states, numbers), ""]
    return Building("\n".join([*head, loop]), OPTIMISED, "train")


def load_descent(building: Building) -> Any:
    """Return the library of a training when it is compiled."""
    library = building.load()
    library.train.argtypes = [ctypes.c_void_p, ctypes.c_long]
    library.train.restype = ctypes.c_int
    library.take_steps.argtypes = [ctypes.c_long, *[ctypes.c_void_p] * 5]
    library.take_steps.restype = None
    return library


@cache
def write_step(rule: Rule, states: int, numbers: int) -> str:
    """Return the function in C that takes a rule's step for one parameter after the other.

    >>> print(write_step(lambda p, grad, lr: (p - lr * grad,), 0, 1))
    void take_steps(long count, const double *data, const double *gradient,
                    const double *states, const double *numbers, double *after) {
        const double lr = numbers[0];
        for (long i = 0; i < count; i++) {
            const double p = data[i];
            const double grad = gradient[i];
            after[i] = p - lr * grad;
        }
    }
    """
    names = CIdentifiers()
    names.taken.update({"count", "data", "states", "numbers", "after", "i"})
    own = [names.new(name) for name in [*signature(rule).parameters][: 2 + states + numbers]]
    lines, results = write_rule(rule, own, C(), names)
    if len(results) != 1 + states:
        raise UnwrittenRuleError(f"a rule with {states} states gives {len(results)} numbers")
    places = ["data[i]", "gradient[i]", *[f"states[{index(k)}]" for k in range(states)]]
    given = [f"const double {name} = {{}};" for name in own]
    function = [
        "void take_steps(long count, const double *data, const double *gradient,",
        "                const double *states, const double *numbers, double *after) {",
        *[f"    {given[2 + states + i].format(f'numbers[{i}]')}" for i in range(numbers)],
        "    for (long i = 0; i < count; i++) {",
        *[f"        {line.format(place)}" for line, place in zip(given, places, strict=False)],
        *[f"        const double {name} = {text};" for name, text in lines],
        *[f"        after[{index(k)}] = {text};" for k, text in enumerate(results)],
        "    }",
        "}",
    ]
    return "\n".join([*collect_rules("\n".join(function)), *function])


def index(k: int) -> str:
    """Return where the k-th number of parameter i stands in C.

    >>> index(0), index(1), index(2)
    ('i', 'count + i', '2 * count + i')
    """
    return ["i", "count + i", f"{k} * count + i"][min(k, 2)]

"""Functions that do what a trace doesn't follow: they run as they are, and a warning says why."""

import array
import contextvars
import copy
import functools
import json
import math
import operator
import pickle
import pprint
import random
import re
import struct
import warnings
import weakref
from collections import Counter, OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from numbers import Real
from types import FunctionType, SimpleNamespace
from typing import Protocol

import numpy as np
import pytest
from compiled import assert_same_calls, results, run_on_numbers

from micrograd_nn import Value, compile, no_grad, steps
from micrograd_nn.calculus import gradients, jvp, vjp
from micrograd_nn.checks.mistakes import anomaly_detection
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.compiler import tracing
from micrograd_nn.nn import Neuron

TENTH = np.float32(0.1)
HALVES = np.array([0.5, 1.5])


def assert_uncompiled(function, told, *calls, unchecked=False):
    """Compare each call with the function's own: one warning names the place."""
    compiled = compile(function, unchecked=unchecked)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert results(compiled, *calls) == results(function, *calls)
    (warning,) = caught
    message = rf"{compiled.__name__} runs as it is, not compiled: .*{told}"
    assert re.match(message, str(warning.message))
    assert warning.filename == results.__code__.co_filename, "where it was called"
    assert not compiled.variants
    assert repr(compiled).startswith(f"<{compiled.__name__}, not compiled: ")


# A program is checked at uses 1, 2, 4, 8, 16 and 32: none of these is one of its odd numbers.
OUTLIER = [(1.0 + i / 64,) for i in range(40)]
OUTLIER[10], OUTLIER[18], OUTLIER[20], OUTLIER[35] = (0.0,), (100.0,), (-1.0,), (50.0,)
OUTLIER_FREE = 1.25, 1.5, 1.75, 2.0  # so that the next three uses aren't checked


def by_class_pattern(x):
    match x:
        case float() if x > 10:
            return 10.0
    return x


@functools.singledispatch
def by_dispatch(x):
    return x


@by_dispatch.register
def _(x: float):
    return min(x, 10.0)


def catching(compute):
    def careful(x):
        try:
            return 10.0 if compute(x) > 10 else x
        except (TypeError, ArithmeticError, ValueError):
            return 0.0

    return careful


safe_log = catching(op.log)


def by_data(x):
    y = x * 2
    y.data = 5.0
    return y


def by_no_grad(x):
    with no_grad():
        y = x * 2
    return y * x


def by_import(x):
    from math import floor

    return floor(x)


def too_large(x):
    with anomaly_detection():
        return op.mul(x, Value(1e300)) * 1e300


template, FIFTY = "{:.1f}", Decimal(50)
UNFOLLOWED = [
    # A number's type
    (lambda x: 10.0 if isinstance(x, (int, float)) and x > 10 else x, "uses isinstance"),
    (lambda x: 10.0 if isinstance(x, Real) and x > 10 else x, "uses isinstance"),
    (lambda x: 10.0 if type(x) is float and x > 10 else x, r"\(is\)"),
    (lambda x: 10.0 if type(x) in (int, float) and x > 10 else x, "uses type"),
    (lambda x: 10.0 if type(x).__name__ == "float" and x > 10 else x, "asks for .__name__"),
    (lambda x: 10.0 if x.__class__ is float and x > 10 else x, "asks for .__class__"),
    (lambda x: 10.0 if hasattr(x, "is_integer") and x > 10 else x, "uses hasattr"),
    (lambda x: 10.0 if getattr(x, "real", 0.0) > 10 else x, "uses getattr"),
    (by_class_pattern, "in by_class_pattern, matches a class"),
    (by_dispatch, "uses by_dispatch, which asks for"),
    # Errors that it catches
    *[
        (catching(compute), r"in careful, catches errors \(try\)")
        for compute in (json.dumps, Decimal, round, op.log, lambda x: 1 / x, op.sqrt)
    ],
    # Texts
    (lambda x: repr(x), "uses repr"), (lambda x: f"{x!r}", "write a number into a text"),
    (lambda x: str([x]), "uses str"), (lambda x: ascii(x), "uses ascii"),
    (lambda x: "%s" % ((x,),), "a text"), (lambda x: "%r" % x, "a text"),  # noqa: UP031
    (lambda x: "%s" % [x], "a text"),
    (lambda x: x * len("%r" % [x]), "a text"),
    (lambda x: template.format(x), "format"), (lambda x: f"{x:.1f}", "write a number into a text"),
    (lambda x: len(f"{x:.0f}") * x, "write a number into a text"),
    (lambda x: format(x, ".1f"), "uses format"),
    (lambda x: pprint.pformat(x), "uses the module pprint"),
    # What a Value has, and a number hasn't
    (lambda x: x * x.data, r"line \d+ of test_reading.py, in <lambda>, asks for .data"),
    (lambda x: Value(x.data * 2), "asks for .data"), (by_data, "sets .data"),
    (lambda x: x * getattr(x, "data"), "uses getattr"),  # noqa: B009
    (lambda x: (x * x).backward(), "asks for .backward"),
    (lambda x: x * (x * x).partials[0], "asks for .partials"),
    (lambda x: x * (x * x).numbers[0], "asks for .numbers"),
    (lambda x: jvp(lambda t: t.data * t, (x,), (1.0,))[1], "asks for .data"),
    (lambda x: x * next(step.partial for step in steps(x * x)), "uses steps"),
    (by_no_grad, "has a with block"),
    (too_large, "has a with block"),
    # The world, and the memory
    (lambda x: x * np.float64(2.0), "uses the module np"),
    (lambda x: x * TENTH * 0.1, "uses TENTH, a number of NumPy's"),
    (lambda x: x * HALVES[0], r"uses HALVES, a ndarray: HALVES.tolist\(\) can be followed"),
    (lambda x: x * random.Random(3).random(), "uses the module random"),
    (by_import, "imports a module"),
    (lambda x: x * id(x), "uses id"), (lambda x: x * (hash(x) + 1), "uses hash"),
    (lambda x: copy.copy(x) * x, "uses the module copy"),
    (lambda x: Counter([x]).most_common(1)[0][0], ""), (lambda x: x * Fraction(1, 2), ""),
    (lambda x: SimpleNamespace(y=x * 2), "uses SimpleNamespace"),
    # What a trace alone finds
    (lambda x: {x * 2}, "can't look a number up in a set or a dict"),
    (lambda x: x * 2 if x in {1.0, 100.0} else x, "in a set or a dict"),
    (lambda x: x * {100.0: 2}.get(x, 1), "in a set or a dict"),
    (lambda x: 1.0 if x else 2.0, "can't ask whether a number is true: compare it"),
    (lambda x: 1.0 if bool(x) else 2.0, "can't ask whether a number is true: compare it"),
    (lambda x: [*filter(bool, [x, 0.0])], "can't ask whether a number is true: compare it"),
    (lambda x: max((2, x), (1, -x), key=operator.itemgetter(0))[1], "uses itemgetter"),
    (lambda x: max({1: x}, key={1: 2}.get) * x, "passes on .get, .* write a lambda that calls get"),
    (lambda x: math.exp(x), r"line \d+ of test_reading.py, in <lambda>: .*take a plain float"),
    (math.sqrt, "take a plain float out of a number"),
    (lambda x: float(x), "take a plain float out of a number"), (lambda x: Decimal(x) * 2, "uses "),
    (lambda x: [1, 2, 3][x], "take a number as an index"),
    (round, "uses round"), (math.floor, "uses floor"), (math.trunc, "uses trunc"),
    (lambda x: divmod(x, 2), "uses divmod"), (lambda x: x.is_integer(), "is_integer"),
    (lambda x: x if x < 2**53 + 1 else -x, "can't compare with .*, which isn't a float"),
    (lambda x: x if x < Fraction(1, 3) else -x, ""), (lambda x: x.item(), "asks for .item"),
    (lambda x: 10.0 if x == 50 + 0j else x, "can't compare with .*, which isn't a float"),
    (lambda x: 10.0 if x in (1j, 50 + 0j) else x, "can't compare with .*, which isn't a float"),
    (lambda x: 10.0 if x != FIFTY else x, "can't compare with .*, which isn't a float"),
    (lambda x: 10.0 if x is (x if x > 40 else None) else x, r"\(is\)"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "told"), UNFOLLOWED)
def test_what_is_not_followed_runs_as_it_is_and_one_warning_says_why(function, told):
    assert_uncompiled(function, told, *OUTLIER)


def test_a_comparison_may_be_made_a_bool():
    assert_same_calls(lambda x: 10.0 if bool(x > 10) and any(map(bool, [x > 0])) else x, *OUTLIER)


def cap(x):
    return 10.0 if isinstance(x, float) and x > 10 else x


class Mode(Enum):
    CAP = 1

    def __call__(self, x):
        return cap(x)


mode = Mode.CAP


def by_augmented(thing):
    def function(x, y=thing):
        y %= x
        return y

    return function


@pytest.mark.parametrize(
    ("name", "base", "given", "use"),
    [
        ("__lshift__", object, (), lambda thing: lambda x: thing << x),
        ("__rshift__", object, (), lambda thing: lambda x: thing >> x),
        ("__rmatmul__", object, (), lambda thing: lambda x: x @ thing),
        ("__divmod__", object, (), lambda thing: lambda x: divmod(thing, x)),
        ("__imod__", object, (), by_augmented),
        ("", object, (), lambda thing: mode),
        ("", object, (), lambda thing: lambda x: mode(x)),
        ("__add__", float, (2.0,), lambda thing: lambda x: thing + x),
        ("__mod__", str, ("a",), lambda thing: lambda x: thing % x),
        ("join", str, ("a",), lambda thing: lambda x: thing.join(x)),
        ("__add__", Exception, (), lambda thing: (lambda kind: lambda x: kind() + x)(type(thing))),
        ("__call__", Value, (2.0,), lambda thing: lambda x: thing(x)),
    ],
)
def test_what_python_calls_by_itself_is_read_too(name, base, given, use):
    kind = type("Own", (base,), {name: lambda self, x: cap(x)})
    assert_uncompiled(use(kind(*given)), "", *OUTLIER)


def test_what_a_descriptor_gives_and_what_was_written_as_a_text_is_read_too():
    get = type("Get", (), {"__get__": lambda self, thing, owner: cap})
    holder = type("Holder", (), {"capped": get()})()
    assert_uncompiled(lambda x: holder.capped(x), "", *OUTLIER)
    source = {"__name__": "own", "cap": cap}
    exec("class Own:\n    def capped(self, x):\n        return cap(x)", source)
    own = source["Own"]()
    assert_uncompiled(lambda x: own.capped(x), "", *OUTLIER)


def test_a_text_of_a_number_is_never_one_of_a_value():
    calls = (1.234567,), (2.345678,), (3.5,), (0.25,)
    assert_uncompiled(lambda x: x * len("%r" % x), "a number into a text", *calls)  # noqa: UP031


class Config:
    def __init__(self, rate):
        self.rate = rate


def test_an_object_among_the_arguments_leaves_the_function_as_it_is_and_its_gradients_too():
    w = Value(3.0)

    def step(config, x):
        return config.rate * gradients(w * w * x, [w])[0]

    compiled, config = compile(step), Config(0.5)
    assert [compiled(config, 2.0), step(config, 2.0)] == [6.0, 6.0]
    config.rate = 2.0
    assert [compiled(config, 2.0), compiled(config, 3.0)] == [24.0, 36.0]
    assert not compiled.variants


RESULTS = {
    "a generator": lambda x: (x * i for i in range(3)),
    "an iterator": lambda x: iter([x, x * 2]),
    "keys": lambda x: {x: 1}.keys(),
    "an array": lambda x: np.array([x * 2, x], dtype=object),
    "a function": lambda x: lambda: x * 2,
    "a pullback": lambda x: vjp(lambda v: v * v, x),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_that_no_program_gives_is_the_functions_own(name):
    def read(result):
        if isinstance(result, tuple):
            return result[0], result[1](1.0)
        return result() if callable(result) else [*result]

    compiled = compile(RESULTS[name])
    with pytest.warns(RuntimeWarning, match="runs as it is, not compiled") as told:
        found = [read(compiled(x)) for x in (2.0, 3.0)]
    assert found == [read(RESULTS[name](x)) for x in (2.0, 3.0)]
    assert len(told) == 1


def test_a_copy_and_a_pickle_of_a_compiled_function_begin_anew():
    w = Value(2.0)
    compiled = compile(lambda x: x * w)
    assert compiled(1.0) == 2.0
    copied = copy.deepcopy(compiled)
    again = pickle.loads(pickle.dumps(compile(by_no_grad, unchecked=True)))
    w.data = 100.0
    assert [copied(1.0), compiled(1.0)] == [100.0, 100.0]
    with pytest.warns(RuntimeWarning, match=r"can't use no_grad\(\)"):
        assert again(3.0) == 18.0


# What it takes from elsewhere


factor, table = 2.0, {"a": 2.0, "b": ({"c": 2.0}, 1.0)}


def twice(x):
    return x * 2.0


def thrice(x):
    return x * 3.0


helper = twice


class Line:
    slope = 2.0
    half = staticmethod(twice)

    def __init__(self, shift=2.0):
        self.shift = shift

    def __call__(self, x):
        return x * self.slope + self.shift

    def times(self, x):
        return x * self.shift


class Steep(Line):
    pass


class Other(Line):
    def times(self, x):
        return x * 7.0

    def __init__(self, shift):
        self.shift = shift * 2

    def __call__(self, x):
        return x - self.shift


line, steep = Line(), Steep()


def by_global(x):
    return x * factor


def by_item(x):
    return x * table["a"] + table["b"][0]["c"]


def by_helper(x):
    return sum(helper(y) + by_default(y) for y in (x, x))


def by_default(x, by=2.0):
    return x * by


def by_keyword(x, *, by=2.0):
    return x * by


def by_attribute(x):
    return line.times(x)


@dataclass
class Sized:
    x: float
    scale = 1.0


@dataclass
class Fixed:
    given: float
    x: float = 7.0


def by_class(x):
    return Sized(x).x


def by_steep(x):
    return steep.times(x) * steep.slope


def by_equality(x):
    return x if line == 1 else -x


def by_partial(x):
    return halving(x)


halving = functools.partial(by_keyword, by=2.0)
CHANGES = {
    "an inherited method": (
        by_steep,
        lambda m: m.setattr(Steep, "times", Other.__call__, raising=False),
    ),
    "an inherited attribute": (by_steep, lambda m: m.setattr(Steep, "slope", 3.0)),
    "an equality": (by_equality, lambda m: m.setattr(Line, "__eq__", lambda x, y: True)),
    "an object's class": (by_attribute, lambda m: m.setattr(line, "__class__", Other)),
    "a partial's": (by_partial, lambda m: m.setitem(halving.keywords, "by", 3.0)),
    "a global": (by_global, lambda m: m.setitem(globals(), "factor", 3.0)),
    "an item": (by_item, lambda m: m.setitem(table, "a", 3.0)),
    "an item within": (by_item, lambda m: m.setitem(table["b"][0], "c", 3.0)),
    "a function": (by_helper, lambda m: m.setitem(globals(), "helper", thrice)),
    "its code": (by_helper, lambda m: m.setattr(twice, "__code__", thrice.__code__)),
    "a default within": (by_helper, lambda m: m.setattr(by_default, "__defaults__", (3.0,))),
    "a default": (by_default, lambda m: m.setattr(by_default, "__defaults__", (3.0,))),
    "a keyword's": (by_keyword, lambda m: m.setattr(by_keyword, "__kwdefaults__", {"by": 3.0})),
    "a keyword's item": (by_keyword, lambda m: m.setitem(by_keyword.__kwdefaults__, "by", 3.0)),
    "an attribute": (by_attribute, lambda m: m.setattr(line, "shift", 3.0)),
    "an object": (by_attribute, lambda m: m.setitem(globals(), "line", Line(4.0))),
    "a method": (by_attribute, lambda m: m.setattr(Line, "times", Line.__call__)),
    "an object's method": (by_attribute, lambda m: m.setattr(line, "times", thrice, raising=False)),
    "its own attribute": (line, lambda m: m.setattr(line, "slope", 3.0, raising=False)),
    "a class attribute": (line, lambda m: m.setattr(Line, "slope", 3.0)),
    "how it is called": (line, lambda m: m.setattr(Line, "__call__", Line.times)),
    "how it is made": (by_class, lambda m: m.setattr(Sized, "__init__", Fixed.__init__)),
    "a builtin": (lambda x: abs(x), lambda m: m.setitem(globals(), "abs", thrice)),
    "a package's": (lambda x: op.exp(x), lambda m: m.setattr(op, "exp", thrice)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_it_takes_from_elsewhere_is_another_at_the_very_next_call(name, monkeypatch):
    function, change = CHANGES[name]
    compiled = compile(function)
    for number in (1.5, 2.5, 3.5, 4.5):
        assert compiled(number) == function(number)
    before = function(3.5)
    with monkeypatch.context() as patch:
        change(patch)
        assert compiled(3.5) == function(3.5)
        assert function(3.5) != before
    assert compiled(3.5) == before


EMPTY = {
    "an attribute": lambda bare: lambda x: x * bare.slope,
    "an attribute within a tuple": lambda bare: (lambda pair: lambda x: x * pair[1].slope)(
        (1, bare)
    ),
    "a method": lambda bare: (lambda function: lambda x: function(x))(bare.times),
    "its length": lambda bare: lambda x: x * len(bare),
    "how it is called": lambda bare: bare,
}


@pytest.mark.parametrize("name", EMPTY)
def test_the_first_attribute_of_an_object_is_noticed(name):
    class Bare:
        slope = 2.0

        def __len__(self):
            return 3 if self.slope > 2 else 2

        def __call__(self, x):
            return x * self.slope

        times = __call__

    bare = Bare()
    function = EMPTY[name](bare)
    compiled = compile(function)
    assert [compiled(x) for x in OUTLIER_FREE] == [function(x) for x in OUTLIER_FREE]
    assert compiled.variants
    before = function(2.5)
    bare.slope = 3.0
    assert [compiled(2.5), compiled(1.5)] == [function(2.5), function(1.5)]
    assert function(2.5) != before


def test_a_variable_of_its_closure_is_another_at_the_very_next_call():
    scale, rows = 2.0, []

    def scaled(x):
        return x * scale + sum(rows)

    compiled = compile(scaled)
    for scale in (2.0, 3.0):
        rows.append(scale)
        rows[0] = scale
        assert [compiled(1.5), compiled(2.0)] == [scaled(1.5), scaled(2.0)]


def test_a_module_in_a_closure_is_read_as_one_at_the_top_is():
    def make(module):
        return lambda x: x * module.pi

    compiled = compile(make(math))
    assert compiled(2.0) == 2 * math.pi
    assert compiled.variants
    assert_uncompiled(make(random), "uses the module module", (2.0,))


def test_what_changes_again_and_again_runs_as_it_is():
    scale = [0.0]
    compiled = compile(lambda x: x * scale[0])

    def call(i):
        scale[0] = i / 2
        return compiled(3.0), compiled(5.0)

    with pytest.warns(RuntimeWarning, match="scale changes again and again: hand it in") as told:
        found = [call(i) for i in range(20)]
    assert found == [(i * 1.5, i * 2.5) for i in range(20)]
    assert len(told) == 1


def test_a_float_that_is_computed_anew_is_no_change():
    scale = [0.0]
    compiled = compile(lambda x: x * scale[0])
    for i in range(20):
        scale[0] = i * 0.0
        assert compiled(3.0) == 0.0
    assert (len(compiled.variants), compiled.variants.changes) == (1, 0)
    scale[0] = -0.0
    assert math.copysign(1, compiled(3.0)) == -1


CHANGERS = {
    "append": lambda things: lambda x: (things.append(x), x * 2)[1],
    "setitem": lambda things: lambda x: (operator.setitem(things, 0, things[0] + 1), x)[1],
    "count": lambda things: lambda x: (things.append(1), x * len(things))[1],
    "update": lambda things: lambda x: (things[1].update(a=things[1]["a"] + 1), x)[1],
    "pop": lambda things: lambda x: x * things.pop(),
    "next": lambda things: (lambda numbers: lambda x: x * next(numbers))(iter([*things[2:]])),
}


@pytest.mark.parametrize("name", CHANGERS)
def test_what_it_changes_elsewhere_is_changed_once_a_call_and_told(name):
    things, others = ([1.0, {"a": 2.0}, *map(float, range(100))] for _ in range(2))
    compiled, function = compile(CHANGERS[name](things)), CHANGERS[name](others)
    with pytest.warns(RuntimeWarning, match=r"it changes things|uses numbers") as told:
        assert [compiled(x / 2) for x in range(20)] == [function(x / 2) for x in range(20)]
    assert things == others
    assert len(told) == 1


def test_the_order_of_an_ordered_dictionary_is_its_own():
    def first(numbers):
        return next(iter(numbers.values())) * 2 + [*numbers].index("a")

    numbers = OrderedDict(a=1.0, b=2.0)
    given = compile(first)
    assert_uncompiled(lambda x: x * first(numbers), "uses numbers, an OrderedDict: a dict", (1.0,))
    for _ in range(4):
        for _ in range(3):
            assert given(numbers) == first(numbers)
        numbers.move_to_end(next(iter(numbers)))


seen = []


@pytest.mark.filterwarnings("ignore:.*it changes seen")
def test_what_fails_changes_things_elsewhere_once_a_call_too():
    compiled = compile(lambda x: seen.append(x) or 1 / (x - 2))
    for count in range(1, 6):
        with pytest.raises(ArithmeticError):
            compiled(2.0)
        assert len(seen) == count


def test_an_argument_that_the_function_changes_is_changed():
    def double(v):
        v[0] = v[0] * 2
        return v[0]

    compiled, v = compile(double), [1.0]
    with pytest.warns(RuntimeWarning, match="it changes its arguments"):
        assert compiled(v) == 2.0
    assert (compiled(v), v) == (4.0, [4.0])


# The user's word


def test_unchecked_compiles_it_all_the_same_and_a_difference_is_told():
    kind = compile(lambda x: x * 2 if isinstance(x, Value) else x * 3, unchecked=True)
    with pytest.warns(
        RuntimeWarning, match=r"gave 6\.0, and the function itself 9\.0: it dep.* type$"
    ):
        assert kind(3.0) == 9.0
    safe = compile(safe_log, unchecked=True)
    assert [safe(x) for x in (2.0, 0.0, 4.0)] == [2.0, 0.0, 4.0]
    assert safe.variants


def test_a_trace_ends_before_it_fills_the_memory(monkeypatch):
    def count_up(x):
        y = 0.0
        while y < x:
            y = y + 1.0
        return y * x

    monkeypatch.setattr(tracing, "MOST_NODES", 500)
    assert_same_calls(count_up, (3.5,), (20.0,))
    assert_uncompiled(count_up, "it takes more than 500 operations and comparisons", (900.0,))


weight = Value(2.0)
weight.grad = 3.0
UNFOLLOWED = {
    "a number from elsewhere": (lambda x: x * weight.data, "look at .data"),
    "one that is set": (by_data, "set it or copy a Value: compute a new Value"),
    "a gradient": (lambda x: x * weight * weight.grad, "look at .grad"),
    "a gradient that is set": (lambda x: (setattr(weight, "grad", x), x * weight)[1], "set .grad"),
    "partials": (lambda x: (x * weight).partials[0] * x, "look at partials"),
    "inputs' numbers": (lambda x: (x * weight).numbers[0] * x, "look at its inputs' numbers"),
    "a backward pass": (lambda x: ((x * weight).backward(), x)[1], r"use backward\(\)"),
    "no_grad": (by_no_grad, r"use no_grad\(\)"),
    "a key": (lambda x: {1.0: 2.0}.get(x, 3.0) * x, "look a number up in a set or a dict"),
    "a copy": (lambda x: copy.copy(weight) * x, "set it or copy a Value"),
    "a deep copy": (lambda x: copy.deepcopy([weight])[0] * x, "set it or copy a Value"),
    "a pickle": (lambda x: pickle.loads(pickle.dumps(weight)) * x, "set it or copy a Value"),
    "a text": (lambda x: len(f"{x}") * x, "write a number into a text"),
    "a repr": (lambda x: len(repr([x])) * x, "write a number into a text"),
    "a Value compared": (lambda x: x * 2 if x == weight else x, "ask whether a number is a Value"),
    "its truth": (catching(bool), ""),
    "its float": (catching(float), "float"),
    "its int": (catching(int), "float"),
    "an index": (catching(lambda x: [x][x]), "index"),
    "a complex number": (catching(complex), "float"),
}


@pytest.mark.parametrize("name", UNFOLLOWED)
def test_what_a_trace_sees_that_a_program_cannot_follow_is_refused_on_ones_word_too(name):
    function, told = UNFOLLOWED[name]
    weight.grad = 3.0
    assert_uncompiled(function, rf"line \d+ of .*, in .*: .*{told}", *OUTLIER, unchecked=True)


# What leads to a number by a way of its own, and may change at any call


def test_an_argument_with_an_attribute_beside_its_fields_is_the_functions_own():
    compiled = compile(lambda p: p.x * p.scale)
    assert [compiled(Sized(2.0)), compiled(Sized(3.0))] == [2.0, 3.0]
    larger = Sized(2.0)
    larger.scale = 10.0
    assert [compiled(larger), compiled(Sized(5.0)), compiled(larger)] == [20.0, 5.0, 20.0]


def test_a_subclass_of_a_neuron_is_read_whatever_asks_for_its_parts():
    gain = [1.0]

    class Gained(Neuron):
        @property
        def w(self):
            return [w * gain[0] for w in self.inner]

        @w.setter
        def w(self, w):
            self.inner = w

    neuron = Gained(1, activation="linear")
    neuron.inner[0].data = 2.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        compiled = compile(lambda x: neuron([x]))
        assert [compiled(3.0) for _ in range(3)] == [6.0] * 3
        gain[0] = 10.0
        assert compiled(3.0) == 60.0


def test_a_dictionary_of_attributes_that_is_replaced_is_noticed():
    config = Config(1.0)
    compiled = compile(lambda x: x * config.rate)
    assert [compiled(2.0) for _ in range(3)] == [2.0] * 3
    config.__dict__ = {"rate": 5.0}
    assert compiled(2.0) == 10.0


def test_a_list_of_ones_own_class_is_put_back_as_it_was():
    class Sorted(list):
        def __iter__(self):
            return iter(sorted(self[:]))

    items, calls = Sorted([3.0, 2.0]), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        compiled = compile(lambda x: (calls.append(1), x * items[0])[1])
        assert compiled(2.0) == 6.0
    assert (items[:], calls) == ([3.0, 2.0], [1])


# What leads elsewhere by a way that only Python's own machinery knows


def with_constant(function, old, new):
    code = function.__code__
    constants = tuple(new if constant == old else constant for constant in code.co_consts)
    return FunctionType(code.replace(co_consts=constants), function.__globals__, "patched")


def written(source, variables):
    exec(source, variables)
    return variables["f"]


def by_constant(x):
    function = "cap"
    return function(x)


def by_stop(x):
    raise StopIteration(f"{lengthy}")


class Missing(dict):
    def __missing__(self, name):
        return cap


class Structural(Protocol):
    def at(self, x):
        return x


class Capped(Structural):
    def at(self, x):
        return cap(x)


class Applied(functools.partial):
    def __call__(self, x):
        return cap(x)


class Lengthy:
    size = 2

    def __str__(self):
        return "x" * self.size


lengthy, structural = Lengthy(), Capped()
applied = Applied(abs)
weak, proxy, weakly = weakref.ref(lengthy), weakref.proxy(lengthy), weakref.proxy(cap)
context = contextvars.ContextVar("context", default=2.0)
packing, column = struct.Struct("d"), array.array("d", [2.0])
read_context, read_column, pack_number = context.get, column.__getitem__, packing.pack
HIDDEN = {
    "a constant": with_constant(by_constant, "cap", cap),
    "its builtins": written("def f(x): return abs(x)", {"__builtins__": {"abs": cap}}),
    "a missing variable": written("def f(x): return any(x)", Missing(__builtins__={})),
    "a subclass of partial": lambda x: applied(x),
    "an end that a loop catches": by_stop,
    "a reference": lambda x: x * weak().size,
    "a proxy": lambda x: x * proxy.size,
    "a proxy of a function": lambda x: weakly(x),
    "a ContextVar": lambda x: x * context.get(),
    "a ContextVar's method": lambda x: x * read_context(),
    "a Protocol": lambda x: structural.at(x),
    "a Struct": lambda x: packing.unpack(packing.pack(x))[0],
    "a Struct's method": lambda x: x * len(pack_number(x)),
    "an array": lambda x: x * column[0],
    "an array's method": lambda x: x * read_column(0),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_hidden_is_read_or_refused_in_a_derivative_too(name):
    function = HIDDEN[name]
    assert_uncompiled(function, "", *OUTLIER)
    assert_uncompiled(lambda x: jvp(function, (x,), (1.0,)), "", *OUTLIER)


def test_how_an_object_is_written_is_read_where_a_text_may_be_made_of_it(monkeypatch):
    def function(x):
        return x * len("%s" % lengthy)  # noqa: UP031 - % is read

    compiled = compile(function)
    assert [compiled(x) for x in (1.0, 2.0)] == [function(x) for x in (1.0, 2.0)]
    assert compiled.variants
    monkeypatch.setattr(Lengthy, "size", 5)
    monkeypatch.setattr(Lengthy, "__repr__", Lengthy.__str__)
    assert compiled(1.0) == function(1.0)
    monkeypatch.setattr(Lengthy, "__repr__", lambda self: repr(id(self) and 1), raising=False)
    monkeypatch.setattr(Lengthy, "__str__", Lengthy.__repr__)
    assert_uncompiled(function, "uses repr", (1.0,))


class Told:
    def __init__(self, slope):
        self.slope = slope

    def __repr__(self):
        return f"Told({self.slope})"


told = Told(2.0)


def test_how_an_object_is_written_is_its_own_business_where_no_text_is_made_of_it():
    def wrapped(x):
        if x > 10:
            raise ValueError("%s is too large for %s" % (x, told))  # noqa: UP031 - % is read
        return x * told.slope % 1.5

    assert assert_same_calls(wrapped, (1.0,), (2.0,), by=run_on_numbers).variants
    assert results(compile(wrapped), (11.0,)) == results(wrapped, (11.0,))

    def either(x):
        return len("%s" % (told if x > 0 else 2)) * x

    assert assert_same_calls(either, (1.0,), (-1.0,), by=run_on_numbers).variants


class Padded(Told):
    def __format__(self, how):
        return how * int(self.slope)


class Hidden(Told):
    def __format__(self, how):
        return repr(id(self) and how)


@pytest.mark.parametrize(
    "write",
    [
        lambda of: f"{of}", lambda of: f"{of!r}", lambda of: f"{of!s:>30}", lambda of: f"{[of]}",
        lambda of: f"{of.slope:.6g}",
    ],
)  # fmt: skip
def test_a_text_with_what_is_no_input_is_made_again_where_that_changes(write):
    of = Told(2.0)
    compiled = compile(lambda x: x * len(write(of)))
    for slope in (2.0, 2.25, -1e20):
        of.slope = slope
        assert compiled(3.0) == 3.0 * len(write(of))
    assert compiled.variants
    padded = Padded(3.0)
    compiled = compile(lambda x: x * len(f"{padded:ab}"))
    assert compiled(1.0) == 6.0
    padded.slope = 5.0
    assert compiled(1.0) == 10.0
    hidden = Hidden(2.0)
    assert_uncompiled(lambda x: x * len(f"{hidden}"), "uses repr", (1.0,))


def test_a_key_of_a_layer_is_a_text_as_in_a_state_dictionary():
    state = {f"layer{i}.w": Value(2.0 + i) for i in range(3)}
    depth = [3]

    def loss(x):
        for i in range(depth[0]):
            x = (x * state[f"layer{i}.w"]).tanh()
        return x + sum(state[f"layer{i}.w"] for i in range(depth[0]))

    quick = compile(lambda: loss(0.5), state)
    with warnings.catch_warnings(action="error"):
        for count in (3, 2):
            depth[0] = count
            for w in state.values():
                w.grad = None
            expected = loss(0.5)
            expected.backward()
            slopes = [w.grad for w in state.values()][:count]
            for w in state.values():
                w.grad = None
            assert quick() == expected.data
            assert [w.grad for w in state.values()][:count] == slopes


# Zeros, and what a result is made of


@pytest.mark.parametrize(
    "function",
    [lambda x: sum([x]), lambda x: 0 + x, lambda x: [sum([x, x]), x], lambda x: sum([-x, x * 0])],
)
def test_a_sum_that_starts_from_zero_gives_no_negative_zero(function):
    assert_same_calls(function, (-0.0,), (0.0,), (2.0,), by=run_on_numbers, signed=True)


@pytest.mark.parametrize("made", [[2.0], {"a": 2.0}, [[2.0]], Sized(2.0)])
def test_a_container_that_it_was_given_or_found_elsewhere_is_returned_itself(made):
    found, given = compile(lambda x: (x, (made,))), compile(lambda thing: (1.0, (thing,)))
    for compiled, argument in ((found, 1.0), (given, made)):
        with pytest.warns(RuntimeWarning, match="it returns a container .*, not a new one"):
            assert compiled(argument)[1][0] is made
    pair = (1.0, 2.0)
    compiled = compile(lambda x: (x, pair))
    assert compiled(1.0) == (1.0, pair)
    assert compiled.variants

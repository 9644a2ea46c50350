"""``compile``: from a recorded graph, or from a function, to a program that runs fast."""

from __future__ import annotations

import math
from _thread import get_ident
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from numbers import Real
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, overload

from ..engine.operand import Operand
from ..engine.operation import ARITHMETIC, real, with_article
from ..engine.recording import no_grad, setting
from ..engine.value import Constant, Value, comparisons, is_leaf, nodes
from ..graph.naming import collect_names
from ..nested import leaves, rebuilt, shape
from ..writing.python import Names
from .lines import Branch
from .program import BranchError, Program
from .tracing import Trace, traced

NEEDS = "compile needs a function or recorded Values"
KEYS = (str, bytes, bool, int, float, type(None), type, FunctionType, BuiltinFunctionType, Enum)
MOST_VARIANTS = 64  # programs of one function: for each form of its arguments and each branch


@overload
def compile(
    outputs: Value | Sequence[Value],
    inputs: Iterable[Value] = (),
    parameters: Iterable[Value] = (),
    wrt: Iterable[Value] | None = None,
    names: Any = None,
) -> Program: ...
@overload
def compile(outputs: Callable[..., Any]) -> CompiledFunction: ...
def compile(
    outputs: Any,
    inputs: Iterable[Value] = (),
    parameters: Iterable[Value] = (),
    wrt: Iterable[Value] | None = None,
    names: Any = None,
) -> Any:
    """Return a program that computes a recorded graph and its gradient for any numbers, fast.

    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> program = compile((w * x).tanh(), inputs=[x], parameters=[w])
    >>> total, gradient = program([0.5], [[0.0], [2.0]])  # w, and a row for each example
    >>> round(total, 6), gradient == [2 * (1 - total * total)]
    (0.761594, True)

    The gradient is by the parameters, or by the leaves ``wrt``. ``names`` is a module or a
    dictionary whose names the source shows for parameters without labels; ``program.source`` is
    the source.

    Of a function, ``compile`` makes one that traces it at the first call with each form of its
    arguments, and then runs the program:

    >>> square = compile(lambda x: x * x)
    >>> square(3.0)
    9.0

    A comparison that would go another way than when it was recorded is a ``BranchError`` in a
    program; a compiled function traces the other branch, too.
    """
    if callable(outputs) and not isinstance(outputs, Value):
        return CompiledFunction(outputs)
    is_single = isinstance(outputs, Value)
    if not (is_single or isinstance(outputs, Iterable)):
        raise TypeError(f"{NEEDS}, not {with_article(type(outputs).__name__)}")
    for name, given in (("inputs", inputs), ("parameters", parameters), ("wrt", wrt)):
        if isinstance(given, Value):
            raise TypeError(f"compile takes {name} as a list of Values: {name}=[…]")
    roots: list[Any] = [outputs] if is_single else list(outputs)
    if not roots:
        raise ValueError(f"{NEEDS}, not an empty list")
    inputs, parameters = list(inputs), list(parameters)
    for x in roots:
        if not isinstance(x, Value):
            raise TypeError(f"{NEEDS}, not {with_article(type(x).__name__)}")
        if isinstance(x, Constant) and inputs:
            raise ValueError(
                f"{x!r} depends on no input: was it recorded under no_grad, or detached?"
            )
    for x in (*inputs, *parameters):
        if not (isinstance(x, Value) and is_leaf(x)):
            raise TypeError(
                f"inputs and parameters of a program are leaves of its graph, not {x!r}"
            )
    return program_of(
        roots, inputs, parameters, parameters if wrt is None else list(wrt),
        branches_of(inputs, parameters), is_single, names,
    )  # fmt: skip


def program_of(
    roots: Sequence[Value],
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    wrt: Sequence[Value],
    branches: Mapping[Value, Sequence[Branch]],
    is_single: bool,
    names: Any = None,
) -> Program:
    """Return a program with a name for each leaf: its label, that in ``names``, or its place."""
    known = collect_names(names)
    identifiers, leaf_names = Names(), {}
    for letter, these in (("x", inputs), ("p", parameters)):
        for i, x in enumerate(these, start=1):
            if x in leaf_names:
                raise ValueError(f"{x!r} stands twice among the inputs and parameters")
            leaf_names[x] = identifiers.new(known.get(x) or x.label or f"{letter}{i}")
    for x in wrt:
        if x not in leaf_names:
            raise ValueError(f"wrt has {x!r}, neither an input nor a parameter of the program")
    by_input, by_parameter = ({x: leaf_names[x] for x in these} for these in (inputs, parameters))
    return Program(roots, by_input, by_parameter, wrt, branches, is_single)


def branches_of(inputs: Sequence[Value], parameters: Sequence[Value]) -> dict[Value, list[Branch]]:
    """Return the comparisons since the oldest input was made that depend on one of the leaves.

    Any of them may have decided what was recorded. One of a number that is gone can't be checked
    by a program: that is a ValueError.
    """
    since = min((x.created for x in inputs or parameters), default=math.inf)
    mine = {*inputs, *parameters}
    found: dict[Value, list[Branch]] = {}
    if len(comparisons) == comparisons.maxlen and comparisons[0].when > since:
        raise ValueError(f"{GONE}: there were too many to remember")
    for when, thread, x, how, y, outcome in comparisons.copy():  # other threads go on
        if when < since:
            continue
        node, other = x(), y if isinstance(y, float) else y()
        if node is None or other is None:
            if thread != get_ident():  # no business of this graph's, as far as one can tell
                continue
            raise ValueError(f"{GONE}: of a number that is gone")
        operands = (node, other) if isinstance(other, Value) else (node,)
        if not mine.isdisjoint(nodes(*operands)):
            found.setdefault(node, []).append((how, other, outcome))
    return found


GONE = (
    "compile the function that makes this graph, not the graph: between the making of its inputs "
    "and now, comparisons were made that a program can't check"
)


class CompiledFunction:
    """A function that runs as a program for each form of its arguments; ``compile`` makes it.

    Numbers among the arguments, in lists, tuples and dictionaries too, may differ from call to
    call; texts, functions and the like are part of the form. With a Value among them, the function
    itself runs, and records; with an object of another kind, whose attributes may change, it runs
    uncompiled. Values that it takes from elsewhere (a model's parameters) are read at each call.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__ = getattr(function, "__doc__", None)
        self.__name__ = getattr(function, "__name__", "function")
        self.variants: dict[Any, list[Variant]] = {}
        self.whole_are_fixed = False  # a whole number is an index, say

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Return the method of an object whose class has this function."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<compiled {self.__name__}: {sum(map(len, self.variants.values()))} programs>"

    def with_all(self, positional: Any, named: Any) -> Any:
        """Call the function itself."""
        return self.function(*positional, **named)

    def __call__(self, *positional: Any, **named: Any) -> Any:
        """Return what the function returns, with numbers for Values."""
        arguments = (positional, named)
        given = list(leaves(list(arguments)))
        if any(isinstance(x, Operand) for x in given):
            return self.with_all(*arguments)
        if setting.get().observers:  # which look at each node
            return self.by_itself(given, range(len(given)), arguments)
        kinds = (Real,) if not self.whole_are_fixed else (float,)
        moving = [
            i for i, x in enumerate(given) if not isinstance(x, bool) and isinstance(x, kinds)
        ]
        row = [real(given[i], self.__name__) for i in moving]
        places = set(moving)
        fixed = [(type(x), x) for i, x in enumerate(given) if i not in places]
        if not all(isinstance(x, KEYS) for _, x in fixed):
            return self.by_itself(given, moving, arguments)
        key = (shape(list(arguments)), tuple(moving), tuple(fixed))
        for variant in self.variants.get(key, ()):
            try:
                return variant.predict(row)
            except BranchError:
                pass
        if sum(map(len, self.variants.values())) >= MOST_VARIANTS:
            return self.by_itself(given, moving, arguments)
        try:
            variant = Variant(traced(self.with_all, arguments, moving))
        except ARITHMETIC:  # perhaps of a derivative, which isn't wanted here
            return self.by_itself(given, moving, arguments)
        except (TypeError, LookupError):
            if self.whole_are_fixed or not any(isinstance(given[i], int) for i in moving):
                raise
            self.whole_are_fixed = True
            return self(*positional, **named)
        self.variants.setdefault(key, []).insert(0, variant)
        return variant.predict(row)

    def by_itself(self, given: list[Any], moving: Sequence[int], arguments: Sequence[Any]) -> Any:
        """Return what the function itself gives for Values, as numbers."""
        values = list(given)
        for i in moving:
            if not isinstance(given[i], bool) and isinstance(given[i], Real):
                values[i] = Value(given[i])
        with no_grad():
            return numbers_in(self.with_all(*rebuilt(list(arguments), iter(values))))


class Variant:
    """A program for one form of a function's arguments and one course through its branches."""

    def __init__(self, trace: Trace) -> None:
        self.result = trace.result
        roots, inputs = trace.outputs, trace.inputs
        self.captured = trace.others
        self.program = program_of(roots, inputs, self.captured, [], trace.branches, False)

    def predict(self, row: Sequence[float]) -> Any:
        """Return the function's result for these numbers."""
        results = iter(self.program.predict([x.data for x in self.captured], row))
        found = [next(results) if isinstance(y, Value) else y for y in leaves(self.result)]
        return rebuilt(self.result, iter(found))


def numbers_in(result: Any) -> Any:
    """Return a result with numbers for Values."""
    return rebuilt(result, iter([y.data if isinstance(y, Value) else y for y in leaves(result)]))

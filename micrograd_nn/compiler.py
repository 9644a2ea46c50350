"""``compile``: from a recorded graph, or from a function, to a program that runs fast."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, overload

from .operation import real, with_article
from .operators import Operators
from .program import BranchError, Program, is_leaf, with_compared
from .source import Branch
from .structure import leaves, rebuilt, shape
from .tracing import Trace
from .value import Value, nodes
from .written import Names

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
    roots: list[Any] = [outputs] if is_single else list(outputs)
    inputs, parameters = list(inputs), list(parameters)
    for x in roots:
        if not isinstance(x, Value):
            raise TypeError(
                f"compile needs a function or recorded Values, not {with_article(type(x).__name__)}"
            )
    for x in (*inputs, *parameters):
        if not (isinstance(x, Value) and is_leaf(x)):
            raise TypeError(
                f"inputs and parameters of a program are leaves of its graph, not {x!r}"
            )
    return program_of(
        roots, inputs, parameters, parameters if wrt is None else list(wrt),
        branches_of(roots, inputs), is_single, names,
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
    named = getattr(names, "named_parameters", None)
    given = dict(named() if named else names.items() if names else ())
    known = {x: name for name, x in given.items()}
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


def branches_of(roots: Sequence[Value], inputs: Sequence[Value]) -> dict[Value, list[Branch]]:
    """Return the comparisons that were made while a graph was recorded.

    Recording began with the newest input; without inputs, anywhere before, since a comparison of
    a parameter may have decided what the first operation was.
    """
    graph = nodes(*roots)
    until = max((node.created for node in graph), default=0)
    began = [node.created for node in graph if node.operation is not None]
    since = min([max((x.created for x in inputs), default=0), *began[:1]])
    found: dict[Value, list[Branch]] = {}
    seen = set(graph)
    for node in graph:  # which grows by what its nodes were compared with
        for (how, other), (outcome, when) in node.branches.items():
            if when is None or since <= when <= until:
                found.setdefault(node, []).append((how, other, outcome))
                new = [x for x in nodes(other) if x not in seen] if isinstance(other, Value) else []
                seen.update(new)
                graph += new
    return found


class CompiledFunction:
    """A function that runs as a program for each form of its arguments; ``compile`` makes it.

    Numbers among the arguments, in lists, tuples and dictionaries too, may differ from call to
    call; anything else is part of the form. With a Value among them, the function itself runs,
    and records. Values that it takes from elsewhere (a model's parameters) are read at each call.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__ = getattr(function, "__doc__", None)
        self.__name__ = getattr(function, "__name__", "function")
        self.variants: dict[Any, list[Variant]] = {}
        self.whole_are_fixed = False  # a whole number is an index, say

    def __call__(self, *arguments: Any) -> Any:
        """Return what the function returns, with numbers for Values."""
        given = list(leaves(list(arguments)))
        if any(isinstance(x, Operators) for x in given):
            return self.function(*arguments)
        kinds = (Real,) if not self.whole_are_fixed else (float,)
        moving = [
            i for i, x in enumerate(given) if not isinstance(x, bool) and isinstance(x, kinds)
        ]
        row = [real(given[i], self.__name__) for i in moving]
        fixed = [x for i, x in enumerate(given) if i not in set(moving)]
        key = (shape(list(arguments)), tuple(moving), tuple(fixed))
        variants = self.variants.setdefault(key, [])
        for variant in variants:
            try:
                return variant.predict(row)
            except BranchError:
                pass
        if sum(map(len, self.variants.values())) >= MOST_VARIANTS:
            return numbers_in(self.function(*arguments))
        try:
            variant = Variant(Trace(self.function, arguments, moving))
        except TypeError:
            if self.whole_are_fixed or not any(isinstance(given[i], int) for i in moving):
                raise
            self.whole_are_fixed = True
            return self(*arguments)
        variants.insert(0, variant)
        return variant.predict(row)


class Variant:
    """A program for one form of a function's arguments and one course through its branches."""

    def __init__(self, trace: Trace) -> None:
        self.result = trace.result
        roots, inputs = trace.outputs, trace.inputs
        self.captured = [
            node
            for node in with_compared(roots, trace.branches)
            if is_leaf(node) and node not in set(inputs)
        ]
        self.program = program_of(roots, inputs, self.captured, [], trace.branches, False)

    def predict(self, row: Sequence[float]) -> Any:
        """Return the function's result for these numbers."""
        results = iter(self.program.predict([x.data for x in self.captured], row))
        found = [next(results) if isinstance(y, Value) else y for y in leaves(self.result)]
        return rebuilt(self.result, iter(found))


def numbers_in(result: Any) -> Any:
    """Return a result with numbers for Values."""
    return rebuilt(result, iter([y.data if isinstance(y, Value) else y for y in leaves(result)]))

"""The derivatives that ``calculus`` is for: by backpropagation, and of ``jvp`` by dual numbers.

A function here takes numbers, or (nested) lists of numbers, and computes with the operations of
the table. All derivatives come from the table's rules: run on numbers for the first order, on
Values or duals for higher ones. A derivative that depends on Values from outside is a Value,
which can be differentiated by them; else it is a number.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from numbers import Real
from typing import Any, TypeVar

from .._ground.nested import align_numbers, change_numbers, iterate_numbers, rebuild
from .._ground.text import add_article
from ..engine.backprop import require_recorded, walk_back
from ..engine.node import is_leaf, nodes
from ..engine.operators import Operand
from ..engine.refusals import as_float
from ..engine.setting import Setting, graphs, next_number, setting
from ..engine.value import Constant, Value
from ..graph.gradients import compute_gradients
from ..graph.graph import find_edited_inputs, read_partials
from ..graph.paths import find_dependents
from .dual import Dual, is_number, new_level, plus, times, unwrap_constants

Function = Callable[..., Any]
R = TypeVar("R")


def gradients(root: Value, wrt: Iterable[Value], create_graph: bool = False) -> list[Any]:
    """Return the derivatives of a recorded ``root`` by each Value of ``wrt``.

    No node's ``grad`` is touched.

    >>> x, y = Value(3.0), Value(2.0)
    >>> z = x * x * y
    >>> gradients(z, [x, y]), x.grad
    ([12.0, 9.0], None)

    With ``create_graph``, the derivatives are Values, for derivatives of derivatives:

    >>> (slope,) = gradients(z, [x], create_graph=True)
    >>> gradients(slope, [x])
    [4.0]

    The derivative by a Value that the root doesn't depend on is 0.0. Of a constant, for which
    nothing was recorded, it is a ValueError, as with ``backward``. With ``create_graph``, a graph
    whose numbers were edited since it was recorded is one, too.
    """
    wrt = list(wrt)
    for x in (root, *wrt):
        if not isinstance(x, Value):
            raise TypeError(f"gradients needs Values, not {add_article(type(x).__name__)}")
    if not isinstance(root, ConstantSlope):
        require_recorded(root)
    if not create_graph:
        found = compute_gradients(nodes(root))
        return [found.get(x, 0.0) for x in wrt]
    kind = ConstantSlope if setting.get().recording else Constant
    return [kind(x) if is_number(x) else x for x in build_gradients(root, wrt)]


class ConstantSlope(Constant):
    """A derivative that depends on nothing, for all that was recorded: its own are 0.0."""

    __slots__ = ()


def build_gradients(root: Value, wrt: Iterable[Value]) -> list[Any]:
    """Return the derivatives of a root as graphs; as numbers, where they depend on nothing."""
    wrt, graph = list(wrt), nodes(root)
    found: dict[Value, Any] = {root: 1.0}
    needed = find_dependents(graph, [x for x in wrt if not isinstance(x, Constant)])
    walk = walk_back(graph, 1.0, lambda node: build_partials(node, needed), plus, times)
    for _, input, *_, after in walk:
        found[input] = after
    derivatives = [found.get(x, 0.0) for x in wrt]
    return [x.data if isinstance(x, Constant) else x for x in derivatives]


def build_partials(node: Value, needed: Container[Value]) -> Sequence[Any]:
    """Return a node's local derivatives by the inputs that are needed, as graphs."""
    if node.operation is None or node not in needed:
        return [None] * len(node.inputs)
    for x in find_edited_inputs(node):
        raise ValueError(
            f"{x!r} was edited since the graph was recorded: "
            f"compute the graph again for derivatives that are graphs"
        )
    wanted = [x in needed for x in node.inputs]
    return node.operation.local_partials(
        node, unwrap_constants(node.inputs, node.operation.name), wanted
    )


class differentiation(graphs):  # noqa: N801 - as contextlib names such classes
    """Record a function that is being differentiated; gives the moment when that began."""

    def __enter__(self) -> int:
        self.start = next_number()
        super().__enter__()
        return self.start

    def change(self, setting: Setting) -> None:
        """Make the change in a setting: the outermost derivative began first."""
        super().change(setting)
        setting.began = self.start if setting.began is None else setting.began


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """Return a function that gives f's value and its gradient by one argument, or by several.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)

    The gradient has the form of the argument:

    >>> value_and_grad(lambda w: w["a"] * w["b"][0])({"a": 2.0, "b": [5.0]})
    (10.0, {'a': 5.0, 'b': [2.0]})

    A function whose result isn't one number is a TypeError: it has a ``jacobian``.
    """
    require_function(f)
    single = isinstance(argnums, int)
    positions = [argnums] if isinstance(argnums, int) else list(argnums)

    def with_gradient(*given: Any) -> tuple[Any, Any]:
        with differentiation() as start:
            arguments, fresh = replace_by_fresh_nodes(given, positions)
            value = f(*arguments)
            inside = range(start, next_number())
            if not isinstance(value, (Operand, Real)):
                raise TypeError(
                    f"grad needs a function with one number as its result, not "
                    f"{add_article(type(value).__name__)}: "
                    f"jacobian differentiates each of several results"
                )
            value = check_result(value, "grad")
            slopes = rebuild(fresh, iter(pull_back(value, list(iterate_numbers(fresh)), inside)))
            found = reduce_to_number(value, inside), slopes[0] if single else tuple(slopes)
        return finish(found, start)

    return with_gradient


def grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """Return the gradient of f by one argument, or by several, as a function.

    >>> from micrograd_nn import sin
    >>> grad(sin)(0.0), grad(grad(grad(sin)))(0.0)
    (1.0, -1.0)
    >>> grad(lambda x, y: x**y, argnums=(0, 1))(2.0, 3.0)
    (12.0, 5.545177444479562)

    Nested derivatives don't mistake one another's variables:

    >>> grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0)
    1.0

    f is called with Values. What it does with plain floats alone has no part in it, as in
    ``isinstance(x, float)`` or ``x in {1.0}``; ``gradcheck`` refuses such a function.
    """
    both = value_and_grad(f, argnums)
    return lambda *arguments: both(*arguments)[1]


def derivative(f: Function, order: int = 1) -> Function:
    """Return the derivative of the given order of a function of one number.

    >>> derivative(lambda x: x**4, order=3)(2.0)
    48.0
    >>> derivative(lambda x: x**4, order=0)(2.0)
    16.0
    """
    if order < 0:
        raise ValueError(f"the order of a derivative is a whole number from 0 up, not {order!r}")
    for _ in range(order):
        f = grad(f)
    return f


def jacobian(f: Function, argnums: int = 0) -> Function:
    """Return the derivatives of all of f's results by all of an argument's numbers.

    They have the form of the result, with the form of the argument in place of each number.

    >>> jacobian(lambda v: [v[0] * v[1], v[0] + v[1]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 1.0]]

    For one result, it is the gradient:

    >>> jacobian(lambda x: x * x)(3.0)
    6.0
    """
    require_function(f)

    def all_derivatives(*given: Any) -> Any:
        with differentiation() as start:
            arguments, (structure,) = replace_by_fresh_nodes(given, [argnums])
            result, own = check_result(f(*arguments), "jacobian"), list(iterate_numbers(structure))
            inside = range(start, next_number())
            found = change_numbers(
                result, lambda y: rebuild(structure, iter(pull_back(y, own, inside)))
            )
        return finish(found, start)

    return all_derivatives


def hessian(f: Function, argnums: int = 0) -> Function:
    """Return the second derivatives of a function of numbers, with one number as its result.

    >>> hessian(lambda v: v[0] ** 2 * v[1])([3.0, 5.0])
    [[10.0, 6.0], [6.0, 0.0]]

    It is the jacobian of the gradient.
    """
    return jacobian(grad(f, argnums), argnums)


def jvp(f: Function, arguments: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return f's result, and its derivative when the arguments move along the tangents.

    It is forward mode: one pass with dual numbers, and no graph.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)

    Tangents have the form of the arguments, or it is a ValueError. What has a tangent of 0.0
    doesn't move, and may have no derivative:

    >>> jvp(lambda x, y: x**y, (-3.0, 2.0), (1.0, 0.0))
    (9.0, -6.0)
    """
    if not isinstance(arguments, (list, tuple)) or not isinstance(tangents, (list, tuple)):
        raise TypeError("jvp takes lists of arguments and tangents, as in jvp(f, (x,), (1.0,))")
    require_function(f)
    level, structure = new_level(), list(arguments)
    numbers = [check_number(x, "jvp") for x in iterate_numbers(structure)]
    directions = [
        check_number(x, "jvp") for x in align_numbers(structure, list(tangents), "tangent")
    ]
    duals = [make_dual(x, t, level) for x, t in zip(numbers, directions, strict=True)]
    result = check_result(f(*rebuild(structure, iter(duals))), "jvp")
    parts = [
        (y.primal, y.tangent) if isinstance(y, Dual) and y.level == level else (y, 0.0)
        for y in iterate_numbers(result)
    ]
    primals = [primal for primal, _ in parts]
    slopes = [slope if is_number(slope) else 0.0 + slope for _, slope in parts]
    return rebuild(result, iter(primals)), rebuild(result, iter(slopes))


def make_dual(x: Any, tangent: Any, level: int) -> Any:
    """Return a number that moves along a tangent; a bare 0.0 as a tangent leaves it a constant.

    >>> make_dual(3.0, 1.0, level=1), make_dual(3.0, 0.0, level=1)
    (Dual(3.0, 1.0, level=1), Constant(3.0))
    """
    if (is_number(tangent) or stands_for_number(tangent)) and tangent == 0.0:
        return Constant(x) if is_number(x) else x.detach() if stands_for_number(x) else x
    return Dual(x, tangent, level)


def stands_for_number(x: Any) -> bool:
    """Tell whether this stands for a number while a function is compiled."""
    return getattr(x, "is_number_there", False)


def vjp(f: Function, *given: Any) -> tuple[Any, Function]:
    """Return f's result, and a function from weights of the results to weighted gradients.

    >>> result, pull = vjp(lambda v: [v[0] * v[1], v[0] + v[1]], [2.0, 3.0])
    >>> result, pull([1.0, 10.0])
    ([6.0, 5.0], ([13.0, 12.0],))

    The gradients are one for each argument, in a tuple.
    """
    require_function(f)
    with differentiation() as start:
        arguments, fresh = replace_by_fresh_nodes(given, range(len(given)))
        result = check_result(f(*arguments), "vjp")
        inside = range(start, next_number())

    def pull(weights: Any) -> tuple[Any, ...]:
        with graphs():
            total: Any = 0.0
            for weight, y in zip(
                align_numbers(result, weights, "weight"), iterate_numbers(result), strict=True
            ):
                total = plus(total, times(check_number(weight, "vjp"), y))
            found = rebuild(fresh, iter(pull_back(total, list(iterate_numbers(fresh)), inside)))
        return finish(tuple(found), start)

    return finish(change_numbers(result, lambda y: reduce_to_number(y, inside)), start), pull


def require_function(f: object) -> None:
    """Refuse what can't be called; a recorded Value may have been meant."""
    if not callable(f):
        raise TypeError(
            f"what is differentiated is a function, not {add_article(type(f).__name__)}: of a "
            f"recorded Value y, gradients(y, [x])"
        )


def finish(result: R, since: int) -> R:
    """Return what a derivative gives; who observes learns that no variable of its own is in it."""
    for observer in setting.get().observers:
        for y in iterate_numbers(result):
            if isinstance(y, Value):
                observer.derived(y, since)
    return result


def check_number(x: Any, where: str) -> Any:
    """Return a number as a float, a constant too; Values and duals as they are."""
    if isinstance(x, Operand):
        return x.data if isinstance(x, Constant) else x
    return as_float(x, where)


def check_result(result: Any, where: str) -> Any:
    """Return a function's result with floats for numbers; what isn't a number is a TypeError."""
    return change_numbers(result, lambda y: check_number(y, f"{where} of a function"))


def replace_by_fresh_nodes(
    arguments: Sequence[Any], positions: Sequence[int]
) -> tuple[list[Any], list[Any]]:
    """Return the arguments with fresh nodes at the positions, and those alone.

    Fresh, since the function may use an argument by another way, too (a nested derivative does).
    Those alone stand in containers of their own, since the function may change its arguments.
    """
    arguments = list(arguments)
    alone = []
    for position in positions:
        if not -len(arguments) <= position < len(arguments):
            raise ValueError(
                f"there is no argument {position}: the function got {len(arguments)}"
                + "; for a loss and the gradient by a net's parameters, there is compile(loss, net)"
                * (not arguments)
            )
        own = change_numbers(arguments[position], make_fresh_node)
        alone.append(own)
        arguments[position] = change_numbers(own, lambda x: x)
    return arguments, alone


def make_fresh_node(x: Any) -> Any:
    """Return a node of its own that is equal to x and depends on it."""
    if isinstance(x, Dual):
        return Dual(make_fresh_node(x.primal), x.tangent, x.level)
    if isinstance(x, Value) and not isinstance(x, Constant):
        return x * 1.0
    return Value(x.data if isinstance(x, Constant) else as_float(x, "a derivative"))


def pull_back(root: Any, fresh: Sequence[Any], inside: range) -> list[Any]:
    """Return the derivatives of a result by fresh nodes: numbers, if nothing else is in it."""
    if isinstance(root, Dual):
        # d/dx (P + ε T) = dP/dx + ε dT/dx: the two parts are differentiated by themselves.
        primals = pull_back(root.primal, fresh, inside)
        tangents = pull_back(root.tangent, fresh, inside)
        return [Dual(p, t, root.level) for p, t in zip(primals, tangents, strict=True)]
    if is_number(root):
        return [0.0] * len(fresh)
    own = [find_innermost(x) for x in fresh]
    if depends_on_others(root, inside):
        # As a sum of numbers does, each begins at 0.0: -0.0 would be another number of atan2.
        return [x if is_number(x) else 0.0 + x for x in build_gradients(root, own)]
    # While a function is compiled, nodes refuse their ``partials``; these depend on no argument.
    found = compute_gradients(nodes(root), read_partials)
    return [found.get(x, 0.0) for x in own]


def depends_on_others(root: Value, inside: range) -> bool:
    """Tell whether a Value is in a result that was not made inside the function."""
    return any(node.created not in inside and is_leaf(node) for node in nodes(root))


def reduce_to_number(y: Any, inside: range) -> Any:
    """Return a result as a number, unless a Value from outside is in it."""
    if isinstance(y, Dual):
        return Dual(
            reduce_to_number(y.primal, inside), reduce_to_number(y.tangent, inside), y.level
        )
    return y.number if isinstance(y, Value) and not depends_on_others(y, inside) else y


def find_innermost(x: Any) -> Value:
    """Return the Value within (duals of) duals."""
    while isinstance(x, Dual):
        x = x.primal
    assert isinstance(x, Value)
    return x

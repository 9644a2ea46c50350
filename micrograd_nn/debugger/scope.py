"""What is typed at a debugger's prompt, as Values: expressions in a frame, and names of nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..engine.value import Constant, Value
from ..graph.naming import names_of
from ..writing.mathematics import WORD


class Scope(NamedTuple):
    """The Values that a frame knows, and those of its graph by the names they are shown with.

    >>> x = Value(3.0)
    >>> y = x * x + 1
    >>> scope = Scope({"x": x, "y": y})
    >>> scope.root() is y, scope.value("x") is x, scope.value("v1") is y.inputs[0]
    (True, True, True)

    ``main`` is the frame's root, by default the latest result among its variables, and ``chosen``
    one that replaces it. Without any Value there is no root:

    >>> Scope({"n": 3}).root()
    Traceback (most recent call last):
    LookupError: no local variable is a Value: give an expression, or go up a frame
    """

    variables: Mapping[str, Any]
    globals: dict[str, Any] | None = None
    names: Mapping[str, Any] | None = None  # that name the nodes; by default the variables
    main: Value | None = None
    chosen: Value | None = None

    def root(self, expression: str = "") -> Value:
        """Return the Value that an expression is, the chosen root or the frame's without one."""
        if expression:
            return self.value(expression)
        root = self.own_root() if self.chosen is None else self.chosen
        if root is None:
            raise LookupError("no local variable is a Value: give an expression, or go up a frame")
        return root

    def own_root(self) -> Value | None:
        """Return the frame's root: an operation's latest result, or else the latest leaf."""
        values = [x for x in self.variables.values() if isinstance(x, Value)]
        latest = max(values, key=lambda x: (x.operation is not None, x.created), default=None)
        return latest if self.main is None else self.main

    def shown(self) -> dict[Value, str]:
        """Return the names of the frame's graph; of the chosen root's, if it isn't in that."""
        known: dict[Value, str] = {}
        for root in (self.own_root(), self.chosen):
            if root is not None and root not in known:
                known = names_of(root, self.named())
        return known

    def named(self) -> Mapping[str, Any]:
        """Return the variables that nodes are named by."""
        return self.variables if self.names is None else self.names

    def names_below(self, root: Value) -> Mapping[str, Any]:
        """Return what names the nodes below a root: in a part of the frame's graph, as in all.

        >>> y = (Value(3.0) * 2).tanh() * 5
        >>> scope = Scope({"y": y})
        >>> names_of(y.inputs[0], scope.names_below(y.inputs[0]))[y.inputs[0]]
        'v3'
        """
        known = self.shown()
        if root not in known:
            return self.named()
        return {**self.named(), **{name: node for node, name in known.items()}}

    def value(self, expression: str, among: Mapping[Value, str] | None = None) -> Value:
        """Return the Value that an expression is in the frame, or else the node of that name.

        Where a node ``among`` some is wanted, a name of one comes before another expression:

        >>> x = Value(3.0)
        >>> square = x * x
        >>> square.label = "x*x"
        >>> scope = Scope({"x": x, "y": square + 1})
        >>> scope.value("x*x") is square, scope.value("x*x", scope.shown()) is square
        (False, True)
        """
        found, problem = None, None
        try:
            found = eval(expression, self.globals or {}, dict(self.variables))
        except Exception as error:
            problem = error
        if isinstance(found, Value) and (among is None or found in among):
            return found
        node = typed(self.shown() if among is None else among).get(expression)
        if node is not None:
            return node
        if isinstance(found, Value):
            return found  # the caller knows better what it isn't among
        if isinstance(problem, SyntaxError) and WORD.fullmatch(expression):  # as in layers.0.b
            raise LookupError(f"no node is named {expression}: tree shows their names")
        raise problem or TypeError(f"{expression} is no Value but of type {type(found).__name__}")


def typed(known: Mapping[Value, str]) -> dict[str, Value]:
    """Return the nodes that can be typed by their names: all but bare numbers.

    >>> y = Value(3.0, "x") * 2
    >>> list(typed(names_of(y)))
    ['x', 'v1']
    """
    return {
        name: node
        for node, name in known.items()
        if not isinstance(node, Constant) or node.label is not None
    }

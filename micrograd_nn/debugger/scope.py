"""What a debugger's commands can be given: the Values of a frame, and the nodes of its graph.

Expressions in a frame are Values, and so are the names of nodes that ``tree`` and ``graph`` show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..engine.value import Constant, Value
from ..graph.graph import Graph
from ..graph.places import is_value
from ..languages.formulas.mathematics import WORD


@dataclass(frozen=True)
class Scope:
    """The Values that a frame knows, and those of its graph by the names they are shown with.

    >>> x = Value(3.0)
    >>> y = x * x + 1
    >>> scope = Scope({"x": x, "y": y})
    >>> scope.choose_root() is y, scope.find_value("x") is x, scope.find_value("v1") is y.inputs[0]
    (True, True, True)

    ``main`` is the frame's root, by default the latest result among its variables, and ``chosen``
    one that replaces it. Without any Value there is no root:

    >>> Scope({"n": 3}).choose_root()
    Traceback (most recent call last):
    LookupError: no local variable is a Value: give an expression, or go up a frame
    """

    variables: Mapping[str, Any]
    globals: dict[str, Any] | None = None
    names: Mapping[str, Any] | None = None  # that name the nodes; by default the variables
    main: Value | None = None
    chosen: Value | None = None

    def choose_root(self, expression: str = "") -> Value:
        """Return the Value that an expression is, the chosen root or the frame's without one."""
        if expression:
            return self.find_value(expression)
        root = self.own_root if self.chosen is None else self.chosen
        if root is None:
            raise LookupError("no local variable is a Value: give an expression, or go up a frame")
        return root

    @cached_property
    def own_root(self) -> Value | None:
        """The frame's root: an operation's latest result, or else the latest leaf."""
        values = [x for x in self.variables.values() if is_value(x)]
        latest = max(values, key=lambda x: (x.operation is not None, x.created), default=None)
        return latest if self.main is None else self.main

    @cached_property
    def named_graph(self) -> Graph | None:
        """The graph whose nodes can be typed: of the frame's root, or of a chosen one beside it."""
        namespace = self.variables if self.names is None else self.names
        own = None if self.own_root is None else Graph(self.own_root, namespace)
        if self.chosen is None or (own is not None and self.chosen in own.places):
            return own
        return Graph(self.chosen, namespace)

    @property
    def shown(self) -> Mapping[Value, str]:
        """The names of the frame's graph."""
        return {} if self.named_graph is None else self.named_graph.names

    def name_graph(self, root: Value) -> Graph:
        """Return a root's graph: in a part of the frame's graph, nodes have the names as in all."""
        if self.named_graph is not None and root is self.named_graph.root:
            return self.named_graph
        namespace = self.variables if self.names is None else self.names
        if root in self.shown:
            namespace = {**namespace, **{name: node for node, name in self.shown.items()}}
        return Graph(root, namespace)

    def find_value(self, expression: str, among: Mapping[Value, str] | None = None) -> Value:
        """Return the Value that an expression is in the frame, or else the node of that name.

        Where a node ``among`` some is wanted, a name of one comes before another expression:

        >>> x = Value(3.0)
        >>> square = x * x
        >>> square.label = "x*x"
        >>> scope = Scope({"x": x, "y": square + 1})
        >>> scope.find_value("x*x") is square, scope.find_value("x*x", scope.shown) is square
        (False, True)
        """
        found, problem = None, None
        try:
            found = eval(expression, self.globals or {}, dict(self.variables))
        except Exception as error:
            problem = error
        if is_value(found) and (among is None or found in among):
            return found
        among = self.shown if among is None else among
        short = {} if self.named_graph is None else self.named_graph.short_names  # as trees have it
        node = (select_typed(short) | select_typed(among)).get(expression)
        if node is not None and node in among:
            return node
        if is_value(found):
            return found  # the caller knows better what it isn't among
        if isinstance(problem, SyntaxError) and WORD.fullmatch(expression):  # as in layers.0.b
            raise LookupError(f"no node is named {expression}: tree shows their names")
        raise problem or TypeError(f"{expression} isn't a Value but of type {type(found).__name__}")


def select_typed(names: Mapping[Value, str]) -> dict[str, Value]:
    """Return the nodes that can be typed by their names: all but bare numbers."""
    return {
        name: node for node, name in names.items() if not isinstance(node, Constant) or node.label
    }

"""What a debugger's commands can be given: the Values of a frame, and the nodes of its graph.

Expressions in a frame are Values, and so are the names of nodes that ``tree`` and ``graph`` show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..engine.value import Constant, Value
from ..graph.adoption import is_foreign, list_foreign
from ..graph.graph import FUNCTIONS, Graph, find_graph
from ..graph.places import is_value
from ..notation.formulas.mathematics import WORD


@dataclass(frozen=True)
class Scope:
    """The Values that a frame knows, and those of its graph by the names they are shown with.

    >>> x = Value(3.0)
    >>> y = x * x + 1
    >>> scope = Scope({"x": x, "y": y})
    >>> scope.choose_graph().root is y, scope.find_value("x") is x
    (True, True)
    >>> scope.find_value("v1") is y.inputs[0]
    True

    ``main`` is the frame's root, by default the latest result among its variables, and ``chosen``
    a graph that replaces it. Without any Value there is no root:

    >>> Scope({"n": 3}).choose_graph()
    Traceback (most recent call last):
    LookupError: no local variable is a Value: give an expression, or go up a frame
    """

    variables: Mapping[str, Any]
    globals: dict[str, Any] | None = None
    names: Mapping[str, Any] | None = None  # that name the nodes; by default the variables
    main: Value | None = None
    chosen: Graph | None = None

    def choose_graph(self, expression: str = "") -> Graph:
        """Return the graph of an expression, or without one of the chosen root or the frame's."""
        if expression:
            return self.name_graph(self.find_value(expression))
        graph = self.named_graph if self.chosen is None else self.chosen
        if graph is None:
            raise LookupError("no local variable is a Value: give an expression, or go up a frame")
        return graph

    @cached_property
    def named_graph(self) -> Graph | None:
        """The graph whose nodes can be typed: of the frame's root, or of a chosen one beside it.

        The frame's root is the latest result of an operation, else the latest leaf; where there is
        no Value, the last variable that is a result of another engine.
        """
        values = [x for x in self.variables.values() if is_value(x)]
        latest = max(values, key=lambda x: (x.operation is not None, x.created), default=None)
        root = latest if self.main is None else self.main
        others = [None, *list_foreign(self.variables).values()] if root is None else [root]
        own = find_graph(others[-1], self.namespace)
        is_beside = own is None or (self.chosen is not None and self.chosen.root not in own.places)
        return self.chosen if is_beside else own

    @property
    def namespace(self) -> Mapping[str, Any]:
        """What names the nodes."""
        return self.variables if self.names is None else self.names

    @property
    def shown(self) -> Mapping[Value, str]:
        """The names of the frame's graph."""
        return {} if self.named_graph is None else self.named_graph.names

    def name_graph(self, root: Any) -> Graph:
        """Return a root's graph: in a part of the frame's graph, nodes have the names as in all."""
        if self.named_graph is not None and self.named_graph.own(root) is self.named_graph.root:
            return self.named_graph
        namespace = self.namespace
        if is_value(root) and root in self.shown:
            namespace = {**namespace, **{name: node for node, name in self.shown.items()}}
        return Graph.of(root, namespace, "a command")

    def find_value(self, expression: str, graph: Graph | None = None) -> Any:
        """Return what an expression is in the frame, or else the node of that name.

        It is a Value, a result of another engine, or a function of one. Where a node of a
        ``graph`` is wanted, a name of one comes before another expression:

        >>> x = Value(3.0)
        >>> square = x * x
        >>> square.label = "x*x"
        >>> scope = Scope({"x": x, "y": square + 1})
        >>> found = scope.find_value("x*x", scope.named_graph)
        >>> scope.find_value("x*x") is square, found is square
        (False, True)
        """
        found, problem = None, None
        try:
            found = eval(expression, self.globals or {}, dict(self.variables))
        except Exception as error:
            problem = error
        found = found if graph is None else graph.own(found)
        if is_value(found) and (graph is None or found in graph.places):
            return found
        among = self.shown if graph is None else graph.names
        short = {} if self.named_graph is None else self.named_graph.short_names  # as trees have it
        node = (select_typed(short) | select_typed(among)).get(expression)
        if node is not None and node in among:
            return node
        if issubclass(type(found), (Value, *FUNCTIONS)) or is_foreign(found):
            return found  # the caller knows better what it isn't among
        if isinstance(problem, SyntaxError) and WORD.fullmatch(expression):  # as in layers.0.b
            raise LookupError(f"no node is named {expression}: tree shows their names")
        raise problem or TypeError(f"{expression} isn't a Value but of type {type(found).__name__}")


def select_typed(names: Mapping[Value, str]) -> dict[str, Value]:
    """Return the nodes that can be typed by their names: all but bare numbers."""
    return {
        name: node for node, name in names.items() if not isinstance(node, Constant) or node.label
    }

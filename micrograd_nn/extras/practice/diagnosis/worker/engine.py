"""The class under test, and how it is used: what is called, read and set."""

from __future__ import annotations

import inspect
import operator
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from .loading import UnusableError, describe_error, find_class, load_module
from .tracing import (
    TWO_SIDED,
    CallTrace,
    Codes,
    LineTrace,
    Watch,
    holds_number,
    take_number,
)

DATA = ("data", "value", "val", "v", "x")  # what engines call a node's number, and its gradient
GRAD = ("grad", "gradient", "_grad", "derivative", "g")
BACKWARD = ("backward", "backprop", "backpropagate", "backward_pass")
OPERATOR_CALLS: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "pow": operator.pow, "neg": operator.neg, "abs": abs,
    "iadd": operator.iadd, "isub": operator.isub, "imul": operator.imul,
    "itruediv": operator.itruediv,
}  # fmt: skip
ALIASES = {"relu": ("relu", "ReLU", "Relu"), "sigmoid": ("sigmoid", "sigm", "logistic"),
           "log": ("log", "ln")}  # fmt: skip


class Engine:
    """The class under test, and how it is used: what is called, read and set."""

    def __init__(self, target: dict[str, Any]) -> None:
        self.name = name = target["name"]
        self.watch = Watch(target.get("module", "").partition(".")[0], target.get("file", ""))
        self.module = load_module(target)
        self.kind = find_class(self.module, name)
        self.options: dict[str, Any] = {}
        with suppress(TypeError, ValueError):  # of a class written in C
            if "requires_grad" in inspect.signature(self.kind).parameters:
                self.options = {"requires_grad": True}
        leaf = self.make_leaf(2.0)
        found = [word for word in DATA if holds_number(getattr(leaf, word, None), 2.0)]
        if not found:
            raise UnusableError(f"{name}(2.0) has no number in data (nor in {', '.join(DATA[1:])})")
        self.data = found[0]
        self.grad = next((word for word in GRAD if hasattr(leaf, word)), "")
        self.blank = ""  # what a gradient is before a pass, as it is written
        self.make_blank: Callable[[], Any] = lambda: None  # and as it is made
        methods = [word for word in BACKWARD if callable(getattr(leaf, word, None))]
        if not methods:
            raise UnusableError(f"{name} has no method backward (nor {', '.join(BACKWARD[1:])})")
        self.backward = methods[0]
        self.calls: dict[str, Any] = {}
        made = "".join([f", {option}={given}" for option, given in self.options.items()])
        self.written = {  # how each is called, with {0} for the operand
            "leaf": f"{name}({{0}}{made})", "backward": f"{{0}}.{self.backward}({{1}})",
        }  # fmt: skip
        self.codes: Codes = {}
        self.places: dict[str, tuple[str, int]] = {}
        for word in OPERATOR_CALLS:
            self.note_code(word, getattr(self.kind, f"__{word}__", None))
            if word in TWO_SIDED:
                self.note_code(word, getattr(self.kind, f"__r{word}__", None), True)
        self.note_code("backward", getattr(self.kind, self.backward, None))
        self.note_code("Value", self.kind.__init__)

    def make_leaf(self, number: float) -> Any:
        """Return a node that holds a number."""
        return self.kind(number, **self.options)

    def introduce(self) -> dict[str, Any]:
        """Return the names of what the class and its module can do, and whether nodes are equal."""
        of_class = [base for base in self.kind.__mro__ if base.__module__ != "builtins"]
        are_equal = False  # two nodes that hold the same number
        with suppress(Exception):
            are_equal = bool(self.make_leaf(2.0) == self.make_leaf(2.0))
        return {
            "has_equal_nodes": are_equal,
            "methods": sorted({word for base in of_class for word, thing in vars(base).items()
                               if inspect.isroutine(thing)}),
            "functions": sorted([word for word, thing in vars(self.module).items()
                                 if inspect.isfunction(thing)]),
        }  # fmt: skip

    def note_code(self, name: str, method: Any, reflected: bool = False) -> None:
        """Remember where a method is written, and that its code is an operation's."""
        code = getattr(inspect.unwrap(method) if callable(method) else None, "__code__", None)
        if code is None:
            return
        self.places["r" * reflected + name] = (code.co_filename, code.co_firstlineno)
        if name not in ("backward", "Value"):
            self.codes.setdefault(code, (name, reflected))

    def find_call(self, name: str) -> Callable[..., Any] | None:
        """Return what applies an operation, None if the engine has none of that name."""
        if name in OPERATOR_CALLS:
            has = any(defines(self.kind, f"__{side}{name}__") for side in ("", "r"))
            if has or name != "abs":  # which may be a method: a.abs()
                return OPERATOR_CALLS[name] if has else None
        for alias in ALIASES.get(name, (name,)):
            method = getattr(self.kind, alias, None)
            if callable(method):  # which may be written in C
                self.note_code(name, method)
                static = isinstance(inspect.getattr_static(self.kind, alias), staticmethod)
                self.written[name] = f"{self.name}.{alias}({{0}})" if static else f"{{0}}.{alias}()"
                return cast(Callable[..., Any], method)
        for alias in ALIASES.get(name, (name,)):
            function = vars(self.module).get(alias)
            if inspect.isfunction(function) and function.__module__ == self.module.__name__:
                self.note_code(name, function)
                self.written[name] = f"{alias}({{0}})"
                return function
        return None

    def read(self, node: Any, what: str) -> float | None:
        """Return a node's number or gradient as a float, None where it has none."""
        return take_number(getattr(node, what, None), self.data)

    def run_graph(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the numbers of a graph and its gradients, pass after pass."""
        answer: dict[str, Any] = {"stage": "forward", "grads": []}
        if request.get("by_identity"):
            self.compare_by_identity(answer)
        try:
            nodes = [self.make_leaf(number) for number in request["leaves"]]
            count = len(nodes)
            if request.get("traced"):
                self.trace_lines(nodes, request, answer)
                return answer
            self.apply_lines(nodes, request, answer)
            answer["data"] = [self.read(node, self.data) for node in nodes]
            for turn in range(request.get("passes", 1)):
                if turn and request.get("again"):
                    del nodes[count:]
                    self.apply_lines(nodes, request, answer)
                answer["stage"] = "backward"
                self.pass_back(nodes[-1], request)
                self.find_gradient(nodes)
                answer["gradient"] = [self.grad, self.blank]
                answer["grads"].append([self.read(node, self.grad) for node in nodes])
                answer["after"] = [self.read(node, self.data) for node in nodes]
                answer["stage"] = "zeroing"
                for leaf in nodes[:count] if request.get("zeroed") else ():
                    setattr(leaf, self.grad, self.make_blank())
        except UnusableError as error:
            return {"unusable": str(error)}
        except BaseException as error:  # an engine may raise anything
            answer["error"] = describe_error(error)
        return answer

    def trace_lines(
        self, nodes: list[Any], request: dict[str, Any], answer: dict[str, Any]
    ) -> None:
        """Note which lines make a graph, which pass back, and the gradients that each sets."""
        files = {file for file, _ in self.places.values()}
        forward = LineTrace(files, list)
        forward.run(lambda: self.apply_lines(nodes, request, answer))
        backward = LineTrace(files, lambda: [self.read(node, self.grad) for node in nodes])
        try:
            backward.run(lambda: self.pass_back(nodes[-1], request))
        finally:  # it may have run too long to end
            answer |= {"made": [*forward.lines], "ran": [*backward.lines], "sets": backward.sets,
                       "events": backward.events, **backward.itself}  # fmt: skip

    def apply_lines(
        self, nodes: list[Any], request: dict[str, Any], answer: dict[str, Any]
    ) -> None:
        """Add the results of a graph's lines to its leaves."""
        for at, (name, places) in enumerate(request["lines"] * request.get("times", 1)):
            answer["at"] = at
            inputs = [nodes[p] if type(p) is int else p for p in places]
            if name not in self.calls:
                self.calls[name] = self.find_call(name)
            nodes.append(self.calls[name](*inputs))
            if not hasattr(nodes[-1], self.data):
                raise TypeError(f"the result is of type {type(nodes[-1]).__name__}")

    def find_gradient(self, nodes: list[Any]) -> None:
        """Find out what a gradient is called, if ``backward`` sets it, and what it is at first."""
        if self.blank:
            return
        found = [word for word in GRAD if any(hasattr(node, word) for node in nodes)]
        if not found:
            others = ", ".join(GRAD[1:])
            raise UnusableError(f"{self.backward}() leaves no gradient in grad (nor in {others})")
        self.grad = self.grad or found[0]
        self.make_blank = lambda: getattr(self.make_leaf(0.0), self.grad, None)
        self.blank = f"{self.written['leaf'].format(0.0)}.{self.grad}"
        first = self.make_blank()
        if first is None or isinstance(first, (int, float)):  # no node has to be made for it
            self.make_blank, self.blank = lambda: first, repr(first)

    def compare_by_identity(self, answer: dict[str, Any]) -> None:
        """Let no two nodes be equal, to see what comes of it that they are, and where it is asked.

        The line is that of a walk, since a comparison in a forward pass may be meant.
        """

        def is_same_node(node: Any, other: Any) -> bool:
            if answer["stage"] == "backward":
                frame = sys._getframe(1)
                answer.setdefault("compares", [frame.f_code.co_filename, frame.f_lineno])
            return node is other

        with suppress(TypeError):  # of a class written in C
            self.kind.__eq__, self.kind.__hash__ = is_same_node, object.__hash__

    def pass_back(self, root: Any, request: dict[str, Any]) -> None:
        """Call ``backward`` as this engine's is called."""
        if request.get("assist"):
            setattr(root, self.grad or GRAD[0], 1.0)
        given = (1.0,) if request.get("argument") else ()
        getattr(root, self.backward)(*given)

    def try_form(self, form: dict[str, Any]) -> dict[str, Any]:
        """Return what an operation gives at some points, and whether it is made of others."""
        name, kinds = form["name"], form["kinds"]
        call = self.find_call(name)
        if call is None:
            return {"absent": True}
        numbers, composed = [], []
        for point in form["points"]:
            inputs = [
                self.make_leaf(x) if k == "v" else x for k, x in zip(kinds, point, strict=True)
            ]
            trace = CallTrace(self.codes, self.data, inputs)
            try:
                result = trace.run(call)
                if not (hasattr(result, self.data) and hasattr(result, self.backward)):
                    raise TypeError(f"the result is of type {type(result).__name__}")
                if isinstance(getattr(result, self.data), self.kind):  # Value ** Value, say
                    raise TypeError(f"unsupported operand: {self.data} is a {self.name}")
                numbers.append(self.read(result, self.data))
                composed.append(trace.find_constants(name, result))
                kept = [self.read(x, self.data) if k == "v" else x
                        for k, x in zip(kinds, inputs, strict=True)]  # fmt: skip
                if kept != point:
                    return {"numbers": numbers, "changes": kept, "composed": composed}
            except BaseException as error:
                return {"error": describe_error(error), "numbers": numbers}
        return {"numbers": numbers, "composed": composed}


def defines(kind: type, name: str) -> bool:
    """Tell whether a class has a method that isn't one of Python's own float, say."""
    for base in kind.__mro__:
        if name in vars(base):
            return base.__module__ != "builtins" and vars(base)[name] is not None
    return False

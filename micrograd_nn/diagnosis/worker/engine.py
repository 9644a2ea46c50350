"""The class under test, and how it is used: what is called, read and set."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from .loading import UnusableError, describe_error, find_class, load_module
from .numbers import holds_number, take_number
from .tracing import TWO_SIDED, CallTrace, Codes, count_events

DATA = ("data", "value", "val", "v", "x")  # what engines call a node's number, and its gradient
GRAD = ("grad", "gradient", "_grad", "derivative", "g")
OPERATOR_CALLS: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "pow": operator.pow, "neg": operator.neg, "abs": abs,
}  # fmt: skip
ALIASES = {"relu": ("relu", "ReLU", "Relu"), "sigmoid": ("sigmoid", "sigm", "logistic"),
           "log": ("log", "ln")}  # fmt: skip


class Engine:
    """The class under test, and how it is used: what is called, read and set."""

    def __init__(self, target: dict[str, Any]) -> None:
        self.module = load_module(target)
        self.kind = find_class(self.module, target["name"])
        self.options: dict[str, Any] = {}
        if "requires_grad" in read_parameters(self.kind):
            self.options = {"requires_grad": True}
        leaf = self.make_leaf(2.0)
        found = [name for name in DATA if holds_number(getattr(leaf, name, None), 2.0)]
        if not found:
            raise UnusableError(
                f"{target['name']}(2.0) has no number in data (nor in {', '.join(DATA[1:])})"
            )
        self.data = found[0]
        self.grad = next((name for name in GRAD if hasattr(leaf, name)), "grad")
        if not callable(getattr(self.kind, "backward", None)):
            raise UnusableError(f"{target['name']} has no method backward")
        self.calls: dict[str, Callable[..., Any]] = {}
        self.written: dict[str, str] = {}  # how each is called, with {0} for the operand
        self.codes: Codes = {}
        self.places: dict[str, tuple[str, int]] = {}
        for name in OPERATOR_CALLS:
            self.note_code(name, getattr(self.kind, f"__{name}__", None))
            if name in TWO_SIDED:
                self.note_code(name, getattr(self.kind, f"__r{name}__", None), True)
        self.note_code("backward", self.kind.backward)
        self.note_code("Value", self.kind.__init__)

    def make_leaf(self, number: float) -> Any:
        """Return a node that holds a number."""
        return self.kind(number, **self.options)

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
            return OPERATOR_CALLS[name] if has else None
        for alias in ALIASES.get(name, (name,)):
            method = inspect.getattr_static(self.kind, alias, None)
            if inspect.isfunction(method) or isinstance(method, staticmethod):
                self.note_code(name, getattr(self.kind, alias))
                self.written[name] = f"{{0}}.{alias}()"
                return cast(Callable[..., Any], getattr(self.kind, alias))
            if method is not None and callable(getattr(self.kind, alias, None)):
                self.written[name] = f"{{0}}.{alias}()"
                return cast(Callable[..., Any], getattr(self.kind, alias))  # written in C
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
            self.compare_by_identity()
        try:
            nodes = [self.make_leaf(number) for number in request["leaves"]]
            count = len(nodes)
            for at, (name, places) in enumerate(request["lines"] * request.get("times", 1)):
                answer["at"] = at
                inputs = [nodes[p] if type(p) is int else p for p in places]
                nodes.append(self.calls[name](*inputs))
                if not hasattr(nodes[-1], self.grad) and not hasattr(nodes[-1], self.data):
                    raise TypeError(f"the result is of type {type(nodes[-1]).__name__}")
            answer["data"] = [self.read(node, self.data) for node in nodes]
            for _ in range(request.get("passes", 1)):
                answer["stage"] = "backward"
                self.pass_back(nodes[-1], request)
                answer["grads"].append([self.read(node, self.grad) for node in nodes])
                answer["after"] = [self.read(node, self.data) for node in nodes]
                answer["stage"] = "zeroing"
                for leaf in nodes[:count] if request.get("zeroed") else ():
                    setattr(leaf, self.grad, getattr(self.make_leaf(0.0), self.grad, None))
        except BaseException as error:  # an engine may raise anything
            answer["error"] = describe_error(error)
        return answer

    def has_equal_nodes(self) -> bool:
        """Tell whether two nodes that hold the same number are equal."""
        try:
            return bool(self.make_leaf(2.0) == self.make_leaf(2.0))
        except Exception:
            return False

    def compare_by_identity(self) -> None:
        """Let no two nodes be equal, to see what comes of it that they are."""
        with suppress(TypeError):  # of a class written in C
            self.kind.__eq__, self.kind.__hash__ = object.__eq__, object.__hash__

    def pass_back(self, root: Any, request: dict[str, Any]) -> None:
        """Call ``backward`` as this engine's is called."""
        if request.get("assist"):
            setattr(root, self.grad, 1.0)
        given = (1.0,) if request.get("argument") else ()
        if request.get("count"):
            count_events(lambda: root.backward(*given), request)
        else:
            root.backward(*given)

    def try_form(self, form: dict[str, Any]) -> dict[str, Any]:
        """Return what an operation gives at some points, and of which others it is made."""
        name, kinds = form["name"], form["kinds"]
        call = self.find_call(name)
        if call is None:
            return {"absent": True}
        self.calls[name] = call
        numbers, recipes = [], []
        for point in form["points"]:
            inputs = [
                self.make_leaf(x) if k == "v" else x for k, x in zip(kinds, point, strict=True)
            ]
            trace = CallTrace(self.codes, self.data, inputs)
            try:
                result = trace.run(call)
                if not (hasattr(result, self.data) and hasattr(result, "backward")):
                    raise TypeError(f"the result is of type {type(result).__name__}")
                numbers.append(self.read(result, self.data))
                recipes.append(trace.write_recipe(result))
                kept = [self.read(x, self.data) if k == "v" else x
                        for k, x in zip(kinds, inputs, strict=True)]  # fmt: skip
                if kept != point:
                    return {"numbers": numbers, "changes": kept, "recipes": recipes}
            except BaseException as error:
                return {"error": describe_error(error), "numbers": numbers}
        return {"numbers": numbers, "recipes": recipes}


def defines(kind: type, name: str) -> bool:
    """Tell whether a class has a method that isn't one of Python's own float, say."""
    for base in kind.__mro__:
        if name in vars(base):
            return base.__module__ != "builtins" and vars(base)[name] is not None
    return False


def read_parameters(kind: type) -> list[str]:
    """Return the names of what a class is made with."""
    try:
        return [*inspect.signature(kind).parameters]
    except (TypeError, ValueError):
        return []

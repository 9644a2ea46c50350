"""Expressions typed as text, such as ``tanh(w*x + b)``: read safely, and recorded as a graph.

Python's own parser reads the text and nothing runs it: what isn't arithmetic on numbers, names
and the operations of the table is refused, with a caret at the place and a remedy.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from keyword import iskeyword
from math import isinf
from typing import Any, NamedTuple
from unicodedata import east_asian_width

from .._ground.text import InputError, make_printable, shorten_text, spell_signs
from ..engine import table as op
from ..engine.operation import ARITHMETIC, Operation
from ..engine.refusals import as_float
from ..engine.table import OPERATIONS
from ..engine.value import Constant, Value

LONGEST_EXPRESSION = 2_000  # characters of an expression; it also bounds how deep one can be nested
AROUND = 36  # characters that an error message shows on each side of the caret
ROOT = "output"  # the label of the result
ATOM = re.compile(r"[\w.]+(\([^()]*\))?")  # what needs no parentheses within a formula
NUMBER = re.compile(r"-?[.\d][.\w]*$")  # an input that is written as one
NEEDS_NO_ZERO = re.compile(r"^ needs -?0[.0]* != 0")  # of a 0 that is written so
LONGEST_INPUT = 40  # characters of an input that is a formula itself

OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: op.add, ast.Sub: op.sub, ast.Mult: op.mul, ast.Div: op.truediv, ast.Pow: op.pow,
    ast.USub: op.neg, ast.UAdd: lambda x: x,
}  # fmt: skip
ARITHMETIC_ALONE = "write names, numbers, + - * / ** and functions such as tanh(x)"
CHOOSE = "max, min, relu and step choose between values"
REFUSED = {
    ast.Attribute: ("attribute access", "write a function as tanh(x), and names without dots"),
    ast.Compare: ("a comparison", CHOOSE),
    ast.IfExp: ("a condition", CHOOSE),
    ast.BoolOp: ("'and' or 'or'", CHOOSE),
    ast.UnaryOp: ("'not' or '~'", ARITHMETIC_ALONE),
    ast.Subscript: ("an index", "give each number a name of its own, such as x1"),
    ast.Tuple: ("a comma here", "an expression has one result, such as sum(x, y)"),
    ast.ListComp: ("a loop", "write what it gives one by one"),
    ast.GeneratorExp: ("a loop", "write what it gives one by one"),
    ast.Lambda: ("lambda", ARITHMETIC_ALONE),
    ast.NamedExpr: (":=", ARITHMETIC_ALONE),
    ast.JoinedStr: ("a text", ARITHMETIC_ALONE),
    ast.Starred: ("a star before an argument", "write the arguments one by one"),
    ast.keyword: ("a keyword argument", "give the arguments in their order, without names"),
}
INSTEAD = {
    ast.BitXor: "write ** for a power",
    ast.FloorDiv: "write floordiv(a, b)",
    ast.Mod: "write mod(a, b)",
}
USUAL = "exp, log, sqrt, tanh, sigmoid, relu, sin, cos, max, min, sum or mean"
OTHER_FUNCTIONS = {
    "softmax": "softmax gives several numbers: write one of them, as exp(a)/(exp(a) + exp(b))",
    "ln": "the logarithm is written log",
}
ASSIGNED = re.compile(r"(?<![<>=!:])=(?!=)")


class ExpressionError(InputError):
    """An expression, or a number for one of its names, that can't be used.

    ``at`` is which character of the text it points at, None where it isn't about one.
    """

    at: int | None = None


class Computation(NamedTuple):
    """What to compute at one place of the text, once its inputs are known."""

    function: Callable[..., Any]
    inputs: list[ast.expr]
    at: int


def parse(text: str, numbers: Mapping[str, float | Value] | None = None) -> Value:
    """Return the graph of an expression, whose names are leaves with these numbers, or Values.

    >>> root = parse("w*x + 1", {"w": 2, "x": 3})
    >>> root.data, root.label, [input.label for input in root.inputs[0].inputs]
    (7.0, 'output', ['w', 'x'])

    What isn't an expression, or can't be computed, is an error that points at the place:

    >>> parse("2 * log(x)", {"x": -1})
    Traceback (most recent call last):
    micrograd_nn.notation.expressions.ExpressionError: log(x) needs x > 0; x = -1
      2 * log(x)
          ^

    An expression of numbers alone is a constant, with no history:

    >>> parse("2 + 3")
    Constant(5.0)
    """
    return ParsedExpression(text).record(numbers or {})


class ParsedExpression:
    """An expression that is read once, and recorded with any numbers of its ``names``.

    >>> expression = ParsedExpression("w*x + w")
    >>> expression.names, expression.record({"w": 2, "x": 3}).data
    (['w', 'x'], 8.0)

    What has no syntax is an ExpressionError.
    """

    def __init__(self, text: str) -> None:
        self.text = tidy_expression(text)
        self.tree = parse_syntax(self.text)
        self.computations: dict[ast.expr, Computation] = {}  # of the tree's nodes, once read

    @cached_property
    def names(self) -> list[str]:
        """The names that need numbers, as they appear."""
        nodes = list(ast.walk(self.tree))
        called = {node.func for node in nodes if isinstance(node, ast.Call)}
        found = [node for node in nodes if isinstance(node, ast.Name) and node not in called]
        found.sort(key=lambda node: node.col_offset)
        return [name for name in dict.fromkeys(node.id for node in found) if name not in OPERATIONS]

    def record(self, numbers: Mapping[str, float | Value]) -> Value:
        """Return the graph of the expression with these numbers; errors are those of ``parse``."""
        text = self.text
        for name in numbers:
            if name in OPERATIONS:
                raise ExpressionError(f"{name} is a function here: give the number another name")
        leaves = {
            name: number if isinstance(number, Value) else Value(number, name)
            for name, number in numbers.items()
        }
        unused = dict(leaves)
        known: list[Any] = []
        ahead: list[tuple[ast.expr, Computation | None]] = [(self.tree, None)]
        while ahead:
            node, wanted = ahead.pop()
            if wanted is not None:
                first = len(known) - len(wanted.inputs)
                known[first:] = [compute(text, wanted, known[first:])]
            elif isinstance(node, ast.Name):
                known.append(find_leaf(text, node, leaves))
                unused.pop(node.id, None)
            elif isinstance(node, ast.Constant):
                known.append(read_literal(text, node))
            else:
                wanted = self.computations.get(node) or read_computation(text, node)
                self.computations[node] = wanted
                ahead.append((node, wanted))
                ahead += [(input, None) for input in reversed(wanted.inputs)]
        for name in unused:
            raise ExpressionError(
                f"{shorten_text(name)} is given a value but isn't in the expression: "
                f"{shorten_text(text)}"
            )
        result = known.pop()
        if isinstance(result, list):
            raise make_error(text, 0, "a list isn't one number: use sum, mean or dot")
        root = result if isinstance(result, Value) else Constant(result)
        if root.operation is not None and not root.label:
            root.label = ROOT
        return root


def tidy_expression(text: str) -> str:
    r"""Return an expression on one line, so that a place in it is a column, in signs of a keyboard.

    >>> tidy_expression(" w *\n x "), tidy_expression("w·x²")
    ('w *  x', 'w*x**2')
    """
    return spell_signs(make_printable(text).strip(" "))


def list_leaf_names(text: str) -> list[str]:
    """Return the names of an expression that need numbers, as they appear.

    What has no syntax is an ExpressionError.
    """
    return ParsedExpression(text).names


def parse_syntax(text: str) -> ast.expr:
    """Return Python's syntax tree of the expression; a text that has none is an error."""
    if not text:
        raise ExpressionError("the expression is empty: write one such as 'tanh(w*x + b)'")
    if len(text) > LONGEST_EXPRESSION:
        raise make_error(
            text,
            LONGEST_EXPRESSION,
            f"the expression is longer than {LONGEST_EXPRESSION:,} characters: build it in Python",
        )
    if "#" in text:
        raise make_error(text, text.index("#"), "a comment is not allowed: leave it out")
    unclear = re.search(r"[·×⁻⁰¹²³⁴-⁹]", text)  # · would be a letter of a name
    if unclear:
        reason = f"{unclear[0]} can be read in two ways here: write * for a product, ** for a power"
        raise make_error(text, unclear.start(), reason)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as of 1if: what is wrong is refused below
            return ast.parse(text, mode="eval").body
    except (RecursionError, MemoryError):
        raise make_error(
            text, 0, "the expression is nested too deeply: build it in Python"
        ) from None
    except SyntaxError as error:
        assigned = ASSIGNED.search(text)
        if assigned:
            reason = "= is not allowed here: the numbers of names stand beside the expression"
            raise make_error(text, assigned.start(), reason) from None
        for word in re.finditer(r"\w+", text):
            if iskeyword(word[0]):
                reason = f"{word[0]} is a word of Python's: use another name"
                raise make_error(text, word.start(), reason) from None
        at = (error.offset or 1) - 1
        if re.search(r"(?<!\w)\d+[A-Za-z_(]", text[max(0, at - 1) :]):
            raise make_error(text, at, "a product needs its sign: write 2*x, not 2x") from None
        raise make_error(text, at, f"not an expression: {make_printable(error.msg)}") from None
    except ValueError as error:
        raise make_error(text, 0, f"not an expression: {make_printable(str(error))}") from None


def read_computation(text: str, node: ast.expr) -> Computation:
    """Return what to compute at a node of the syntax tree; what isn't arithmetic is an error."""
    at = find_character(text, node.col_offset)
    if isinstance(node, ast.BinOp):
        # The tree doesn't say where an operator stands: after the left side and what closes it.
        rest = text.encode()[node.left.end_col_offset :]
        at = (
            find_character(text, node.left.end_col_offset or 0)
            + len(rest)
            - len(rest.lstrip(b" )"))
        )
        if type(node.op) not in OPERATORS:
            symbol = re.match(r"\W\S?", text[at:])
            wrong = symbol[0].rstrip("(+-~ ") if symbol and symbol[0][1:] in "/<>" else text[at]
            remedy = INSTEAD.get(type(node.op), ARITHMETIC_ALONE)
            raise make_error(text, at, f"{wrong} is not allowed: {remedy}")
        return Computation(OPERATORS[type(node.op)], [node.left, node.right], at)
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return Computation(OPERATORS[type(node.op)], [node.operand], at)
    if isinstance(node, ast.List):
        return Computation(lambda *items: list(items), node.elts, at)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for keyword in node.keywords:
            raise make_refusal(text, keyword)
        return Computation(find_function(text, node.func), node.args, at)
    raise make_refusal(text, node.func if isinstance(node, ast.Call) else node)


def make_refusal(text: str, node: ast.expr | ast.keyword) -> ExpressionError:
    """Return the error that says what isn't allowed, and the remedy."""
    what, remedy = REFUSED.get(type(node), ("this", ARITHMETIC_ALONE))
    return make_error(
        text, find_character(text, node.col_offset), f"{what} is not allowed: {remedy}"
    )


def find_function(text: str, node: ast.Name) -> Callable[..., Any]:
    """Return the operation that is called, or say which one may be meant."""
    if node.id in OPERATIONS:
        return OPERATIONS[node.id]
    close = get_close_matches(node.id, OPERATIONS)
    remedy = f"did you mean {' or '.join(close)}?" if close else f"use {USUAL}, say"
    unknown = f"{shorten_text(node.id)} isn't a function here: {remedy}"
    at = find_character(text, node.col_offset)
    raise make_error(text, at, OTHER_FUNCTIONS.get(node.id, unknown))


def find_leaf(text: str, node: ast.Name, leaves: Mapping[str, Value]) -> Value:
    """Return the leaf of that name, or say that it has no value."""
    if node.id in leaves:
        return leaves[node.id]
    name = shorten_text(node.id)
    reason = (
        f"{node.id} is a function: call it, as {node.id}(…)"
        if node.id in OPERATIONS
        else f"{name} has no value: add {name}=…"
    )
    raise make_error(text, find_character(text, node.col_offset), reason)


def read_literal(text: str, node: ast.Constant) -> float:
    """Return the number that is written there; a text, say, is an error."""
    at = find_character(text, node.col_offset)
    if type(node.value) not in (int, float):
        what = "a text" if isinstance(node.value, (str, bytes)) else repr(node.value)
        raise make_error(text, at, f"{what} is not allowed: {ARITHMETIC_ALONE}")
    try:
        number = as_float(node.value, "an expression")
    except OverflowError:
        number = float("inf")
    if isinf(number):
        raise make_error(text, at, "the number is beyond the largest float, 1.8e308: scale it")
    return number


def compute(text: str, wanted: Computation, inputs: list[Any]) -> Any:
    """Return a result; what an operation refuses is an error at its place."""
    if wanted.function is op.dot and [type(x) is list for x in inputs[:2]] != [True, True]:
        raise make_error(text, wanted.at, "dot takes two lists: dot([w1, w2], [x1, x2], b)")
    try:
        return wanted.function(*inputs)
    except (*ARITHMETIC, TypeError) as error:
        told = str(error)
        if isinstance(wanted.function, Operation):
            source = text.encode()
            names = [source[x.col_offset : x.end_col_offset].decode() for x in wanted.inputs]
            told = rename_inputs(wanted.function, error, inputs, names)
        raise make_error(text, wanted.at, make_printable(told)) from None


def rename_inputs(
    operation: Operation, error: Exception, given: Sequence[Any], names: Sequence[str]
) -> str:
    """Return what ``Operation.fail`` told, with these names for the inputs instead of its own.

    >>> from micrograd_nn import Value, truediv
    >>> def divide(over, under, names):
    ...     try:
    ...         truediv(over, under)
    ...     except ZeroDivisionError as error:
    ...         return rename_inputs(truediv, error, [over, under], names)
    >>> divide(Value(1.0), Value(0.0), ["y", "x"])
    'y / x needs x != 0; y = 1, x = 0'

    A name may be a formula; a number isn't said twice:

    >>> divide(1.0, 0.0, ["1", "a - b"])
    '1 / (a - b) needs a - b != 0; a - b = 0'
    >>> divide(1.0, 0.0, ["1", "0"])
    '1 / 0 needs a divisor other than 0'

    Another message stays as it is.
    """
    said = getattr(error, "said", None)
    if said is None or type(operation) is not Operation or len(names) != len(operation.inputs):
        return str(error)
    before, claim = said
    names = [shorten_text(name, LONGEST_INPUT) for name in names]
    is_call = operation.python.startswith(f"{operation.name}(")
    inside = [name if is_call or ATOM.fullmatch(name) else f"({name})" for name in names]
    known = dict(zip(operation.inputs, names, strict=True))
    if claim.startswith(" needs "):
        claim = re.sub(r"\w+", lambda word: known.get(word[0], word[0]), claim)
        kind = "base" if operation is op.pow else "divisor"
        claim = NEEDS_NO_ZERO.sub(f" needs a {kind} other than 0", claim)
    numbers = {
        name: repr(float(getattr(x, "data", x))).removesuffix(".0")
        for name, x in zip(names, given, strict=True)
        if not NUMBER.match(name)
    }
    at = ", ".join(f"{name} = {number}" for name, number in numbers.items())
    return f"{before}{operation.written(*inside)}{claim}" + f"; {at}" * bool(at)


def find_character(text: str, offset: int) -> int:
    """Return which character stands at an offset, which Python's parser counts in bytes."""
    return len(text.encode()[:offset].decode(errors="ignore"))


def make_error(text: str, at: int, reason: str) -> ExpressionError:
    """Return the error with that reason, the part of the text around the place, and a caret."""
    at = max(0, min(at, len(text)))
    start = max(0, at - AROUND)
    before = "…" * (start > 0) + text[start:at]
    line = before + text[at : at + AROUND] + "…" * (at + AROUND < len(text))
    wide = sum(east_asian_width(sign) in "WF" for sign in before)  # which take two columns
    error = ExpressionError(f"{reason}\n  {line}\n  {' ' * (len(before) + wide)}^")
    error.at = at
    return error

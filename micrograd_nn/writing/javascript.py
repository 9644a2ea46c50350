"""The table's rules written as JavaScript, with which a page computes a graph anew.

No derivative is known here: a row's rules run on symbols, as they do for a compiled program, and
what comes out is printed. A rule that looks at its numbers becomes a choice between what it gives.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..engine import table as op
from ..engine.operation import Operation, Reduction
from ..engine.refusals import real
from ..engine.table import OPERATIONS
from ..engine.value import Constant, Value
from ..text import printable
from .python import Text, kind_of, needs_parentheses
from .symbol import Symbol, Symbols, literal

SAME = {op.add, op.sub, op.mul, op.neg}  # written alike in both languages
MOST_CASES = 64  # of one rule, and comparisons in each: one that loops would never end
LONGEST = 10_000  # letters of one side of a comparison


class NoJavaScriptError(ValueError):
    """An operation that can't be written as JavaScript, and why."""


class Key(NamedTuple):
    """What nodes have in common that one function computes: operation, inputs, which are wanted."""

    operation: Operation
    wanted: tuple[bool, ...]


def key_of(node: Value) -> Key | None:
    """Return what function computes a node; None for one that isn't computed."""
    if node.operation is None:
        return None
    return Key(node.operation, tuple([not isinstance(x, Constant) for x in node.inputs]))


def number_or_symbol(x: Any) -> Symbol | float:
    """Return what a rule gives or compares with, as a float if it isn't a symbol."""
    return x if isinstance(x, Symbol) else real(+x, "a rule")  # of True, + makes 1


class Deciding(Symbols):
    """Symbols whose comparisons have the outcomes of a list; those beyond it come out true."""

    def __init__(self, outcomes: Sequence[bool]) -> None:
        super().__init__(zeros=True)
        self.outcomes = list(outcomes)
        self.decisions: list[tuple[str, Any, Any]] = []

    def decided(self, how: str, x: Symbol, y: Any) -> bool:
        """Return the next outcome, and remember what it decides."""
        self.decisions.append((how, x, number_or_symbol(y)))
        if len(self.decisions) > MOST_CASES:
            raise RecursionError("it compares again and again")
        if len(self.decisions) > len(self.outcomes):
            self.outcomes.append(True)
        return self.outcomes[len(self.decisions) - 1]


class Rules:
    """The functions that a page computes its nodes with, one for all nodes that can share it."""

    def __init__(self) -> None:
        self.numbers: dict[Key, int] = {}
        self.sources: list[str] = []
        self.described: list[Mapping[str, Any]] = []
        self.unwritten: set[Key | None] = set()  # their nodes keep what was recorded
        self.missing = ""

    def number(self, node: Value) -> int | None:
        """Return the number of a node's function, None for a node that isn't computed."""
        key = key_of(node)
        if key is None:
            return None
        if key not in self.numbers:
            operation = key.operation
            try:
                source = rule_source(key)
            except NoJavaScriptError as error:
                source = "{}"
                self.unwritten.add(key)
                self.missing = self.missing or printable(str(error))
            self.numbers[key] = len(self.sources)
            self.sources.append(
                f"// {operation.name}\n{source}" if operation.name.isidentifier() else source
            )
            self.described.append(
                {
                    "name": printable(operation.name),
                    "symbol": printable(operation.symbol),
                    "written": printable(operation.written(*operation.inputs)),
                    "inputs": []
                    if isinstance(operation, Reduction)
                    else [printable(name) for name in operation.inputs[: len(key.wanted)]],
                    "needs": printable(operation.needs),
                    "partialsNeed": printable(operation.partials_need),
                    "wanted": key.wanted,
                }
            )
        return self.numbers[key]

    def source(self) -> str:
        """Return the script of the functions."""
        items = ",\n".join(self.sources)
        return f'import {{ math }} from "./math.js";\n\nexport const rules = [\n{items}\n];\n'


def rule_source(key: Key) -> str:
    """Return an operation's forward rule and its local derivatives as a JavaScript object.

    >>> from micrograd_nn import tanh
    >>> print(rule_source(Key(tanh, (True,))))
    {
      forward: (x) => math.tanh(x),
      partials: (out, x) => [1.0 - out * out],
    }

    A derivative that isn't wanted is null: ``x ** 2`` needs no logarithm.

    >>> print(rule_source(Key(op.pow, (True, False))))
    {
      forward: (x, y) => math.pow(x, y),
      partials: (out, x, y) => {
        if (y === 0.0) return [0.0, null];
        return [y * math.pow(x, y - 1.0), null];
      },
    }
    """
    operation, count = key.operation, len(key.wanted)
    names = [f"x{i}" for i in range(1, count + 1)]
    if len(operation.inputs) == count and is_row(operation):  # whose names are no words of its own
        names = list(operation.inputs)
    forward = applied(operation, [Text(name) for name in names]).text
    cases = list(cases_of(key, names))
    listed = ", ".join(names)
    if len(cases) == 1 and len(cases[0].lines) == 1:
        body = cases[0].lines[0].removeprefix("return ").removesuffix(";")
    else:
        lines = [line for case in cases for line in case.written()]
        body = "\n".join(["{", *[f"    {line}" for line in lines], "  }"])
    return (
        f"{{\n  forward: ({listed}) => {forward},\n"
        f"  partials: ({', '.join(['out', *names])}) => {body},\n}}"
    )


class Case(NamedTuple):
    """What a rule gives where its comparisons come out so."""

    conditions: Sequence[str]
    lines: Sequence[str]

    def written(self) -> list[str]:
        """Return the lines, in an if where there is a condition."""
        if not self.conditions:
            return list(self.lines)
        test = f"if ({' && '.join(self.conditions)})"
        if len(self.lines) == 1:
            return [f"{test} {self.lines[0]}"]
        return [f"{test} {{", *[f"  {line}" for line in self.lines], "}"]


def cases_of(key: Key, names: Sequence[str]) -> Iterator[Case]:
    """Yield what the rules give, a case for each way that their comparisons can come out.

    The last case has no condition: it is what remains.
    """
    waiting: list[list[bool]] = [[]]
    found = 0
    while waiting:
        begun = waiting.pop()
        symbols = Deciding(begun)
        leaves = [symbols.leaf() for _ in names]
        out = symbols.leaf()
        try:
            partials = [
                None if x is None else number_or_symbol(x)
                for x in key.operation.local_partials(out, leaves, key.wanted)
            ]
        except Exception as error:  # whatever a rule that takes numbers does with something else
            raise NoJavaScriptError(
                f"{key.operation.name} has a derivative that can't be written as JavaScript: "
                f"its rule needs numbers ({error})"
            ) from None
        waiting += [
            [*symbols.outcomes[:i], False] for i in range(len(begun), len(symbols.outcomes))
        ]
        found += 1
        if found > MOST_CASES:
            raise NoJavaScriptError(
                f"the derivative of {key.operation.name} makes too many choices"
            )
        texts = {leaf: Text(name) for leaf, name in zip(leaves, names, strict=True)}
        texts[out] = Text("out")
        conditions = conditions_of(symbols, dict(texts))
        lines = lines_of(symbols, texts, partials)
        # What is asked last and came out false is all that remains of its question.
        yield Case(conditions if waiting else (), lines)


def conditions_of(symbols: Deciding, texts: dict[Symbol, Text]) -> list[str]:
    """Return how the comparisons came out, in full: no name is known yet where they stand."""
    needed = {x for _, *pair in symbols.decisions for x in pair if isinstance(x, Symbol)}
    for symbol in reversed(symbols.known.values()):  # results before inputs
        if symbol in needed:
            needed.update(x for x in symbol.inputs if isinstance(x, Symbol))
    for symbol in symbols.known.values():
        if symbol.operation is not None and symbol in needed:
            texts[symbol] = applied(symbol.operation, [text_of(x, texts) for x in symbol.inputs])
            if len(texts[symbol].text) > LONGEST:
                raise NoJavaScriptError("a derivative compares what is too long to be written")
    conditions = []
    for (how, x, y), outcome in zip(symbols.decisions, symbols.outcomes, strict=True):
        sign = "===" if how == "==" else how
        test = f"{text_of(x, texts).text} {sign} {text_of(y, texts).text}"
        conditions.append(test if outcome else f"!({test})")
    return conditions


def lines_of(
    symbols: Symbols, texts: dict[Symbol, Text], partials: Sequence[Symbol | float | None]
) -> list[str]:
    """Return the lines that compute the derivatives; what is used twice has a name."""
    uses: dict[Symbol, int] = {}
    for x in [*partials, *[x for s in symbols.known.values() for x in s.inputs]]:
        if isinstance(x, Symbol):
            uses[x] = uses.get(x, 0) + 1
    lines: list[str] = []
    for symbol in symbols.known.values():  # inputs before results
        operation = symbol.operation
        if operation is not None:
            text = applied(operation, [text_of(x, texts) for x in symbol.inputs])
            if uses.get(symbol, 0) > 1:
                name = f"t{len(lines) + 1}"
                lines.append(f"const {name} = {text.text};")
                text = Text(name)
            texts[symbol] = text
    given = ["null" if x is None else text_of(x, texts).text for x in partials]
    return [*lines, f"return [{', '.join(given)}];"]


def text_of(x: Any, texts: dict[Symbol, Text]) -> Text:
    """Return an expression's text; a number is written as JavaScript does."""
    if isinstance(x, Symbol):
        return texts[x]
    text = (
        literal(x)
        if math.isfinite(x)
        else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(x, "NaN")
    )
    return Text(text, "USub" if text.startswith("-") else "")


def applied(operation: Operation, inputs: Sequence[Text]) -> Text:
    """Return an operation on texts, with the parentheses that it needs.

    >>> applied(op.neg, [Text("-x", "USub")]).text
    '-(-x)'
    """
    form = form_of(operation, len(inputs))
    kind = kind_of(form, len(inputs)) if operation in SAME else ""
    texts = []
    for i, x in enumerate(inputs):
        if not x.kind:
            needed = False
        elif operation in SAME:
            is_sign = kind == "USub" and x.text.startswith("-")  # JavaScript reads -- as one
            needed = is_sign or needs_parentheses(form, len(inputs), i, x.kind)
        else:
            needed = not is_row(operation)  # whose own words may stand around it
        texts.append(f"({x.text})" if needed else x.text)
    return Text(form.format(*texts), kind)


def is_row(operation: Operation) -> bool:
    """Tell whether an operation is a row of the table, for which math.js has a function."""
    return OPERATIONS.get(operation.name) is operation


def form_of(operation: Operation, count: int) -> str:
    """Return how JavaScript writes an operation on so many inputs; a NoJavaScriptError if it can't.

    >>> form_of(op.max, 2)
    'math.max({0}, {1})'
    """
    if operation in SAME:
        return operation.python
    if "</" in operation.javascript or "<!--" in operation.javascript:
        raise NoJavaScriptError(
            f"the JavaScript of {operation.name} would end the script: {operation.javascript}"
        )
    if operation.javascript:
        return f"({operation.javascript})"
    if is_row(operation):
        slots = ", ".join([f"{{{i}}}" for i in range(count)])
        return f"math.{operation.name}({slots})"
    raise NoJavaScriptError(
        f'{operation.name} isn\'t in the table: Operation(..., javascript="...") says how '
        "a page writes it"
    )

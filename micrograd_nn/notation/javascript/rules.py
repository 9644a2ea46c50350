"""The functions that a page computes its nodes with: the table's rules, written in JavaScript.

No derivative is known here: a row's rules run on symbols, as they do for a compiled program, and
what comes out is printed. A rule that looks at its numbers becomes a choice between what it gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..._ground.text import make_printable
from ...engine.operation import Operation, Reduction
from ...engine.refusals import as_float
from ...engine.value import Constant, Value
from ..writing.notation import Text
from ..writing.symbol import Symbol, Symbols
from .notation import JavaScript, NoJavaScriptError

MOST_CASES = 64  # of one rule, and comparisons in each: one that loops would never end
LONGEST_COMPARED = 10_000  # letters of one side of a comparison

JAVASCRIPT = JavaScript()


class Key(NamedTuple):
    """What nodes have in common that one function computes: operation, inputs, which are wanted."""

    operation: Operation
    wanted: tuple[bool, ...]


def find_key(node: Value) -> Key | None:
    """Return what function computes a node; None for one that isn't computed."""
    if node.operation is None:
        return None
    return Key(node.operation, tuple([not isinstance(x, Constant) for x in node.inputs]))


class Rules:
    """The functions that a page computes its nodes with, one for all nodes that can share it."""

    def __init__(self) -> None:
        self.numbers: dict[Key, int] = {}
        self.sources: list[str] = []
        self.descriptions: list[Mapping[str, Any]] = []
        self.unwritten: set[Key | None] = set()  # their nodes keep what was recorded
        self.missing = ""

    def add_node(self, node: Value) -> int | None:
        """Return the number of a node's function, None for a node that isn't computed."""
        key = find_key(node)
        if key is None:
            return None
        if key not in self.numbers:
            name = key.operation.name
            try:
                source = write_rule(key)
            except NoJavaScriptError as error:
                source = "{}"
                self.unwritten.add(key)
                self.missing = self.missing or make_printable(str(error))
            self.numbers[key] = len(self.sources)
            self.sources.append(f"// {name}\n{source}" if name.isidentifier() else source)
            self.descriptions.append(describe_rule(key))
        return self.numbers[key]

    def write_script(self) -> str:
        """Return the script of the functions."""
        items = ",\n".join(self.sources)
        return f'import {{ math }} from "./math.mjs";\n\nexport const rules = [\n{items}\n];\n'


def describe_rule(key: Key) -> dict[str, Any]:
    """Return what a page tells of an operation."""
    operation = key.operation
    names = [] if isinstance(operation, Reduction) else operation.inputs[: len(key.wanted)]
    return {
        "name": make_printable(operation.name),
        "symbol": make_printable(operation.symbol),
        "written": make_printable(operation.written(*operation.inputs)),
        "inputs": [make_printable(name) for name in names],
        "needs": make_printable(operation.needs),
        "partialsNeed": make_printable(operation.partials_need),
        "wanted": key.wanted,
        "isRow": operation.is_row,
    }


def write_rule(key: Key) -> str:
    """Return an operation's forward rule and its local derivatives as a JavaScript object.

    >>> from micrograd_nn import pow, tanh
    >>> print(write_rule(Key(tanh, (True,))))
    {
      forward: (x) => math.tanh(x),
      partials: (out, x) => [1.0 - out * out],
    }

    A derivative that isn't wanted is null: ``x ** 2`` needs no logarithm.

    >>> print(write_rule(Key(pow, (True, False))))
    {
      forward: (x, y) => math.pow(x, y),
      partials: (out, x, y) => [math.pow_by_x(x, y), null],
    }
    """
    operation, count = key.operation, len(key.wanted)
    names = [f"x{i}" for i in range(1, count + 1)]
    if len(operation.inputs) == count and operation.is_row:  # whose names aren't words of its own
        names = list(operation.inputs)
    forward = JAVASCRIPT.write_operation(operation, [Text(name) for name in names]).text
    cases = list(list_cases(key, names))
    listed = ", ".join(names)
    _, first = cases[0]
    if len(cases) == len(first) == 1:
        body = first[0].removeprefix("return ").removesuffix(";")
    else:
        lines = [line for case in cases for line in write_case(*case)]
        body = "\n".join(["{", *[f"    {line}" for line in lines], "  }"])
    return (
        f"{{\n  forward: ({listed}) => {forward},\n"
        f"  partials: ({', '.join(['out', *names])}) => {body},\n}}"
    )


def write_case(conditions: Sequence[str], lines: Sequence[str]) -> Sequence[str]:
    """Return the lines of a case, in an if where there is a condition."""
    if not conditions:
        return lines
    test = f"if ({' && '.join(conditions)})"
    if len(lines) == 1:
        return [f"{test} {lines[0]}"]
    return [f"{test} {{", *[f"  {line}" for line in lines], "}"]


class Deciding(Symbols):
    """Symbols whose comparisons have the outcomes of a list; those beyond it come out true."""

    def __init__(self, outcomes: Sequence[bool]) -> None:
        super().__init__(zeros=True)
        self.outcomes = list(outcomes)
        self.decisions: list[tuple[str, Any, Any]] = []

    def decide(self, how: str, x: Symbol, y: Any) -> bool:
        """Return the next outcome, and remember what it decides."""
        self.decisions.append((how, x, make_float(y)))
        if len(self.decisions) > MOST_CASES:
            raise RecursionError("it compares again and again")
        if len(self.decisions) > len(self.outcomes):
            self.outcomes.append(True)
        return self.outcomes[len(self.decisions) - 1]


def make_float(x: Any) -> Symbol | float:
    """Return what a rule gives or compares with as a float, if it isn't a symbol."""
    return x if isinstance(x, Symbol) else as_float(+x, "a rule")  # of True, + makes 1


def list_cases(key: Key, names: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield what the rules give, for each way that their comparisons can come out.

    Each case is its conditions, and the lines of what it gives. The last one has no condition: it
    is what remains.
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
                None if x is None else make_float(x)
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
        conditions = write_conditions(symbols, dict(texts))
        lines = write_partials(symbols, texts, partials)
        # What is asked last and came out false is all that remains of its question.
        yield conditions if waiting else (), lines


def write_conditions(symbols: Deciding, texts: dict[Symbol, Text]) -> list[str]:
    """Return how the comparisons came out, in full: no name is known yet where they stand."""
    needed = symbols.count_uses(x for _, *pair in symbols.decisions for x in pair)
    for symbol in symbols.known.values():
        if symbol in needed:
            texts[symbol] = JAVASCRIPT.write_symbol(symbol, texts)
            if len(texts[symbol].text) > LONGEST_COMPARED:
                raise NoJavaScriptError("a derivative compares what is too long to be written")
    conditions = []
    for (how, *pair), outcome in zip(symbols.decisions, symbols.outcomes, strict=True):
        x, y = [JAVASCRIPT.write_symbol(x, texts).text for x in pair]
        test = f"{x} {'===' if how == '==' else how} {y}"
        conditions.append(test if outcome else f"!({test})")
    return conditions


def write_partials(
    symbols: Symbols, texts: dict[Symbol, Text], partials: Sequence[Symbol | float | None]
) -> list[str]:
    """Return the lines that compute the derivatives; what is used twice has a name."""
    taken = [*partials, *[x for symbol in symbols.known.values() for x in symbol.inputs]]
    uses = Counter([x for x in taken if isinstance(x, Symbol)])
    lines: list[str] = []
    for symbol in symbols.known.values():  # inputs before results
        text = texts[symbol] = JAVASCRIPT.write_symbol(symbol, texts)
        if uses[symbol] > 1:
            texts[symbol] = Text(f"t{len(lines) + 1}")
            lines.append(f"const {texts[symbol].text} = {text.text};")
    given = ["null" if x is None else JAVASCRIPT.write_symbol(x, texts).text for x in partials]
    return [*lines, f"return [{', '.join(given)}];"]

"""A program's functions over whole columns: the same lines as in Python, each once for all rows.

Where the row engine has an error, or a comparison goes another way than when it was recorded, the
row's result is not-a-number, and so is a gradient to which it belongs: never a number by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ....engine.operation import ARITHMETIC, Choice, Reduction
from ....engine.value import Value
from ....notation.python import RESERVED
from ....notation.writing.identifiers import Identifiers
from ....notation.writing.notation import MOST_TERMS
from ..programs.lines import FunctionWriter
from ..programs.operations import NEVER_FAIL
from ..programs.statements import Statements
from ..python.functions import wrap_names
from .notation import ARRAY_RULES, Arrays, NoArraysError

HARMLESS = {None, *NEVER_FAIL}  # None: a leaf or a constant, which computes nothing
# The names that every function uses for itself.
OVER_COLUMNS = {*RESERVED, *ARRAY_RULES, "xp", "fine", "result"}


class ArrayStatements(Statements):
    """The statements of Python over columns."""

    indent = "    "
    skips = False

    def __init__(self) -> None:
        self.notation = Arrays()
        self.is_checked = False  # whether there are rows that may be refused

    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a column a name, or a new column to a name."""
        return f"{name} = {text}"

    def increase(self, name: str, text: str) -> str:
        """Add a column's sum to what has a name; += would change an array that others have."""
        return f"{name} = {name} + xp.sum({text})"

    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse the rows that would take another branch than the recorded one."""
        return f"fine = fine & {'' if outcome else '~'}({x} {how} {y})"

    def check(self, *texts: str) -> str:
        """Refuse the rows in which one of some columns isn't finite."""
        return " & ".join(["fine = fine", *[f"xp.isfinite({x})" for x in texts]])

    def keep(self, text: str) -> str:
        """Keep the result, which is summed in the end."""
        return f"result = {self.hide(text)}"

    def keep_all(self, *texts: str) -> str:
        """Return the results, several of them side by side in each row."""
        kept = [self.hide(text) for text in texts]
        listed = ", ".join(kept)
        return f"return {listed}" if len(kept) == 1 else f"return xp.stack([{listed}], 1)"

    def hide(self, text: str) -> str:
        """Return a column without the rows that are refused."""
        return f"xp.where(fine, {text}, xp.nan)" if self.is_checked else text


def write_array_function(program: Any, kind: int | str) -> str:
    """Return the function that computes all rows of an output with its gradient, or of ``predict``.

    What columns can't say is a NoArraysError.
    """
    if not program.inputs:
        raise NoArraysError("a program over columns needs inputs: list them, inputs=[…]")
    try:
        return ArrayFunction(program, kind, Identifiers(OVER_COLUMNS), ArrayStatements()).write()
    except NoArraysError:
        raise
    except ARITHMETIC as error:  # of a rule that looks at a constant
        raise NoArraysError(f"it can't be computed over columns: {error}") from None


class ArrayFunction(FunctionWriter):
    """Writes one function of a program over columns."""

    statements: ArrayStatements

    def write(self) -> str:
        """Return the source of the function."""
        lines, row = self.write_lines(), f"each row of the columns ({', '.join(self.inputs)})"
        if not isinstance(self.kind, int):
            count = len(self.program.outputs)
            told = f"the result of {row}" if count == 1 else f"the {count} results of {row}"
            head = ["def predict(parameters, columns):", f'    """Return {told}."""']
            return "\n".join([*head, *self.give_names(), *self.indent(lines), ""])
        slopes = [*self.slopes.values()]
        zero = f"xp.sum(xp.zeros_like({self.inputs[0]}))"
        told = f"the result summed over rows of the columns ({', '.join(self.inputs)})"
        returned = wrap_names("return xp.sum(result), xp.stack(", slopes, ")", "[]")
        return "\n".join(
            [
                "def program(parameters, columns, upstream=1.0):",
                f'    """Return {told}, and its derivatives by {self.tell_wrt()}."""',
                *self.give_names(),
                *wrap_names("", slopes, f" = [{zero}] * {len(slopes)}"),
                *self.indent(lines),
                *(returned or ["    return xp.sum(result), []"]),
                "",
            ]
        )

    def add_results(self, keep: Callable[..., str], roots: Sequence[Value]) -> None:
        """Add what is checked of the forward part, the results, and what they count."""
        listing, statements, operations = self.listing, self.statements, self.expressions.operations
        failing = [
            x
            for x, operation in enumerate(operations)
            if not (operation in HARMLESS or isinstance(operation, (Reduction, Choice)))
        ]
        statements.is_checked = bool(failing or self.program.branches)
        for i in range(0, len(failing), MOST_TERMS):
            listing.add(statements.check, *failing[i : i + MOST_TERMS])
        columns, results = self.find_columns(), [self.of[root] for root in roots]
        listing.named.update(results)

        def keep_columns(*texts: str) -> str:
            zeros = f" + xp.zeros_like({self.inputs[0]})"  # to what no input changes
            pairs = zip(texts, results, strict=True)
            return keep(*[text if x in columns else text + zeros for text, x in pairs])

        listing.add(keep_columns, *results)
        if isinstance(self.kind, int):
            one = statements.hide(f"upstream * xp.ones_like({self.inputs[0]})")
            listing.add_lines([f"upstream = {one}"])

    def find_columns(self) -> set[int]:
        """Return the expressions that differ from row to row: those that depend on an input."""
        found = {self.of[x] for x in self.program.inputs if x in self.of}
        for x, inputs in enumerate(self.expressions.inputs):
            if not found.isdisjoint(inputs):
                found.add(x)
        return found

    def give_names(self) -> list[str]:
        """Return the lines that name the parameters and the columns."""
        taken = f"take_numbers(xp, parameters, {len(self.parameters)})"
        columns = f" = take_columns(xp, columns, {len(self.inputs)})"
        return [
            *(wrap_names("", self.parameters, f" = {taken}") or [f"    {taken}"]),
            *wrap_names("", self.inputs, columns),
        ]

    def indent(self, lines: Sequence[str]) -> list[str]:
        """Return lines as they stand in the function, behind what they begin with."""
        begin = ["fine = True  # where no row is refused"] * self.statements.is_checked
        return [f"    {line}" for line in [*begin, *lines]]

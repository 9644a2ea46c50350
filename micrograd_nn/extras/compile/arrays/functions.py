"""A program's functions over whole columns: the same lines as in Python, each once for all rows.

Where the row engine has an error, or a comparison goes another way than when it was recorded, the
row's result is not-a-number, and so is a gradient to which it belongs: never a number by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ....engine.operation import ARITHMETIC, Choice, Reduction
from ....notation.python import RESERVED
from ....notation.writing.identifiers import Identifiers
from ....notation.writing.notation import MOST_TERMS
from ..programs.lines import FunctionWriter, begin_function
from ..programs.lookups import Steps
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

    def increase_item(self, name: str, steps: Steps, place: str, text: str) -> str:
        """Refuse to add to an item of a list: it is another one in each row."""
        raise TypeError("rows of a column share no place in a list")

    def skip_row(self, x: str) -> str:
        """Refuse to go on to the next row: all are computed at once."""
        raise TypeError("columns have no rows to skip")

    def begin_if(self, x: str) -> str:
        """Refuse to leave anything out where a number is 0: it is needed in other rows."""
        raise TypeError("columns have no rows to skip")


def write_array_function(program: Any, kind: int | str) -> str:
    """Return the function that computes all rows of an output with its gradient, or of ``predict``.

    What columns can't say is a NoArraysError.
    """
    if not program.inputs:
        raise NoArraysError("a program over columns needs inputs: list them, inputs=[…]")
    statements = ArrayStatements()
    names = Identifiers(OVER_COLUMNS)
    try:
        writer = begin_function(program, kind, names, statements)
        return ArrayFunction(program, writer, statements).write(kind)
    except NoArraysError:
        raise
    except ARITHMETIC as error:  # of a rule that looks at a constant
        raise NoArraysError(f"it can't be computed over columns: {error}") from None


class ArrayFunction:
    """One function of a program over columns, to be written."""

    def __init__(self, program: Any, writer: FunctionWriter, statements: ArrayStatements) -> None:
        self.writer = writer
        self.statements = statements
        self.listing = writer.listing
        self.parameters = writer.list_names(program.parameters)
        self.columns = writer.list_names(program.inputs)
        self.program = program

    def write(self, kind: int | str) -> str:
        """Return the source of the function."""
        if isinstance(kind, int):
            return self.write_program(kind)
        return self.write_predict()

    def write_predict(self) -> str:
        """Return the source of the function of results alone."""
        outputs = self.program.outputs
        self.add_forward(outputs, self.statements.keep_all)
        told = f"the result of each row of the columns ({', '.join(self.columns)})"
        if len(outputs) > 1:
            told = told.replace("the result", f"the {len(outputs)} results")
        lines = ["def predict(parameters, columns):", f'    """Return {told}."""']
        return "\n".join([*lines, *self.write_lines(), ""])

    def write_program(self, i: int) -> str:
        """Return the source of the function that sums an output and its gradient over rows."""
        writer, wrt = self.writer, self.program.wrt
        slopes = writer.name_slopes(wrt)
        self.add_forward([self.program.outputs[i]], self.statements.keep)
        one = self.statements.hide(f"upstream * xp.ones_like({self.columns[0]})")
        self.listing.add(lambda: f"upstream = {one}")
        self.listing.add(partial(self.statements.comment, "Backward"))
        writer.add_backward(self.program.outputs[i], slopes)
        names = [*slopes.values()]
        zero = f"xp.sum(xp.zeros_like({self.columns[0]}))"
        zeros = wrap_names("", names, f" = [{zero}] * {len(names)}")
        by = ", ".join(writer.list_names(wrt)) if len(wrt) <= 6 else f"{len(wrt)} numbers"
        told = f"the result summed over rows of the columns ({', '.join(self.columns)})"
        return "\n".join(
            [
                "def program(parameters, columns, upstream=1.0):",
                f'    """Return {told}, and its derivatives by {by or "nothing"}."""',
                *self.write_lines(zeros),
                *(
                    wrap_names("return xp.sum(result), xp.stack(", names, ")", "[]")
                    or ["    return xp.sum(result), []"]
                ),
                "",
            ]
        )

    def add_forward(self, outputs: Sequence[Any], keep: Callable[..., str]) -> None:
        """Add the forward part, what is checked of it, and the results."""
        writer, listing, statements = self.writer, self.listing, self.statements
        writer.add_forward()
        failing = [
            x
            for x, operation in enumerate(writer.expressions.operations)
            if not (operation in HARMLESS or isinstance(operation, (Reduction, Choice)))
        ]
        statements.is_checked = bool(failing or writer.branches)
        for i in range(0, len(failing), MOST_TERMS):
            listing.add(statements.check, *failing[i : i + MOST_TERMS])
        roots = [writer.of[output] for output in outputs]
        listing.named.update(roots)
        columns = self.find_columns()
        are_columns = [x in columns for x in roots]

        def keep_columns(*texts: str) -> str:
            zeros = f" + xp.zeros_like({self.columns[0]})"  # to what no input changes
            pairs = zip(texts, are_columns, strict=True)
            return keep(*[text if is_column else text + zeros for text, is_column in pairs])

        listing.add(keep_columns, *roots)

    def find_columns(self) -> set[int]:
        """Return the expressions that differ from row to row: those that depend on an input."""
        writer = self.writer
        found = {writer.of[x] for x in self.program.inputs if x in writer.of}
        for x, inputs in enumerate(writer.expressions.inputs):
            if not found.isdisjoint(inputs):
                found.add(x)
        return found

    def write_lines(self, zeros: Sequence[str] = ()) -> list[str]:
        """Return the function's lines, indented."""
        parameters, columns = self.parameters, self.columns
        taken = f"take_numbers(xp, parameters, {len(parameters)})"
        return [
            *(wrap_names("", parameters, f" = {taken}") or [f"    {taken}"]),
            *wrap_names("", columns, f" = take_columns(xp, columns, {len(columns)})"),
            *zeros,
            *["    fine = True  # where no row is refused"] * self.statements.is_checked,
            *[f"    {line}" for line in self.writer.write_lines()],
        ]

"""A program's functions in Python: straight-line arithmetic, once for each row of inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...engine.value import Value
from ..writing.python import Identifiers, Python
from .lines import FunctionWriter
from .lookups import Steps
from .statements import Statements

PREDICT = "predict"  # the name of the function of results alone
LIST_WIDTH = 100  # of a line with a list of names


class PythonStatements(Statements):
    """The statements of Python."""

    notation: Python
    indent = "    "

    def __init__(self, names: Identifiers) -> None:
        self.notation = Python(names)

    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""
        return f"{name} = {text}"

    def increase(self, name: str, text: str) -> str:
        """Add a number to one that has a name."""
        return f"{name} += {text}"

    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""
        compared = f"{x} {how} {y}"
        test = f"not {compared}" if outcome else compared
        told = f"{compared} was {outcome} when the graph was recorded"
        return f'if {test}: raise BranchError("{told}")'

    def keep(self, text: str) -> str:
        """Keep the result of a row."""
        return f"results.append({text})"

    def keep_all(self, *texts: str) -> str:
        """Keep several results of a row."""
        return self.keep(f"[{', '.join(texts)}]")

    def increase_item(self, name: str, steps: Steps, place: str, text: str) -> str:
        """Add a number to an item of a list, at a place that is known when the program runs."""
        return f"{steps.write_item(name, place)} += {text}"

    def skip_row(self, x: str) -> str:
        """Go on to the next row where a number is 0."""
        return f"if not {x}: continue"

    def begin_if(self, x: str) -> str:
        """Begin what is left out where a number is 0."""
        return f"if {x}:"

    def comment(self, text: str) -> str:
        """Tell what follows."""
        return f"# {text}"


class Forward(NamedTuple):
    """The forward part that the outputs of one program share: its source, and what wrote it."""

    source: str
    writer: FunctionWriter
    places: Mapping[int, int]  # of expressions in what it yields


def write_forward(
    writer: FunctionWriter, inputs: Sequence[Value], parameters: Sequence[Value]
) -> Forward:
    """Return the generator of all that is computed of each row, by which outputs go on."""
    writer.set_parameters(parameters)
    writer.add_forward()
    listing, row = writer.listing, join_names(writer.list_names(inputs))
    listing.names_all = True
    lines = listing.write_lines()
    shared = listing.find_shared()
    names = [listing.texts[x] for x in shared]
    source = "\n".join(
        [
            "def forward(parameters, rows):",
            f'    """Yield what is computed of each row of ({row}), for all outputs."""',
            *wrap_names("", writer.list_names(parameters), " = parameters"),
            f"    for {row or 'row'} in rows:",
            *[f"        {line}" for line in lines],
            *[f"    {line}" for line in wrap_names("yield ", names, "", "[]")],
            "",
        ]
    )
    return Forward(source, writer, {x: i for i, x in enumerate(shared)})


def write_program(
    writer: FunctionWriter, root: Value, inputs: Sequence[Value], parameters: Sequence[Value],
    wrt: Sequence[Value], forward: Forward | None = None,
) -> str:  # fmt: skip
    """Return the source of the function that sums a result and its gradient over rows.

    A ``forward`` part that was written before is called; the writer continues that one's.
    """
    slopes = writer.name_slopes(wrt, in_columns=True)
    if forward is None:
        writer.set_parameters(parameters)
        writer.add_forward()
    writer.add_gradient(root, slopes)
    row, columns = join_names(writer.list_names(inputs)), writer.choosing.columns
    all_slopes = [slopes[x] for x in wrt if x not in columns]
    if columns:
        all_slopes.insert(writer.choosing.first_column, "*columns")
    loop = [
        f"    for {row or 'row'} in reversed(rows):  # as backward() takes their sum",
        "        # Forward",
    ]
    if forward is not None:
        each = f"({row})" if row else "row"
        texts = writer.listing.forward
        loop = [
            "    rows = rows[::-1]  # as backward() takes their sum",
            f"    for {each}, numbers in zip(rows, forward(parameters, rows)):",
            *[
                f"        {texts[x]} = numbers[{forward.places[x]}]"
                for x in writer.listing.find_used()
            ],
        ]
    few = len(wrt) <= 6
    by = ", ".join(writer.list_names(wrt)) if few else f"{len(wrt)} numbers"
    zeros = f"({join_names(['0.0'] * len(wrt))})" if few else f"[0.0] * {len(wrt)}"
    what = f"the result summed over rows of ({row})" if row else "the result, once for each row"
    return "\n".join(
        [
            "def program(parameters, rows, upstream=1.0, start=None):",
            f'    """Return {what}, and its derivatives by {by or "nothing"}."""',
            *wrap_names("", writer.list_names(parameters), " = parameters"),
            *wrap_names("", all_slopes, f" = start or {zeros}"),
            "    results = []",
            *loop,
            *[f"        {line}" for line in writer.write_lines()],
            "    total = results.pop() if results else 0.0",
            "    while results:",
            "        total = total + results.pop()",
            *(wrap_names("return total, ", all_slopes, "", "[]") or ["    return total, []"]),
            "",
        ]
    )


def write_predict(
    writer: FunctionWriter, roots: Sequence[Value], inputs: Sequence[Value],
    parameters: Sequence[Value],
) -> str:  # fmt: skip
    """Return the source of the function that computes the results of each row."""
    writer.set_parameters(parameters)
    writer.add_results(roots)
    row = join_names(writer.list_names(inputs))
    return "\n".join(
        [
            "def predict(parameters, rows):",
            f'    """Return the list of results for each row of ({row})."""',
            *wrap_names("", writer.list_names(parameters), " = parameters"),
            "    results = []",
            f"    for {row or 'row'} in rows:",
            *[f"        {line}" for line in writer.write_lines()],
            "    return results",
            "",
        ]
    )


def wrap_names(before: str, names: Sequence[str], after: str, marks: str = "") -> list[str]:
    """Return an indented line with a list of names, broken into several if it's a long one."""
    if not names:
        return []
    first, last = marks[:1], marks[1:]
    line = f"    {before}{first}{', '.join(names) if marks else join_names(names)}{last}{after}"
    if len(line) <= LIST_WIDTH:
        return [line]
    first, last = first or "(", last or ")"
    filled, line = [], " " * 7
    for name in names:
        if line.strip() and len(line) + len(name) + 2 > LIST_WIDTH:
            filled.append(line)
            line = " " * 7
        line += f" {name},"
    return [f"    {before}{first}", *filled, line, f"    {last}{after}"]


def join_names(names: Sequence[str]) -> str:
    """Return names as Python unpacks them: one alone has a comma."""
    return ", ".join(names) + "," * (len(names) == 1)

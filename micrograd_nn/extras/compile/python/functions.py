"""A program's functions in Python: lines and loops of arithmetic, once for each row of inputs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ....notation.python import Python
from ....notation.writing.identifiers import Identifiers
from ..programs.lines import FEW_NAMES, FunctionWriter
from ..programs.statements import LIST_WIDTH, LoopStatements, Run, find_names, wrap_list


class PythonStatements(LoopStatements):
    """The statements of Python."""

    notation: Python
    has_items = True
    indent = "    "
    skip_row = "if not {}: continue"
    begin_if = "if {}:"
    fewest_nodes = 1000
    most_written = 20_000  # Python runs variables faster than the items of lists
    longest_written = 100

    def __init__(self, names: Identifiers) -> None:
        self.notation = Python(names)
        self.names = names

    @cached_property
    def factors(self) -> tuple[str, str]:
        """Names for the numbers of two runs."""
        return self.names.new("a"), self.names.new("b")

    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""
        return f"{name} = {text}"

    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""
        compared = f"{x} {how} {y}"
        test = f"not {compared}" if outcome else compared
        told = f"{compared} was {outcome} when the graph was recorded"
        return f'if {test}: raise BranchError("{told}")'

    def keep(self, text: str) -> str:
        """Keep the result of a row."""
        return f"results.append({text})"

    def begin_loop(self, counter: str, turns: int, is_reversed: bool) -> str:
        """Begin a loop of ``turns``, maybe from the last to the first."""
        turns_taken = f"reversed(range({turns}))" if is_reversed else f"range({turns})"
        return f"for {counter} in {turns_taken}:"

    def declare_array(self, name: str, size: int) -> str:
        """Make room for the results of a loop."""
        return f"{name} = [0.0] * {size}"

    def begin_sums(self, name: str, size: int) -> str:
        """Make room for sums that begin as -0.0."""
        return f"{name} = [-0.0] * {size}"

    def begin_sum(self, name: str) -> str:
        """Begin a sum as -0.0, to which anything can be added without a change."""
        return f"{name} = -0.0"

    def add_run(self, name: str, runs: Sequence[Run]) -> str:
        """Add the numbers of a run to a sum, or the products of two."""
        names = self.factors[: len(runs)]
        taken = ", ".join(map(write_slice, runs))
        if len(runs) > 1:
            taken = f"zip({taken})"
        return f"for {', '.join(names)} in {taken}:\n    {name} += {' * '.join(names)}"

    def spread(self, target: Run, factor: Run | None, is_slope: bool, x: str) -> str:
        """Add a number to each of a run, or its products with the factors."""
        there, (total, other) = write_slice(target), self.factors
        amount = x if factor is None else f"{x} * {other}"
        if not target.step:  # all of them to one
            begin = f"for {other} in {write_slice(factor or target)}:"
            return f"{begin}\n    {target.array}[{target.begin}] += {amount}"
        if factor is None:
            return f"{there} = [{total} + {amount} for {total} in {there}]"
        taken = f"zip({there}, {write_slice(factor)})"
        return f"{there} = [{total} + {amount} for {total}, {other} in {taken}]"


def write_slice(run: Run) -> str:
    """Return the items of a run as a list of their own.

    >>> write_slice(Run("h", "4 * i", "4 * i + 8", 2, 4)), write_slice(Run("h", "3", "3", 0, 5))
    ('h[4 * i:4 * i + 8:2]', '[h[3]] * 5')
    """
    if not run.step:
        return f"[{run.array}[{run.begin}]] * {run.length}"
    stride = "" if run.step == 1 else f":{run.step}"
    return f"{run.array}[{run.begin}:{run.end}{stride}]"


def write_function(program: Any, kind: int | str, statements: PythonStatements) -> str:
    """Return the source of one function of a program.

    It computes the results of each row, or sums one result and its gradient over rows.
    """
    writer = FunctionWriter(program, kind, statements.names, statements)
    lines, has_loops = writer.write_lines(), writer.looping is not None
    row = join_names(writer.inputs)
    taken = "row" if has_loops or not row else row
    body = [f"    {line}" for line in unpack(writer, lines, writer.inputs, "row")] * has_loops
    body += [f"        {line}" for line in lines]
    given = unpack(writer, lines, writer.parameters, "parameters")
    if not isinstance(kind, int):
        text = [
            "def predict(parameters, rows):",
            f'    """Return the list of results for each row of ({row})."""',
            *given,
            "    results = []",
            f"    for {taken} in rows:",
            *body,
            "    return results",
            "",
        ]
        return "\n".join(text)
    slopes, columns, count = [*writer.slopes.values()], writer.columns, len(writer.slopes)
    zeros = f"({join_names(['0.0'] * count)})" if count <= FEW_NAMES else f"[0.0] * {count}"
    before, behind = slopes[: columns.start], slopes[columns.stop :]
    returned = [*before, *["*columns"] * bool(columns), *behind]
    begin = wrap_names("", behind, f" = start or {zeros}")
    if columns:
        begin = [
            f"    start = start or {zeros}",
            *wrap_names("", before, f" = start[:{columns.start}]"),
            f"    columns = [*start[{columns.start}:{columns.stop}]]",
            *wrap_names("", behind, f" = start[{columns.stop}:]"),
        ]
    what = f"the result summed over rows of ({row})" if row else "the result, once for each row"
    return "\n".join(
        [
            "def program(parameters, rows, upstream=1.0, start=None):",
            f'    """Return {what}, and its derivatives by {writer.tell_wrt()}."""',
            *given,
            *begin,
            "    results = []",
            f"    for {taken} in reversed(rows):  # as backward() takes their sum",
            "        # Forward",
            *body,
            "    total = results.pop() if results else 0.0",
            "    while results:",
            "        total = total + results.pop()",
            *(wrap_names("return total, ", returned, "", "[]") or ["    return total, []"]),
            "",
        ]
    )


def unpack(
    writer: FunctionWriter, lines: Sequence[str], names: Sequence[str], array: str
) -> list[str]:
    """Return the lines that give numbers their names: all, or those that lines beside loops use."""
    if writer.looping is None:
        return wrap_names("", names, f" = {array}")
    used = find_names(lines)
    taken = [f"    {name} = {array}[{i}]" for i, name in enumerate(names) if name in used]
    if array == "parameters" and "constants" in used:
        numbers = [writer.notation.write_number(x).text for x in writer.looping.constants]
        taken += wrap_names("constants = ", numbers, "", "()")
    return taken


def wrap_names(before: str, names: Sequence[str], after: str, marks: str = "") -> list[str]:
    """Return an indented line with a list of names, broken into several if it's a long one."""
    if not names:
        return []
    first, last = marks[:1], marks[1:]
    line = f"    {before}{first}{', '.join(names) if marks else join_names(names)}{last}{after}"
    if len(line) <= LIST_WIDTH:
        return [line]
    return [f"    {before}{first or '('}", *wrap_list(names, 8), f"    {last or ')'}{after}"]


def join_names(names: Sequence[str]) -> str:
    """Return names as Python unpacks them: one alone has a comma."""
    return ", ".join(names) + "," * (len(names) == 1)

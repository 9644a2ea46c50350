"""A program's functions in Python: lines and loops of arithmetic, once for each row of inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from ....engine.value import Value
from ....notation.python import Python
from ....notation.writing.identifiers import Identifiers
from ..programs.lines import FunctionWriter
from ..programs.statements import LIST_WIDTH, LoopStatements, Run, find_names


class PythonStatements(LoopStatements):
    """The statements of Python."""

    notation: Python
    indent = "    "
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

    def skip_row(self, x: str) -> str:
        """Go on to the next row where a number is 0."""
        return f"if not {x}: continue"

    def begin_if(self, x: str) -> str:
        """Begin what is left out where a number is 0."""
        return f"if {x}:"

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


def write_program(
    writer: FunctionWriter, root: Value, inputs: Sequence[Value], parameters: Sequence[Value],
    wrt: Sequence[Value],
) -> str:  # fmt: skip
    """Return the source of the function that sums a result and its gradient over rows."""
    slopes = writer.name_slopes(wrt, in_columns=True)
    writer.set_parameters(parameters)
    writer.add_forward()
    writer.add_gradient(root, slopes)
    row, columns = join_names(writer.list_names(inputs)), writer.choosing.columns
    all_slopes = [slopes[x] for x in wrt if x not in columns]
    few = len(wrt) <= 6
    zeros = f"({join_names(['0.0'] * len(wrt))})" if few else f"[0.0] * {len(wrt)}"
    begin = wrap_names("", all_slopes, f" = start or {zeros}")
    if columns:
        first = writer.choosing.first_column
        last = first + len(columns)
        begin = [
            f"    start = start or {zeros}",
            *wrap_names("", all_slopes[:first], f" = start[:{first}]"),
            f"    columns = [*start[{first}:{last}]]",
            *wrap_names("", all_slopes[first:], f" = start[{last}:]"),
        ]
        all_slopes.insert(first, "*columns")
    loop = [
        f"    for {row or 'row'} in reversed(rows):  # as backward() takes their sum",
        "        # Forward",
    ]
    lines = split_lines(writer.write_lines())
    if writer.looping is not None:
        loop[:1] = ["    for row in reversed(rows):  # as backward() takes their sum"]
        loop += [f"    {line}" for line in unpack(writer, lines, inputs, "row")]
    by = ", ".join(writer.list_names(wrt)) if few else f"{len(wrt)} numbers"
    what = "the result, once for each row"
    if row:
        what = f"the result summed over rows of ({row})"
    return "\n".join(
        [
            "def program(parameters, rows, upstream=1.0, start=None):",
            f'    """Return {what}, and its derivatives by {by or "nothing"}."""',
            *unpack(writer, lines, parameters, "parameters"),
            *begin,
            "    results = []",
            *loop,
            *[f"        {line}" for line in lines],
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
    lines = split_lines(writer.write_lines())
    taken = []
    if writer.looping is not None:
        taken = [f"    {line}" for line in unpack(writer, lines, inputs, "row")]
    return "\n".join(
        [
            "def predict(parameters, rows):",
            f'    """Return the list of results for each row of ({row})."""',
            *unpack(writer, lines, parameters, "parameters"),
            "    results = []",
            f"    for {'row' if writer.looping or not row else row} in rows:",
            *taken,
            *[f"        {line}" for line in lines],
            "    return results",
            "",
        ]
    )


def split_lines(texts: Iterable[str]) -> list[str]:
    """Return single lines, of which a text may have several."""
    return [line for text in texts for line in text.split("\n")]


def unpack(
    writer: FunctionWriter, lines: Sequence[str], values: Sequence[Value], array: str
) -> list[str]:
    """Return the lines that give numbers their names: all, or those that lines beside loops use."""
    names = writer.list_names(values)
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

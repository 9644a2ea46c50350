"""A program as a module in JavaScript that stands alone, with the numbers of a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from string import Template
from typing import Any

from ...._ground.text import InputError
from ....engine.operation import ARITHMETIC
from ....notation.javascript.notation import JavaScript, NoJavaScriptError, read_math
from ....notation.writing.identifiers import Identifiers
from ....notation.writing.quoting import quote_javascript
from ..programs.lines import PREDICT, FunctionWriter
from ..programs.statements import FEWEST_NODES, BracedStatements, find_called, find_names

# Words of the language, and what a program calls its own.
WORDS_OF_JAVASCRIPT = """
await break case catch class const continue debugger default delete do else enum eval export extends
false finally for function if implements import in instanceof interface let new null package private
protected public return static super switch this throw true try typeof undefined var void while with
yield arguments NaN Infinity Math Number RangeError TypeError JSON Array Float64Array
parameters rows row upstream start results total names recorded predict program math requireNumbers
at constants gradient
"""
FEW_NAMES = 20  # that are listed, though they are numbered
# Of math.mjs, the functions that a script calls.
FUNCTION = re.compile(r"^(?:export )?(?:const|class|function) (\w+)")
MEMBER = re.compile(r"^  (\w+)(?:[,:(])")
CALLED = re.compile(r"(?:(?<![\w.])|(?<=\.\.\.))(?:math\.)?\w+")


class JavaScriptStatements(BracedStatements):
    """The statements of JavaScript."""

    indent = "  "
    counting = "let"
    columns = "gradient"
    comments = "// {}"
    skip_row = "if ({} === 0.0) continue;"
    begin_if = "if ({} !== 0.0) {{"
    has_all_columns = True
    fewest_nodes = FEWEST_NODES

    def __init__(self) -> None:
        self.notation = JavaScript()

    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""
        return f"let {name} = {text};" if is_new else f"{name} = {text};"

    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""
        sign = {"==": "===", "!=": "!=="}.get(how, how)
        told = quote_javascript(f"{x} {how} {y} was {outcome} when the graph was recorded")
        return f"if ({'!' * outcome}({x} {sign} {y})) throw new RangeError({told});"

    def keep(self, text: str) -> str:
        """Keep the result of a row."""
        return f"results.push({text});"

    def declare_array(self, name: str, size: int) -> str:
        """Make room for the results of a loop."""
        return f"const {name} = new Float64Array({size});"

    def begin_sums(self, name: str, size: int) -> str:
        """Make room for sums that begin as -0.0."""
        return f"const {name} = new Float64Array({size}).fill(-0.0);"

    def begin_sum(self, name: str) -> str:
        """Begin a sum as -0.0, to which anything can be added without a change."""
        return f"let {name} = -0.0;"


def write_javascript(program: Any, path: Path) -> dict[Path, str]:
    """Return a module in JavaScript with a program's functions, as Python's module has them.

    What JavaScript can't say is an InputError.
    """
    try:
        kinds: list[int | str] = [PREDICT, 0] if program.wrt else [PREDICT]
        functions = [write_function(program, kind) for kind in kinds]
    except (NoJavaScriptError, *ARITHMETIC) as error:
        raise InputError(f"not saved: {error}") from None
    text = "\n".join(functions)
    library = carry_library(text)
    numbers = {
        name: write_numbers([x.data for x in these])
        for name, these in (("parameters", program.parameters), ("row", program.inputs))
    }
    names = [
        f'"parameters": {write_names([*program.parameters.values()])}',
        f'"row": {write_names([*program.inputs.values()])}',
        f'"gradient": {write_names(program.wrt_names)}',
    ]
    template = Template((files(__package__) / "alone.js").read_text(encoding="utf-8"))
    return {
        path: template.substitute(
            library=library + "\n" * bool(library),
            names=f"{{{', '.join(names)}}}",
            recorded=f"{{ {', '.join(f'{name}: {listed}' for name, listed in numbers.items())} }}",
            functions=text.rstrip(),
        )
    }


def write_names(names: Sequence[str]) -> str:
    """Return names as an array; many that are numbered one after the other are one item.

    >>> write_names(["x1", "x2", "y"]), write_names([f"x{i}" for i in range(784)])
    ('["x1", "x2", "y"]', '[...Array.from({length: 784}, (_, i) => "x" + i)]')
    """

    def find_run(numbered: tuple[int, str]) -> tuple[Any, ...]:
        place, name = numbered
        found = re.fullmatch(r"(.*\D)(0|[1-9]\d*)", name, re.ASCII)
        return (found[1], int(found[2]) - place) if found else (name,)

    items: list[str] = []
    for key, run in groupby(enumerate(names), find_run):
        places = [place for place, _ in run]
        if len(places) < FEW_NAMES:
            items += [json.dumps(names[place]) for place in places]
            continue
        first = key[1] + places[0]
        numbered = f"{json.dumps(key[0])} + {f'({first} + i)' if first else 'i'}"
        items.append(f"...Array.from({{length: {len(places)}}}, (_, i) => {numbered})")
    return f"[{', '.join(items)}]"


def write_numbers(numbers: Iterable[float]) -> str:
    """Return numbers as an array."""
    notation = JavaScript()
    return f"[{', '.join([notation.write_number(x).text for x in numbers])}]"


def write_function(program: Any, kind: int | str) -> str:
    """Return one function: of the results of each row, or of a result and its gradient."""
    names = Identifiers({*WORDS_OF_JAVASCRIPT.split()})
    writer = FunctionWriter(program, kind, names, JavaScriptStatements())
    lines = writer.write_lines()
    parameters = give_names(writer, lines, writer.parameters, "parameters")
    if writer.looping is not None and "constants" in find_names(lines):
        parameters.append(f"const constants = {write_numbers(writer.looping.constants)};")
    row = give_names(writer, lines, writer.inputs, "row")
    if not isinstance(kind, int):
        text = [
            "/** Return the list of results for each row of inputs. */",
            "export function predict(parameters, rows) {",
            *[f"  {line}" for line in parameters],
            "  const results = [];",
            "  for (const row of rows) {",
            *[f"    {line}" for line in [*row, *lines]],
            "  }",
            "  return results;",
            "}",
            "",
        ]
        return "\n".join(text)
    count = len(writer.wrt)
    start = f'requireNumbers(start, {count}, "start")'
    listed = f"[{', '.join(writer.slopes.values())}]"
    if writer.looping is not None:
        listed, start = "gradient", f"Array.from({start})"
    return "\n".join(
        [
            "/** Return the result summed over rows, and the gradient of that sum. */",
            "export function program(parameters, rows, upstream = 1.0, start = null) {",
            *[f"  {line}" for line in parameters],
            f"  let {listed} = start === null ? Array({count}).fill(0.0)",
            f"    : {start};",
            "  const results = [];",
            "  for (const row of [...rows].reverse()) { // as backward() takes their sum",
            *[f"    {line}" for line in [*row, "// Forward", *lines]],
            "  }",
            "  let total = results.length ? results.pop() : 0.0;",
            "  while (results.length) total = total + results.pop();",
            f"  return [total, {listed}];",
            "}",
            "",
        ]
    )


def give_names(
    writer: FunctionWriter, lines: Sequence[str], names: Sequence[str], array: str
) -> list[str]:
    """Return the lines that give numbers their names: all, or those that lines beside loops use."""
    required = f'requireNumbers({array}, {len(names)}, "{array}");'
    if writer.looping is None:
        return [f"const [{', '.join(names)}] = {required}" if names else required]
    used = find_names(lines)
    return [required, *[f"const {x} = {array}[{i}];" for i, x in enumerate(names) if x in used]]


@cache
def read_library() -> dict[str, str]:
    """Return the parts of math.mjs by the names that others call them by, in their order."""
    parts: dict[str, str] = {}
    before, _, rest = read_math().partition("export const math = {\n")
    for block in before.split("\n\n")[1:]:  # behind what the file is for
        lines = block.split("\n")
        name = next((found[1] for line in lines if (found := FUNCTION.match(line))), "")
        if lines[0].startswith("const"):
            parts |= {found[1]: line for line in lines if (found := FUNCTION.match(line))}
        else:
            parts[name] = block.replace("export ", "")
    for line in rest.partition("\n};\n")[0].split("\n"):
        if found := MEMBER.match(line):
            name = f"math.{found[1]}"
            parts[name] = line
        elif line.startswith("   ") or line == "  },":
            parts[name] += f"\n{line}"
    return parts


def carry_library(text: str) -> str:
    """Return the part of math.mjs that a text calls, and what that calls; "" if it calls nothing.

    >>> print(carry_library("y = math.relu(x)"))
    const math = {
      relu: (x) => (x <= 0 ? 0 : x),
    };
    >>> carry_library("x * x")
    ''
    """
    library = read_library()
    called = find_called(text, library, CALLED)
    written = [library[name] for name in called if "." not in name]
    members = [library[name] for name in called if "." in name]
    if members:
        written.append("const math = {\n" + "\n".join(members) + "\n};")
    return "\n\n".join(written)

"""A program as a module in JavaScript that stands alone, with the numbers of a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from ..._ground.text import InputError
from ...engine.operation import ARITHMETIC
from ..programs.lines import PREDICT, begin_function
from ..programs.lookups import Steps
from ..programs.statements import Statements
from ..writing.identifiers import Identifiers
from ..writing.quoting import quote_javascript
from .library import carry_library
from .notation import JavaScript, NoJavaScriptError

# Words of the language, and what a program calls its own.
WORDS_OF_JAVASCRIPT = """
await break case catch class const continue debugger default delete do else enum eval export extends
false finally for function if implements import in instanceof interface let new null package private
protected public return static super switch this throw true try typeof undefined var void while with
yield arguments NaN Infinity Math Number RangeError TypeError JSON
parameters rows row upstream start results total names recorded predict program math requireNumbers
"""


class JavaScriptStatements(Statements):
    """The statements of JavaScript."""

    indent = "  "
    end_if = "}"

    def __init__(self) -> None:
        self.notation = JavaScript()

    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""
        return f"let {name} = {text};" if is_new else f"{name} = {text};"

    def increase(self, name: str, text: str) -> str:
        """Add a number to one that has a name."""
        return f"{name} += {text};"

    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""
        sign = {"==": "===", "!=": "!=="}.get(how, how)
        told = quote_javascript(f"{x} {how} {y} was {outcome} when the graph was recorded")
        return f"if ({'!' * outcome}({x} {sign} {y})) throw new RangeError({told});"

    def keep(self, text: str) -> str:
        """Keep the result of a row."""
        return f"results.push({text});"

    def keep_all(self, *texts: str) -> str:
        """Keep several results of a row."""
        return self.keep(f"[{', '.join(texts)}]")

    def increase_item(self, name: str, steps: Steps, place: str, text: str) -> str:
        """Add a number to an item of an array, at a place that is known when the program runs."""
        return f"{steps.write_item(name, place)} += {text};"

    def skip_row(self, x: str) -> str:
        """Go on to the next row where a number is 0."""
        return f"if ({x} === 0.0) continue;"

    def begin_if(self, x: str) -> str:
        """Begin what is left out where a number is 0."""
        return f"if ({x} !== 0.0) {{"

    def comment(self, text: str) -> str:
        """Tell what follows."""
        return f"// {text}"


def write_javascript(program: Any, path: Path) -> dict[Path, str]:
    """Return a module in JavaScript with a program's functions, as Python's module has them.

    What JavaScript can't say is an InputError.
    """
    try:
        functions = [write_predict_function(program)]
        functions += [write_program_function(program)] if program.wrt else []
    except (NoJavaScriptError, *ARITHMETIC) as error:
        raise InputError(f"not saved: {error}") from None
    text = "\n".join(functions)
    library = carry_library(text)
    notation = JavaScript()
    numbers = {
        name: f"[{', '.join(notation.write_number(x.data).text for x in these)}]"
        for name, these in (("parameters", program.parameters), ("row", program.inputs))
    }
    names = {
        "parameters": [*program.parameters.values()],
        "row": [*program.inputs.values()],
        "gradient": program.wrt_names,
    }
    template = Template((files(__package__) / "alone.js").read_text(encoding="utf-8"))
    return {
        path: template.substitute(
            library=library + "\n" * bool(library),
            names=json.dumps(names),
            recorded=f"{{ {', '.join(f'{name}: {listed}' for name, listed in numbers.items())} }}",
            functions=text.rstrip(),
        )
    }


def make_identifiers() -> Identifiers:
    """Return identifiers that aren't words of JavaScript."""
    return Identifiers({*WORDS_OF_JAVASCRIPT.split()})


def unpack_numbers(names: Sequence[str], array: str) -> str:
    """Return the statement that gives names to the numbers of an array."""
    listed = f"const [{', '.join(names)}] = " if names else ""
    return f'{listed}requireNumbers({array}, {len(names)}, "{array}");'


def write_predict_function(program: Any) -> str:
    """Return the function that computes the results of each row."""
    writer = begin_function(program, PREDICT, make_identifiers(), JavaScriptStatements())
    writer.add_results(program.outputs)
    return "\n".join(
        [
            "/** Return the list of results for each row of inputs. */",
            "export function predict(parameters, rows) {",
            f"  {unpack_numbers(writer.list_names(program.parameters), 'parameters')}",
            "  const results = [];",
            "  for (const row of rows) {",
            f"    {unpack_numbers(writer.list_names(program.inputs), 'row')}",
            *[f"    {line}" for line in writer.write_lines()],
            "  }",
            "  return results;",
            "}",
            "",
        ]
    )


def write_program_function(program: Any) -> str:
    """Return the function that sums a result and its gradient over rows."""
    writer = begin_function(program, 0, make_identifiers(), JavaScriptStatements())
    slopes = writer.name_slopes(program.wrt)
    writer.add_forward()
    writer.add_gradient(program.outputs[0], slopes)
    listed = ", ".join(slopes.values())
    count = len(slopes)
    return "\n".join(
        [
            "/** Return the result summed over rows, and the gradient of that sum. */",
            "export function program(parameters, rows, upstream = 1.0, start = null) {",
            f"  {unpack_numbers(writer.list_names(program.parameters), 'parameters')}",
            f"  let [{listed}] = start === null ? Array({count}).fill(0.0)",
            f'    : requireNumbers(start, {count}, "start");',
            "  const results = [];",
            "  for (const row of [...rows].reverse()) { // as backward() takes their sum",
            f"    {unpack_numbers(writer.list_names(program.inputs), 'row')}",
            "    // Forward",
            *[f"    {line}" for line in writer.write_lines()],
            "  }",
            "  let total = results.length ? results.pop() : 0.0;",
            "  while (results.length) total = total + results.pop();",
            f"  return [total, [{listed}]];",
            "}",
            "",
        ]
    )

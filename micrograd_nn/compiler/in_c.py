"""A program's functions in C: the same lines as in Python, and the same numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from ..engine.operation import Operation, Reduction
from ..engine.value import Value
from ..writing.c import C, collect_rules
from .lines import FunctionWriter, Statements
from .lookups import Steps

# What a function returns: whether its numbers are those of the program in Python.
DONE, BRANCHED, FAILED = 0, 1, 2

PROBED = 3  # inputs of an operation of any number of them


class CProgram(NamedTuple):
    """A function in C, to be read and to be compiled, and what it calls by what name."""

    source: str
    whole: str
    calls: Mapping[Operation, str]
    slopes: int


HEAD = """\
#include <fenv.h>
#include <math.h>
"""
# Numbers that aren't finite, and what Python raises for, are left to Python: see rules.c.
TAIL = """\
static int are_finite(const double *numbers, long count) {{
    for (long i = 0; i < count; i++) if (!isfinite(numbers[i])) return 0;
    return 1;
}}

int run(const double *parameters, const double *rows, long count, double upstream,
        double *gradient, double *results) {{
    if (!(are_finite(parameters, {parameters}) && are_finite(rows, count * {inputs})
          && are_finite(gradient, {slopes}) && isfinite(upstream))) return {failed};
    feclearexcept(FE_ALL_EXCEPT);
    int status = {call};
    if (status) return status;
    return fetestexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW) ? {failed} : 0;
}}
"""


class CStatements(Statements):
    """The statements of C."""

    notation: C
    indent = "    "
    end_if = "}"

    def __init__(self) -> None:
        self.notation = C()

    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""
        return f"double {name} = {text};" if is_new else f"{name} = {text};"

    def increase(self, name: str, text: str) -> str:
        """Add a number to one that has a name."""
        return f"{name} += {text};"

    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""
        return f"if ({'!' * outcome}({x} {how} {y})) return {BRANCHED};"

    def keep(self, text: str) -> str:
        """Keep the result of a row."""
        return f"results[row] = {text};"

    def keep_all(self, *texts: str) -> str:
        """Keep several results of a row."""
        places = [f"results[row * {len(texts)} + {i}]" for i in range(len(texts))]
        return "\n".join(f"{place} = {text};" for place, text in zip(places, texts, strict=True))

    def increase_item(self, name: str, steps: Steps, place: str, text: str) -> str:
        """Add a number to an item of an array, at a place that is known when the program runs."""
        return f"{steps.write_item(name, f'(long){place}')} += {text};"

    def skip_row(self, x: str) -> str:
        """Go on to the next row where a number is 0."""
        return f"if ({x} == 0.0) continue;"

    def begin_if(self, x: str) -> str:
        """Begin what is left out where a number is 0."""
        return f"if ({x} != 0.0) {{"

    def comment(self, text: str) -> str:
        """Tell what follows."""
        return f"/* {text} */"


def write_program_in_c(
    writer: FunctionWriter, root: Value, inputs: Sequence[Value], parameters: Sequence[Value],
    wrt: Sequence[Value],
) -> CProgram:  # fmt: skip
    """Return the function that sums a result and its gradient over rows."""
    leaves = writer.leaves
    writer.set_parameters([leaves[x] for x in parameters])
    slopes = writer.name_slopes(wrt)
    named = {i: slopes[x] for i, x in enumerate(wrt) if x not in writer.columns}
    count, first = len(writer.columns), writer.first_column
    each = f"for (long i = 0; i < {count}; i++)"
    writer.add_forward()
    writer.add(writer.statements.keep, writer.of[root])
    writer.add(partial(writer.statements.comment, "Backward"))
    writer.add_backward(root, slopes)
    row, by = ", ".join(leaves[x] for x in inputs), ", ".join(leaves[x] for x in wrt)
    by = by if len(wrt) <= 6 else f"{len(wrt)} parameters"
    function = [
        f"/* The result for each row of ({row}), and the derivatives of their sum by",
        f"   {by or 'nothing'}, which are added to the gradient. */",
        "static int program(const double *parameters, const double *rows, long count,",
        "                   double upstream, double *gradient, double *results) {",
        *[f"    double {leaves[x]} = parameters[{i}];" for i, x in enumerate(parameters)],
        *[f"    double {name} = gradient[{i}];" for i, name in named.items()],
        *(
            [f"    double columns[{count}];", f"    {each} columns[i] = gradient[{first} + i];"]
            * bool(count)
        ),
        "    for (long row = count - 1; row >= 0; row--) {",
        *[
            f"        double {leaves[x]} = rows[row * {len(inputs)} + {i}];"
            for i, x in enumerate(inputs)
        ],
        "        /* Forward */",
        *indent_lines(writer),
        "    }",
        *[f"    gradient[{i}] = {name};" for i, name in named.items()],
        *([f"    {each} gradient[{first} + i] = columns[i];"] * bool(count)),
        f"    return {DONE};",
        "}",
    ]
    call = "program(parameters, rows, count, upstream, gradient, results)"
    return write_file_of(writer, function, call, (len(parameters), len(inputs), len(wrt)))


def write_predict_in_c(
    writer: FunctionWriter, roots: Sequence[Value], inputs: Sequence[Value],
    parameters: Sequence[Value],
) -> CProgram:  # fmt: skip
    """Return the function that computes the results of each row."""
    leaves = writer.leaves
    writer.set_parameters([leaves[x] for x in parameters])
    writer.add_forward()
    writer.add(writer.statements.keep_all, *[writer.of[root] for root in roots])
    function = [
        f"/* The results for each row of ({', '.join(leaves[x] for x in inputs)}). */",
        "static int predict(const double *parameters, const double *rows, long count,",
        "                   double *results) {",
        *[f"    double {leaves[x]} = parameters[{i}];" for i, x in enumerate(parameters)],
        "    for (long row = 0; row < count; row++) {",
        *[
            f"        double {leaves[x]} = rows[row * {len(inputs)} + {i}];"
            for i, x in enumerate(inputs)
        ],
        *indent_lines(writer),
        "    }",
        f"    return {DONE};",
        "}",
    ]
    call = "predict(parameters, rows, count, results)"
    return write_file_of(writer, function, call, (len(parameters), len(inputs), 0))


def indent_lines(writer: FunctionWriter) -> list[str]:
    """Return a writer's lines as they stand in the loop over rows."""
    return ["        " + line for lines in writer.write_lines() for line in lines.split("\n")]


def write_file_of(
    writer: FunctionWriter, function: Sequence[str], call: str, counts: tuple[int, int, int]
) -> CProgram:
    """Return a function with the rules that it calls, and with what checks its numbers."""
    notation = writer.notation
    assert isinstance(notation, C)
    text = "\n".join(function)
    parameters, inputs, slopes = counts
    tail = TAIL.format(
        call=call, parameters=parameters, inputs=inputs, slopes=slopes, failed=FAILED
    )
    probes = [
        f"double probe_{name}(const double *x) {{ return {write_probe(operation, name)}; }}"
        for operation, name in notation.calls.items()
    ]
    rules = [f"{rule}\n" for rule in collect_rules(text)]
    source = "\n".join([HEAD, *rules, text, ""])
    return CProgram(source, "\n".join([source, tail, *probes, ""]), dict(notation.calls), slopes)


def write_probe(operation: Operation, name: str) -> str:
    """Return a call of an operation's function on the numbers of an array.

    >>> from micrograd_nn.engine import table as op
    >>> write_probe(op.pow, "pow"), write_probe(op.max, "max")
    ('pow(x[0], x[1])', 'max(3, x)')
    """
    if isinstance(operation, Reduction):
        return f"{name}({PROBED}, x)"
    return f"{name}({', '.join(f'x[{i}]' for i in range(len(operation.inputs)))})"

"""A program's functions in C: the same lines as in Python, and the same numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ....engine.operation import Operation
from ..programs.lines import FunctionWriter
from ..programs.lookups import Steps
from ..programs.statements import Statements, change_unused, find_names
from .notation import C, CIdentifiers, NoCError, collect_rules

# What a function returns: whether its numbers are those of the program in Python.
DONE, BRANCHED, FAILED = 0, 1, 2

MOST_LINES = 20_000  # of one function: a number each, on the stack, which is small in a thread
MOST_COLUMNS = 4000  # likewise
DEFINED = re.compile(r" *double (?P<name>\w+) = .*")


class CProgram(NamedTuple):
    """A function in C, to be read and to be compiled, and what it calls, in the probes' order.

    ``flags`` are those that its compiler is given beside the usual ones.
    """

    source: str
    whole: str
    calls: Mapping[Operation, str]
    slopes: int
    flags: Sequence[str] = ()


HEAD = f"""\
#include <fenv.h>
#include <math.h>

/* Whether the processor noted an error since the start: then Python runs, and tells of it. */
static int has_failed(void) {{
    return fetestexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW) ? {FAILED} : {DONE};
}}
"""
# Numbers that aren't finite are left to Python, and so is all if the arithmetic is another.
TAIL = """\
#include <float.h>
#if FLT_EVAL_METHOD != 0 || __FINITE_MATH_ONLY__ + 0
#error "the arithmetic is not that of Python"
#endif

static int are_finite(const double *numbers, long count) {{
    for (long i = 0; i < count; i++) if (!isfinite(numbers[i])) return 0;
    return 1;
}}

#if defined(_WIN32)
#define SEEN __declspec(dllexport)
#else
#define SEEN
#endif

SEEN int run(const double *parameters, const double *rows, long count, double upstream,
             double *gradient, double *results) {{
    if (!(are_finite(parameters, {parameters}) && are_finite(rows, count * {inputs})
          && are_finite(gradient, {slopes}) && isfinite(upstream))) return {failed};
    if (has_failed()) feclearexcept(FE_ALL_EXCEPT); /* which takes longer than to ask */
    return {call};
}}

/* The same, for whoever knows that all numbers are finite and no error is noted yet. */
SEEN int run_unchecked(const double *parameters, const double *rows, long count, double upstream,
                       double *gradient, double *results) {{
    return {call};
}}
"""
PROBE = """
SEEN double {name}(const double *x) {{
    feclearexcept(FE_ALL_EXCEPT);
    volatile double result = {call}; /* before one asks what it did */
    return has_failed() ? NAN : result;
}}
"""
ALWAYS_PROBED = {"probe_quotient": "x[0] / x[1]", "probe_product": "x[0] * x[1] + x[0]"}


class CStatements(Statements):
    """The statements of C."""

    notation: C
    has_items = True
    indent = "    "
    end, end_if, comments = ";", "}", "/* {} */"
    skip_row = "if ({} == 0.0) continue;"
    begin_if = "if ({} != 0.0) {{"

    def __init__(self) -> None:
        self.notation = C()

    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""
        if text.startswith("(place("):
            return f"double {name} = {text}; if (isnan({name})) return {FAILED};"
        return f"double {name} = {text};" if is_new else f"{name} = {text};"

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
        return super().increase_item(name, steps, f"(long){place}", text)


def write_lines_in_c(program: Any, kind: int | str) -> CProgram:
    """Return one function of a program as lines: results of each row, or a sum and its gradient."""
    writer = FunctionWriter(program, kind, CIdentifiers(), CStatements())
    is_gradient, row = isinstance(kind, int), ", ".join(writer.inputs)
    name, told = "predict", [f"/* The results for each row of ({row}). */"]
    if is_gradient:
        name = "program"
        told = [
            f"/* The result for each row of ({row}), and the derivatives of their sum by",
            f"   {writer.tell_wrt()}, which are added to the gradient. */",
        ]
        writer.listing.add_lines([writer.statements.comments.format("Forward")])
    # A compiler is told of each number that is computed for its errors alone.
    lines = change_unused(writer.write_lines(), DEFINED, r"\g<0> (void)\g<name>;")
    if len(lines) > MOST_LINES:
        raise NoCError(
            f"the program has {len(lines):,} lines that never repeat, and a function in C may have "
            f"{MOST_LINES:,}"
        )
    if len(writer.columns) > MOST_COLUMNS:
        raise NoCError(
            f"its lookups are among {len(writer.columns):,} values, and a function in C without "
            f"loops may have {MOST_COLUMNS:,}"
        )
    begin = f"static int {name}("
    head = [
        f"{begin}const double *parameters, const double *rows, long count,",
        " " * len(begin) + "double upstream, double *gradient, double *results) {",
    ]
    order = "count - 1; row >= 0; row--" if is_gradient else "0; row < count; row++"
    loop = f"    for (long row = {order}) {{"
    text = "\n".join([*told, *head, *write_whole(writer, lines, loop)])
    return finish_program(text, name, writer)


def finish_program(
    text: str, name: str, *writers: FunctionWriter, flags: Sequence[str] = ()
) -> CProgram:
    """Return a function of that name, with the rules that it calls, and what checks its numbers."""
    slopes = len(writers[0].slopes)
    calls = {x: call for w in writers for x, call in w.notation.calls.items()}
    tail = TAIL.format(
        call=f"{name}(parameters, rows, count, upstream, gradient, results)", failed=FAILED,
        parameters=len(writers[0].parameters), inputs=len(writers[0].inputs), slopes=slopes,
    )  # fmt: skip
    probes = ALWAYS_PROBED | {f"probe_{i}": call for i, call in enumerate(calls.values())}
    probing = "".join([PROBE.format(name=name, call=call) for name, call in probes.items()])
    source = "\n".join([HEAD, *[f"{rule}\n" for rule in collect_rules(text)], text, ""])
    return CProgram(source, f"{source}\n{tail}{probing}", calls, slopes, flags)


def write_whole(writer: FunctionWriter, lines: Sequence[str], loop: str) -> list[str]:
    """Return the body of a function, whose numbers are all variables, but for a copy of columns."""
    used, columns = find_names(lines), writer.columns
    slopes = [(i, x) for i, x in enumerate(writer.slopes.values()) if x in used]
    each = f"    for (long i = 0; i < {len(columns)}; i++)"
    items = f"gradient[{columns.start} + i]"
    has_columns = bool(columns)
    given = ["parameters", "rows", "upstream", "gradient", "results"]
    body = [
        *[
            f"    double {x} = parameters[{i}];"
            for i, x in enumerate(writer.parameters)
            if x in used
        ],
        *[f"    double {x} = gradient[{i}];" for i, x in slopes],
        *[f"    double columns[{len(columns)}];"] * has_columns,
        *[f"{each} columns[i] = {items};"] * has_columns,
        loop,
        *[
            f"        double {x} = rows[row * {len(writer.inputs)} + {i}];"
            for i, x in enumerate(writer.inputs)
            if x in used
        ],
        *["        " + line for line in lines],
        "    }",
        f"    if (has_failed()) return {FAILED};",
        *[f"    gradient[{i}] = {x};" for i, x in slopes],
        *[f"{each} {items} = columns[i];"] * has_columns,
        f"    return {DONE};",
        "}",
    ]
    known = find_names(body)
    return [*[f"    (void){x};" for x in given if x not in known], *body]

"""A program as a file in C that stands alone, with its header, for whatever has a compiler.

There is no Python behind it: whatever may lose a number that isn't finite looks at it before, and
the function returns a status instead of a wrong number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from ...._ground.text import InputError, show_path
from ....engine import table as op
from ....engine.operation import ARITHMETIC, Operation
from ....engine.value import Value
from ....notation.writing.quoting import make_prefix
from ..programs.lines import PREDICT, FunctionWriter
from ..programs.statements import (
    COUNTER,
    FEWEST_NODES,
    LIST_WIDTH,
    LoopStatements,
    Run,
    find_names,
    wrap_list,
)
from .lanes import LoopedC, declare_constants, write_sum_ahead
from .narrow import narrow
from .notation import C, CIdentifiers, NoCError, collect_rules

CHECK = """\
/* Leave a function at a number that isn't finite. */
#define REQUIRE(x) if (!isfinite(x)) return {name}_NOT_FINITE
"""
# These give no finite number where one of theirs isn't: it is enough to look at the result.
PASS_ON = {op.add, op.sub, op.mul, op.neg}
MACROS = re.compile(r"(M|FP|MATH|HUGE)_\w+|NAN|INFINITY|REQUIRE|linux|unix|math_errhandling|done")
OF_SYSTEM = {"math", "float", "stdio", "stdlib", "string", "stdint", "errno", "limits", "fenv"}


def write_c(program: Any, path: Path, single: bool = False) -> dict[Path, str]:
    """Return a header and a file in C with a program's functions; all is in ``double``, or float.

    What C can't say is an InputError.
    """
    header = check_header(path)
    prefix = make_prefix(path.stem)
    try:
        functions = [FunctionInC(program, prefix, is_predict=True)]
        if program.wrt:
            functions.append(FunctionInC(program, prefix, is_predict=False))
        numbers = [C().write_number(x.data).text for x in program.parameters]
        texts = [function.write() for function in functions]
    except (NoCError, *ARITHMETIC) as error:
        raise InputError(f"not saved: {error}") from None
    recorded = wrap_numbers(numbers)
    size = f"[{prefix.upper()}_PARAMETERS]"
    if numbers:
        texts.insert(0, f"const double {prefix}_parameters{size} = {{\n{recorded}\n}};\n")
    rules = [f"{rule}\n" for rule in collect_rules("\n".join(texts))]
    rules += write_sum_ahead(LoopedC(), "\n".join(texts))
    content = "\n".join([*rules, CHECK.format(name=prefix.upper()), *texts])
    declarations = [tell_example(program, prefix)]
    if numbers:
        told = "/* The parameters as they were when this was written. */"
        declarations.append(f"{told}\nextern const double {prefix}_parameters{size};\n")
    declarations += [f"{function.tell()}{function.signature};\n" for function in functions]
    written = {
        header: fill_file(
            "alone.h",
            header=header.name,
            NAME=prefix.upper(),
            precision=tell_precision(single),
            counts=list_counts(program, prefix.upper()),
            declarations="\n".join(declarations),
        ),
        path: fill_file(
            "alone.c",
            about=f"{path.name}: a program that micrograd_nn wrote from a recorded graph.",
            header=header.name,
            content=content.rstrip(),
        ),
    }
    if not single:
        return written
    try:
        return {name: narrow(text) for name, text in written.items()}
    except NoCError as error:
        raise InputError(f"not saved in single precision: {error}") from None


def check_header(path: Path) -> Path:
    """Return where the header stands; one that hides a header of C's own is an InputError."""
    if not re.fullmatch(r"[\w .+-]+", path.name):
        raise InputError(
            f"{show_path(path.name)}: C's #include may not find such a name: use letters and digits"
        )
    if path.stem.lower() in OF_SYSTEM:
        raise InputError(f"{path.stem}.h is a header of C itself: choose another name")
    return path.with_suffix(".h")


def tell_precision(single: bool) -> str:
    """Return what a header tells of its numbers' digits."""
    if single:
        return (
            "It computes in single precision: to about 7 digits, less where numbers cancel.\n"
            "   Numbers in comments are those of Python, in double precision."
        )
    return (
        "The numbers are those of Python, bit for bit, where a double has 64 bits, nothing is\n"
        "   fused, reordered or computed with more digits, and the C library is that of Python:\n"
        "   exp, tanh and the like of another one may differ in the last digit."
    )


def fill_file(name: str, **parts: str) -> str:
    """Return a file of this folder with its parts put in."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    return Template(text).substitute(parts)


def wrap_numbers(texts: Sequence[str], width: int = LIST_WIDTH) -> str:
    """Return a list of numbers in lines."""
    return "\n".join(wrap_list(texts, 4, width)).rstrip(",")


def list_counts(program: Any, name: str) -> str:
    """Return the constants that say how many numbers there are of each kind."""
    counts = {
        "PARAMETERS": list(program.parameters.values()),
        "INPUTS": list(program.inputs.values()),
        "SLOPES": program.wrt_names,
    }
    lines = []
    for what, names in counts.items():
        if names:
            told = re.sub(r"[^\x20-\x7e]", "?", ", ".join(names[:20]) + ", ..." * (len(names) > 20))
            lines.append(f"    {name}_{what} = {len(names)}, /* {told} */")
    return "\n".join([*lines, f"    {name}_RESULTS = 1"])


def tell_example(program: Any, prefix: str) -> str:
    """Return a comment with the numbers that were recorded and what they give."""
    numbers, row = ([x.data for x in these] for these in (program.parameters, program.inputs))
    try:
        result = program.predict(numbers, row)
    except ARITHMETIC:
        return ""
    given = [f"{prefix}_parameters"] if numbers else []
    if row:
        given.append(f"{{{', '.join(map(repr, row))}}}")
    return f"/* For example, {', '.join(given) or 'it'} gives {result!r}. */\n"


class LocalIdentifiers(CIdentifiers):
    """Identifiers that are no macros, nor any of a header's names."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = f"{prefix}_".lower()

    def new(self, label: str) -> str:
        """Return an identifier like this label that no other number has."""
        name = super().new(label)
        if MACROS.fullmatch(name) or name.lower().startswith(self.prefix):
            return super().new(f"of_{name}")
        return name


class CheckedC(C):
    """C in which each operation that could lose an infinity takes names, which are looked at."""

    def needs_name(self, operation: Operation, i: int) -> bool:
        """Tell whether an operation's form takes its input ``i`` as a name or a number only."""
        return operation not in PASS_ON or super().needs_name(operation, i)


class CheckedStatements(LoopedC):
    """Statements that leave a function of one row at a number that isn't finite.

    What is added to an array is looked at when all of it is there.
    """

    row = "row"
    has_items = False
    looped = LoopStatements.looped  # nothing else would give a mean whose sum overflows
    fewest_nodes = FEWEST_NODES
    skip_row = "if ({} == 0.0) goto done;"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.notation = CheckedC()
        self.name = name
        self.sums: dict[str, int | str] = {}

    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""
        return f"{'double ' * is_new}{name} = {text}; REQUIRE({name});"

    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""
        return f"if ({'!' * outcome}({x} {how} {y})) return {self.name}_OTHER_BRANCH;"

    def keep_all(self, *texts: str) -> str:
        """Keep the results."""
        return "\n".join(
            f"results[{i}] = {text}; REQUIRE(results[{i}]);" for i, text in enumerate(texts)
        )

    def keep(self, text: str) -> str:
        """Keep the result."""
        return self.keep_all(text)

    def begin_sums(self, name: str, size: int) -> str:
        """Make room for sums that begin as -0.0."""
        self.sums[name] = size
        return super().begin_sums(name, size)

    def require_all(self, name: str, size: int | str) -> str:
        """Look at all numbers of an array."""
        return f"{self.count_up(COUNTER, size)} REQUIRE({name}[{COUNTER}]);"

    def add_term(self, name: str, text: str) -> str:
        """Add a number to a sum."""
        line = super().add_term(name, text)
        return line if name.endswith("]") else f"{line} REQUIRE({name});"

    def add_run(self, name: str, runs: Sequence[Run]) -> str:
        """Add the numbers of a run to a sum, or the products of two."""
        return f"{super().add_run(name, runs)}\nREQUIRE({name});"

    def begin_sum_ahead(self, name: str, *given: Any) -> str:
        """Begin a sum with the products of two runs, those of several turns at once."""
        begin = super().begin_sum_ahead(name, *given)
        return f"{begin} REQUIRE({name});" if begin else ""


class FunctionInC:
    """One function of a program, of one row: its result, or also its derivatives."""

    def __init__(self, program: Any, prefix: str, is_predict: bool) -> None:
        self.program, self.prefix, self.is_predict = program, prefix, is_predict
        self.name = f"{prefix}_predict" if is_predict else f"{prefix}_program"
        given = []
        if program.parameters:
            given.append(f"const double parameters[{prefix.upper()}_PARAMETERS]")
        if program.inputs:
            given.append(f"const double row[{prefix.upper()}_INPUTS]")
        if not is_predict:
            given.append("double upstream")
        given.append(f"double results[{prefix.upper()}_RESULTS]")
        if not is_predict:
            given.append(f"double gradient[{prefix.upper()}_SLOPES]")
        self.given = given
        self.arrays = {"parameters": program.parameters, "row": program.inputs}

    @property
    def signature(self) -> str:
        """The function's name and what it takes."""
        indent = ",\n" + " " * (len(self.name) + 5)
        return f"int {self.name}({indent.join(self.given)})"

    def tell(self) -> str:
        """Return a comment on what the function does."""
        if self.is_predict:
            return "/* Compute the result for one row. */\n"
        return (
            "/* Compute the result for one row, and add its derivatives, times upstream, to the\n"
            "   gradient, which begins with zeros. For a sum over rows as Python has it, go from\n"
            "   the last row to the first. */\n"
        )

    def write(self) -> str:
        """Return the function."""
        program, names, name = self.program, LocalIdentifiers(self.prefix), self.prefix.upper()
        kind = PREDICT if self.is_predict else 0
        statements = CheckedStatements(name)
        writer = FunctionWriter(program, kind, names, statements)
        body, leaves, looping = writer.write_lines(), writer.leaves, writer.looping
        if looping is None:
            loaded, stored = self.load_numbers(leaves, [*writer.slopes.values()], body)
        else:
            loaded, stored = self.load_arrays(leaves, looping.constants, statements, body)
        whole = "\n".join([*loaded, *body])
        unused = [
            f"(void){array};"
            for array, there in self.arrays.items()
            if there and f"{array}[" not in whole
        ]
        lines = ["    " + line for line in [*unused, *loaded, *body]]
        lines += ["done:"] * ("goto done;" in whole) + ["    " + line for line in stored]
        return "\n".join([f"{self.signature} {{", *lines, f"    return {name}_OK;", "}", ""])

    def load_numbers(
        self, leaves: Mapping[Value, str], slopes: Sequence[str], body: Sequence[str]
    ) -> tuple[list[str], list[str]]:
        """Return the lines before and behind a body without loops: each number is a variable."""
        words = find_names(body)
        loaded = [
            f"double {leaves[x]} = {array}[{i}]; REQUIRE({leaves[x]});"
            for array, these in self.arrays.items()
            for i, x in enumerate(these)
            if leaves[x] in words
        ]
        loaded += [f"double {name} = gradient[{i}];" for i, name in enumerate(slopes)]
        loaded += ["REQUIRE(upstream);"] * (not self.is_predict)
        stored = [f"REQUIRE({name});" for name in slopes]
        return loaded, [*stored, *[f"gradient[{i}] = {name};" for i, name in enumerate(slopes)]]

    def load_arrays(
        self, leaves: Mapping[Value, str], constants: Sequence[float],
        statements: CheckedStatements, body: Sequence[str],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """Return the lines before and behind a body with loops, which take numbers from arrays.

        The gradient is changed when all of it is known to be finite.
        """
        words, size = find_names(body), f"{self.prefix.upper()}_SLOPES"
        each, checked = statements.count_up("at", size), statements.require_all
        loaded = [checked(array, len(these)) for array, these in self.arrays.items() if these]
        loaded += [
            f"double {leaves[x]} = {array}[{i}];"
            for array, these in self.arrays.items()
            for i, x in enumerate(these)
            if leaves[x] in words
        ]
        loaded += declare_constants(constants) * ("constants" in words)
        loaded += [f"double {name}[{count}];" for name, count in statements.arrays.items()]
        if self.is_predict:
            return loaded, []
        loaded += ["REQUIRE(upstream);", f"double columns[{size}];"]
        loaded.append(f"{each} columns[at] = gradient[at];")
        stored = [checked(name, count) for name, count in statements.sums.items()]
        return loaded, [*stored, checked("columns", size), f"{each} gradient[at] = columns[at];"]

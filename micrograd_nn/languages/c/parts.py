"""A long function of C in parts, each a function of its own: so a compiler's time stays in bounds.

Numbers that one part computes and another needs stand in a struct, and so do those from outside:
they are read and written through pointers. All others are variables.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from ..programs.statements import LIST_WIDTH, NAME, change_unused, find_names

SKIPPED = 3  # what a part returns when the rest of the row is nothing
FIRST_COLUMN = "columns[0]"
DEFINED = re.compile(r" *double (?P<name>\w+) = ")


class Names(NamedTuple):
    """The names of what a function is given: its parameters, its inputs, and its slopes.

    Of the slopes, some that follow one another may be items of an array: ``columns[0]`` and so on.
    """

    parameters: Sequence[str]
    inputs: Sequence[str]
    slopes: Sequence[str]

    @property
    def columns(self) -> range:
        """The places of the slopes that are in the array."""
        first = self.slopes.index(FIRST_COLUMN) if FIRST_COLUMN in self.slopes else 0
        return range(first, first + sum(name.startswith("columns[") for name in self.slopes))

    def list_slopes(self) -> list[str]:
        """Return how the slopes are declared: the array as one."""
        columns = self.columns
        array = [f"columns[{len(columns)}]"] * bool(columns)
        return [*self.slopes[: columns.start], *array, *self.slopes[columns.stop :]]


def mark_unused(lines: Sequence[str]) -> list[str]:
    """Return lines that tell a compiler of each number that is computed for its errors alone."""
    return change_unused(lines, DEFINED, lambda match: f"{match.string} (void){match['name']};")


def write_in_parts(
    lines: Sequence[str], told: Sequence[str], head: Sequence[str], loop: str, names: Names,
    size: int,
) -> list[str]:  # fmt: skip
    """Return the functions of the parts, and the one that calls them row by row."""
    parts = cut_lines(lines, size)
    shared = find_shared(parts)
    renames = {name: f"number->{name}" for name in ["upstream", "results", "row", *shared]}
    pointers = {"number": "struct numbers *number"}
    structs = []
    for kind, pointer, is_constant, members in (
        ("parameters", "parameter", True, names.parameters),
        ("inputs", "input", True, names.inputs),
        ("slopes", "slope", False, names.list_slopes()),
    ):
        if members:
            known = [name.partition("[")[0] for name in members]
            renames |= {name: f"{pointer}->{name}" for name in known}
            pointers[pointer] = f"{'const ' * is_constant}struct {kind} *{pointer}"
            structs += ["", *declare_struct(kind, members)]
    taken = ",\n        ".join(pointers.values())
    if names.parameters:  # of which one is taken by its place
        renames["parameters"] = "((const double *)parameter)"
    functions = []
    for i, part in enumerate(parts, start=1):
        rewritten = [rename(line, renames) for line in part]
        used = find_names(rewritten)
        functions += [
            "",
            *f"static int part_{i}({taken}) {{".split("\n"),
            *[f"    (void){pointer};" for pointer in pointers if pointer not in used],
            *["    " + line.replace("continue;", f"return {SKIPPED};") for line in rewritten],
            "    return 0;",
            "}",
        ]
    return [
        "#include <stdlib.h>",
        "#include <string.h>",
        "",
        "/* What one part computes and another needs. */",
        *declare_struct("numbers", shared, ["double upstream, *results;", "long row;"]),
        *structs,
        *functions,
        "",
        *told,
        *head,
        *call_parts(len(parts), pointers, loop, len(names.inputs)),
    ]


def cut_lines(lines: Sequence[str], size: int) -> list[list[str]]:
    """Return lines in parts of some such size; what is between braces stays together."""
    parts: list[list[str]] = [[]]
    is_inside = False
    for line in lines:
        if len(parts[-1]) >= size and not is_inside:
            parts.append([])
        parts[-1].append(line)
        is_inside = line.endswith("{") or (is_inside and line != "}")
    return parts


def find_shared(parts: Sequence[Sequence[str]]) -> list[str]:
    """Return the names that one part defines and another one uses."""
    home = {
        match[1]: i
        for i, part in enumerate(parts)
        for line in part
        if (match := DEFINED.match(line))
    }
    shared = {
        name for i, part in enumerate(parts) for name in find_names(part) if home.get(name, i) != i
    }
    return [name for name in home if name in shared]


def rename(line: str, renames: dict[str, str]) -> str:
    """Return a line with other names; a number that has a place already is no new variable."""
    defined = DEFINED.match(line)
    if defined and defined[1] in renames:
        line = line.replace("double ", "", 1)
    return NAME.sub(lambda match: renames.get(match[0], match[0]), line)


def declare_struct(name: str, members: Sequence[str], others: Sequence[str] = ()) -> list[str]:
    """Return a struct of numbers, in the order in which they stand in an array."""
    text = f"double {', '.join(members)};" * bool(members)
    filled = textwrap.wrap(text, LIST_WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return [f"struct {name} {{", *[f"    {line}" for line in [*others, *filled]], "};"]


def call_parts(count: int, pointers: dict[str, str], loop: str, width: int) -> list[str]:
    """Return the body that calls the parts for each row, and adds to the gradient in the end."""
    has_slopes = "slope" in pointers
    arguments = ", ".join(pointers)
    unused = {"parameter": "parameters", "input": "rows", "slope": "gradient"}
    numbers = {"parameter": "parameters", "input": f"(rows + row * {width})"}
    given = {
        pointer: f"{pointers[pointer]} = (const void *){array};"
        for pointer, array in numbers.items()
        if pointer in pointers
    }
    return [
        *[f"    (void){name};" for pointer, name in unused.items() if pointer not in pointers],
        "    struct memory {",
        "        struct numbers numbers;",
        *["        struct slopes slopes;"] * has_slopes,
        "    } *memory = malloc(sizeof *memory);",
        "    if (!memory) return 2;",
        "    struct numbers *number = &memory->numbers;",
        *["    struct slopes *slope = &memory->slopes;"] * has_slopes,
        *[f"    {line}" for pointer, line in given.items() if pointer == "parameter"],
        "    number->upstream = upstream;",
        "    number->results = results;",
        *["    memcpy(slope, gradient, sizeof *slope);"] * has_slopes,
        "    int status = 0;",
        loop.replace("; row", "; !status && row", 1),
        *[f"        {line}" for pointer, line in given.items() if pointer == "input"],
        "        number->row = row;",
        f"        status = part_1({arguments});",
        *[f"        if (!status) status = part_{i}({arguments});" for i in range(2, count + 1)],
        f"        if (status == {SKIPPED}) status = 0;",
        "    }",
        "    if (!status) status = has_failed();",
        *["    if (!status) memcpy(gradient, slope, sizeof *slope);"] * has_slopes,
        "    free(memory);",
        "    return status;",
        "}",
    ]

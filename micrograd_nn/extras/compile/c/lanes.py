"""The statements of C with loops: for one row at a time, and for eight side by side in lanes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ....engine.operation import Operation
from ....notation.writing.notation import Form, Text, list_slots
from ..programs.blocks import SUMS
from ..programs.lookups import place
from ..programs.statements import COUNTER, TURNS_AHEAD, BracedStatements, Run
from .functions import BRANCHED, FAILED, CStatements
from .notation import ALIKE_IN_C, C

ADDING = "add_products"  # of several rows to a run, in a function of its own
AHEAD = "sum_ahead"  # of products, of several turns
SHORT_RUN = 64  # numbers, each of which is better added to by all rows before the next one is
EACH = "for (int l = 0; l < LANES; l++)"
EACH_ROW = "for (int l = 0; l < active; l++)"  # and no lane that only fills up
EACH_REVERSED = "for (int l = LANES - 1; l >= 0; l--)"

SUM_AHEAD = """\
/* Sum up products for four turns, or for those that are left: no addition waits for another. */
static inline void sum_ahead_NUMBER(NUMBER *sums, long left, const double *weights, long stride,
    const NUMBER *x, long count) {
    if (left >= 4) {
        NUMBER a = NONE, b = a, c = a, d = a;
        for (long at = 0; at < count; at++) {
            a = a + weights[at] * x[at];
            b = b + weights[stride + at] * x[at];
            c = c + weights[2 * stride + at] * x[at];
            d = d + weights[3 * stride + at] * x[at];
        }
        sums[0] = a, sums[1] = b, sums[2] = c, sums[3] = d;
        return;
    }
    for (long i = 0; i < left; i++) {
        NUMBER sum = NONE;
        for (long at = 0; at < count; at++) sum = sum + weights[i * stride + at] * x[at];
        sums[i] = sum;
    }
}
"""


class LoopedC(CStatements, BracedStatements):
    """The statements of C with loops, for one row at a time."""

    row = "inputs"
    counting = "long"
    has_all_columns = True
    looped = SUMS  # a mean, too: where its sum overflows, Python runs, and takes another way
    number = "double"

    def __init__(self) -> None:
        super().__init__()
        self.arrays: dict[str, int] = {}

    def declare_array(self, name: str, size: int) -> str:
        """Make room for the results of a loop, in the memory of the function."""
        self.arrays[name] = size
        return ""

    def begin_sums(self, name: str, size: int) -> str:
        """Make room for sums that begin as -0.0."""
        self.arrays[name] = size
        return f"for (long at = 0; at < {size}; at++) {name}[at] = {self.write_all('-0.0')};"

    def begin_sum(self, name: str) -> str:
        """Begin a sum as -0.0, to which anything can be added without a change."""
        return f"{self.number} {name} = {self.write_all('-0.0')};"

    def write_all(self, text: str) -> str:
        """Return a number as one of the kind that is computed with."""
        return text

    def begin_sum_ahead(
        self, name: str, new_name: Callable[[str], str], weights: Run, others: Run, stride: int,
        block: Any,
    ) -> str:  # fmt: skip
        """Begin a sum with the products of two runs, those of several turns at once."""
        if weights.array != "parameters" or others.array in ("parameters", "constants"):
            return ""  # in lanes, one of them is of numbers and the other of lanes
        ahead, counter = new_name(f"{name}_ahead"), block.counter
        self.arrays[ahead] = TURNS_AHEAD
        given = (
            f"{ahead}, {block.turns} - {counter}, {weights.array} + {weights.begin}, {stride}, "
            f"{others.array} + {others.begin}, {weights.length}"
        )
        return (
            f"if ({counter} % {TURNS_AHEAD} == 0) {AHEAD}_{self.number}({given});\n"
            f"{self.number} {name} = {ahead}[{counter} % {TURNS_AHEAD}];"
        )


class LanesInC(LoopedC):
    """The statements of C with loops, for eight rows at a time."""

    notation: LaneNotation
    number = "lanes"
    skips = False

    def __init__(self) -> None:
        super().__init__()
        self.notation = LaneNotation()
        self.turned: dict[str, int] = {}  # arrays whose rows are taken one by one, too

    def write_all(self, text: str) -> str:
        """Return a number, or lanes, as lanes."""
        return f"ALL({text})"

    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give lanes a name, or new lanes to a name."""
        line = f"{'lanes ' * is_new}{name} = ALL({text});"
        known, _ = self.notation.functions.get((place, 2), ("", ""))
        if known and text.startswith(f"{known}("):
            line += f" {EACH} if (isnan({name}[l])) return {FAILED};"
        return line

    def increase(self, name: str, text: str) -> str:
        """Add the numbers of all lanes to one that has a name, the last row's first."""
        return f"{{ lanes all = ALL({text}); {EACH_REVERSED} {name} += all[l]; }}"

    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""
        given = f"lanes one = ALL({x}), other = ALL({y});"
        test = f"{'!' * outcome}(one[l] {how} other[l])"
        return f"{{ {given} {EACH} if ({test}) return {BRANCHED}; }}"

    def keep(self, text: str) -> str:
        """Keep the results of the rows."""
        return self.keep_all(text)

    def keep_all(self, *texts: str) -> str:
        """Keep several results of each row."""
        places = ["row + l"]
        if len(texts) > 1:
            places = [f"(row + l) * {len(texts)} + {i}" for i in range(len(texts))]
        return "\n".join(
            f"{{ lanes all = ALL({text}); {EACH_ROW} results[{place}] = all[l]; }}"
            for place, text in zip(places, texts, strict=True)
        )

    def spread(self, target: Run, factor: Run | None, is_slope: bool, x: str) -> str:
        """Add lanes to each of a run, or their products with the factors."""
        if not is_slope:
            return super().spread(target, factor, is_slope, x)
        to, begin = target.item, self.count_up(COUNTER, target.length)
        if factor is None:
            return f"{begin} {{ double sum = {to}; {EACH_REVERSED} sum += {x}[l]; {to} = sum; }}"
        rows, stride = self.find_rows(factor.array)
        if target.length <= SHORT_RUN and (target.step, factor.step) == (1, 1):
            place = f"{target.array} + {target.begin}"
            return f"{ADDING}({place}, {target.length}, {x}, {rows} + {factor.begin}, {stride});"
        amount = f"{x}[l] * {factor._replace(array=f'({rows} + l * {stride})').item}"
        return f"{EACH_REVERSED} if ({x}[l] != 0.0) {begin} {to} += {amount};"

    def find_rows(self, array: str) -> tuple[str, int | str]:
        """Return where a row's numbers stand side by side, and how far away the next row's."""
        if array == self.row:
            return "rows + row * WIDTH", "WIDTH"
        if array not in self.arrays:  # parameters, or constants
            return array, 0
        self.turned[array] = self.arrays[array]
        return f"{array}_rows_[0]", self.arrays[array]

    def turn_arrays(self) -> list[str]:
        """Return the lines that put each row's numbers one after the other."""
        return [
            f"for (long at = 0; at < {size}; at++) {EACH} {name}_rows_[l][at] = {name}[at][l];"
            for name, size in self.turned.items()
        ]


class LaneNotation(C):
    """C in which operations are those on all lanes: arithmetic as it is, and functions by name."""

    def __init__(self) -> None:
        super().__init__()
        # By an operation and how many inputs it has: the name, and the text for one lane.
        self.functions: dict[tuple[Operation, int], tuple[str, str]] = {}

    def find_form(self, operation: Operation, inputs: Sequence[Text]) -> Form:
        """Return how an operation is written on lanes."""
        form = super().find_form(operation, inputs)
        if operation in ALIKE_IN_C:
            return form
        count = len(inputs)
        slots = ", ".join(f"ALL({slot})" for slot in list_slots(count))
        return Form(f"{self.name_function(operation, count)}{slots})", count, "")

    def name_function(self, operation: Operation, count: int) -> str:
        """Return the beginning of a call of an operation on all lanes."""
        key = operation, count
        if key not in self.functions:
            name = f"lanes{len(self.functions)}_{operation.name}_"
            lane = [Text(f"x{i}[l]") for i in range(count)]
            self.functions[key] = name, C().write_operation(operation, lane).text
        name, one = self.functions[key]
        return f"{name}({'parameters, ' * takes_parameters(one)}"

    def define_functions(self) -> list[str]:
        """Return the functions of lanes that were named."""
        defined = []
        for (_, count), (name, one) in self.functions.items():
            taken = [f"lanes x{i}" for i in range(count)]
            taken[:0] = ["const double *parameters"] * takes_parameters(one)
            defined += [
                f"static inline lanes {name}({', '.join(taken)}) {{",
                "    lanes all;",
                f"    {EACH} all[l] = {one};",
                "    return all;",
                "}",
                "",
            ]
        return defined


def takes_parameters(text: str) -> bool:
    """Tell whether a text takes parameters by their places, as a lookup among them does."""
    return "parameters[" in text


def declare_constants(numbers: Sequence[float]) -> list[str]:
    """Return the array of the numbers that loops take and that never change, if there are any."""
    listed = ", ".join([C().write_number(x).text for x in numbers])
    return [f"static const double constants[] = {{{listed}}};"] * bool(numbers)


def write_sum_ahead(statements: LoopedC, text: str) -> list[str]:
    """Return the function that sums ahead with such statements, if a text calls it."""
    if f"{AHEAD}_{statements.number}(" not in text:
        return []
    none = statements.write_all("-0.0")
    return [SUM_AHEAD.replace("NUMBER", statements.number).replace("NONE", none)]

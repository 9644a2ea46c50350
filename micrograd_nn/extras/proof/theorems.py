"""The table of operations as theorems: each written derivative is the derivative of its function.

A theorem is about a row and one of its inputs, over the real numbers. Where the inputs satisfy what
the row needs, away from its kinks and jumps, the expression that its rule gives for symbols has a
value, and is the derivative. Operations of any number of inputs have theorems for a few lengths.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from ...engine import table as op
from ...engine.operation import Lookup, Operation, Reduction
from ...notation.writing.notation import Text
from ...notation.writing.symbol import Symbol, Symbols, derive_partials
from .notation import Coq, NoTheoremError

LENGTHS = 1, 2, 3  # of the values, or of the weights and inputs of a dot
FRACTION, SMALL = "(forall n, y <> IZR n) -> x > 0", r"y < 1 /\ y <> 0 -> x <> 0"
# What a row needs, where that isn't a comparison as Python writes it. From 2 ** 53 on, floats are
# rounded to whole numbers, and real numbers aren't.
NEEDS = {
    "": [], "a finite x": [], "at least one value": [],
    "(x, y) != (0, 0)": [r"x <> 0 \/ y <> 0"], "(y, x) != (0, 0)": [r"x <> 0 \/ y <> 0"],
    "a whole index from 0 to below the number of values": [],  # see list_conditions
    "x != 0 where y < 0, and x > 0 where y is a fraction": ["y < 0 -> x <> 0", FRACTION],
    "x != 0 where y is below 1 and not 0, and x > 0 where |y| is 2 ** 53 or more": [SMALL],
    "x != 0 where y is below 1 and not 0, and x > 0 where y is a fraction or |y| is 2 ** 53 or "
    "more": [SMALL, FRACTION],
}  # fmt: skip
# Conditions that no row states: tan has poles, though no float is one; an angle jumps by 2π; an
# exponent varies above a positive base only; where both are 0, the rule of pow_by_x has no value.
EXTRA_CONDITIONS = {
    "tan by x": "cos x <> 0", "atan2 by y": r"y <> 0 \/ x > 0",
    "pow by y": "x > 0", "pow_by_x by y": "x > 0",
    "pow_by_x by x": r"x <> 0 \/ y <> 0",
    "pow_by_y by x": "x > 0", "pow_by_y by y": "x > 0",
}  # fmt: skip


class Theorem(NamedTuple):
    r"""The derivative of a row by one of its inputs, all of it written in Coq.

    >>> theorem = next(list_theorems(op.log))
    >>> print(theorem.statement)
    forall x : R, (x > 0) ->
      let out := ln (x) in (x <> 0) /\ is_derive (fun x : R => ln (x)) x (1 / x)
    """

    name: str  # such as "pow by y"
    names: Sequence[str]  # of all inputs
    by: str
    conditions: Sequence[str]
    function: str
    derivative: str
    needed: Sequence[str]  # by the derivative, to have a value: Coq's 1 / 0 has one

    @property
    def statement(self) -> str:
        """What is to be proved."""
        conditions = "".join(f" ({condition}) ->" for condition in self.conditions)
        needed = "".join(f"({condition}) /\\ " for condition in self.needed)
        slope = f"is_derive (fun {self.by} : R => {self.function}) {self.by} ({self.derivative})"
        return (
            f"forall {' '.join(self.names)} : R,{conditions}\n"
            f"  let out := {self.function} in {needed}{slope}"
        )

    @property
    def label(self) -> str:
        """The theorem's name in Coq."""
        return f"derivative_of_{self.name.replace(' ', '_')}_of_{len(self.names)}"

    @property
    def record(self) -> str:
        """The line of proved.txt for it: another one where it or what it stands on is another."""
        says = "".join([self.statement, *read_sources().values()])
        return f"{self.label} {sha256(says.encode()).hexdigest()[:16]}"


def list_theorems(operation: Operation) -> Iterator[Theorem]:
    """List the theorems about a row of the table; a NoTheoremError where a rule isn't a formula.

    >>> [theorem.name for theorem in list_theorems(op.mul)]
    ['mul by x', 'mul by y']
    """
    for names in list_names(operation):
        coq, symbols = Coq(), Symbols(zeros=True)
        symbols.is_of_a_rule = True
        out, *leaves = [symbols.leaf() for _ in ["out", *names]]
        texts = dict(zip([out, *leaves], map(Text, ["out", *names]), strict=True))
        [function] = coq.write_parts(operation, [texts[leaf] for leaf in leaves])
        partials = derive_partials(operation, out, leaves, [True] * len(leaves))
        for by, partial in zip(names, partials, strict=True):
            name = f"{operation.name} by {by}"
            if name != "choose by index":  # which is a whole number
                extra = [EXTRA_CONDITIONS[name]] if name in EXTRA_CONDITIONS else []
                yield Theorem(
                    name, names, by,
                    conditions=[*list_conditions(operation, names, by), *extra],
                    function=function.text,
                    derivative=coq.write_symbol(partial, texts).text,
                    needed=list_needed(coq, partial, texts),
                )  # fmt: skip


def list_needed(coq: Coq, partial: Any, texts: dict[Symbol, Text]) -> list[str]:
    """List what the operations of an expression need to have a value, each once."""
    found: dict[str, None] = {}
    waiting = [partial]
    while waiting:
        symbol = waiting.pop()
        if isinstance(symbol, Symbol) and symbol.operation is not None:
            inputs = [coq.write_symbol(x, texts).text for x in symbol.inputs]
            given = dict(zip(symbol.operation.inputs, inputs, strict=False))
            conditions = translate(symbol.operation, symbol.operation.needs)
            found |= dict.fromkeys(replace_names(condition, given) for condition in conditions)
            waiting += symbol.inputs
    return list(found)


def replace_names(text: str, given: dict[str, str]) -> str:
    """Return a text with expressions in place of names, in parentheses unless they are names.

    >>> replace_names("y <> 0", {"x": "y", "y": "1 + x"})
    '(1 + x) <> 0'
    """
    given = {name: x if x.isalnum() else f"({x})" for name, x in given.items()}
    return re.sub(r"\w+", lambda word: given.get(word[0], word[0]), text)


@cache
def read_sources() -> dict[str, str]:
    """Return the text of each file of Coq: its definitions and lemmas, by which theorems stand."""
    return {
        name: (files(__package__) / f"{name}.v").read_text(encoding="utf-8")
        for name in ("calculus", "powers", "lengths", "proof")  # each needs those before it
    }


def read_proved() -> set[str]:
    """Return the records of what Coq has proved, which a test with Coq keeps."""
    return {*(files(__package__) / "proved.txt").read_text(encoding="utf-8").splitlines()}


def describe_proved(operation: Operation, proved: Collection[str]) -> str:
    """Tell by which inputs of a row its derivative is proved, and where; "" by none.

    >>> proved = read_proved()
    >>> describe_proved(op.atan2, proved), describe_proved(op.sum, proved)
    ('y where y ≠ 0 or x > 0; x', '1 to 3 values, the formula for any number')
    >>> describe_proved(op.sum, proved=())
    ''
    """
    theorems = list(list_theorems(operation))
    if isinstance(operation, Reduction):
        is_whole = all(x.record in proved for x in theorems)
        return f"{LENGTHS[0]} to {LENGTHS[-1]} values, the formula for any number" * is_whole
    told = []
    for theorem in [x for x in theorems if x.record in proved]:
        where = EXTRA_CONDITIONS.get(theorem.name, "").replace("<>", "≠").replace("\\/", "or")
        told.append(f"{theorem.by} where {where}" if where else theorem.by)
    return ("; " if " where " in " ".join(told) else ", ").join(told)


def list_names(operation: Operation) -> Iterator[Sequence[str]]:
    """List names for the inputs of a row: one list, or one for each length."""
    if not isinstance(operation, Reduction):
        yield operation.inputs
        return
    for length in LENGTHS:
        values = [f"x{i}" for i in range(1, length + 1)]
        if operation is op.dot:
            pairs = [f"w{i}" for i in range(1, length + 1)] + values
            yield from (pairs, [*pairs, "b"])
        else:
            yield ["index"] * isinstance(operation, Lookup) + values


def list_conditions(operation: Operation, names: Sequence[str], by: str) -> list[str]:
    """List where a row has a derivative by an input: what it needs, off its kinks and jumps."""
    needs = operation.needs, operation.partials_need
    found = [condition for need in needs for condition in translate(operation, need)]
    if by == names[0]:  # by which the kinks are
        found += [f"{by} <> {Coq().write_number(kink).text}" for kink in operation.kinks]
    if operation.distance is op.measure_gap:
        found += [f"{by} <> {x}" for x in names if x != by]
    elif operation.distance is op.measure_remainder:
        found.append("forall n, x / y <> IZR n")
    elif operation is op.level:
        found.append(f"forall n, maximum [{'; '.join(names)}] <> IZR n")
    elif isinstance(operation, Lookup):
        found.append(r" \/ ".join(f"{names[0]} = {i}" for i in range(len(names) - 1)))
    return list(dict.fromkeys(found))


def translate(operation: Operation, needs: str) -> list[str]:
    """Return what a row needs as conditions of Coq; a NoTheoremError where they aren't known.

    >>> translate(op.asin, "-1 < x < 1"), translate(op.mod, "y != 0")
    (['-1 < x < 1'], ['y <> 0'])
    """
    if needs in NEEDS:
        return NEEDS[needs]
    if not set(re.findall(r"[A-Za-z]\w*", needs)) <= set(operation.inputs):
        raise NoTheoremError(f"NEEDS has no condition for {needs!r}")
    return [needs.replace("!=", "<>")]

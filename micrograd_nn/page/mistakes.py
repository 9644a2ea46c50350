"""What goes wrong, as a page has it: misconceptions of a step, and mistakes in its loop's lines.

None is known here: each rule of the tables of misconceptions runs on symbols, and what comes out is
printed, in JavaScript to be computed with, and as code to be read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from .._ground.text import list_first
from ..engine.operation import Operation, Reduction, Rule
from ..engine.table import OPERATIONS
from ..engine.value import Constant
from ..graph.graph import Graph
from ..notation.formulas.formula import Local, write_formula
from ..notation.formulas.plain import Plain
from ..notation.javascript.rules import JAVASCRIPT
from ..notation.writing.notation import Text
from ..notation.writing.symbol import Symbols
from ..stepping.misconceptions import MISCONCEPTIONS, Misconception
from ..stepping.misconceptions.derivatives import WRONG_LOCALS, find_wrong_rule
from ..stepping.misconceptions.table import SIGN

TERMS = "upstream", "partial"  # of a share


class Choice(NamedTuple):
    """What may stand at a place of the loop: ``name`` is "" for what is right there.

    A place is "clear", "seed", "order", "add" or "product", or the local derivative of an
    operation by one of its inputs, as "tanh 0". ``rule`` gives a wrong number of what it ``takes``,
    names that stand in the code.
    """

    place: str
    name: str
    code: str
    told: str = ""
    rule: Rule | None = None
    takes: Sequence[str] = ()


LOOP = (
    Choice("clear", "", "node.grad = 0"),
    Choice("clear", "unreset", "pass", "What the first pass left was passed on a second time."),
    Choice("seed", "", "1"),
    Choice("seed", "unseeded", "0", "The pass began with 0, and not with 1.", lambda: 0.0),
    Choice("order", "", "reversed(graph)"),
    Choice(
        "order", "unordered", "walk_from(root)",
        "A node passed its gradient on before all its shares had arrived.",
    ),
    Choice("add", "", "+="),
    Choice(
        "add", "overwrite", "=",
        "A share that arrived earlier was lost where a value is used more than once.",
    ),
)  # fmt: skip


def list_choices(graph: Graph) -> list[Choice]:
    """Return what may stand at each place of the loop, for the operations of a graph.

    >>> from micrograd_nn import Value
    >>> for choice in list_choices(Graph(Value(3.0, "x").tanh()))[11:15]:
    ...     print(choice.place, "|", choice.name, "|", choice.code)
    product | added-along-the-path | upstream + partial
    tanh 0 |  | 1 − out²
    tanh 0 | tanh-0-input-for-output | 1 − x²
    tanh 0 | tanh-0-square-forgotten | 1 − out
    """
    return [*LOOP, *list_products(), *list_locals(graph)]


def list_products() -> Iterator[Choice]:
    """Yield what may stand for the share, which is added to what was there before."""
    yield Choice("product", "", " * ".join(TERMS))
    for wrong in MISCONCEPTIONS:
        takes = [name for name in wrong.needs if name != "before"]
        if wrong.rule and takes and {*takes} <= {*TERMS} and "before" in wrong.needs:
            rule = partial(wrong.rule, 0.0)  # where nothing has arrived before
            code = write_rule(rule, takes)
            yield Choice("product", spell(wrong.name), code, f"{wrong.title}.", rule, takes)


def list_locals(graph: Graph) -> Iterator[Choice]:
    """Yield what may stand for the local derivatives of a graph's operations."""
    places = {
        (node.operation, i): None
        for node in graph.nodes
        if node.operation is not None
        and node.operation.is_row
        and not isinstance(node.operation, Reduction)
        for i, x in enumerate(node.inputs)
        if not isinstance(x, Constant)
    }
    for operation, i in places:
        rows = WRONG_LOCALS.get((operation.name, i), [])
        place, takes = f"{operation.name} {i}", ["out", *operation.inputs]
        right = derive(operation, i)
        try:
            shown = write_rule(right, takes, operation)
        except TypeError:  # it looks at its numbers
            continue
        yield Choice(place, "", shown, takes=takes)
        likeliest: dict[Misconception, Rule] = {}
        for one, rule in [*rows, (SIGN, turn_sign(right))]:
            likeliest.setdefault(one, rule)
        for one, rule in likeliest.items():
            name = spell(f"{place} {one.name or one.title}")
            told = f"{operation.symbol}: {one.title[0].lower()}{one.title[1:]}."
            if (code := write_rule(rule, takes, operation)) != shown:  # as −0 is shown
                yield Choice(place, name, code, told, rule, takes)


def derive(operation: Operation, i: int) -> Rule:
    """Return the rule of a row's derivative by one of its inputs."""
    wanted = [at == i for at in range(len(operation.inputs))]
    return lambda out, *inputs: operation.local_partials(out, inputs, wanted)[i]


def turn_sign(rule: Rule) -> Rule:
    """Return the rule of what is negative where another one's number isn't."""
    return lambda *given: -rule(*given)


def write_rule(rule: Rule, takes: Sequence[str], operation: Operation | None = None) -> str:
    """Return what a rule gives for these names, the first the result of an operation, if of one.

    That is written by its name wherever it is found: sigmoid's derivative is ``out · (1 − out)``.
    """
    symbols = Symbols(is_general=True)
    given: list[Any] = [symbols.leaf() for _ in takes]
    texts = {leaf: Text(name) for leaf, name in zip(given, takes, strict=True)}
    if operation is not None:
        given[0] = symbols.apply(operation, given[1:], zeros=False)
        texts.setdefault(given[0], Text(takes[0]))
    written = write_formula(Local(rule(*given), symbols, {}, {}), texts, Plain())
    return "…" if written is None else written.text


def spell(name: str) -> str:
    """Return a mistake's name as an address has it.

    >>> spell("tanh 0 The rule of sigmoid")
    'tanh-0-the-rule-of-sigmoid'
    """
    return re.sub(r"\W+", "-", name.lower()).strip("-")


def write_mistakes(choices: Sequence[Choice]) -> str:
    """Return the script of the mistakes' rules, by their names."""
    rules = "".join(
        f'  "{choice.name}": ({", ".join(choice.takes)}) => '
        f"{write_result(choice.rule, choice.takes)},\n"
        for choice in choices
        if choice.rule
    )
    return f'import {{ math }} from "./math.mjs";\n\nexport const mistakeRules = {{\n{rules}}};\n'


def check_mistakes(graph: Graph, broken: object, what: str) -> list[str]:
    """Return the names of mistakes, in the order of the loop; what there isn't is refused."""
    asked = (
        list(broken) if isinstance(broken, Collection) and not isinstance(broken, str) else [broken]
    )
    choices = [choice for choice in list_choices(graph) if choice.name] if asked else []
    for mistake in asked:
        if mistake not in [choice.name for choice in choices]:
            known = list_first([repr(choice.name) for choice in choices], 8)
            raise ValueError(f"{what} can be broken by {known}, not by {mistake!r}")
    found = [choice for choice in choices if choice.name in asked]
    if len({choice.place for choice in found}) < len(found):
        raise ValueError(f"{what} can be broken once at each place of its loop, not by {asked!r}")
    return [choice.name for choice in found]


# The misconceptions of a step


def write_slips() -> str:
    """Return the script of the rules: functions of a step's quantities, in the table's order.

    Of a misconception that has a rule for each operation, they are functions of a result and its
    inputs, by the operation and the input.
    """
    rules = "".join(f"  {write_misconception(wrong)},\n" for wrong in MISCONCEPTIONS)
    functions = "".join(
        f'  "{name} {i}": {{ {written} }},\n'
        for name, i in WRONG_LOCALS
        if (written := write_wrong_locals(name, i))
    )
    wrong = f"export const wrongLocals = {{\n{functions}}};\n"
    return f"export const slipRules = [\n{rules}];\n{wrong}"


def write_misconception(wrong: Misconception) -> str:
    """Return a rule as a JavaScript function of the quantities that it needs, or null."""
    if wrong.rule is None:
        return "null"
    return f"({{ {', '.join(wrong.needs)} }}) => {write_result(wrong.rule, wrong.needs)}"


def write_wrong_locals(name: str, position: int) -> str:
    """Return the wrong local derivatives of an operation as the inside of a JavaScript object."""
    operation = OPERATIONS[name]
    names = ["out", *operation.inputs]
    return ", ".join(
        f'"{wrong.name}": ({", ".join(names)}) => {write_result(rule, names)}'
        for wrong in MISCONCEPTIONS
        if wrong.rule is None and (rule := find_wrong_rule(operation, position, wrong))
    )


def write_result(rule: Rule, names: Sequence[str]) -> str:
    """Return what a rule gives for these names."""
    symbols = Symbols(zeros=True)
    leaves = [symbols.leaf() for _ in names]
    texts = {leaf: Text(name) for leaf, name in zip(leaves, names, strict=True)}
    return JAVASCRIPT.write_symbol(rule(*leaves), texts).text


def describe_misconceptions() -> list[dict[str, Any]]:
    """Return what a page tells of each mistake."""
    return [
        {
            "name": wrong.name,
            "title": wrong.title,
            "told": wrong.told,
            "remedy": wrong.remedy,
            "needs": wrong.needs,
            "shownBy": wrong.shown_by,
            "isLocal": wrong.is_local,
        }
        for wrong in MISCONCEPTIONS
    ]

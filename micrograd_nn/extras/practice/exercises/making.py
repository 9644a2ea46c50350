"""What the topics make exercises of: small numbers, recorded lines, known misses, the working."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from ...._ground.text import format_number, join_words
from ....engine.value import Constant, Value
from ....explain import explain
from ....graph.graph import Graph
from ....notation.expressions import parse
from ....notation.formulas.formula import write_partial
from ....notation.formulas.narration import write_node
from ....notation.formulas.plain import Plain
from ....stepping.misconceptions import Slip, list_slips
from ....stepping.misconceptions.table import (
    ADDED,
    LEFT_OUT,
    NO_LOCAL,
    NO_UPSTREAM,
    OTHER_INPUT,
    SIGN,
)
from .answers import Answer, ChoiceAnswer, NumberAnswer
from .exercise import Miss

WHOLE = (-5, -4, -3, -2, 2, 3, 4, 5)
UPWARD = (2, 3, 4, 5, 6)
INVERSE: dict[str, Callable[[float], float]] = {
    "tanh": math.atanh, "sigmoid": lambda y: math.log(y / (1 - y)), "exp": math.log,
}  # fmt: skip
JUMP = re.compile(r"\b(step|equal)\(")  # in the rules of what jumps, which nobody writes by hand
SMALLEST_BY_HAND, LARGEST_BY_HAND = 0.01, 200
LARGEST_FRACTION = 10  # that doesn't end, such as 2/3
NEGATIVE = re.compile(r"(?<=[+×] )−\d+(\.\d+)?(e[−+]\d+)?")  # behind a sign
IN_LINES = re.compile(r"[^\W\d]\w*")


class Short(float):
    """A number that a text has as a person writes it: ``{k}``, or ``{k:+}`` with its sign."""

    def __format__(self, form: str) -> str:
        return f"{float(self):{form}g}"


class Draft(NamedTuple):
    """An exercise before it has a topic, a level and a seed."""

    question: str
    answer: Answer
    misses: Sequence[Miss]
    working: str
    graph: Graph | None = None
    program: str = ""


class Recorded(NamedTuple):
    """Lines of code as a graph, and each node by its name."""

    graph: Graph
    nodes: dict[str, Value]


def record_lines(lines: str, **numbers: float) -> Recorded:
    """Return the graph of lines that name each result, the last one the root.

    A number that no line uses is left out.
    """
    words = set(IN_LINES.findall(lines))
    nodes = {name: Value(float(x), name) for name, x in numbers.items() if name in words}
    for line in lines.split(";"):
        name, _, text = line.strip().partition(" = ")
        used = {word: nodes[word] for word in IN_LINES.findall(text) if word in nodes}
        nodes[name] = parse(text, used)
        nodes[name].label = name
    return Recorded(Graph(nodes[name], {}), nodes)


def shuffle_choices(
    random: Random, right: str, wrong: Mapping[str, tuple[str, ...]]
) -> tuple[ChoiceAnswer, list[Miss]]:
    """Return the right one among wrong ones, by chance, and what is said of each of these."""
    options = [*wrong]
    random.shuffle(options)
    misses = [Miss(i, *wrong[one]) for i, one in enumerate(options) if one != right]
    return ChoiceAnswer(tuple(options), options.index(right)), misses


def choose_numbers(random: Random, many: int, among: Sequence[float] = WHOLE) -> list[float]:
    """Return some numbers, each another one in size."""
    while True:
        found = [float(x) for x in random.sample(list(among), many)]
        if len({abs(x) for x in found}) == many:
            return found


def is_easy(number: float) -> bool:
    """Tell whether a number is done by hand: three digits, two behind the point, or a fraction.

    >>> [is_easy(x) for x in (-12.0, 0.25, 0.125, 2 / 3, 21.375, 1e6)]
    [True, True, True, True, False, False]
    """
    if abs(number) > LARGEST_BY_HAND or 0 < abs(number) < SMALLEST_BY_HAND:
        return False
    texts = f"{number:.3g}", f"{number:.2f}"
    if any(math.isclose(float(text), number, rel_tol=1e-9, abs_tol=1e-12) for text in texts):
        return True
    return abs(number) < LARGEST_FRACTION and any(
        math.isclose(number * under, round(number * under), rel_tol=1e-9) for under in range(2, 13)
    )


def state_graph(graph: Graph, known: Collection[str] = ()) -> str:
    """Return a graph in words: what each node is, at which numbers; some leaves are ``known``."""
    inner = [node for node in graph.nodes if node.operation is not None]
    rules = [f"`{write_node(node, graph.names)}`" for node in inner]
    leaves = [f"`{say_number(graph, x)}`" for x in graph.leaves if graph.names[x] not in known]
    results = [f"`{say_number(graph, node)}`" for node in inner]
    at = f", at {join_words(leaves)}" if leaves else ""
    return f"Let {join_words(rules)}{at}. So {join_words(results)}."


def say_number(graph: Graph, node: Value) -> str:
    """Return a node's name and its number."""
    return f"{graph.names[node]} = {format_number(node.data + 0.0)}"


def find_slip_misses(
    graph: Graph, leaf: Value, change: Callable[[float], float] = float
) -> list[Miss]:
    """Return what the classic mistakes make of a leaf's gradient, and of what follows from that."""
    misses = [tell_slip(graph, leaf, slip) for slip in list_plausible_slips(graph, leaf)]
    return [miss._replace(answer=change(miss.answer)) for miss in misses]  # type: ignore[arg-type]


def list_plausible_slips(graph: Graph, leaf: Value) -> list[Slip]:
    """Return the slips that somebody makes, those last that hardly anybody does."""
    slips = list_slips(graph, leaf)
    return sorted([slip for slip in slips if is_plausible(slip)], key=is_unlikely)


def is_plausible(slip: Slip) -> bool:
    """Tell whether somebody makes a slip.

    Nobody adds the root's own 1 to a derivative, and in a difference whoever takes the derivative
    by the other input has turned the sign. A path is left out where another one is left.
    """
    seen, wrong = slip.quantities, slip.misconception
    if wrong is ADDED:
        return seen.upstream != 1
    if wrong is OTHER_INPUT:
        return seen.other != -seen.partial
    if wrong is LEFT_OUT:
        return slip.answer != 0
    return True


def is_unlikely(slip: Slip) -> bool:
    """Tell whether another mistake of the same number is the likelier one.

    Where the local derivative is 1 or −1, the gradient is passed on: who gets another number has
    hardly forgotten it, or forgotten the −1 but not the sign.
    """
    is_forgotten = slip.misconception in (NO_UPSTREAM, NO_LOCAL)
    return is_forgotten and abs(slip.quantities.partial) == 1


def tell_slip(graph: Graph, leaf: Value, slip: Slip) -> Miss:
    """Return a slip about a leaf's gradient as a miss, with the step that shows it."""
    node, input = graph.names[slip.step.node], graph.names[slip.step.input]
    told = f"{slip.tell(graph.names)} (This is the step from {node} back to {input}.)"
    remedy = slip.tell_remedy(graph.names)
    if slip.misconception is LEFT_OUT:  # maybe of a node on the way to the leaf
        root, left_out = graph.names[graph.root], graph.gradients[leaf] - slip.answer
        remedy = f"It adds {format_number(left_out)} to ∂{root}/∂{graph.names[leaf]}."
    words = [NEGATIVE.sub(r"(\g<0>)", text) for text in (told, remedy)]
    return Miss(slip.answer, slip.misconception.title, *words)


def has_trap(answer: Answer, misses: Iterable[Miss]) -> bool:
    """Tell whether a mistake leads to the right answer, so that nobody would notice it."""
    return any(answer.is_same(miss.answer) for miss in misses)


def merge_misses(answer: Answer, misses: Iterable[Miss]) -> list[Miss]:
    """Return the misses without the right answer, those of the same answer as one."""
    kept: list[Miss] = []
    for miss in misses:
        if answer.is_same(miss.answer):
            continue
        for i, other in enumerate(kept):
            if answer.are_same(miss.answer, other.answer):
                if miss.title not in f"{other.title} {other.told}" and "Or else" not in other.told:
                    told = f"{other.told} Or else: {miss.title}. {miss.told}"
                    kept[i] = other._replace(told=told)
                break
        else:
            kept.append(miss)
    return kept


def write_working(graph: Graph, leaf: Value) -> str:
    """Return how a leaf's gradient comes about, backwards from the root, by the ledgers."""
    root = graph.names[graph.root]
    users = set(graph.paths(leaf).users)
    local: dict[str, None] = {}
    lines = []
    for node in reversed(graph.nodes):
        if node is graph.root or not (node is leaf or node in users):
            continue
        ledger = explain(graph, node).ledger
        shares = [f"{say_factor(step.upstream)} × {say_factor(step.partial)}" for step in ledger]
        through = join_words(list(dict.fromkeys(graph.names[step.node] for step in ledger)))
        found = format_number(ledger[-1].after + 0.0)
        lines.append(f"∂{root}/∂{graph.names[node]} = {' + '.join(shares)} = {found}, {through}")
        lines[-1] = lines[-1].removesuffix(through) + f"through {through}"
    for node in graph.nodes:
        for i, input in enumerate(node.inputs):
            if node in users and (input is leaf or input in users):
                local[say_local(graph, node, i)] = None
    begins = f"Backwards, upstream × local derivative, from ∂{root}/∂{root} = 1:"
    return "\n".join([f"Local derivatives: {', '.join(local)}", begins, *lines])


def say_local(graph: Graph, node: Value, position: int) -> str:
    """Return a local derivative: what it is called, its formula, and its number."""
    number = format_number((node.partials[position] or 0.0) + 0.0)
    names = graph.names[node], graph.names[node.inputs[position]]
    formula, _ = write_partial(node, position, graph.names, Plain(), by_result=True)
    text = formula.text if formula else ""
    same = [text] if text and text != number and not JUMP.search(text) else []
    return " = ".join([f"∂{names[0]}/∂{names[1]}", *same, number])


def say_factor(number: float) -> str:
    """Return a number as a factor, a negative one in parentheses."""
    text = format_number(number + 0.0)
    return f"({text})" if text.startswith("−") else text


def ask_gradient(
    recorded: Recorded, leaf: str, needs: Collection[str] = (), known: Collection[str] = ()
) -> Draft | None:
    """Return the question for a leaf's gradient, None if it can't be done by hand, or tells little.

    It has to differ from what the mistakes of the names in ``needs`` lead to. The numbers of the
    leaves that are ``known`` don't matter to it.
    """
    graph, nodes = recorded
    wrt = nodes[leaf]
    answer = NumberAnswer(graph.gradients.get(wrt, 0.0))
    if not answer.number or answer.is_same(graph.root.data) or not has_easy_numbers(graph, known):
        return None
    slips = list_plausible_slips(graph, wrt)
    if not {slip.misconception.name for slip in slips}.issuperset(needs):
        return None
    root = graph.names[graph.root]
    question = f"{state_graph(graph)}\nWhat is ∂{root}/∂{leaf}, the gradient of {root} by {leaf}?"
    turned = Miss(-answer.number, SIGN.title, SIGN.told.format(input=leaf, node=root))
    misses = [tell_slip(graph, wrt, slip) for slip in slips]
    first = [slip.misconception.name for slip in slips].count("overwrite")  # where the table begins
    merged = merge_misses(answer, [*misses[:first], turned, *misses[first:]])
    return Draft(question, answer, merged, write_working(graph, wrt), graph)


def has_easy_numbers(graph: Graph, known: Collection[str] = ()) -> bool:
    """Tell whether values, local derivatives and gradients can all be done by hand."""
    numbers = [*graph.gradients.values()]
    for node in graph.nodes:
        if graph.names[node] not in known and not isinstance(node, Constant):
            numbers.append(graph.numbers[node])
        numbers += [x for x in node.partials if x is not None]
    return all(map(is_easy, numbers))

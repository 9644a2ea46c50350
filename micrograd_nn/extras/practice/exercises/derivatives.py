"""Exercises on derivatives: of one operation, of two, and of values that are used repeatedly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from random import Random
from typing import NamedTuple, cast

from ...._ground.text import format_number, join_words
from ....engine.operation import ARITHMETIC, Operation, Rule
from ....engine.value import Constant, Value
from ....notation.formulas.formula import write_derivative_rule, write_partial
from ....notation.formulas.plain import Plain
from ....stepping.misconceptions.derivatives import WRONG_LOCALS
from ....stepping.misconceptions.table import ADDED, OTHER_INPUT, SIGN, Misconception
from .answers import FormulaAnswer, NumberAnswer, multiply_formulas, type_formula
from .exercise import Miss
from .making import (
    INVERSE,
    UPWARD,
    WHOLE,
    Draft,
    Recorded,
    Short,
    ask_gradient,
    choose_numbers,
    has_easy_numbers,
    merge_misses,
    record_lines,
    say_local,
    state_graph,
    write_working,
)

# An operation as it is written, x being its input and k another number.
WRITTEN = {
    "square": "x**2", "cube": "x**3", "fourth": "x**4", "fifth": "x**5", "product": "k*x",
    "quotient": "x/k", "divisor": "k/x", "reciprocal": "1/x", "exp": "exp(x)", "log": "log(x)",
    "root": "sqrt(x)", "sin": "sin(x)", "cos": "cos(x)", "tanh": "tanh(x)", "sigmoid": "sigmoid(x)",
}  # fmt: skip
EVERYWHERE = (-2.0, 2.0)
DOMAINS = {
    "divisor": (0.5, 3.0), "reciprocal": (0.5, 3.0), "log": (1.5, 4.0), "root": (0.5, 4.0),
}  # fmt: skip

KINDS = {
    1: ["square", "cube", "product", "quotient"],
    2: ["divisor", "reciprocal", "exp", "log", "root", "tanh", "sigmoid"],
    3: ["cube", "fourth", "fifth", "product", "quotient", "divisor", "reciprocal", "exp", "log",
        "root", "tanh", "sigmoid", "sin", "cos"],
}  # fmt: skip
IN_LETTERS = ["xyk", "uvw", "nta", "zrc", "hob"]  # of the input, the result and another number
MORE_LETTERS = ["mgf", "dwv", "prt", "jkh", "cnu"]  # s and q are keys of a quiz
TENTHS = [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]
OUTPUTS: dict[str, list[float]] = {
    "tanh": [*TENTHS, *[-x for x in TENTHS]], "sigmoid": TENTHS, "exp": [0.5, 2, 3, 4, 5],
}  # fmt: skip
INPUTS: dict[str, list[float]] = {
    "log": [2, 4, 5, 8, 10], "root": [0.25, 4, 9, 16, 25, 36], "cube": [-3, -2, 2, 3, 4, 5],
}  # fmt: skip

CHAIN = {
    1: ["u = {k}*x; v = u**2", "u = x**2; v = {k}*u", "u = x**2; v = u**2", "u = {k}*x; v = u**3",
        "u = x**3; v = {k}*u"],
    2: ["u = {k}*x; v = tanh(u)", "u = {k}*x; v = sigmoid(u)", "u = {k}*x; v = exp(u)",
        "u = x**2; v = {m}/u", "u = {k}*x; v = 1/u", "u = {k}*x; v = {m}/u"],
}  # fmt: skip
SHARED = {
    1: ["a = {k}*x; y = a*x", "a = x {c:+}; y = a*x", "a = x**2; y = a*x", "a = {k}*x; y = x*a"],
    2: [
        "a = {k}*x; b = a*a; y = b {c:+}", "a = x {c:+}; b = a*w; y = b*a",
        "a = w*x; b = {k}*a; y = a*b", "a = w*x; b = a**2; y = b + a",
    ],
    3: [
        "a = x*x; b = x {c:+}; y = a*b", "a = w*x; b = a {c:+}; d = a*b; y = d - a",
        "a = {k}*x; b = a*x; d = b - x; y = w*d", "a = w*x; b = a + w; d = a*w; y = b*d",
    ],
}  # fmt: skip
DIAMOND = {
    1: ["a = x {c:+}; b = {k}*x; y = a*b", "a = {k}*x; b = {m}*x; y = a*b"],
    2: [
        "a = x**2; b = {k}*x; y = a - b", "a = w*x; b = x {c:+}; y = a*b",
        "a = x {c:+}; b = a*w; d = a*x; y = b - d", "u = {k}*x; a = u {c:+}; b = w*u; y = a*b",
    ],
    3: [
        "a = x {c:+}; b = {k}*x; d = a - b; p = d {m:+}; q = w*d; y = p*q",
        "a = x {c:+}; b = w*x; d = a*b; p = 2*d; q = d {m:+}; r = q*x; y = p - r",
        "u = w*x; a = u {c:+}; b = {k}*u; d = a*b; y = d*x",
    ],
}  # fmt: skip

INNER = ["k*x", "x**2", "x**3"]
OUTER = ["square", "cube", "reciprocal", "exp", "log", "root", "tanh", "sigmoid"]
NO_INNER = (
    "The inner derivative is forgotten",
    "That is ∂{y}/∂{u}. On the way back to {x}, it is multiplied by ∂{u}/∂{x}.",
)
NO_OUTER = (
    "The outer derivative is forgotten",
    "That is ∂{u}/∂{x}. It is multiplied by ∂{y}/∂{u}, what the rest of the way makes of it.",
)
WRONG_PLACE = (
    "The outer derivative at the wrong place",
    "∂{y}/∂{u} is taken where that step happens, at {u}, and not at {x}.",
)
ADDED_WORDS = ADDED.title, "Along a path derivatives are multiplied. Only paths are added."


class Slope(NamedTuple):
    """The derivative of an operation by one of its inputs, right and as mistakes have it.

    >>> graph, nodes = record_lines("y = k/x", k=3, x=2)
    >>> slope = Slope(nodes["y"], 1, graph.names)
    >>> slope.write(), [miss.answer for miss in slope.list_misses()][:3]
    ('-k/x**2', ['k/x**2', '1/x', '-k/x'])
    """

    node: Value
    position: int
    names: Mapping[Value, str]

    def write(self, by_result: bool = True) -> str:
        """Return the formula of the table's rule as one types it, with or without the result."""
        text, _ = write_partial(self.node, self.position, self.names, Plain(), by_result)
        return type_formula(text.text if text else "")

    def list_wrong(self) -> Iterator[tuple[Misconception, Rule]]:
        """Yield the rules that mistakes lead to, the likelier ones first."""
        operation = cast(Operation, self.node.operation)
        right = operation.partials[self.position]
        yield SIGN, lambda *given: -right(*given)
        is_alone = any(isinstance(x, Constant) for x in self.node.inputs)
        for wrong, rule in WRONG_LOCALS[operation.name, self.position]:
            if not (is_alone and wrong is OTHER_INPUT):
                yield wrong, rule

    def list_misses(self) -> list[Miss]:
        """Return the formulas that mistakes lead to."""
        found: dict[str, Miss] = {}
        for wrong, rule in self.list_wrong():
            formula = write_derivative_rule(self.node, rule, self.names, Plain())
            if formula is not None:
                text = type_formula(formula.text)
                found.setdefault(text, self.tell_miss(text, wrong))
        return list(found.values())

    def list_number_misses(self) -> Iterator[Miss]:
        """Yield the numbers that they lead to."""
        for wrong, rule in self.list_wrong():
            try:
                number = float(rule(self.node.number, *self.node.numbers))
            except ARITHMETIC:
                continue
            yield self.tell_miss(number, wrong)

    def tell_miss(self, answer: object, wrong: Misconception) -> Miss:
        """Return an answer with the words for the misconception behind it."""
        input = self.names[self.node.inputs[self.position]]
        return Miss(answer, wrong.title, wrong.told.format(input=input, node=self.names[self.node]))


def find_slope(recorded: Recorded, of: str, by: str) -> Slope:
    """Return the derivative of a named node by one of its inputs."""
    node = recorded.nodes[of]
    return Slope(node, node.inputs.index(recorded.nodes[by]), recorded.graph.names)


def make_local(random: Random, level: int) -> Draft | None:
    """Ask for the derivative of one operation: a number, at level 3 a formula."""
    kind = random.choice(KINDS[level])
    x, y, k = list(random.choice(IN_LETTERS if level < 3 else [*IN_LETTERS, *MORE_LETTERS]))
    text = put_names(WRITTEN[kind], {"x": x, "k": k})
    line, has_other = f"{y} = {text}", "k" in WRITTEN[kind]
    if level == 3:
        domain = {x: DOMAINS.get(kind, EVERYWHERE), **({k: (1.5, 3.0)} if has_other else {})}
        recorded = record_lines(line, **{name: ends[1] for name, ends in domain.items()})
        slope = find_slope(recorded, y, x)
        formula = FormulaAnswer(slope.write(), domain, {y: text})
        return ask_formula(formula, slope.list_misses(), line, x, y)
    if kind in OUTPUTS:
        number = INVERSE[kind](random.choice(OUTPUTS[kind]))
    else:
        number = float(random.choice(INPUTS.get(kind, [*WHOLE, 0.5])))
    numbers = {x: number}
    if has_other:
        numbers[k] = next(n for n in choose_numbers(random, 2) if abs(n) != abs(number))
    graph, nodes = recorded = record_lines(line, **numbers)
    slope = find_slope(recorded, y, x)
    answer = NumberAnswer(graph.gradients[nodes[x]])
    known = {x, y} if kind in (*OUTPUTS, "log") else set()
    if not has_easy_numbers(graph, known):
        return None
    misses = merge_misses(answer, slope.list_number_misses())
    asked = f"What is ∂{y}/∂{x}, the local derivative of {y} by {x}?"
    working = f"The rule is {slope.write()}.\n{say_local(graph, slope.node, slope.position)}"
    return Draft(f"{state_graph(graph)}\n{asked}", answer, misses, working, graph)


def make_chain(random: Random, level: int) -> Draft | None:
    """Ask for the derivative of two operations, one after the other."""
    if level == 3:
        return make_chain_of_formulas(random)
    k, m = choose_numbers(random, 2, (*WHOLE, 0.5, 10))
    form = random.choice(CHAIN[level])
    x = float(random.choice([*WHOLE, 0.5, 1.5]))
    kind = next((kind for kind in INVERSE if f"{kind}(" in form), "")
    if kind:
        x = INVERSE[kind](random.choice(OUTPUTS[kind])) / k
    lines = form.format(k=Short(k), m=Short(m))
    recorded = record_lines(lines, x=x)
    if any(abs(step.partial) == 1 for step in recorded.graph.steps):
        return None  # a factor that nobody misses
    needs = ["no upstream", "no local derivative"]
    return ask_gradient(recorded, "x", needs, known=("x", "u") if kind else ())


def make_chain_of_formulas(random: Random) -> Draft | None:
    """Ask for the derivative of one formula of another one."""
    x, y, u = list(random.choice(["xyu", "xvu", "wtn", "zrh"]))
    k = random.choice(WHOLE[4:])
    inner = put_names(random.choice(INNER), {"k": str(k), "x": x})
    form = WRITTEN[random.choice(OUTER)]
    text = put_names(form, {"x": u})
    lines = f"{u} = {inner}; {y} = {text}"
    recorded = record_lines(lines, **{x: 1.5})
    outer, inner_slope = find_slope(recorded, y, u), find_slope(recorded, u, x).write()
    product = multiply_formulas(outer.write(), inner_slope)
    answer = FormulaAnswer(product, {x: (0.5, 1.5)}, {u: inner, y: text})
    at_x = find_slope(record_lines(f"{y} = {put_names(form, {'x': x})}", **{x: 1.5}), y, x)
    wrong = [
        (outer.write(), NO_INNER), (inner_slope, NO_OUTER),
        (f"({at_x.write(by_result=False)})*({inner_slope})", WRONG_PLACE),
        (f"({outer.write()}) + ({inner_slope})", ADDED_WORDS),
    ]  # fmt: skip
    misses = [Miss(text, title, told.format(x=x, y=y, u=u)) for text, (title, told) in wrong]
    misses += [
        miss._replace(
            answer=f"({miss.answer})*({inner_slope})",
            told=f"The slip is in ∂{y}/∂{u}, the first of two factors. {miss.told}",
        )
        for miss in outer.list_misses()
        if miss.answer != "1"  # which leaves the inner one alone
    ]
    return ask_formula(answer, misses, lines, x, y)


def ask_formula(answer: FormulaAnswer, misses: Sequence[Miss], lines: str, x: str, y: str) -> Draft:
    """Return the question for a derivative as a formula."""
    let = join_words([f"`{line}`" for line in lines.split("; ")])
    asked = f"What is ∂{y}/∂{x}? {answer.say_how()}"
    point = next(answer.list_points())
    free = {name: round(point[name], 1) for name in answer.domain}
    graph, nodes = record_lines(lines, **free)
    at = join_words([f"{name} = {format_number(number)}" for name, number in free.items()])
    working = f"∂{y}/∂{x} = {answer.formula}\nFor instance at {at}:\n"
    working += write_working(graph, nodes[x])
    return Draft(f"Let {let}.\n{asked}", answer, merge_misses(answer, misses), working)


def put_names(text: str, names: Mapping[str, str]) -> str:
    """Return a formula in x, y and k in other names."""
    return re.sub(r"\b[xyk]\b", lambda name: names.get(name[0], name[0]), text)


def ask_about_forms(
    forms: Mapping[int, Sequence[str]], needs: list[str], random: Random, level: int
) -> Draft | None:
    """Ask for the gradient by x of lines with places for numbers, some for each level."""
    form = random.choice(forms[level])
    x, w, k, m = choose_numbers(random, 4, (*WHOLE, 0.5, 1.5, -0.5))
    c = float(random.choice(UPWARD) * random.choice([1, -1]))
    lines = form.format(k=Short(k), m=Short(m), c=Short(c))
    return ask_gradient(record_lines(lines, x=x, w=w), "x", needs)


# A value that is used more than once; one that two ways lead from, which meet again.
make_shared = partial(ask_about_forms, SHARED, ["overwrite"])
make_diamond = partial(
    ask_about_forms, DIAMOND, ["overwrite", "no upstream", "no local derivative"]
)

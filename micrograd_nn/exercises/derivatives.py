"""Exercises on one derivative and on two of them: numbers at first, and then formulas."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from ..misconceptions import find_slips, list_quantities
from ..text import format_number, join_words
from .answers import NumberAnswer
from .exercise import Miss
from .formulas import FormulaAnswer, compute_formula, multiply_formulas
from .making import (
    SIGN,
    WHOLE,
    Draft,
    Short,
    ask_gradient,
    choose_numbers,
    has_easy_numbers,
    is_easy,
    merge_misses,
    record_lines,
    say_local,
    state_graph,
    tell_slip,
    write_working,
)

FACTOR = (
    "The factor of the power is forgotten",
    "The exponent comes down as a factor, and here it doesn't.",
)
EXPONENT = (
    "The exponent isn't lowered",
    "The exponent comes down as a factor, and one less is left.",
)
INPUT = (
    "The input in place of the output",
    "The rule takes the result, {y}, and this puts the input, {x}, there.",
)
OUTPUT = (
    "The output in place of the input",
    "The rule takes the input, {x}, and this puts the result, {y}, there.",
)
VALUE = (
    "The value in place of the derivative",
    "That is {y} itself. The derivative says how fast {y} changes with {x}.",
)
OTHER_INPUT = (
    "The derivative by the other input",
    "That is how fast {y} changes with the other one of its two inputs.",
)
SQUARE = "The square is forgotten", "In this rule something stands squared. Nudge {x} to see that."
TANH = "The rule of tanh", "1 − {y}² is the rule of tanh, and this is sigmoid."
SIGMOID = "The rule of sigmoid", "{y} · (1 − {y}) is the rule of sigmoid, and this is tanh."
HALF = (
    "The factor ½ of the root is forgotten",
    "A root is the power ½, and the exponent comes down as a factor.",
)
POWER = (
    "The rule of powers for exp",
    "In exp({x}) the input is the exponent, so the rule of powers isn't its rule.",
)
LOWERED = "The exponent is lowered too far", "It is one less, and not two."
UPSIDE_DOWN = "Upside down", "It is 1 divided by that: think of which way {y} grows faster."
INTEGRAL = "Integrated and not differentiated", "That is what has {y} for its derivative."

Wrong = tuple[str, tuple[str, str]]  # a formula that a mistake leads to, and what is said of it


class Derivation(NamedTuple):
    """How an operation is written, its derivative by x, and formulas that mistakes lead to.

    In each, x is the input, y the result, and k another number.
    """

    text: str
    slope: str
    wrong: Sequence[Wrong] = ()
    domain: tuple[float, float] = (-2.0, 2.0)


DERIVATIONS = {
    "square": Derivation("x**2", "2*x", [("x", FACTOR), ("2*x**2", EXPONENT)]),
    "cube": Derivation(
        "x**3", "3*x**2", [("x**2", FACTOR), ("3*x**3", EXPONENT), ("3*x", LOWERED)]
    ),
    "fourth": Derivation("x**4", "4*x**3", [("x**3", FACTOR), ("4*x**4", EXPONENT)]),
    "fifth": Derivation(
        "x**5", "5*x**4", [("x**4", FACTOR), ("5*x**5", EXPONENT), ("5*x**3", LOWERED)]
    ),
    "product": Derivation("k*x", "k", [("x", OTHER_INPUT), ("k*x", VALUE)]),
    "quotient": Derivation("x/k", "1/k", [("-x/k**2", OTHER_INPUT), ("k", UPSIDE_DOWN)]),
    "divisor": Derivation(
        "k/x", "-k/x**2", [("k/x**2", SIGN), ("1/x", OTHER_INPUT), ("-k/x", SQUARE),
                             ("k*log(x)", INTEGRAL)], (0.5, 3.0),
    ),
    "reciprocal": Derivation(
        "1/x", "-1/x**2", [("1/x**2", SIGN), ("-1/x", SQUARE), ("log(x)", INTEGRAL)], (0.5, 3.0)
    ),
    "exp": Derivation("exp(x)", "y", [("x*exp(x-1)", POWER), ("x", INPUT)]),
    "log": Derivation(
        "log(x)", "1/x", [("1/y", INPUT), ("y", VALUE), ("x", UPSIDE_DOWN)], (1.5, 4.0)
    ),
    "root": Derivation(
        "sqrt(x)", "1/(2*y)", [("1/y", HALF), ("1/(2*x)", INPUT), ("y", VALUE)],
        (0.5, 4.0),
    ),
    "sin": Derivation(
        "sin(x)", "cos(x)", [("-cos(x)", SIGN), ("y", VALUE), ("cos(y)", OUTPUT)]
    ),
    "cos": Derivation(
        "cos(x)", "-sin(x)", [("sin(x)", SIGN), ("y", VALUE), ("-sin(y)", OUTPUT)]
    ),
    "tanh": Derivation(
        "tanh(x)", "1 - y**2",
        [("1 - x**2", INPUT), ("1 - y", SQUARE), ("y*(1 - y)", SIGMOID), ("y**2 - 1", SIGN)],
    ),
    "sigmoid": Derivation(
        "sigmoid(x)", "y*(1 - y)",
        [("x*(1 - x)", INPUT), ("1 - y**2", TANH), ("y*(y - 1)", SIGN), ("y", VALUE)],
    ),
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
INVERSE: dict[str, Callable[[float], float]] = {
    "tanh": math.atanh, "sigmoid": lambda y: math.log(y / (1 - y)), "exp": math.log,
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
INNER = {"k*x": "k", "x**2": "2*x", "x**3": "3*x**2"}
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
ADDED = (
    "Added where it has to be multiplied",
    "Along a path derivatives are multiplied. Only paths are added.",
)


def make_local(random: Random, level: int) -> Draft | None:
    """Ask for the derivative of one operation: a number, at level 3 a formula."""
    kind = random.choice(KINDS[level])
    x, y, k = list(random.choice(IN_LETTERS if level < 3 else [*IN_LETTERS, *MORE_LETTERS]))
    rule, names = DERIVATIONS[kind], {"x": x, "y": y, "k": k}
    text = put_names(rule.text, names)
    has_other = "k" in rule.text
    if level == 3:
        domain = {x: rule.domain, **({k: (1.5, 3.0)} if has_other else {})}
        answer = FormulaAnswer(put_names(rule.slope, names), domain, {y: text})
        return ask_formula(answer, list_wrong(rule, names), f"{y} = {text}", x, y)
    if kind in OUTPUTS:
        number = INVERSE[kind](random.choice(OUTPUTS[kind]))
    else:
        number = float(random.choice(INPUTS.get(kind, [*WHOLE, 0.5])))
    numbers = {x: number}
    if has_other:
        numbers[k] = next(n for n in choose_numbers(random, 2) if abs(n) != abs(number))
    graph, nodes = record_lines(f"{y} = {text}", **numbers)
    ((step, quantities), *_) = [
        (step, seen) for step, seen in list_quantities(graph) if step.input is nodes[x]
    ]
    known = {x, y} if kind in (*OUTPUTS, "log") else set()
    if not is_easy(step.partial) or not has_easy_numbers(graph, known):
        return None
    numeric = NumberAnswer(step.partial)
    point = {**numbers, y: nodes[y].data}
    misses = [
        Miss(wrong, miss.title, miss.told)
        for miss in list_wrong(rule, names)
        if (wrong := compute_formula(str(miss.answer), point)) is not None
    ]
    misses += [
        tell_slip(graph, nodes[x], slip) for slip in find_slips(step, quantities, local=True)
    ]
    asked = f"What is ∂{y}/∂{x}, the local derivative of {y} by {x}?"
    working = f"The rule is {put_names(rule.slope, names)}.\n{say_local(graph, *step[:3:2])}"
    return Draft(
        f"{state_graph(graph)}\n{asked}", numeric, merge_misses(numeric, misses), working, graph
    )


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
    inner, inner_slope = random.choice(list(INNER.items()))
    inner, inner_slope = [put_names(text, {"k": str(k), "x": x}) for text in (inner, inner_slope)]
    rule = DERIVATIONS[random.choice(OUTER)]
    names = {"x": u, "y": y}
    slope = put_names(rule.slope, names)
    text = put_names(rule.text, names)
    product = multiply_formulas(slope, inner_slope)
    answer = FormulaAnswer(product, {x: (0.5, 1.5)}, {u: inner, y: text})
    at_x = put_names(rule.slope, {"x": x, "y": f"({put_names(rule.text, {'x': x})})"})
    words = {"x": x, "y": y, "u": u}
    wrong = [
        (slope, NO_INNER), (inner_slope, NO_OUTER), (f"({at_x})*({inner_slope})", WRONG_PLACE),
        (f"({slope}) + ({inner_slope})", ADDED),
    ]  # fmt: skip
    misses = [Miss(text, title, told.format(**words)) for text, (title, told) in wrong]
    misses += [
        miss._replace(
            answer=f"({miss.answer})*({inner_slope})",
            told=f"The slip is in ∂{y}/∂{u}, the first of two factors. {miss.told}",
        )
        for miss in list_wrong(rule, names)
    ]
    return ask_formula(answer, misses, f"{u} = {inner}; {y} = {text}", x, y)


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


def list_wrong(rule: Derivation, names: Mapping[str, str]) -> list[Miss]:
    """Return the formulas that mistakes with a rule lead to, in other names."""
    return [
        Miss(put_names(text, names), title, told.format(**names))
        for text, (title, told) in rule.wrong
    ]


def put_names(text: str, names: Mapping[str, str]) -> str:
    """Return a formula in x, y and k in other names.

    >>> put_names("k*exp(x)", {"x": "u", "k": "3"})
    '3*exp(u)'
    """
    return re.sub(r"\b[xyk]\b", lambda name: names.get(name[0], name[0]), text)

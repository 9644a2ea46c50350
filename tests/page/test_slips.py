"""The classic mistakes in a page's JavaScript: the same as in Python, on the same steps."""

import json
import math

import pytest
from strategies import make_expression
from test_lesson import asked_of, network

from micrograd_nn import Value, exp, log, pow, sqrt, tanh
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import Operation
from micrograd_nn.graph import Graph
from micrograd_nn.page.mistakes import describe_misconceptions, write_slips
from micrograd_nn.stepping.misconceptions import MISCONCEPTIONS, find_slips, list_quantities

CALM = [op.add, op.sub, op.mul, op.neg, op.tanh, op.sin, op.sigmoid, op.relu, op.dot, op.sqrt]


def build_chain():
    x, y = Value(0.7, "x"), Value(1.9, "y")
    a = exp(x) + sqrt(y) * x
    return log(a) * tanh(a) + pow(y, x) / a - 3 * x + (x * y) ** 3 * x**0


def build_random(seed):
    graph = make_expression(seed, 30, CALM)
    return graph([Value(x) for x in graph.leaves])


def build_beyond():
    """Return a graph in which a derivative with the input as the result is beyond any float."""
    x = Value(600.0, "x")
    return exp(Value(1e300) / x * 0.0) * x.sigmoid() + exp(x)


GRAPHS = {
    "chain": build_chain,
    "network": lambda: network()[2],
    "beyond": build_beyond,
    **{f"random {seed}": lambda seed=seed: build_random(seed) for seed in range(12)},
}


def agree(number, text):
    if number is None or text is None:
        return number is text
    return math.isclose(number, float(text), rel_tol=1e-9) or repr(number) == repr(float(text))


@pytest.mark.slow
@pytest.mark.parametrize("build", GRAPHS.values(), ids=list(GRAPHS))
def test_a_page_finds_the_mistakes_that_python_finds(javascript, build):
    root = build()
    graph = Graph(root)
    asked, source = asked_of(root)
    given = {"graphs": [asked], "misconceptions": json.loads(json.dumps(describe_misconceptions()))}
    (answers,) = javascript("mistakes.js", given, rules=source, sliprules=write_slips())
    expected = list_quantities(graph)
    assert len(answers) == len(expected) > 0
    for (step, quantities), answer in zip(expected, answers, strict=True):
        assert answer["quantities"].keys() == quantities._asdict().keys()
        for name, number in quantities._asdict().items():
            assert agree(number, answer["quantities"][name]), name
        for is_local, found in zip((False, True), answer["slips"], strict=True):
            slips = list(find_slips(step, quantities, is_local))
            assert [slip["name"] for slip in found] == [s.misconception.name for s in slips]
            assert [slip["told"] for slip in found] == [
                f"{slip.tell(graph.names)} {slip.tell_remedy(graph.names)}" for slip in slips
            ]
            for slip, one in zip(slips, found, strict=True):
                assert agree(slip.answer, one["answer"])


def test_all_mistakes_have_an_occasion_somewhere():
    met = set()
    for build in GRAPHS.values():
        for step, quantities in list_quantities(Graph(build())):
            met |= {slip.misconception.name for slip in find_slips(step, quantities)}
    assert met == {wrong.name for wrong in MISCONCEPTIONS}


@pytest.mark.parametrize("name", ["odd", "pow"])
def test_an_operation_of_ones_own_has_no_wrong_rules_whatever_its_name(javascript, name):
    odd = Operation(name, lambda x: x * x, [lambda out, x: 2 * x])
    asked, source = asked_of(odd(Value(3.0, "x")))
    given = {"graphs": [asked], "misconceptions": describe_misconceptions()}
    ((answer,),) = javascript("mistakes.js", given, rules=source, sliprules=write_slips())
    assert [slip["name"] for slip in answer["slips"][1]] == ["sign", "value for derivative"]


def test_what_a_first_miss_is_told_gives_the_right_number_not_away():
    for wrong in MISCONCEPTIONS:
        asked = "{partial}" if wrong.is_local else "{share}"
        assert asked not in wrong.told, wrong.name
        assert wrong.shown_by in ("input", "node", "value", ""), wrong.name

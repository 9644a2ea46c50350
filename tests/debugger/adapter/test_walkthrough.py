"""The program that an editor steps through: run, it gives the gradients of ``backward``."""

import pytest
from adapter import make_neuron
from branching import programs, run_program
from hypothesis import given
from places import ROOT
from strategies import for_every_row, graphs, inputs_of, searching

from micrograd_nn import Operation, Value
from micrograd_nn._ground.text import InputError
from micrograd_nn.debugger.adapter.walkthrough import Walkthrough
from micrograd_nn.engine.value import record
from micrograd_nn.graph import Graph
from micrograd_nn.notation.python import RULES
from micrograd_nn.stepping import Passes


def run(walkthrough):
    """Return what the program gives, by leaf."""
    leaves = walkthrough.graph.leaves
    assert len(leaves) <= 8
    calls = walkthrough.notation.calls
    names = {**RULES, **{name: operation.forward for operation, name in calls.items()}}
    exec(walkthrough.text, names)
    found = names["backpropagation"](*[walkthrough.graph.numbers[leaf] for leaf in leaves])
    return dict(zip(leaves, found if isinstance(found, tuple) else (found,), strict=True))


def assert_same(walkthrough):
    for leaf, gradient in run(walkthrough).items():
        expected = walkthrough.graph.gradients.get(leaf, gradient)
        assert gradient == expected or (gradient != gradient and expected != expected)


@searching
@given(graphs(max_size=60))
def test_it_gives_the_gradients_of_any_graph(expression):
    leaves = [Value(x) for x in expression.leaves]
    root = expression(leaves)
    if root.operation is not None:
        assert_same(Walkthrough(Graph(root, {})))


@pytest.mark.slow
@for_every_row
def test_it_gives_the_gradients_of_each_operation(row):
    @searching
    @given(inputs_of(row))
    def check(inputs):
        root = record(row, [Value(x) for x in inputs])
        if root.operation is not None:
            assert_same(Walkthrough(Graph(root, {})))

    check()


def test_a_line_is_a_step_of_the_page():
    x = Value(3.0, "x")
    root = (x * x).tanh()
    walkthrough = Walkthrough(Graph(root, {}))
    assert len(walkthrough.line_at) == len(Passes(root)) + 1
    assert [walkthrough.line(position) for position in range(7)] == [
        "v1 = x * x",
        "v2 = tanh(v1)",
        "d_v2 = 1.0",
        "d_v1 = d_v2 * (1.0 - v2 * v2)",
        "d_x = d_v1 * x",
        "d_x += d_v1 * x",
        "return d_x",
    ]


def test_a_rule_that_looks_at_its_numbers_is_called():
    looks = Operation("looks", lambda x: x * x, [lambda out, x: 6.0 if x == 3 else 2 * x])
    walkthrough = Walkthrough(Graph(looks(Value(3.0, "x")), {}))
    assert "d_x = d_v1 * float(looks_by_0(v1, x))" in walkthrough.text
    assert [*run(walkthrough).values()] == [6.0]


def test_a_rule_that_gives_another_number_later_is_written_as_its_number():
    numbers = iter([5.0])
    fickle = Operation("fickle", lambda x: x, [lambda out, x: next(numbers, 7.0)])
    walkthrough = Walkthrough(Graph(fickle(Value(3.0, "x")), {}))
    assert "d_x = d_v1 * 5.0" in walkthrough.text


def test_labels_of_any_kind_become_names_of_their_own():
    x, y, z = Value(2.0, "lambda"), Value(3.0, "a b"), Value(4.0, "a_b")
    walkthrough = Walkthrough(Graph(x * y * z, {}))
    assert [*run(walkthrough).values()] == [12.0, 8.0, 6.0]


def test_an_edit_after_all_uses_leaves_the_numbers_as_recorded():
    x = Value(3.0, "x")
    root = x * x
    x.data = 5.0
    root.data = 7.0
    walkthrough = Walkthrough(Graph(root, {}))
    assert [*run(walkthrough).values()] == [6.0]
    assert walkthrough.numbers == {x: 3.0, root: 9.0}


def test_an_edit_between_two_uses_is_refused():
    x, w = Value(0.0, "x"), Value(3.0, "w")
    first = w * x
    x.data = -0.0
    with pytest.raises(InputError, match="x was edited between two uses: record the graph again"):
        Walkthrough(Graph(first + x, {}))
    square = w * w
    square.data = 7.0
    with pytest.raises(InputError, match="v1 was edited between two uses"):
        Walkthrough(Graph(square + 1, {}))


@searching
@given(programs())
def test_it_gives_the_gradients_of_what_was_edited_or_is_refused(program):
    try:
        walkthrough = Walkthrough(Graph(run_program(program).root, {}))
    except InputError as error:
        assert "was edited between two uses" in str(error)  # noqa: PT017
        return
    assert_same(walkthrough)


def test_what_has_no_steps_or_too_many_is_refused(monkeypatch):
    with pytest.raises(InputError, match="constants alone"):
        Walkthrough(Graph(Value(3.0).detach(), {}))
    monkeypatch.setattr("micrograd_nn.debugger.adapter.walkthrough.MOST_WRITTEN", 3)
    with pytest.raises(InputError, match="has 4 steps, and 3 at most"):
        Walkthrough(Graph(Value(3.0) + Value(2.0), {}))


def test_the_program_in_the_guide_is_what_is_written():
    guide = (ROOT / "docs" / "do" / "step-back.md").read_text(encoding="utf-8")
    loss = make_neuron()
    assert Walkthrough(Graph(loss, {"loss": loss})).text in guide

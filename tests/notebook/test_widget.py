"""The widget from Python: its traits, what it refuses, what it is where there are no widgets."""

import math
import sys

import pytest

from micrograd_nn import Operation, Value, widget
from micrograd_nn.page import page


def build():
    x, w = Value(3.0, "x"), Value(-2.0, "w")
    y = (x * w + 1).tanh()
    y.label = "y"
    return x, w, y


@pytest.fixture
def made():
    pytest.importorskip("anywidget", reason="needs anywidget: pip install -e '.[notebook]'")
    return widget(build()[-1], step=2)


def test_without_anywidget_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "micrograd_nn.notebook.model", raising=False)
    with pytest.raises(ImportError, match=r"widget needs anywidget: pip install 'micrograd-nn\["):
        widget(build()[-1])


def test_it_opens_as_the_page_does(made):
    assert repr(made) == "<widget of y: step 2 of 8>"
    assert (made.step, dict(made.inputs), made.broken, made.paths_from) == (
        2, {"x": 3.0, "w": -2.0}, [], "x",
    )  # fmt: skip
    assert made._frame == page(made.graph, step=2)._repr_html_()


def test_a_broken_engine_opens_at_the_last_step_and_a_right_one_has_fewer():
    pytest.importorskip("anywidget", reason="needs anywidget")
    x, w, y = build()
    shown = widget(y, broken="unreset", paths_from=w)
    assert (shown.step, shown.paths_from) == (13, "w")
    shown.broken = ()
    assert shown.step == 8
    shown.paths_from = x
    assert shown.paths_from == "x"


@pytest.mark.parametrize(
    ("name", "value", "kind", "message"),
    [
        ("step", 9, ValueError, "the widget of y has the steps 0 to 8, not 9"),
        ("step", 1.5, TypeError, "page takes the number of a step, not a float"),
        ("inputs", {"q": 1}, ValueError, "the widget has no input 'q': it has x, w"),
        ("inputs", {"x": "1"}, TypeError, r"input x needs a number, not a str \('1'\)"),
        ("inputs", [1.0], TypeError, r"inputs are numbers by name, such as \{'x': 2.0\}, not"),
        ("broken", "all", ValueError, "the page can be broken by 'overwrite', 'unordered', "),
        ("paths_from", "y", ValueError, r"paths_from is a leaf or its name \(x, w\), not 'y'"),
    ],
)
def test_what_the_page_does_not_have_is_refused(made, name, value, kind, message):
    before = made.get_state()
    with pytest.raises(kind, match=message):
        setattr(made, name, value)
    assert made.get_state() == before


def test_one_number_is_set_and_the_others_stay(made):
    heard = []
    made.observe(lambda change: heard.append(change["new"]), "inputs")
    made.inputs["w"] = 7
    made.inputs = {"x": -0.0}
    assert heard == [{"x": 3.0, "w": 7.0}, {"x": -0.0, "w": 7.0}]
    assert made.get_state()["inputs"] == {"x": "-0", "w": "7"}


def test_what_the_page_tells_can_be_set_in_python_again(made):
    made.set_state({"inputs": {"x": "nan", "w": "-inf"}, "step": 4})
    assert math.isnan(made.inputs["x"])
    assert (made.inputs["w"], made.step) == (-math.inf, 4)
    made.inputs["x"] = 1.5
    assert made.get_state()["inputs"] == {"x": "1.5", "w": "-inf"}


def test_another_graph_is_shown_at_the_same_step_with_its_own_numbers(made):
    made.step, made.inputs = 8, {"x": 9.0}
    x = Value(4.0, "x")
    z = x * x
    z.label = "z"
    made.graph = z
    assert (made.step, dict(made.inputs), made.paths_from) == (4, {"x": 4.0}, "x")
    assert "Backpropagation through z" in made._frame
    with pytest.raises(TypeError, match="widget takes one Value, the root of a graph, not an int"):
        made.graph = 3
    assert made.graph.root is z


def test_numbers_that_the_page_cannot_compute_with_are_refused_at_once():
    pytest.importorskip("anywidget", reason="needs anywidget")
    double = Operation("double", lambda x: 2 * x, [lambda out, x: 2.0 if x > 0 else -2.0])
    x = Value(3.0, "x")
    shown = widget(double(x))
    with pytest.raises(ValueError, match="the page can't compute with other numbers: "):
        shown.inputs["x"] = 5.0
    assert dict(shown.inputs) == {"x": 3.0}


def test_where_no_widgets_are_there_is_the_picture(made):
    data, _ = made._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == made.model_id
    assert ">tanh<" in data["image/svg+xml"]
    assert data["text/plain"] == "<widget of y: step 2 of 8>"

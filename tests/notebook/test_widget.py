"""The widget from Python: its traits, what it refuses, what it is where there are no widgets."""

import math
import random
import sys

import pytest
from added import fit
from graph_page import build_batch, build_large

from micrograd_nn import MLP, Operation, Value, widget
from micrograd_nn.losses import squared_error
from micrograd_nn.page import page

pytest.importorskip("anywidget", reason="needs anywidget: pip install -e '.[notebook]'")


def build():
    x, w = Value(3.0, "x"), Value(-2.0, "w")
    y = (x * w + 1).tanh()
    y.label = "y"
    return x, w, y


@pytest.fixture
def made():
    return widget(build()[-1], step=2)


def test_without_anywidget_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    for name in ("model", "wire"):  # which another test may have imported before
        monkeypatch.delitem(sys.modules, f"micrograd_nn.notebook.{name}", raising=False)
    with pytest.raises(ImportError, match=r"widget needs anywidget: pip install anywidget, and"):
        widget(build()[-1])


def test_it_opens_as_the_page_does(made):
    assert repr(made) == "<widget of y: step 2 of 8>"
    assert (made.step, dict(made.inputs), made.broken, made.paths_from) == (
        2, {"x": 3.0, "w": -2.0}, [], "x",
    )  # fmt: skip
    assert made._page == {"number": 0, "html": page(made.graph, step=2)._repr_html_()}


def test_a_broken_engine_opens_at_the_last_step_and_a_right_one_has_fewer():
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
        ("step", True, TypeError, "page takes the number of a step, not a bool"),
        ("inputs", {"x": True}, TypeError, r"input x needs a number, not a bool \(True\)"),
        ("broken", None, ValueError, "the page can be broken by 'unreset', .* not by None"),
        ("paths_from", None, ValueError, r"paths_from is a leaf or its name \(x, w\), not None"),
        ("history", 3, AttributeError, "the widget of a graph has no history: it has step, inputs"),
        ("epoch", 3, AttributeError, "the widget of a graph has no epoch: it has step, inputs, br"),
        ("inputs", {"q": 1}, ValueError, "the widget has no input 'q': it has x, w"),
        ("inputs", {"x": "1"}, TypeError, r"input x needs a number, not a str \('1'\)"),
        ("inputs", [1.0], TypeError, r"inputs are numbers by name, such as \{'x': 2.0\}, not"),
        ("broken", "all", ValueError, "the page can be broken by 'unreset', 'unseeded', "),
        ("paths_from", "y", ValueError, r"paths_from is a leaf or its name \(x, w\), not 'y'"),
    ],
)
def test_what_the_page_does_not_have_is_refused(made, name, value, kind, message):
    before = made.get_state()
    with pytest.raises(kind, match=message):
        setattr(made, name, value)
    assert made.get_state() == before, "and nothing of it is in the page"


def test_what_the_other_kind_of_widget_has_is_told(made, history):
    for name, told in [
        ("history", "the widget of a graph has no history: it has step"),
        ("show", "no attribute 'show': a cell shows its last line, and"),
        ("steps", r"'LessonWidget' object has no attribute 'steps'$"),
    ]:
        with pytest.raises(AttributeError, match=told):
            getattr(made, name)
    shown = widget(history)
    for name in ("graph", "step"):
        told = f"the widget of a training has no {name}: it has epoch, history"
        with pytest.raises(AttributeError, match=told):
            getattr(shown, name)
        with pytest.raises(AttributeError, match=told):
            setattr(shown, name, 2)
    with pytest.raises(TypeError, match="page takes the number of an epoch, not a bool"):
        shown.epoch = True


def test_one_number_is_set_and_the_others_stay(made):
    heard = []
    made.observe(lambda change: heard.append(change["new"]), "inputs")
    made.inputs["w"] = 7
    made.inputs = {"x": -0.0}
    assert heard == [{"x": 3.0, "w": 7.0}, {"x": -0.0, "w": 7.0}]
    assert made.get_state()["inputs"] == {"x": "-0", "w": "7"}


def test_a_refusal_has_no_lines_of_other_libraries():
    made = widget(Value(3.0, "x") * Value(2.0, "w"))
    with pytest.raises(ValueError, match="has the steps 0 to 4, not 99") as caught:
        made.step = 99
    assert [place.name for place in caught.traceback] == [
        "test_a_refusal_has_no_lines_of_other_libraries", "__setattr__",
    ]  # fmt: skip
    assert caught.value.__suppress_context__


def test_a_step_is_counted_though_repeats_are_folded():
    shown = widget(build_batch()[1], step=40)
    assert (shown.step, len(shown.inputs)) == (40, 31)
    assert widget(build_batch()[1]).step == 87, "where its page opens: behind 29 repetitions"
    shown.step = 41
    assert repr(shown) == "<widget of loss: step 41 of 242>"
    with pytest.raises(ValueError, match="has the steps 0 to 242, not 243"):
        shown.step = 243


@pytest.fixture
def large(monkeypatch):
    return widget(build_large(monkeypatch))


def test_of_a_large_graph_it_has_the_steps_and_the_inputs_of_the_part_that_its_page_has(large):
    assert dict(large.inputs) == {"near": 2.0}
    assert large.paths_from == "near"
    assert f"{large._subject.count_steps([])} steps" in repr(page(large.graph))
    with pytest.raises(ValueError, match="the widget has no input 'far': it has near"):
        large.inputs["far"] = 1.0
    with pytest.raises(ValueError, match="the widget of y has the steps 0 to 38, not 39"):
        large.step = 39


def test_a_message_of_the_page_before_changes_nothing_and_is_told_what_is(made, monkeypatch):
    old = {"step": 7, "inputs": {"x": "8", "w": "1"}, "_told_by": [0, 1_000]}
    x, w = Value(4.0, "x"), Value(5.0, "w")
    made.graph = (x * w + 1).tanh()
    before, sent = made.get_state(), []
    monkeypatch.setattr(made, "send_state", sent.append)
    made.set_state(old)
    assert made.get_state() == before
    assert sent == [["step", "inputs", "broken", "paths_from"]]
    made.set_state({**old, "_told_by": [1, 1_001]})
    assert (made.step, dict(made.inputs)) == (7, {"x": 8.0, "w": 1.0})


def test_a_page_that_tells_what_cannot_be_hears_what_is(made, monkeypatch):
    sent = []
    monkeypatch.setattr(made, "send_state", lambda key: sent.append(key))
    with pytest.raises(ValueError, match="steps 0 to 8, not 99"):
        made.set_state({"step": 99, "_told_by": [0, 1]})
    assert made.step == 2
    assert sent[-1] == ["step", "inputs", "broken", "paths_from"]


def test_an_edit_in_python_is_taken_over_and_a_slider_stays(made):
    x, w = made.graph.leaves
    made.inputs["w"] = -1.0  # as by a slider
    x.data = 5.0
    made.refresh()
    assert dict(made.inputs) == {"x": 5.0, "w": -1.0}
    made.inputs["x"] = 6.0
    made.refresh()
    assert made.inputs["x"] == 6.0, "the Value wasn't edited again"
    w.data = math.nan
    made.refresh()
    made.inputs["w"] = 1.0
    made.refresh()
    assert dict(made.inputs) == {"x": 6.0, "w": 1.0}
    x.data = 0.0
    made.refresh()
    x.data = -0.0
    made.refresh()
    assert made.get_state()["inputs"]["x"] == "-0"


def test_a_number_that_is_set_counts_and_not_an_edit_of_before(made):
    x, _ = made.graph.leaves
    x.data = 5.0
    made.inputs["x"] = 7.0
    made.refresh()
    assert made.inputs["x"] == 7.0


class Shell:
    """A shell as IPython has it, as far as a widget asks for it."""

    def __init__(self):
        self.heard = []
        self.events = self

    def register(self, event, act):
        assert event == "post_run_cell"
        self.heard.append(act)

    def unregister(self, event, act):
        self.heard.remove(act)

    def run_cell(self):
        for act in list(self.heard):
            act(None)


@pytest.fixture
def shell(monkeypatch):
    from micrograd_nn.notebook import model

    shell = Shell()
    monkeypatch.setattr(model, "find_shell", lambda: shell)
    return shell


def test_each_cell_lets_it_look_until_it_is_closed(shell):
    x, _, y = build()
    shown = widget(y)
    x.data = 5.0
    shell.run_cell()
    assert shown.inputs["x"] == 5.0
    shown.close()
    shell.run_cell()
    assert shell.heard == []


def test_an_edit_that_the_page_cannot_compute_with_is_refused_or_told_once(shell):
    double = Operation("double", lambda x: 2 * x, [lambda out, x: 2.0 if x > 0 else -2.0])
    x = Value(3.0, "x")
    shown = widget(double(x))
    with pytest.raises(ValueError, match="the page can't compute with other numbers: "):
        shown.inputs["x"] = 5.0
    assert dict(shown.inputs) == {"x": 3.0}
    x.data = 5.0
    with pytest.warns(UserWarning, match="shows the numbers of before: the page can't compute"):
        shell.run_cell()
    shell.run_cell()
    assert dict(shown.inputs) == {"x": 3.0}


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
    assert "Backpropagation through z" in made._page["html"]
    with pytest.raises(TypeError, match="widget takes one Value, the root of a graph, not an int"):
        made.graph = 3
    assert made.graph.root is z


def test_where_no_widgets_are_there_is_the_picture(made):
    data, _ = made._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == made.model_id
    assert ">tanh<" in data["image/svg+xml"]
    assert data["text/plain"] == "<widget of y: step 2 of 8>"


def test_the_picture_has_the_numbers_of_now(made):
    made.graph.root.backward()
    made.inputs["x"] = 0.25
    picture = made._repr_mimebundle_()[0]["image/svg+xml"]
    assert ">0.25<" in picture
    assert ">0.4621<" in picture, "tanh(−2 · 0.25 + 1)"
    assert ">−1.573<" in picture, "(1 − tanh²) · w"
    assert made.graph.leaves[0].data == 3.0


@pytest.mark.parametrize(
    ("compute", "number", "why"),
    [
        (lambda x: x.log(), -1.0, "log(x) needs x > 0; x = -1.0 (label 'x')"),
        (lambda x: 1 / x, 0.0, "x / y needs y != 0; x = 1.0, y = 0.0 (label 'x')"),
        (lambda x: x.exp(), 1e3, "exp(x) is beyond the largest float, 1.8e308"),
    ],
    ids=["domain", "division by zero", "overflow"],
)
def test_where_no_picture_can_be_made_of_the_numbers_the_text_says_why(compute, number, why):
    shown = widget(compute(Value(3.0, "x")))
    shown.inputs["x"] = number
    data, _ = shown._repr_mimebundle_()
    assert "image/svg+xml" not in data
    assert f", without a picture: {why}" in data["text/plain"]


@pytest.fixture(scope="module")
def history():
    data = [([i / 10], 2 * i / 10 + 1) for i in range(-10, 11)]
    model = MLP(1, [1], rng=random.Random(0))
    return fit(model, data, squared_error, epochs=40, record=8)


def test_a_training_opens_at_its_best_epoch_and_goes_to_those_that_were_kept(history):
    shown = widget(history, title="A line", inputs=["x"])
    assert repr(shown) == "<widget of a training: epoch 40 of 40>"
    assert shown._page["html"] == page(history, title="A line", inputs=["x"])._repr_html_()
    shown.epoch = 17
    assert shown.epoch == 16, "the nearest of 0, 8, 16, …"
    assert widget(history, epoch=3).epoch == 0
    with pytest.raises(ValueError, match="the widget has the epochs 0 to 40 of its training, not"):
        shown.epoch = 41
    assert "<svg" in shown._repr_mimebundle_()[0]["image/svg+xml"]


def test_another_training_takes_its_place(history):
    shown = widget(history)
    data = [([i / 10], -i / 10) for i in range(-10, 11)]
    other = fit(MLP(1, [1], rng=random.Random(1)), data, squared_error, epochs=5, record=True)
    shown.history = other
    assert (shown.history, shown.epoch, shown._page["number"]) == (other, 5, 1)
    with pytest.raises(ValueError, match="this training was not recorded"):
        shown.history = fit(MLP(1, [1]), data, squared_error, epochs=1)
    assert shown.history is other


def test_what_belongs_to_the_other_kind_is_refused(history):
    with pytest.raises(TypeError, match=r"widget takes no step for a training: .*epoch"):
        widget(history, step=3)
    with pytest.raises(TypeError, match="widget takes no epoch for a graph"):
        widget(build()[-1], epoch=3)

"""Debugging a graph: the commands of the package's pdb, and what other debuggers see of a Value."""

import os
import pdb
import random
import subprocess
import sys
from functools import partial
from io import StringIO
from pathlib import Path
from unittest.mock import MagicMock, Mock

import pytest
from golden import assert_stands
from hypothesis import given
from places import GOLDEN
from rich.pretty import pretty_repr
from strategies import graphs, searching

from micrograd_nn import Constant, Value, log, nodes
from micrograd_nn.calculus import grad
from micrograd_nn.checks.mistakes import AnomalyError, anomaly_detection
from micrograd_nn.debugger import Debugger, post_mortem
from micrograd_nn.debugger import commands as debugger
from micrograd_nn.draw.drawing import ENDINGS
from micrograd_nn.engine import backprop
from micrograd_nn.graph import Graph
from micrograd_nn.nn import MLP

LINES = Path(backprop.__file__).read_text(encoding="utf-8").splitlines()
(CHAIN_RULE,) = (i for i, line in enumerate(LINES, 1) if "# the chain rule" in line)


class Session:
    """A debugger that looks at a frame, and runs nothing: a test's own tracing goes on."""

    def __init__(self, frame):
        self.debugger = Debugger(
            stdin=StringIO(), stdout=StringIO(), nosigint=True, readrc=False
        )  # fmt: skip
        self.debugger.reset()
        self.debugger.setup(frame, None)

    def __call__(self, *lines):
        out = self.debugger.stdout
        for line in lines:
            out.seek(0)
            out.truncate()
            assert not self.debugger.onecmd(line)
        return out.getvalue()


def session(**variables):
    """Return a debugger in a frame that has only these local variables."""
    frame = {}
    names = ", ".join(variables)
    exec(f"import sys\ndef f({names}): return sys._getframe()", frame)
    return Session(frame["f"](**variables))


@pytest.fixture
def ask():
    x, w = Value(3.0), Value(2.0, label="other")
    loss = (w * x) * x + 1
    return session(x=x, w=w, loss=loss)


def test_a_whole_session_reads_as_it_should(ask):
    told = []
    for line in (
        "tree", "grad", "grad x", "grad w", "bstart", "bstep", "bstep 2", "bback", "bstep 9",
        "bstep", "bback 9", "bback", "grad v1",
    ):  # fmt: skip
        told += [f"(Pdb) {line}", ask(line)]
    assert_stands("\n".join(told), GOLDEN / "debugger.txt")


def test_the_root_is_the_latest_result_among_the_local_variables():
    x = Value(3.0)
    y = x * x
    late = Value(1.0)
    z, n = y + 1, 3
    assert session(z=z, x=x, y=y, late=late, n=n)("tree").startswith("z = ")
    assert session(x=x, late=late, n=n)("tree").startswith("late ")
    assert session(x=x, y=y, z=z)("tree y").startswith("y = ")
    assert session(x=x)("tree x * x + 1").startswith("v2 = ")


def test_without_a_value_the_error_says_what_to_do():
    for line in ("tree", "graph", "grad", "bstep", "bstart"):
        told = session(n=3)(line)
        assert told.startswith("*** LookupError: no local variable is a Value: give")
        assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("tree 3", "*** TypeError: 3 isn't a Value but of type int"),
        ("tree nothing", "*** NameError: name 'nothing' is not defined"),
        ("tree x +", "*** SyntaxError: invalid syntax"),
        ("grad x.nothing", "*** AttributeError: 'Value' object has no attribute 'nothing'"),
        ("bstep x", "*** ValueError: bstep takes a number of steps, as in bstep 2, not 'x'"),
        ("bback -1", "*** ValueError: bback takes a number of steps, as in bback 2, not '-1'"),
        ("explain", "*** ValueError: explain needs by what to differentiate: explain loss w"),
        ("graph x +", "*** SyntaxError: invalid syntax"),
        (
            "graph g.jpg",
            "*** ValueError: g.jpg isn't a Value (name 'g' is not defined), and a file",
        ),
        (
            "graph no/such/folder/g.svg",
            "*** InputError: can't write no/such/folder/g.svg: there is no such folder",
        ),
    ],
)
def test_an_error_is_one_line(ask, line, told):
    found = ask(line)
    assert found.startswith(told)
    assert found.count("\n") == 1


def test_an_error_with_control_characters_is_one_line_of_text(ask):
    told = ask(r"tree {}['a\x1b[31m\n']")
    assert "\x1b" not in told
    assert told.count("\n") == 1


def commands_of_its_own():
    return {name[3:] for name in set(dir(Debugger)) - set(dir(pdb.Pdb)) if name.startswith("do_")}


def test_every_command_has_help_that_begins_with_its_name(ask):
    own = commands_of_its_own()
    assert {"graph", "tree", "grad", "explain", "bstep", "bback"} <= own
    for name in own:
        assert name in ask("help")
        assert name in ask(f"help {name}").splitlines()[0]


def test_a_picture_is_drawn_to_a_named_file(ask, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ask("graph loss loss.svg") == "drawn to loss.svg\n"
    picture = Path("loss.svg").read_text(encoding="utf-8")
    assert ">loss<" in picture
    assert ">+<" in picture
    assert ask("graph w * x product.dot") == "drawn to product.dot\n"
    assert "loss" not in Path("product.dot").read_text(encoding="utf-8")
    help_text = ask("help graph")
    for ending in ENDINGS:
        assert ending in help_text
    assert ask("graph loss loss.mmd") == "drawn to loss.mmd\n"
    assert "loss" in Path("loss.mmd").read_text(encoding="utf-8")


def test_a_function_is_computed_and_drawn_by_its_calls(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = MLP(2, [4, 4, 1])

    def loss_of():
        return sum((model([0.5, i / 4]) - 1.0) ** 2 for i in range(4))

    ask = session(loss_of=loss_of, take=lambda x: x * x)
    assert ask("graph loss_of loss.dot") == "drawn to loss.dot\n"
    assert "Layer 1 × 4" in Path("loss.dot").read_text(encoding="utf-8")
    assert ask("tree loss_of").startswith("v")
    assert "takes some: give it lambda: " in ask("graph take loss.dot")


def test_the_names_that_are_shown_can_be_typed(ask):
    assert ask("grad v1").startswith("v1  value 6  gradient –\n∂loss/∂v1 = 3")
    assert ask("grad other") == ask("grad w"), "a label and a variable"
    assert ask("explain v1").startswith("The gradient of loss by v1 is 3.")
    assert ask("explain v2 v1").startswith("The gradient of v2 by v1 is 3.")
    assert ask("tree v2").startswith("v2 = ")
    assert ask("bstart v2", "bstep").startswith("step 1 of 4: v2 = ")
    assert ask("tree").startswith("v2 = "), "the root that was chosen keeps its name"
    assert ask("grad v1").startswith("v1  value 6  gradient –\n∂v2/∂v1 = 3")
    assert ask("tree 1").startswith("*** TypeError: 1 isn't a Value"), "no name, but a number"


def test_a_models_names_can_be_typed():
    model = MLP(2, [2, 1], rng=random.Random(1))
    loss = model([0.5, -1.0])
    ask = session(model=model, loss=loss, v1=3)
    assert ask("grad model.layers.0.neurons.1.w.0").startswith("h2.w1  value")
    for name in ("model.layers.0.neurons.1.b", "h2.b"):  # as Python has it, and as trees do
        assert ask(f"explain loss {name}").startswith(
            "The gradient of loss by h2.b (model.layers.0.neurons.1.b) is"
        )
    assert ask("grad model.layers[0].neurons[1].b").startswith("h2.b  value")
    told = ask("grad model.layers.9.b")
    assert told == "*** LookupError: no node is named model.layers.9.b: tree shows their names\n"


def test_the_names_of_the_frame_win():
    x = Value(3.0)
    y = x * x + x.tanh()
    named = {name: node for node, name in Graph(y, {"x": x}).names.items()}
    assert session(x=x, y=y)("grad v2").startswith("v2  value 0.99")
    ask = session(x=x, y=y, v2=named["v1"])
    assert ask("grad v2").startswith("v2  value 9")
    assert session(x=x, y=y, v2=8)("grad v2").startswith("v2  value 0.99"), "8 isn't a Value"


def test_a_label_that_is_an_expression_is_the_node_of_that_name():
    x, w = Value(3.0), Value(2.0)
    product = w * x
    product.label = "w*x"
    spaced = product + 1
    spaced.label = "w*x + 1"
    ask = session(x=x, w=w, y=[spaced.tanh()])
    ask("bstart y[0]")
    assert ask("grad w*x").startswith("w*x  value 6  gradient –\n∂y.0/∂(w*x) = ")
    assert ask("grad w*x + 1").startswith("w*x + 1  value 7")
    assert "x  value 3" in ask("tree w*x")
    assert "w * 2 isn't below y.0" in ask("grad w * 2")


def test_expressions_and_the_names_of_nodes_are_completed(ask):
    assert "loss" in ask.debugger.complete_grad("lo", "grad lo", 5, 7)
    assert set(ask.debugger.complete_grad("v", "grad v", 5, 6)) == {"v1", "v2"}
    assert "1" not in ask.debugger.complete_grad("", "grad ", 5, 5)
    for line in ("grad", "tree", "graph", "explain", "bstart"):
        assert "v2" in getattr(ask.debugger, f"complete_{line}")("v2", f"{line} v2", 9, 11)
    assert "x" in session(x=3).debugger.complete_grad("x", "grad x", 5, 6)


def test_a_picture_without_a_name_goes_to_a_new_file(ask, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = ask("graph"), ask("graph")
    paths = [Path(told.removeprefix("drawn to ").rstrip("\n")) for told in (first, second)]
    assert sorted(paths) == sorted(tmp_path.iterdir())
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_where_nothing_can_be_laid_out_it_is_told_in_a_line(ask, tmp_path, monkeypatch):
    monkeypatch.setattr("micrograd_nn.draw.layout.find_dot", lambda: None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    told = ask("graph")
    assert told.startswith("*** LayoutError: no Graphviz found to draw the svg: install Graphviz")
    assert told.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_grad_says_where_a_stored_gradient_is_of_other_passes():
    w, x = Value(3.0), Value(2.0)
    out = w * x
    loss = out * out
    other = out * 7
    ask = session(w=w, x=x, out=out, loss=loss)
    loss.backward()
    for name in ("w", "out", "loss"):
        assert "its grad" not in ask(f"grad {name}")
    loss.backward()
    told = "its grad adds up 2 backward passes; one pass from loss gives 24"
    assert ask("grad w").splitlines()[1] == told
    assert "its grad" not in ask("grad out"), "an inner node's is that of the latest pass"
    (other + loss).backward()
    told = "its grad is of a pass from another root, of one under way, or was set; "
    assert ask("grad out").splitlines()[1] == told + "one pass from loss gives 12"
    w.grad = 0.0
    assert "its grad is of another pass, of one under way, or was set; one pass" in ask("grad w")
    w.grad = None
    assert "its grad" not in ask("grad w")


def test_grad_of_many_uses_tells_of_some():
    x = Value(1.0)
    y = x
    for _ in range(50):
        y = y + x
    lines = session(x=x, y=y)("grad x").splitlines()
    assert lines[1] == "∂y/∂x = 51, added up by 51 uses:"
    assert lines[-1] == "  … and 31 more"
    assert len(lines) == 2 + debugger.MOST_CONTRIBUTIONS + 1


def test_grad_of_a_constant_and_of_a_value_aside():
    x = Value(1.0)
    y, aside = x * 2, Value(5.0, label="aside")
    ask = session(x=x, y=y, aside=aside)
    assert "no gradient flows" in ask("grad y.inputs[1]")
    assert "aside isn't below y: first bstart the root that it is below" in ask("grad aside")
    ask("bstart aside")
    assert ask("grad").startswith("aside  value 5  gradient –\na root:")


def test_bstart_chooses_the_root_of_the_other_commands():
    a, b = Value(1.0), Value(2.0)
    d = a * b + a
    e = b * 3
    ask = session(a=a, b=b, d=d, e=e)
    assert "a isn't below e" in ask("grad a")
    ask("bstart d")
    assert "∂d/∂a = 3, added up by 2 uses" in ask("grad a")
    assert ask("tree").startswith("d = v1 + a ")
    assert "The gradient of d by a is 3." in ask("explain a")


@pytest.mark.parametrize("alone", [Value(2.0), Constant(2.0)])
def test_a_value_that_was_made_of_nothing_is_a_graph_too(alone):
    ask = session(alone=alone)
    assert ask("tree").startswith("alone")
    assert ("a constant:" if isinstance(alone, Constant) else "a root:") in ask("grad")
    for line in ("bstart", "bstep", "bback"):
        assert "step 0 of 0: the beginning" in ask(line)


def test_any_label_is_shown_as_text():
    x = Value(3.0, label="{x}\n[red]'\"\x1b[31m\x07")
    ask = session(y_of=[x * x])
    for line in ("tree y_of[0]", "bstart y_of[0]", "bstep", "grad y_of[0].inputs[0]"):
        told = ask(line)
        assert not told.startswith("***")
        assert told.replace("\n", "").isprintable()
    assert "{x} [red]'\"�" in told


class Raising:
    """An object that has nothing to say."""

    def __getattribute__(self, name):
        raise RuntimeError("no attributes here")


class Unlisted(dict):
    def items(self):
        raise RuntimeError("no items here")


class Unrelated:
    def named_parameters(self, needed):
        raise AssertionError


@pytest.mark.parametrize(
    "make_stranger",
    [Mock, MagicMock, *[partial(Mock, spec=kind) for kind in (Value, dict, MLP)], Raising, Unlisted,
     Unrelated],
)  # fmt: skip
def test_a_strangers_object_in_the_frame_disables_no_command(make_stranger):
    x, stranger = Value(3.0), make_stranger()
    ask = session(stranger=stranger, x=x, loss=x * x, inside=[stranger])
    assert ask("tree").startswith("loss = x · x")
    assert ask("grad x").startswith("x  value 3")
    assert ask("bstep").startswith("step 1 of 2: loss = x · x, to x")
    assert ask("explain x").startswith("The gradient of loss by x is 6.")
    assert ask("graph").startswith("drawn to ")
    assert ask("tree stranger").startswith("*** TypeError: stranger isn't a Value but of type ")


def test_names_of_the_module_are_known_within_a_function():
    frame = {"model": MLP(1, [1], rng=random.Random(0)), "Value": Value}
    exec("import sys\ndef f(x):\n    loss = model(x) * 2\n    return sys._getframe()", frame)
    ask = Session(frame["f"]([Value(3.0)]))
    assert "out.w1" in ask("tree")
    assert ask("grad model.layers.0.neurons.0.b").startswith("out.b  value 0")


def test_each_stop_at_the_chain_rule_says_along_which_edge(step_through):
    x, w = Value(3.0, "x"), Value(2.0, "w")
    loss = (w * x) * x
    told = step_through(lambda: loss.backward(), *["step"] * 6, "c")
    assert [line.removeprefix("(Pdb) ") for line in told.splitlines() if "→ " in line] == [
        "loss → v1: upstream 1 × local 3 = 3",
        "loss → x: upstream 1 × local 6 = 6",
        "v1 → w: upstream 3 × local 3 = 9",
        "v1 → x: upstream 3 × local 2 = 6",
    ]


def test_ctrl_c_lands_at_the_users_line(monkeypatch):
    seen = []

    def look(frame, event, arg):
        if frame.f_code is Value.backward.__code__ and not seen:
            debugger = Debugger(stdin=StringIO(), stdout=StringIO(), nosigint=True, readrc=False)
            debugger.reset()
            debugger.is_interrupted = True
            debugger.setup(frame, None)
            seen.append(debugger.curframe.f_code.co_name)

    weight = Value(2.0)
    product = weight * weight
    tracing = sys.gettrace()
    sys.settrace(look)
    try:
        product.backward()
    finally:
        sys.settrace(tracing)
    assert seen == ["test_ctrl_c_lands_at_the_users_line"]


def test_a_value_lists_what_a_user_asks_for():
    shown = {name for name in dir(Value(2.0) * 3) if not name.startswith("_")}
    assert {"data", "grad", "inputs", "label", "operation", "partials", "backward"} <= shown
    assert not shown & {"by_x", "at_y", "created", "x", "own_label", "number", "replace_inputs"}


def test_no_command_changes_a_graph(ask):
    graph = nodes(ask.debugger.curframe_locals["loss"])
    before = [node.fields() for node in graph]
    ask("tree", "grad x", "explain x", "bstep 3", "bback", "bstart")
    assert [node.fields() for node in graph] == before


def test_inside_the_package_nodes_keep_the_names_of_its_user():
    weight = Value(2.0)
    product = weight * weight
    seen = []

    def look(frame, event, arg):
        if frame.f_code is Value.backward.__code__:
            seen.append(Session(frame)("tree").splitlines()[0])

    tracing = sys.gettrace()
    sys.settrace(look)
    try:
        product.backward()
    finally:
        sys.settrace(tracing)
    assert seen == ["product = weight · weight  value 4  gradient –"]


def anomaly(forward):
    x = Value(1e200, label="x")
    with anomaly_detection():
        if forward:
            return x * x
        y = Value(1e-200, label="y") * x * x
        return y.backward()


def session_after(error, monkeypatch, *lines):
    """Return what a post-mortem session tells."""
    out = StringIO()

    class Scripted(Debugger):
        def __init__(self):
            commands = StringIO("\n".join([*lines, "quit"]))
            super().__init__(stdin=commands, stdout=out, nosigint=True, readrc=False)

    monkeypatch.setattr(debugger, "Debugger", Scripted)
    tracing = sys.gettrace()  # quitting ends all tracing
    try:
        post_mortem(error)
    finally:
        sys.settrace(tracing)
    return out.getvalue()


def error_of(run, *inputs):
    with pytest.raises(Exception) as caught:  # noqa: PT011
        run(*inputs)
    return caught.value


@pytest.mark.parametrize("wrapped", [False, True])
def test_after_an_anomaly_the_session_is_at_its_line_and_node(wrapped, monkeypatch):
    def wrapping():
        try:
            anomaly(True)
        except AnomalyError as error:
            raise RuntimeError("training failed") from error

    error = error_of(wrapping) if wrapped else error_of(anomaly, True)
    told = session_after(error, monkeypatch, "tree", "p forward")
    assert told.startswith("AnomalyError: x * y is inf; x = 1e+200 (label 'x')")
    assert "begin at Value(inf, grad=None, operation=mul)" in told
    assert "-> return x * x\n" in told
    assert "v1 = x · x  value inf" in told
    assert "(Pdb) True\n" in told


def test_after_an_anomaly_going_back_the_next_step_is_the_one_that_went_wrong(monkeypatch):
    told = session_after(error_of(anomaly, False), monkeypatch, "bstep", "grad", "bback", "bstart")
    assert "bstep takes the step back that went wrong\n" in told
    assert "-> return y.backward()\n" in told
    assert "\n(Pdb) step 3 of 4: v1 = " in told
    assert "= inf" in told
    assert told.count("(Pdb) step 2 of 4") == 2


def refused(anomalies):
    x = Value(0.0, label="p")
    if anomalies:
        with anomaly_detection():
            return x**0.5
    return log(x)


@pytest.mark.parametrize(
    ("anomalies", "told", "line"),
    [
        (False, "ValueError: log(x) needs x > 0; x = 0.0 (label 'p')\n", "-> return log(x)\n"),
        (True, "ZeroDivisionError: the derivative of x ** y needs ", "-> return x**0.5\n"),
    ],
)
def test_after_an_error_of_the_package_the_session_is_at_the_users_line(
    anomalies, told, line, monkeypatch
):
    found = session_after(error_of(refused, anomalies), monkeypatch, "p anomalies", "down")
    assert found.startswith(told)
    assert line in found
    assert f"(Pdb) {anomalies}\n" in found
    assert "\n(Pdb) > " in found, "the frames of the package are below"


def test_after_an_error_of_the_users_own_it_is_pdb(monkeypatch):
    def users(x):
        raise ValueError(f"{x.data} is too large")

    found = session_after(error_of(grad(users), 3.0), monkeypatch, "p x.data")
    assert found.startswith("> ")
    assert found.splitlines()[0].endswith(")users()")
    assert "(Pdb) 3.0\n" in found


def test_post_mortem_takes_the_error_that_is_being_handled(monkeypatch):
    try:
        anomaly(True)
    except AnomalyError:
        assert "AnomalyError: x * y is inf" in session_after(None, monkeypatch)


def test_post_mortem_refuses_an_error_that_was_never_raised():
    with pytest.raises(ValueError, match="needs an error that was raised"):
        post_mortem(ValueError("never raised"))


def run(tmp_path, code, typed, *options, **environment):
    """Run a script in a process of its own and return what it prints."""
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, *options, str(script)], input=typed, capture_output=True, text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment}, encoding="utf-8",
        timeout=60, cwd=tmp_path,
    )  # fmt: skip
    return done.stdout + done.stderr


TRAINING = """\
import sys
from micrograd_nn import Value
def f(x):
    x = Value(3.0)
    y = x * x
    {stop}
    return y
f(1)
print("done", sys.argv[1:])
"""


def test_it_stops_in_the_frame_that_asked(tmp_path):
    environment = {"PYTHONBREAKPOINT": "micrograd_nn.debugger.set_trace"}
    code = TRAINING.format(stop="breakpoint(header='here')")
    told = run(tmp_path, code, "tree\nbstep\ncontinue\n", **environment)
    assert told.startswith("here\n")
    assert "script.py(" in told
    assert ")f()\n" in told
    assert "y = x · x  value 9" in told
    assert "step 1 of 2: y = x · x, to x (input 1)" in told
    assert told.endswith("done []\n")


def test_a_script_runs_under_it_with_commands_and_its_own_breakpoints(tmp_path):
    code = TRAINING.format(stop="breakpoint()")
    options = "-m", "micrograd_nn.debugger", "-c", "continue"
    told = run(tmp_path, code, "grad x\nq\nq\n", *options, PYTHONBREAKPOINT="")
    assert "∂y/∂x = 6, added up by 2 uses:" in told


def pass_back():
    w, x, b = Value(3.0), Value(2.0), Value(1.0)
    loss = (w * x + b).tanh()
    loss.backward()
    return w


def test_stepping_through_backward_stops_at_the_line_that_made_the_nodes_alone(step_through):
    typed = ["n", "n", "s", "s", "s", "s", "s", "s", "p w.grad is not None", "q"]
    told = step_through(pass_back, *typed)
    stops = [line for line in told.splitlines() if line.startswith("-> ")]
    made = "-> loss = (w * x + b).tanh()"
    assert stops[2:] == ["-> loss.backward()", *[made] * 5, "-> return w"]
    assert "--Return--" not in told
    assert "(Pdb) True\n" in told


@pytest.mark.parametrize("command", ["b", "tbreak"])
def test_a_breakpoint_at_bookkeeping_stops_there(command, step_through):
    line = [text.strip() for text in LINES].index("upstream = node.grad") + 1
    where = f"{command} {backprop.__file__}:{line}"
    told = step_through(pass_back, where, "c", "p node.data", "n", "n", "p partial", "q")
    assert "-> upstream = node.grad\n(Pdb) 0.9" in told
    assert told.count("-> input.grad += ") == 1


def test_a_script_that_dies_of_an_anomaly_is_looked_at(tmp_path):
    code = (
        "from micrograd_nn import Value\n"
        "from micrograd_nn.checks.mistakes import anomaly_detection\n"
        "x = Value(1e200)\nwith anomaly_detection():\n    y = x * x\n"
    )
    options = "-m", "micrograd_nn.debugger", "-c", "continue"
    told = run(tmp_path, code, "tree\nq\nq\n", *options)
    assert "The commands for graphs begin at Value(inf, grad=None, operation=mul)" in told
    assert "-> y = x * x\n" in told
    assert "v1 = x · x  value inf" in told


@given(graphs())
@searching
def test_what_rich_shows_does_not_depend_on_what_hangs_below(graph):
    root = graph([Value(x) for x in graph.leaves])
    alone = Value(root.data, root.label)
    alone.grad, alone.operation = root.grad, root.operation
    assert pretty_repr(alone) == pretty_repr(root)


def test_rich_shows_the_facts_as_text():
    x = Value(3.0, label="[red]\n")
    assert pretty_repr([x, x * 2.0, Constant(2.0)], max_width=120) == (
        "[Value(3.0, grad=None, label='[red]\\n'), Value(6.0, grad=None, operation=mul), "
        "Constant(2.0)]"
    )


def test_bback_goes_back_from_where_the_pass_stands_also_to_one_of_two_places_of_an_input(
    step_through,
):
    def run():
        x = Value(3.0)
        square = x * x
        square.backward()

    told = step_through(run, "n", "n", "s", "bback", "s", "bstep", "bback", "bback", "q")
    *_, at_first, second, forth, back, again, _ = told.split("(Pdb) ")
    assert at_first.startswith("the backward pass is at its beginning\nstep 0 of 2: ")
    assert second.startswith("square → x: upstream 1 × local 3 = 3\n")
    assert forth.startswith("step 2 of 2: square = x · x, to x (input 2)")
    assert back.startswith("step 1 of 2: square = x · x, to x (input 1)")
    assert again.startswith("step 0 of 2: the beginning")


def test_within_the_loop_of_a_pass_commands_are_about_its_root(step_through):
    told = step_through(pass_back, "n", "n", "s", "s", "s", "tree", "bstart", "bback", "q")
    assert "(Pdb) loss = tanh(v2)" in told
    assert "(Pdb) step 0 of 5: the beginning" in told
    assert "the backward pass is at its beginning" in told, "which bstart has begun again"

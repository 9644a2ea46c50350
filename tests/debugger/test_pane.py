"""What debuggers show of a Value in their lists of variables, and how they step into a pass."""

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from traceback import walk_tb
from types import ModuleType, SimpleNamespace

import pytest
from dap import debugging
from hypothesis import given
from places import ROOT
from strategies import graphs, searching

from micrograd_nn import Constant, Value, log, sum
from micrograd_nn.calculus import derivative
from micrograd_nn.debugger.pane import Pane, show_in_editors, show_line
from micrograd_nn.debugger.stopping import end_at_user
from micrograd_nn.engine import backprop
from micrograd_nn.engine.setting import Observer, observed_by
from micrograd_nn.graph import Graph

LINES = Path(backprop.__file__).read_text(encoding="utf-8").splitlines()
(CHAIN_RULE,) = (i for i, line in enumerate(LINES, 1) if "# the chain rule" in line)
ROWS = ["data", "grad", "operation", "inputs", "partials"]

needs_debugpy = pytest.mark.skipif(
    importlib.util.find_spec("debugpy") is None,
    reason="debugpy, of the test extra, is not installed",
)


def test_a_line_has_the_numbers_and_what_a_value_was_made_of():
    losses = [Value(1.5), Value(0.35325)]
    total = losses[0] + losses[1]
    total.backward()
    assert show_line(total) == "1.85325 ∂ 1 = losses.0 + losses.1"
    assert show_line(losses[0]) == "1.5 ∂ 1"


def test_a_line_calls_inputs_by_label_then_variable_then_list_then_number():
    many = [Value(2.0), Value(3.0, "three")]
    first = many[0]
    nested = [[Value(-4.0)]]
    assert show_line(first * many[1]) == "6 ∂ – = first · three"
    del first
    assert show_line(many[0] * nested[0][0]) == "−8 ∂ – = many.0 · (−4)"


def test_a_line_has_numbers_as_they_were_and_its_own_label():
    node = Value(2.0) * 3
    node.inputs[0].data = 100.0
    node.label = "six\n"
    assert show_line(node) == "six  = 6 ∂ – = 2 · 3"
    assert show_line(Constant(1 / 3)) == "0.333333"


def test_a_line_of_many_inputs_counts_them():
    assert show_line(sum([Value(1.0) for _ in range(99)])) == "99 ∂ – = Σ of 99 inputs"


@pytest.mark.parametrize("grad", ["text", [], object()])
def test_a_grad_that_is_no_number_is_shown_as_it_is(grad):
    x = Value(1.0)
    x.grad = grad
    assert show_line(x) == repr(x)


@given(graphs())
@searching
def test_pudb_shows_one_line_whatever_hangs_below(graph):
    root = graph([Value(x) for x in graph.leaves])
    line = root.safely_stringify_for_pudb()
    assert line == show_line(root)
    assert "\n" not in line
    assert len(line) < 150


def test_to_look_at_the_rows_is_not_to_look_at_the_number():
    """What looks at a number while a function is compiled decides what is recorded."""

    class Watch(Observer):
        def looked_at(self, node):
            raise AssertionError("looked at")

    with observed_by(Watch()):
        rows = Pane().get_contents_debug_adapter_protocol(Value(3.0))
    assert rows[0] == ("data", 3.0, ".data")
    assert [name for name, *_ in rows] == ROWS


def test_the_pane_shows_all_classes_of_values_and_nothing_else():
    micrograd = pytest.importorskip("micrograd_nn.extras.micrograd")
    can_provide = Pane().can_provide
    assert all(can_provide(kind, "") for kind in (Value, Constant, micrograd.Value))
    assert not any(can_provide(kind, "") for kind in (float, list, Graph, type))
    assert Pane().get_dictionary(micrograd.Value(2.0) * 3)["data"] == 6.0


def test_a_debugger_of_another_make_shows_values_in_its_own_way(monkeypatch):
    monkeypatch.setitem(sys.modules, "_pydevd_bundle", ModuleType("_pydevd_bundle"))
    show_in_editors()


CELLS = """\
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="NoColor")
shell.user_ns["taken"] = lambda shell, kind, error, at, tb_offset=None: print("taken")
def run(*cells):
    for cell in cells:
        shell.run_cell(cell)
    print("=" * 9)
import_ = "from micrograd_nn import Value, log"
fails = "def f(x):\\n    return log(x)\\nf(Value(-1.0))"
own = "[][int(Value(1.0).data)]"
"""


def test_what_is_raised_here_ends_at_the_users_line_and_all_else_stays():
    shown = []

    class Shell:
        InteractiveTB = SimpleNamespace(mode="Context")

        def showtraceback(self, told, tb_offset, **more):
            shown.append([frame.f_code.co_name for frame, _ in walk_tb(told[2])])

    def refuse():
        log(Value(-1.0))

    def call_back():
        derivative(lambda x: [][5])(1.0)

    for fails in (refuse, call_back):
        try:
            fails()
        except Exception as error:
            end_at_user(Shell(), type(error), error, error.__traceback__)
    here = sys._getframe().f_code.co_name
    assert shown[0] == [here, "refuse"]
    assert shown[1][-1] == "<lambda>"
    assert len(shown[1]) > 3, "what led to one's own line stays"
    Shell.InteractiveTB.mode = "Verbose"
    try:
        refuse()
    except ValueError as error:
        end_at_user(Shell(), ValueError, error, error.__traceback__)
    assert len(shown[2]) > 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "frames"),
    [
        ("run(import_, fails)", ["f(Value(-1.0))", "return log(x)"]),
        ("run(import_, 'x = Value(1.0)', 'x.data = None')", ["x.data = None"]),
        ("run(import_, own)", ["[][int(Value(1.0).data)]"]),
        ("run(import_, 'x = (2')", []),
        ("run(import_, '  x =\\n 2')", []),
    ],
)
def test_an_error_in_a_cell_ends_at_the_users_line(cells, frames, tmp_path):
    pytest.importorskip("IPython")

    def tell(program):
        return subprocess.run(
            [sys.executable, "-c", CELLS + program], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path)}, timeout=60,
        ).stdout  # fmt: skip

    told = tell(cells)
    arrows = [
        line.split("> ")[-1].split(" ", 1)[1].strip() for line in told.splitlines() if "-> " in line
    ]
    assert arrows == frames
    assert "micrograd_nn" not in told
    untouched = tell(cells.replace("import_", "import_, 'get_ipython().set_custom_exc((), None)'"))
    if len(frames) < 2 and "data = None" not in cells:
        assert told == untouched, "what isn't of this package is shown as ever"
    else:
        assert "micrograd_nn" in untouched
        assert told.splitlines()[-2] == untouched.splitlines()[-2], "the sentence"
        verbose = tell(cells.replace("import_", "import_, '%xmode Verbose'"))
        assert "micrograd_nn" in verbose, "for whoever asks for all"


@pytest.mark.slow
def test_what_shows_the_errors_of_cells_already_stays(tmp_path):
    pytest.importorskip("IPython")
    taken = "run('get_ipython().set_custom_exc((ValueError,), taken)', import_, fails)"
    told = subprocess.run(
        [sys.executable, "-c", CELLS + taken], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path)}, timeout=60,
    ).stdout  # fmt: skip
    assert told.startswith("taken\n")


def test_completions_are_what_a_user_calls():
    x = pytest.importorskip("micrograd_nn.extras.micrograd").Value(1.0)
    x.mine = 2
    assert {"data", "grad", "inputs", "backward", "tanh", "mine"} < set(dir(x))
    assert set(dir(Value(1.0))) == set(dir(x)) - {"mine"}
    assert not [name for name in dir(x) if name.startswith("_") or not hasattr(x, name)]


SCRIPT = """\
first = "what shows variables is asked before the import, too"
from micrograd_nn import Value

def compute(x):
    y = [x * -3.0, x + 1.0]
    total = y[0] + y[1]
    total.backward()
    deep = x
    for _ in range(10_000):
        deep = deep * 1.0 + x
    return total

compute(Value(2.0))
"""


@pytest.mark.slow
@needs_debugpy
def test_an_editor_shows_a_line_that_opens_to_five_rows(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    stop = 1 + SCRIPT.splitlines().index("    return total")
    with debugging(script, [(script, 1)], just_my_code=True) as client:
        thread = client.wait_for("stopped")["threadId"]
        client.locals(client.frames(thread)[0])
        client.stop_at(script, stop)
        client.ask("continue", threadId=thread)
        client.wait_for("stopped")
        frame = client.frames(thread)[0]
        found = client.locals(frame)
        assert {name: found[name]["value"] for name in ("x", "total", "deep")} == {
            "x": "2 ∂ −2",
            "total": "−3 ∂ 1 = y.0 + y.1",
            "deep": "20002 ∂ – = 20000 + x",
        }
        rows = client.variables(found["total"]["variablesReference"])
        assert list(rows) == ROWS
        assert rows["partials"]["value"] == "(1.0, 1.0)"
        inputs = client.variables(rows["inputs"]["variablesReference"])
        assert inputs["0"]["value"] == "−6 ∂ 1 = x · (−3)"
        assert len(json.dumps(client.variables(found["deep"]["variablesReference"]))) < 2_000

        def evaluate(expression, context):
            return client.ask(
                "evaluate", frameId=frame["id"], expression=expression, context=context
            )["result"]

        assert evaluate("total", "hover") == evaluate("total", "watch") == "−3 ∂ 1 = y.0 + y.1"
        assert evaluate("total", "repl") == "Value(-3.0, grad=1.0, operation=add)"
        reference = found["x"]["variablesReference"]
        client.ask("setVariable", variablesReference=reference, name="data", value="5.0")
        assert evaluate("x.data", "repl") == "5.0"
        offered = client.ask("completions", frameId=frame["id"], text="total.", column=7)
        names = {target["label"] for target in offered["targets"]}
        assert names - {"__class__"} == set(dir(Value(1.0)))  # which pydevd adds to any object


PUDB = """\
def trace(frame, event, argument):
    if frame.f_code is code and event == "line" and "partial" in frame.f_locals:
        told.append(show_line(frame.f_locals["node"]))
    return trace
"""


def test_in_this_package_a_node_has_the_name_that_its_user_gave_it():
    told = []
    rule = {"told": told, "show_line": show_line, "code": backprop.pass_back.__code__}
    exec(PUDB, debugger := {"__name__": "pudb.debugger", **rule})
    x, losses = Value(3.0, "x"), [Value(1.0)]
    inner = x * x
    loss = (inner + losses[0]) * 1.0
    before = sys.gettrace()
    sys.settrace(debugger["trace"])
    try:
        loss.backward()
    finally:
        sys.settrace(before)
    wanted = "loss = 10 ∂ 1 = 10 · 1", "10 ∂ 1 = inner + losses.0", "inner = 9 ∂ 1 = x · x"
    assert {*wanted} <= {*told}
    assert show_line(inner) == "9 ∂ 1 = x · x", "where a variable says it"


PASS = """\
from micrograd_nn import Value
x = Value(0.5, label="x")
y = x
for _ in range(100_000):
    y = y * 1.0
loss = y * x
loss.backward()
print(x.grad)
"""


@pytest.mark.slow
@needs_debugpy
def test_an_editor_stops_at_the_chain_rule_and_shows_it(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(PASS, encoding="utf-8")
    with debugging(script, [(backprop.__file__, CHAIN_RULE)]) as client:
        thread = client.wait_for("stopped")["threadId"]
        frame = client.frames(thread)[0]
        assert frame["name"].split(".")[-1] == "pass_back"
        found = client.locals(frame)
        assert found["upstream"]["value"] == "1.0"
        assert found["partial"]["value"] == "0.5"
        assert found["node"]["value"] == "loss = 0.25 ∂ 1 = y · x"
        inside = client.variables(found["input"]["variablesReference"])
        assert {name: inside[name]["value"] for name in ("data", "grad", "partials")} == {
            "data": "0.5", "grad": "0.0", "partials": "(1.0, None)"
        }  # fmt: skip
        assert inside["operation"]["value"] == "<operation x * y>"
        inputs = client.variables(inside["inputs"]["variablesReference"])
        assert inputs["0"]["value"] == "0.5 ∂ 0 = 0.5 · 1"
        client.ask("next", threadId=thread)
        client.wait_for("stopped")
        assert client.locals(client.frames(thread)[0])["input"]["value"].startswith("y = 0.5 ∂ 0.5")


@pytest.mark.slow
@needs_debugpy
@pytest.mark.parametrize("just_my_code", [True, False])
def test_an_editor_steps_into_backward_where_the_package_is_installed(tmp_path, just_my_code):
    script = tmp_path / "script.py"
    script.write_text(PASS.replace("100_000", "10"), encoding="utf-8")
    line = 1 + PASS.splitlines().index("loss.backward()")
    installed = f"{sysconfig.get_path('stdlib')}{os.pathsep}{ROOT / 'micrograd_nn'}"
    session = debugging(script, [(script, line)], just_my_code, LIBRARY_ROOTS=installed)
    with session as client:
        thread = client.wait_for("stopped")["threadId"]
        for wanted in (line - 1, line - 1, line - 2):
            client.ask("stepIn", threadId=thread)
            client.wait_for("stopped")
            frame = client.frames(thread)[0]
            assert (Path(frame["source"]["path"]).name, frame["line"]) == ("script.py", wanted)

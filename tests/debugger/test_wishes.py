"""What one wants of a debugger, with classes of one's own: each row of ``wishes.md``, by script."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from adapter import Local
from added import needs
from dap import Host, debugging, needs_debugpy
from places import ROOT
from rich.console import Console
from student_engines import STYLES

from micrograd_nn.debugger.scripts import run_script
from micrograd_nn.terminal.stepper import run_stepper
from micrograd_nn.terminal.subjects import read_graph

FOLDER = Path(__file__).parent
SCRIPT = (FOLDER / "own_classes.py").read_text(encoding="utf-8")
TABLE = (FOLDER / "wishes.md").read_text(encoding="utf-8")
WEIGHT = "model_layers_0_neurons_0_w_0"

with_step_back = (
    ("import sys", "import sys\n\nfrom micrograd_nn.debugger import step_back"),
    ("        loss.backward()", "        step_back(loss)\n        loss.backward()"),
)
with_log = (("return act.tanh()", "return act.log()"),)
with_an_engine = (("from micrograd_nn import Value", "from engine import Value"),)


def test_the_table_and_the_tests_agree():
    rows = re.findall(r"^\| (\d+) \|(.*)\| `(test_\w+)` \|$", TABLE, re.MULTILINE)
    assert [int(number) for number, *_ in rows] == [*range(1, 21)]
    tests = {name: test for name, test in globals().items() if name.startswith("test_")}
    assert [name for *_, name in rows] == [*tests][1:]
    for _, told, name in rows:
        marks = [mark.name for mark in getattr(tests[name], "pytestmark", [])]
        assert ("**Not yet**" in told) == ("xfail" in marks)


def write(folder, changes=()):
    """Write the script with some changes, and return where it is."""
    text = SCRIPT
    for before, after in changes:
        assert text.count(before) == 1
        text = text.replace(before, after)
    path = folder / "own_classes.py"
    path.write_text(text, encoding="utf-8")
    return path


def find_line(path, text):
    """Return the number of the one line of a file that has a text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines, 1) if text in line]
    return found


# VS Code and Neovim, with the adapter.


def launch(folder, changes=(), **more):
    """Return the adapter in which the script has been launched, as F5 does."""
    host = Host(folder)
    host.ask("initialize", clientID="vscode")
    host.launch(program=str(write(folder, changes)), **more)
    return host


def begin(host):
    """Finish the configuration, and return the frames at the first stop, and the listing."""
    host.ask("configurationDone")
    host.wait_for("stopped")
    return look(host)


def look(host, number=1):
    """Return the frames of the stack, and a listing's lines."""
    frames = host.ask("stackTrace", threadId=1)["body"]["stackFrames"]
    source = host.ask("source", sourceReference=number)["body"]["content"]
    return frames, source.splitlines()


def open_listing(folder, **about):
    """Return a client in this process, at the beginning of the script's listing."""
    graph = run_script(str(write(folder)), name="__main__").latest
    return Local(graph, clientID="vscode", **about)


def test_f5_opens_the_last_backward_with_the_places_in_the_model(tmp_path):
    with launch(tmp_path) as host:
        frames, lines = begin(host)
        host.ask("disconnect")
    assert f"    v2 = {WEIGHT} * 2.0" in lines
    assert "    d_model_layers_1_neurons_0_b = d_v31" in lines
    assert lines[frames[0]["line"] - 1] == "    d_v19 = d_loss"
    assert lines[frames[0]["line"] - 2] == "    d_loss = 1.0"


def test_f10_brings_a_gradient_and_step_back_takes_it_away(tmp_path):
    client = open_listing(tmp_path)
    assert [*client.rows("Gradients")] == ["d_loss"]
    client.move("next")
    assert client.move("next") == ("d_v35 = d_v36 * (2.0 * v35)", "step")
    assert {name: row["value"] for name, row in client.rows("Gradients").items()} == {
        "d_v19": "1", "d_v36": "1 ◂", "d_loss": "1"
    }  # fmt: skip
    assert client.move("stepBack") == ("d_v36 = d_loss", "step")
    assert "d_v36" not in client.rows("Gradients")


def test_a_weight_is_watched_forward_and_back(tmp_path):
    client = open_listing(tmp_path)
    parameters = client.scopes()["Parameters"]
    found = client.ask("dataBreakpointInfo", name=WEIGHT, variablesReference=parameters)
    client.ask("setDataBreakpoints", breakpoints=[{"dataId": found["dataId"]}])
    told = []
    for command in ("continue", "continue", "reverseContinue", "reverseContinue"):
        assert client.move(command)[1] == "data breakpoint"
        told.append(client.stop["text"].split(" in "))
    assert {name for _, name in told} == {f"d_{WEIGHT}"}
    (one, two, *back), between = [change for change, _ in told], told[0][0].split(" → ")[1]
    assert one.startswith("– → ")
    assert two.startswith(f"{between} → ")
    assert back == [two, one]


def test_a_weight_is_set_and_all_numbers_follow(tmp_path):
    client = open_listing(tmp_path)
    before = client.line, client.ask("evaluate", expression="loss")["result"]
    parameters = client.scopes()["Parameters"]
    client.ask("setVariable", name=WEIGHT, value="0.5", variablesReference=parameters)
    assert client.ask("evaluate", expression=WEIGHT)["result"].startswith("0.5 ")
    assert client.ask("evaluate", expression="v2")["result"].startswith("1.0 ")
    assert client.line == before[0]
    assert client.ask("evaluate", expression="loss")["result"] != before[1]
    place = "model.layers.0.neurons.0.w.0"
    told = client.ask("evaluate", expression=f"explain {place}", context="repl")["result"]
    assert told.startswith(f"The gradient of loss by h1.w1 ({place}) is ")
    assert told.endswith(
        "Edited since: h1.b, h1.w2, h2.w1 and 5 more; the gradient is that of the recorded pass."
    )


@pytest.mark.slow
@needs_debugpy
def test_f11_goes_back_to_the_line_of_ones_own_class_that_made_a_node(tmp_path):
    script = write(tmp_path)
    line, made = find_line(script, "loss.backward()"), find_line(script, "act.tanh()")
    with debugging(script, [(script, line)], True, PYTHONPATH=str(ROOT)) as client:
        thread = client.wait_for("stopped")["threadId"]
        for _ in range(9):
            client.ask("stepIn", threadId=thread)
            client.wait_for("stopped")
            frame = client.frames(thread)[0]
            if frame["line"] == made:
                break
        assert frame["source"]["path"] == str(script)
        assert frame["name"].split(".")[-1] == "__call__"
        found = client.locals(frame)
        assert found["input"]["value"] == found["act"]["value"]
        assert " ∂ 0 = " in found["act"]["value"], "its share is still to come"


def test_f5_stops_at_the_line_of_ones_own_class_that_raises(tmp_path):
    with launch(tmp_path, with_log) as host:
        host.ask("configurationDone")
        assert "log(x) needs x > 0; x = -0.0376" in host.wait_for("stopped")["text"]
        frames, lines = look(host)
        host.ask("disconnect")
    assert frames[0]["line"] == find_line(tmp_path / "own_classes.py", "act.log()")
    path = [frame["name"] for frame in frames if frame["name"].startswith("raised in ")]
    for function in ("__call__", "train", "main"):
        assert f"raised in {function}" in path
    assert any("log(" in line for line in lines), "of the neurons before"


def test_each_epoch_is_stepped_through_in_turn(tmp_path):
    with launch(tmp_path, with_step_back) as host:
        begin(host)
        numbers = [host.ask("evaluate", expression="loss")["body"]["result"]]
        assert host.run() == "step", "to the listing's end"
        assert host.run() == "breakpoint"
        numbers.append(host.ask("evaluate", expression="loss")["body"]["result"])
        assert host.run() == "step"
        assert host.run() is None
        host.ask("disconnect")
    assert [number[:6] for number in numbers] == ["2.5014", "1.7190"]


def test_the_console_explains_a_weight_by_its_place_in_the_model(tmp_path):
    client = open_listing(tmp_path)
    place = "model.layers.0.neurons.0.w.0"
    told = client.ask("evaluate", expression=f"explain {place}", context="repl")["result"]
    assert told.startswith(f"The gradient of loss by h1.w1 ({place}) is 0.123.")
    hovered = client.ask("evaluate", expression="v5", context="hover")["result"]
    assert re.fullmatch(r"1\.0\d+   ∂ –", hovered)


def test_the_console_completes_names_and_words(tmp_path):
    client = open_listing(tmp_path)

    def complete(text):
        answer = client.ask("completions", text=text, column=len(text) + 1)
        return [target["label"] for target in answer["targets"]]

    found = complete("d_model_layers_1")
    assert found == [f"d_model_layers_1_neurons_0_{name}" for name in ("w_0", "w_1", "b")]
    assert complete("expl") == ["explain"]
    place = "model.layers.1.neurons.0"
    assert complete("explain model.layers.1") == [f"{place}.{name}" for name in ("w.0", "w.1", "b")]
    text = "d_loss * d_v3"
    answer = client.ask("completions", text=text + " + 1", column=len(text) + 1)["targets"]
    assert {(target["start"], target["length"]) for target in answer} == {(10, 4)}


def test_neovim_stops_at_a_condition_and_steps_back(tmp_path):
    client = open_listing(tmp_path)
    client.ask("initialize", adapterID="nvim-dap", clientID="neovim", clientName="neovim")
    lines, source = client.session.walkthrough.lines, client.session.source
    line = next(i for i, text in enumerate(lines, 1) if "+=" in text)
    wanted = [{"line": line, "condition": "d_loss == 1"}]
    (told,) = client.ask("setBreakpoints", source=source, breakpoints=wanted)["breakpoints"]
    assert told["verified"]
    assert client.move("continue") == (lines[line - 1].strip(), "breakpoint")
    assert client.move("stepBack") == (lines[line - 2].strip(), "step")


# VS Code, with debugpy.


@pytest.mark.slow
@needs_debugpy
def test_a_breakpoint_stops_on_the_way_back_once_a_pass(tmp_path):
    script = write(tmp_path)
    begin, end = find_line(script, "loss.backward()"), find_line(script, 'print(f"epoch')
    made = find_line(script, "act.tanh()")
    asked = {"PYTHONPATH": str(ROOT), "MICROGRAD_NN_STOP_IN_BACKWARD": "1"}
    with debugging(script, [(script, begin, end)], True, **asked) as client:
        for _ in range(2):
            thread = client.wait_for("stopped")["threadId"]
            assert client.frames(thread)[0]["line"] == begin
            client.stop_at(script, begin, made, end)
            client.ask("continue", threadId=thread)
            client.wait_for("stopped")
            frame = client.frames(thread)[0]
            assert (frame["line"], "upstream" in client.locals(frame)) == (made, True)
            client.ask("continue", threadId=thread)
            client.wait_for("stopped")
            assert client.frames(thread)[0]["line"] == end
            client.stop_at(script, begin, end)
            client.ask("continue", threadId=thread)


@pytest.mark.slow
@needs_debugpy
def test_python_shows_values_in_ones_own_classes(tmp_path):
    script = write(tmp_path)
    line = find_line(script, "return act.tanh()")
    with debugging(script, [(script, line)], True, PYTHONPATH=str(ROOT)) as client:
        thread = client.wait_for("stopped")["threadId"]
        frame = client.frames(thread)[0]
        assert (frame["name"].split(".")[-1], frame["line"]) == ("__call__", line)
        found = client.locals(frame)
        assert found["act"]["value"] == "1.1 ∂ – = 1.5 + (−0.4)"
        rows = client.variables(found["act"]["variablesReference"])
        assert [*rows] == ["data", "grad", "operation", "inputs", "partials"]
        own = client.variables(found["self"]["variablesReference"])
        weights = client.variables(own["w"]["variablesReference"])
        assert (weights["0"]["value"], own["b"]["value"]) == ("0.7 ∂ –", "0.1 ∂ –")


@pytest.mark.slow
@needs_debugpy
@pytest.mark.parametrize("neurons", [2, 60])
def test_f11_comes_to_the_line_of_the_loss_at_once(neurons, tmp_path):
    script = write(tmp_path, [("MLP(2, [2, 1])", f"MLP(2, [{neurons}, 1])")])
    line = find_line(script, "loss.backward()")
    with debugging(script, [(script, line)], False, PYTHONPATH=str(ROOT)) as client:
        thread = client.wait_for("stopped")["threadId"]
        client.ask("stepIn", threadId=thread)
        client.wait_for("stopped")
        frame = client.frames(thread)[0]
        assert frame["line"] == find_line(script, "loss = loss + ")
        found = client.locals(frame)
        assert found["upstream"]["value"] == found["partial"]["value"] == "1.0"
        assert found["loss"]["value"].partition(" = ")[0].endswith(" ∂ 1")


# Notebooks.


@pytest.mark.slow
def test_a_cell_that_raises_shows_its_own_lines(tmp_path):
    pytest.importorskip("IPython")
    script = write(tmp_path, with_log).read_text(encoding="utf-8").partition("if __name__")[0]
    program = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance(colors='NoColor')\n"
        f"shell.run_cell({script!r}, store_history=True)\n"
        "shell.run_cell('main(1)', store_history=True)\n"
        "print('=' * 9, flush=True)\n"
        "shell.run_cell('%debug', store_history=True)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], input="p type(self).__name__\nq\n", capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path)}, text=True,
        timeout=60, check=True,
    ).stdout  # fmt: skip
    shown, debugged = told.split("=========")
    assert shown.rstrip().endswith(
        "ValueError: log(x) needs x > 0; x = -0.03761312364336891 (your act)"
    )
    assert "return act.log()" in shown
    assert "micrograd_nn/engine" not in shown
    assert "return act.log()" in debugged
    assert "Neuron" in debugged


# pdb, with commands for graphs.


def debug(folder, typed, changes=()):
    """Return what is told in a session of ``python -m micrograd_nn.debugger``, a text a command."""
    script = write(folder, changes)
    if changes is with_an_engine:
        (folder / "engine.py").write_text(STYLES["closures"], encoding="utf-8")
    commands = [f"b {find_line(script, 'loss.backward()')}", "c", *typed, "q"]
    done = subprocess.run(
        [sys.executable, "-m", "micrograd_nn.debugger", str(script)],
        input="\n".join([*commands, "q", ""]), capture_output=True, cwd=folder, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}, encoding="utf-8",
    )  # fmt: skip
    _, *answers = done.stdout.split("(Pdb) ")
    return answers[2 : 2 + len(typed)]


def test_pdb_steps_along_the_edges(tmp_path):
    first, second = debug(tmp_path, ["s", "s"])
    assert first.startswith("loss → v19: upstream 1 × local 1 = 1\n")
    assert second.startswith("loss → v36: upstream 1 × local 1 = 1\n")
    assert "-> loss = loss + (model(x) - y) ** 2" in first


def test_pdb_goes_back_from_where_the_pass_stands(tmp_path):
    *_, back, again, forth = debug(tmp_path, ["s", "s", "s", "s", "bback", "bback", "bstep"])
    assert back.startswith("step 2 of 54: loss = v19 + v36, to v36\n")
    assert again.startswith("step 1 of 54: loss = v19 + v36, to v19\n")
    assert forth.startswith("step 2 of 54: ")


def test_pdb_shows_a_weight_by_its_place_in_the_model(tmp_path):
    weight = "model.layers.0.neurons.0.w.0"
    commands = ["n", "tree", f"grad {weight}", f"explain loss {weight}"]
    _, tree, slope, paths = debug(tmp_path, commands)
    assert tree.startswith("loss = v19 + v36  value 2.501  gradient 1\n")
    assert "added up by 2 uses:" in slope
    assert paths.startswith(f"The gradient of loss by h1.w1 ({weight}) is 0.2438")


def test_pdb_stands_at_the_line_of_ones_own_class_that_raised(tmp_path):
    # It never comes to the breakpoint, and so the second of the commands has led to the end.
    tree, up = debug(tmp_path, ["tree", "up"], with_log)
    assert "log(" in tree
    assert "[neuron(x) for neuron in self.neurons]" in up


@needs("foreign")
def test_pdb_knows_the_graph_of_ones_own_engine(tmp_path):
    commands = ["n", "tree loss", "bstart loss", "bstep", "grad model.layers[0].neurons[0].b"]
    _, tree, start, step, slope = debug(tmp_path, commands, with_an_engine)
    assert tree.startswith("loss = v")
    assert "value 2.501  gradient 1\n" in tree
    assert start.startswith("step 0 of ")
    assert step.startswith("step 1 of ")
    assert "added up by 2 uses:" in slope


# The terminal stepper.


def test_the_terminal_steps_through_the_last_backward(tmp_path):
    graph = read_graph([str(write(tmp_path))])
    console = Console(file=io.StringIO(), width=80, height=40)
    run_stepper(graph, console=console, keys=["n", "n", "p"])
    frames = re.findall(r"(step \d) of 91: (\S+)", console.file.getvalue())
    assert frames == [("step 0", "the"), ("step 1", "v2"), ("step 2", "v3"), ("step 1", "v2")]
    assert "v2 = h1.w1 · 2" in console.file.getvalue()

"""A script that an editor launches by the debug adapter, and the editors that are set up for it."""

import json
import os
from functools import partial

import pytest
from adapter import Local
from added import needs
from dap import STARTED, Host
from places import ROOT
from student_engines import STYLES

from micrograd_nn import Value
from micrograd_nn.debugger import step_back
from micrograd_nn.debugger.adapter import editors
from micrograd_nn.debugger.adapter.editors import EDITORS
from micrograd_nn.terminal.cli import main

# A script that an editor launches

IN_A_FUNCTION = """\
from micrograd_nn import Value
from micrograd_nn.debugger import step_back

def square(x):
    loss = x * x
    step_back(loss)
    return loss.data

if __name__ == "__main__":
    import sys
    print(square(Value(float(sys.argv[1]), "x")))
    print(square(Value(4.0, "x")))
"""


def launch(folder, script, *requests, start=STARTED, wait=True, **more):
    """Return all that the adapter says of a script, as messages.

    ``requests`` follow the configuration; if it has none, it is waited for an event, and that's it.
    """
    path = folder / "model.py"
    path.write_text(script)
    begin = [("initialize", {}), ("launch", {"program": str(path), **more})]
    if wait:
        begin.append(("configurationDone", {}))
    with Host(folder, start) as host:
        for command, arguments in [*begin, *requests]:
            (host.launch if command == "launch" else partial(host.ask, command))(**arguments)
            if command in ("configurationDone", "continue", "next") and host.said[-1]["success"]:
                host.wait_for("stopped", "terminated")
        if not wait:
            host.send("disconnect")
        while host.receive() is not None:
            pass
    return host.said


def list_told(messages):
    """Return what was printed and where it stopped, in their order."""
    told = []
    for message in messages:
        body = message.get("body") or {}
        if message.get("event") == "output":
            told.append(body["output"])
        elif message.get("event") in ("stopped", "terminated"):
            told.append(body.get("reason", "terminated"))
    return "".join(told)


def test_f5_steps_through_the_latest_result_at_the_top_of_a_script(tmp_path):
    script = "from micrograd_nn import Value\nx = Value(2.0)\nloss = x * x\nprint('made')\n"
    messages = launch(tmp_path, script, ("stackTrace", {"threadId": 1}), ("disconnect", {}))
    assert list_told(messages) == "made\nbreakpoint"
    (stack,) = [m["body"] for m in messages if m.get("command") == "stackTrace"]
    assert stack["stackFrames"][0]["name"] == "loss → x"


@needs("foreign")
def test_f5_steps_through_the_engine_of_a_script_and_says_what_is_wrong_in_it(tmp_path):
    rule = "self.grad += (1 - out.data**2) * out.grad"
    engine = STYLES["closures"].replace(rule, rule.replace("out.data", "self.data"))
    script = f"{engine}\nx = Value(2.0)\nloss = x.tanh()\nx, unused = Value(1.0), x\n"
    messages = launch(tmp_path, script, ("source", {"sourceReference": 1}), ("disconnect", {}))
    wrong = "✗ loss passes on −3 × its gradient to unused, but its derivative is 0.07065"
    assert list_told(messages) == f"{wrong}\nbreakpoint"
    (listing,) = [m["body"]["content"] for m in messages if m.get("command") == "source"]
    assert f"d_unused = d_loss * -3.0  # {wrong}\n" in listing


def test_whatever_a_script_writes_is_no_message(tmp_path):
    script = (
        "import os, sys\nfrom micrograd_nn import Value\nos.write(1, b'raw ')\n"
        "sys.stdout.buffer.write(b'bytes\\n')\nprint('naïve', end='')\n"
        "print(sys.stdin.read() == '')\nx = Value(1.0) * 2\n"
    )
    told = list_told(launch(tmp_path, script, ("disconnect", {})))
    assert told.endswith(
        "breakpoint"
    )  # what Python knows nothing of may come late, but not behind that
    assert sorted(told.removesuffix("breakpoint")) == sorted("raw bytes\nnaïveTrue\n")


def test_the_adapter_is_started_by_its_path_too(tmp_path):
    start = [str(ROOT / "micrograd_nn" / "debugger" / "adapter" / "__main__.py")]
    (tmp_path / "beside.py").write_text("from micrograd_nn import Value\nx = Value(1.0)")
    script = "import beside\nloss = beside.x * 2\n"
    messages = launch(tmp_path, script, ("disconnect", {}), start=start)
    assert list_told(messages) == "breakpoint"


def test_a_program_waits_in_step_back_and_goes_on_behind_the_listings_end(tmp_path):
    to_end = [("continue", {"threadId": 1}), ("continue", {"threadId": 1})]
    look = ("source", {"sourceReference": 2})
    messages = launch(
        tmp_path, IN_A_FUNCTION, *to_end, look, *to_end, ("disconnect", {}), args=["3"]
    )
    assert list_told(messages) == "breakpointstep9.0\nbreakpointstep16.0\nterminated"
    assert all(m["success"] for m in messages if m["type"] == "response")


def test_a_listing_that_is_open_stands_for_its_script(tmp_path):
    at = {"threadId": 1}
    runs = [("stackTrace", at), *[("continue", at)] * 2, ("stackTrace", at), ("disconnect", {})]
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    def run(**more):
        messages = launch(tmp_path, IN_A_FUNCTION, *runs, args=["3"], **more)
        stacks = [m["body"] for m in messages if m.get("command") == "stackTrace"]
        paths = [stack["stackFrames"][0]["source"]["path"] for stack in stacks]
        return paths, list_told(messages)

    paths, told = run()
    script = tmp_path / "model.py"
    names = "backpropagation of loss.py", "2, backpropagation of loss.py"
    assert paths == [str(script / name) for name in names]
    for program in paths:
        assert run(program=program) == (paths, told), "an editor's key, with the listing on top"
    assert run(program="../model.py", cwd=str(folder))[0] == paths, "as an editor names it later"


LARGE = """\
import io, sys
from micrograd_nn import Value
sys.stdout = io.StringIO()
y = Value(1.0, "x")
for _ in range(COUNT):
    y = y * 1.0
y.backward()
"""


@pytest.mark.parametrize(
    ("count", "told"), [(50, ""), (4_001, "Writing the listing of y: 8,003 nodes …\n")]
)
def test_a_large_listing_is_told_of_before_it_is_there(count, told, tmp_path):
    script = LARGE.replace("COUNT", str(count))
    messages = launch(tmp_path, script, ("disconnect", {}))
    assert list_told(messages).startswith(told or "breakpoint")
    answered = [m.get("command") or m["event"] for m in messages]
    if told:
        assert answered.index("output") < answered.index("initialized")
    else:
        assert "output" not in answered


def test_an_editor_that_leaves_ends_a_program_that_waits(tmp_path):
    messages = launch(tmp_path, IN_A_FUNCTION, ("disconnect", {}), args=["3"])
    assert list_told(messages) == "breakpoint"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"args": 3}, "args is a list of texts, not 3"),
        ({"args": "it's"}, "args is a command line, or a list of texts: No closing quotation"),
    ],
)
def test_what_is_no_launch_is_refused_in_words(more, told, tmp_path):
    (tmp_path / "model.py").write_text("")
    with Host(tmp_path) as host:
        refused = host.ask("launch", **{"program": "model.py", **more})
        assert not refused["success"]
        assert told in refused["message"]
        assert "showUser" not in refused["body"]["error"], "with false, VS Code hides it"
        moved = host.ask("next", threadId=1)
        assert moved["message"] == "nothing is stepped through yet: launch a program"
        host.send("disconnect")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("lacking.py", "lacking.py: there is no such file"),
        ("2, backpropagation of loss.py", "this is a listing: run your script"),
        ("print(1)", "1\nmodel.py has computed no Value that is still there: call backward()"),
        ("1 / 0", "model.py, line 1, stopped by ZeroDivisionError: division by zero (see its trac"),
        (
            "import sys\nsys.exit(3)",
            'called sys.exit, so its values are gone: its command line is "args" in the config',
        ),
        ("x = (2", "model.py stopped by SyntaxError: '(' was never closed (model.py, line 1) (see"),
        (
            "class Own(BaseException): pass\nraise Own",
            "model.py, line 2, stopped by Own (see its traceback)",
        ),
    ],
)
def test_a_script_without_a_graph_ends_with_a_sentence_and_no_dialogue(script, told, tmp_path):
    """VS Code shows a launch that is refused in a dialogue that leads to launch.json."""
    (tmp_path / "model.py").write_text(script)
    with Host(tmp_path) as host:
        host.ask("initialize")
        program = script if script.endswith(".py") else "model.py"
        assert host.launch(program=program)["success"]
        host.ask("disconnect")
    assert told in list_told(host.said)
    assert "adapter" not in list_told(host.said), "what runs the script is no part of it"


OWN_CLASSES = """\
import sys
from micrograd_nn import Value

class Neuron:
    def __init__(self):
        self.w = [Value(0.5), Value(-1.0)]
        self.b = Value(0.25)

    def __call__(self, x):
        return (self.w[0] * x[0] + self.w[1] * x[1] + self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]

class Net:
    def __init__(self):
        self.hidden, self.out = [Neuron(), Neuron()], Neuron()

    def __call__(self, x):
        return self.out([neuron(x) for neuron in self.hidden])

    def parameters(self):
        return [p for neuron in [*self.hidden, self.out] for p in neuron.parameters()]

def train(net, data):
    for x, y in data:
        loss = (net(x) - y) ** 2
        for p in net.parameters():
            p.grad = 0.0
        loss.backward()
        for p in net.parameters():
            p.data -= 0.1 * p.grad
    return loss.data

def main():
    print(round(train(Net(), [([1.0, 2.0], 1.0), ([2.0, -1.0], -1.0)]), 3))

if __name__ == "__main__":
    LAST
"""


@pytest.mark.parametrize("last", ["main()", "sys.exit(main())"])
def test_f5_steps_through_the_last_backward_of_any_function_with_its_names(last, tmp_path):
    script = OWN_CLASSES.replace("LAST", last)
    look = ("source", {"sourceReference": 1})
    messages = launch(tmp_path, script, look, ("disconnect", {}), step=0)
    assert list_told(messages).endswith("\nbreakpoint")
    (listing,) = [m["body"]["content"] for m in messages if m.get("command") == "source"]
    assert "net_hidden_0_w_0" in listing
    assert "d_net_out_b = " in listing
    assert "d_loss = 1.0" in listing
    assert "d_p" not in listing
    number = [m for m in messages if m.get("event") == "stopped"]
    assert len(number) == 1


@pytest.mark.parametrize(
    ("made", "checked"),
    [
        ("from micrograd_nn import Value, gradcheck", "gradcheck(lambda a: a * a, 3.0)"),
        pytest.param(
            "from micrograd_nn.extras.micrograd.engine import Value",
            "later = loss * 2",
            marks=needs("micrograd"),
        ),
    ],
)
def test_f5_passes_over_what_is_no_pass_of_the_scripts(made, checked, tmp_path):
    script = (
        f"{made}\ndef step(w):\n    loss = w * w\n    loss.backward()\n    {checked}\n"
        "step(Value(3.0))\n"
    )
    messages = launch(tmp_path, script, ("source", {"sourceReference": 1}), ("disconnect", {}))
    (listing,) = [m["body"]["content"] for m in messages if m.get("command") == "source"]
    assert "def backpropagation(w):" in listing
    assert "loss = w * w" in listing


def test_f5_finds_a_result_in_a_list_where_nothing_was_passed_back(tmp_path):
    script = (
        "from micrograd_nn import Value\nlosses = []\ndef run(x):\n    losses.append(x * x)\n"
        "run(Value(2.0))\nlabel = Value(7.0)\n"
    )
    messages = launch(tmp_path, script, ("source", {"sourceReference": 1}), ("disconnect", {}))
    (listing,) = [m["body"]["content"] for m in messages if m.get("command") == "source"]
    assert "def backpropagation(v1):" in listing


@pytest.mark.parametrize(
    ("ending", "told", "line", "root"),
    [
        (
            "def go(p):\n    q = p * 0\n    return (q * 2).log()\nmain()\ngo(Value(3.0))\n",
            "stopped by ValueError: log(x) needs x > 0; x = 0.0",
            "    return (q * 2).log()",
            "= q * 2.0",
        ),
        (
            "def go():\n    loss = Value(3.0) * 2\n    loss.backward()\n    print(los)\ngo()\n",
            "stopped by NameError: name 'los' is not defined",
            "    print(los)",
            "loss = v1 * 2.0",
        ),
    ],
)
def test_a_script_that_raises_stops_at_its_line_with_its_graph(ending, told, line, root, tmp_path):
    script = OWN_CLASSES.replace('if __name__ == "__main__":\n    LAST\n', ending)
    (tmp_path / "model.py").write_text(script)
    with Host(tmp_path) as host:
        host.ask("initialize")
        assert host.launch(program="model.py", stopOnEntry=False)["success"]
        host.ask("configurationDone")
        stopped = host.wait_for("stopped")
        assert stopped["reason"] == "exception"
        assert told in stopped["text"]
        frames = host.ask("stackTrace", threadId=1)["body"]["stackFrames"]
        assert (frames[0]["name"], frames[1]["name"]) == ("raised in go", "raised in <module>")
        assert frames[0]["source"]["path"].endswith("model.py")
        assert script.splitlines()[frames[0]["line"] - 1] == line
        assert root in host.ask("source", sourceReference=1)["body"]["content"]
        for frame in frames:
            assert host.ask("scopes", frameId=frame["id"])["body"]["scopes"]
        assert host.ask("stepBack", threadId=1)["success"]
        host.wait_for("stopped")
        frames = host.ask("stackTrace", threadId=1)["body"]["stackFrames"]
        assert not [frame for frame in frames if frame["name"].startswith("raised")]
        host.ask("disconnect")
    assert "Traceback (most recent call last):" in list_told(host.said)


IN_VAIN = """\
import time
from micrograd_nn import Value
from micrograd_nn.debugger import step_back
try:
    print("begun")
    for i in range(1000):
        time.sleep(0.1)
finally:
    print("cleared up")
"""


@pytest.mark.parametrize("how", ["disconnect", "terminate", "close"])
def test_a_script_that_runs_is_ended_with_its_editor(how, tmp_path):
    (tmp_path / "model.py").write_text(IN_VAIN)
    with Host(tmp_path) as host:
        host.ask("initialize")
        host.send("launch", program="model.py")
        host.wait_for("output")
        host.process.stdin.close() if how == "close" else host.send(how)
        while host.receive() is not None:
            pass
        assert host.process.wait(30) == 0
    end = "terminated" * (how == "terminate")
    assert list_told(host.said) == f"begun\n{end}cleared up\n"


def test_an_editor_is_answered_while_a_script_runs(tmp_path):
    script = (
        "import os, time\nfrom micrograd_nn import Value\n"
        "from micrograd_nn.debugger import step_back\n"
        "step_back(Value(1.0) * 2)\nprint('runs')\n"
        "while not os.path.exists('go on'):\n    time.sleep(0.01)\n"
        "step_back(Value(1.0) * 3)\n"
    )
    (tmp_path / "model.py").write_text(script)
    with Host(tmp_path) as host:
        host.ask("initialize")
        host.launch(program="model.py")
        host.ask("configurationDone")
        assert host.run() == "step"
        assert host.ask("continue", threadId=1)["success"]
        host.wait_for("output")
        assert host.ask("threads")["body"]["threads"]
        for command in ("pause", "next", "stepBack", "continue", "reverseContinue"):
            assert "the program runs" in host.ask(command, threadId=1)["message"]
        (tmp_path / "go on").touch()
        assert host.wait_for("stopped")["reason"] == "breakpoint"
        host.ask("disconnect")
    assert list_told(host.said) == "breakpointstepruns\nbreakpoint"


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        ("x = Value(1.0) * 2", "waited\nbreakpoint"),
        (
            "",
            "waited\nmodel.py has computed no Value that is still there: call backward() on",
        ),
    ],
)
def test_a_script_that_runs_for_long_has_been_launched(ending, told, tmp_path):
    script = (
        "import os, time\nfrom micrograd_nn import Value\n"
        "while not os.path.exists('go on'):\n    time.sleep(0.01)\n"
        f"print('waited')\n{ending}\n"
    )
    (tmp_path / "model.py").write_text(script)
    with Host(tmp_path) as host:
        host.ask("initialize")
        assert host.ask("launch", program="model.py")["success"]
        (tmp_path / "go on").touch()
        if "breakpoint" in told:
            host.wait_for("initialized")
            host.ask("configurationDone")
        host.wait_for("stopped", "terminated")
        host.ask("disconnect")
    assert list_told(host.said).startswith(told)


def test_a_program_runs_without_debugging(tmp_path):
    messages = launch(tmp_path, IN_A_FUNCTION, args=["3"], noDebug=True, wait=False)
    assert list_told(messages) == "9.0\n16.0\nterminated"
    messages = launch(tmp_path, "print(1)", noDebug=True, wait=False)
    assert list_told(messages) == "1\nterminated", "it may have no Value"


def test_what_other_programs_print_is_told(tmp_path):
    script = (
        "import subprocess, sys\nfrom micrograd_nn import Value\n"
        "from micrograd_nn.debugger import step_back\n"
        "subprocess.run([sys.executable, '-c', 'print(chr(8706))'], env={'PYTHONUTF8': '1'})\n"
        "step_back(Value(1.0) * 2)\n"
        "subprocess.run([sys.executable, '-c', 'import os; os.write(2, b\"late\")'])\n"
    )
    messages = launch(
        tmp_path,
        script,
        ("continue", {"threadId": 1}),
        ("continue", {"threadId": 1}),
        ("disconnect", {}),
    )
    assert list_told(messages) == "∂\nbreakpointsteplateterminated"


def test_a_script_that_asks_for_input_is_told_of_args(tmp_path):
    messages = launch(tmp_path, "input('How many? ')", ("disconnect", {}))
    assert 'can\'t ask for input: give it a command line, by "args"' in list_told(messages)


def test_a_command_line_may_be_one_text(tmp_path):
    script = "import sys\nfrom micrograd_nn import Value\nprint(sys.argv[1:])\nx = Value(1.0) * 2\n"
    messages = launch(tmp_path, script, ("disconnect", {}), args="--name 'two words' 3")
    assert list_told(messages) == "['--name', 'two words', '3']\nbreakpoint"


def test_a_script_that_swallows_the_end_comes_to_its_own(tmp_path):
    script = (
        "from micrograd_nn import Value\nfrom micrograd_nn.debugger import step_back\n"
        "for i in range(3):\n    try:\n        step_back(Value(1.0) * 2)\n"
        "    except BaseException:\n        pass\n"
    )
    assert list_told(launch(tmp_path, script, ("disconnect", {}))) == "breakpoint"


EPOCHS = """\
from micrograd_nn import Value
from micrograd_nn.debugger import step_back
x, w = Value(2.0, "x"), Value(1.0, "w")
for number in (1.0, 3.0):
    w.data = number
    step_back((w * x - 1.0).relu() * 2)
"""


def test_what_to_stop_at_holds_in_each_listing(tmp_path):
    (tmp_path / "model.py").write_text(EPOCHS)
    with Host(tmp_path) as host:
        host.ask("initialize")
        host.launch(program="model.py")
        found = host.ask("setDataBreakpoints", breakpoints=[{"dataId": "d_w"}])
        assert found["body"]["breakpoints"][0]["verified"]
        host.ask("configurationDone")
        host.wait_for("stopped")
        for number in (1, 2):
            assert host.run() == "data breakpoint"
            frame = host.ask("stackTrace", threadId=1)["body"]["stackFrames"][0]
            source = frame["source"]
            assert source["name"].startswith("2, ") is (number == 2)
            shown = host.ask("source", sourceReference=source["sourceReference"])["body"]
            lines = shown["content"].splitlines()
            assert lines[frame["line"] - 2].strip() == "d_w = d_v1 * x", "the change just made"
            assert host.run() == "step"
            assert host.run() == ("breakpoint" if number == 1 else None)
        host.ask("disconnect")


def test_threads_wait_for_one_another_in_step_back(tmp_path):
    script = (
        "from threading import Thread\nfrom micrograd_nn import Value\n"
        "from micrograd_nn.debugger import step_back\n"
        "for i in range(3):\n    Thread(target=lambda: step_back(Value(1.0) * 2)).start()\n"
    )
    to_end = [("continue", {"threadId": 1}), ("continue", {"threadId": 1})]
    messages = launch(tmp_path, script, *to_end, *to_end, *to_end, ("disconnect", {}))
    assert list_told(messages) == "breakpointstep" * 3 + "terminated"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_what_a_child_prints_is_output_too(tmp_path):
    script = (
        "import os\nfrom micrograd_nn import Value\nif not os.fork():\n"
        "    print('child ' * 5000, flush=True)\n    os._exit(0)\nos.wait()\n"
        "print('parent')\nx = Value(1.0) * 2\n"
    )
    told = list_told(launch(tmp_path, script, ("disconnect", {})))
    assert "parent\n" in told  # behind a warning, from Python 3.12 on
    assert "child " * 5000 + "\n" in told


def test_without_an_editor_step_back_says_how_to_set_one_up():
    with pytest.raises(RuntimeError, match=r"none did: set yours up by micrograd-nn dap --vscode"):
        step_back(Value(2.0) * 3)


def test_an_editor_is_set_up_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, editor in EDITORS.items():
        assert main(["dap", f"--{name}"]) == 0
        assert editor.then in capsys.readouterr().out
        written = [part for part in editor.parts if part.path]
        assert main(["dap", f"--{name}"]) == 0
        told = capsys.readouterr().out
        for part in written:
            assert f"Already so: {part.path}.\n" in told
            assert (tmp_path / part.path).read_text() == part.text
            (tmp_path / part.path).write_text("mine")
        assert main(["dap", f"--{name}"]) == 0
        told = capsys.readouterr().out
        for part in editor.parts:
            there = ""
            if part.path:
                assert (tmp_path / part.path).read_text() == "mine"
                there = f"{part.path} is there already. "
            assert f"{there}{part.place}:\n  " in told
    assert main(["dap", "--vscode", "2*x", "x=1"]) == 2
    with pytest.raises(SystemExit):
        main(["dap"])
    assert "one of the arguments --vscode --nvim" in capsys.readouterr().err


def test_an_editor_is_told_which_script_it_opens(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my net.py").write_text("")
    for name, editor in EDITORS.items():
        assert main(["dap", f"--{name}", "my net.py"]) == 0
        *_, then, line = capsys.readouterr().out.splitlines()
        assert (then, line) == (editor.then, f"{editor.opens} 'my net.py'")
    assert EDITORS["vscode"].opens == "code .", "the folder in which the files were written"


@pytest.mark.parametrize("words", [["lacking.py"], ["2*x"], ["net.py", "net.py"], ["folder.py"]])
def test_what_is_no_script_is_refused_before_an_editor_is_set_up(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("")
    (tmp_path / "folder.py").mkdir()
    assert main(["dap", "--vscode", *words]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.py", "net.py"]


def test_every_editor_starts_the_adapter_of_this_python():
    texts = {name: editor.parts[0].text for name, editor in EDITORS.items()}
    (vscode,) = json.loads(texts["vscode"])["configurations"]
    assert vscode["program"] == "${file}"
    assert vscode["stopOnEntry"], "else the Python Debugger says false"
    assert os.path.samefile(vscode["debugAdapterPath"], editors.ADAPTER)
    launch, settings = EDITORS["vscode"].parts
    assert json.loads(launch.missing) == vscode
    assert json.loads(f"{{{settings.missing}}}") == json.loads(settings.text)
    vim = json.loads(texts["vim"])
    assert vim["adapters"]["micrograd_nn"]["command"] == editors.COMMAND
    (configuration,) = vim["configurations"].values()
    known = Local().ask("initialize")["exceptionBreakpointFilters"]
    asked = configuration["breakpoints"]["exception"]
    assert [*asked] == [filter["filter"] for filter in known], "else Vimspector asks"
    for name in ("nvim", "emacs"):
        assert all(f'"{word}"' in texts[name] for word in editors.COMMAND)
        assert texts[name].count("(") == texts[name].count(")")

"""``step_back`` in a program that an editor debugs by debugpy: its listing opens beside Python."""

import os
import subprocess
import sys
import time
from types import ModuleType

import pytest
from dap import Client, debugging, needs_debugpy
from places import ROOT

from micrograd_nn.debugger.serving import ask_debugpy

SCRIPT = """\
import micrograd_nn.debugger.serving as serving
from micrograd_nn import Value

def train(w):
    for epoch in range(2):
        loss = (w * 2.0 - 1.0) ** 2
        serving.step_back(loss, tell=told.append)
        loss.backward()
        w.data -= 0.1 * w.grad
        shown = w.data

told = []
serving.PATIENCE = 30.0
train(Value(3.0))
"""


def step_through(port):
    """Step back and forth through a listing to its end; return the line it began at, in words."""
    with Client(port) as child:
        child.ask("initialize", adapterID="debugpy", clientID="vscode")
        child.ask("attach")
        child.wait_for("initialized")
        child.ask("configurationDone")
        child.wait_for("stopped")
        for command in ("next", "stepBack"):
            child.ask(command, threadId=1)
            child.wait_for("stopped")
        frame = child.ask("stackTrace", threadId=1)["stackFrames"][0]
        text = child.ask("source", sourceReference=1)["content"]
        child.ask("continue", threadId=1)
        child.wait_for("stopped")
        child.ask("continue", threadId=1)
        child.wait_for("terminated")
        child.ask("disconnect")
    return text.splitlines()[frame["line"] - 1].strip()


@pytest.mark.slow
@needs_debugpy
def test_the_listing_opens_beside_python_which_goes_on_behind_it(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    after = 1 + SCRIPT.splitlines().index("        shown = w.data")
    with debugging(script, [(script, after)], True, PYTHONPATH=str(ROOT)) as client:
        for _ in range(2):
            asked = client.wait_for("debugpyAttach")
            assert (asked["type"], asked["request"]) == ("debugpy", "attach")
            assert asked["name"] == "Backpropagation of loss"
            assert asked["connect"]["port"] == asked["debugServer"]
            assert step_through(asked["connect"]["port"]) == "d_v2 = d_loss * (2.0 * v2)"
            thread = client.wait_for("stopped")["threadId"]
            frame = client.frames(thread)[0]
            assert (frame["name"], frame["line"]) == ("train", after)
            result = client.ask("evaluate", frameId=frame["id"], expression="told", context="repl")
            assert result["result"] == "[]", "no port is to be copied"
            client.ask("continue", threadId=thread)


@pytest.mark.slow
@needs_debugpy
def test_an_editor_that_does_not_come_is_told_of_the_port(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        SCRIPT.replace("30.0", "0.01").replace("told.append", "write"), encoding="utf-8"
    )
    script.write_text(
        script.read_text().replace(
            "told = []", "write = lambda text: open('told', 'w').write(text)"
        )
    )
    with debugging(script, [], True, PYTHONPATH=str(ROOT)) as client:
        port = client.wait_for("debugpyAttach")["connect"]["port"]
        end = time.monotonic() + 30
        while not (tmp_path / "told").exists() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.2)  # until it is written
        assert f"editors connect to port {port} of this machine" in (tmp_path / "told").read_text()
        step_through(port)
        step_through(client.wait_for("debugpyAttach")["connect"]["port"])
        client.wait_for("terminated")


def test_without_an_editor_the_port_is_told_at_once():
    program = (
        "import sys\nfrom micrograd_nn import Value\n"
        "from micrograd_nn.debugger.adapter import StepServer\n"
        "from micrograd_nn.debugger.serving import step_back\n"
        "StepServer.serve_forever = lambda self: None\nstep_back(Value(2.0) * Value(3.0))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.startswith("Stepping through v3: editors connect to port ")


@pytest.mark.parametrize("is_connected", [True, False])
def test_an_editor_is_asked_where_debugpy_has_one(is_connected, monkeypatch):
    sent = []

    class Debugger:
        def get_global_debugger(self):
            return self

        @property
        def writer(self):
            return self

        def add_command(self, command):
            sent.append(command)

    command = ModuleType("_pydevd_bundle.pydevd_net_command")
    command.NetCommand = lambda number, seq, text, is_json: text
    debugpy = ModuleType("debugpy")
    debugpy.is_client_connected = lambda: is_connected
    monkeypatch.setitem(sys.modules, "debugpy", debugpy)
    monkeypatch.setitem(sys.modules, "pydevd", Debugger())
    monkeypatch.setitem(sys.modules, "_pydevd_bundle", ModuleType("_pydevd_bundle"))
    monkeypatch.setitem(sys.modules, command.__name__, command)
    assert ask_debugpy({"name": "it"}) is is_connected
    assert (
        sent
        == [{"type": "event", "event": "debugpyAttach", "body": {"name": "it"}}][: is_connected + 0]
    )
    monkeypatch.setitem(sys.modules, "pydevd", None)
    assert not ask_debugpy({})

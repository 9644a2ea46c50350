"""A pass that is stepped into stops at the user's own lines, in pdb and in debugpy."""

import gc
import inspect
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from dap import debugging, needs_debugpy
from golden import assert_stands
from places import GOLDEN, ROOT

from micrograd_nn import Value
from micrograd_nn.debugger import own_lines
from micrograd_nn.debugger.frames import Line, place_at

HERE = Path(__file__).parent
PARTS = {"node", "input"}  # of the chain rule, whose names are Values, too
STEPS = {"step": "stepIn", "next": "next", "return": "stepOut", "continue": "continue"}


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Return the script of the scenes, beside a file that has a function at the line of theirs."""
    folder = tmp_path_factory.mktemp("scenes")
    lines = (HERE / "scenes.py").read_text(encoding="utf-8").splitlines(keepends=True)
    at = lines.index("def scale(x, w):\n")
    (folder / "elsewhere.py").write_text("\n" * at + "".join(lines[at : at + 3]), encoding="utf-8")
    (folder / "scenes.py").write_text("".join(lines), encoding="utf-8")
    return folder / "scenes.py"


def find_lines(script, text):
    """Return the numbers of the lines of a script that are some code."""
    lines = script.read_text(encoding="utf-8").splitlines()
    return [i for i, line in enumerate(lines, 1) if line.strip() == text]


def step_in_pdb(script, command, at=("loss.backward()", "total.backward()"), **environment):
    """Return where pdb stops, from each ``backward()`` on."""
    found = [str(line) for text in at for line in find_lines(script, text)]
    done = subprocess.run(
        [sys.executable, str(HERE / "driver.py"), str(script), command, *found],
        capture_output=True, text=True, timeout=60, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]


def step_in_debugpy(script, command, just_my_code):
    """Return where debugpy stops, from each ``backward()`` on."""
    found = [*find_lines(script, "loss.backward()"), *find_lines(script, "total.backward()")]
    stops = []
    with debugging(script, [(script, *found)], just_my_code, PYTHONPATH=str(ROOT)) as client:
        for _ in found:
            thread, steps = client.wait_for("stopped")["threadId"], "stepIn"
            while True:
                client.ask(steps, threadId=thread)
                client.wait_for("stopped")
                frame = client.frames(thread)[0]
                names = {name: x["value"] for name, x in client.locals(frame).items()}
                is_back = "upstream" in names
                shown = {name: x for name, x in names.items() if "∂" in x} if is_back else None
                stops.append(
                    [Path(frame["source"]["path"]).name, frame["line"], frame["name"], shown]
                )
                if not is_back:
                    break
                steps = STEPS[command]
            client.send("continue", threadId=thread)
    return stops


def write_stops(script, stops):
    """Return stops as text: the line, and what its names stood for."""
    written = []
    for file, line, function, names in stops:
        source = (script.parent / file).read_text(encoding="utf-8").splitlines()[line - 1].strip()
        shown = {x: number.partition(" = ")[0] for x, number in (names or {}).items()}
        told = [f"{x} {shown[x]}" for x in sorted(shown) if x not in PARTS]
        ends = f"; to {shown['input']}" if names is not None else ""
        written.append(f"{file} {function}: {source}  [{', '.join(told)}{ends}]")
    return "\n".join(written)


@pytest.mark.parametrize("command", ["step", "next"])
def test_pdb_stops_where_each_node_was_made(command, scenes):
    assert_stands(
        write_stops(scenes, step_in_pdb(scenes, command)), GOLDEN / f"own_lines_{command}.txt"
    )


@pytest.mark.slow
@needs_debugpy
@pytest.mark.parametrize("command", ["step", "next"])
@pytest.mark.parametrize("just_my_code", [True, False])
def test_debugpy_stops_where_pdb_does(command, just_my_code, scenes):
    assert_stands(
        write_stops(scenes, step_in_debugpy(scenes, command, just_my_code)),
        GOLDEN / f"own_lines_{command}.txt",
    )


@pytest.mark.parametrize("command", ["return", "continue"])
def test_the_rest_of_a_pass_runs_plainly(command, scenes):
    stops = step_in_pdb(scenes, command)
    passes = len(find_lines(scenes, "loss.backward()")) + 1
    assert len([names for *_, names in stops if names]) == passes
    after = {"return": "grad == 1.0", "continue": ".backward()"}[command]
    lines = scenes.read_text(encoding="utf-8").splitlines()
    assert all(after in lines[line - 1] for _, line, _, names in stops if names is None)


def test_a_variable_of_the_environment_lets_breakpoints_stop_on_the_way_back(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(ASKED, encoding="utf-8")
    stops = step_in_pdb(script, "continue", ["y = w * x"], MICROGRAD_NN_STOP_IN_BACKWARD="1")
    assert [line for _, line, _, _ in stops] == [5]


ASKED = """\
from micrograd_nn import Value
w, total = Value(3.0), Value(0.0)
for x in (1.0, 2.0):
    print()
    y = w * x
    total = total + y
total.backward()
"""


def square():
    x = Value(3.0)
    x.grad = 7.0
    y = x * x
    try:
        y.backward()
    finally:
        seen.append((x.grad, y.grad))


seen = []
TO_THE_RULE = ["n"] * 4 + ["s"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["!share = 5.0", "c"], "a gradient 3.0, but after the stop it is 5.0"),
        (["!input.grad = 5.0", "s", "c"], "a gradient 3.0, but after the stop it is 8.0"),
        (["!input = Value(0.0)", "c"], "'NoneType' and 'float'"),
        (["q"], ""),
    ],
)
def test_what_a_stop_changes_undoes_the_pass(typed, told, step_through):
    seen.clear()
    error = None
    try:
        step_through(square, *TO_THE_RULE, *typed)
    except (RuntimeError, TypeError) as raised:
        error = raised
    assert told in str(error or "")
    assert bool(told) == (error is not None)
    assert seen == [(7.0, None)]


def test_a_frame_stands_at_its_line_alone():
    scenes = HERE / "scenes.py"
    (at,) = find_lines(scenes, "total = product + self.b")
    line = Line(str(scenes), at, "scale", "Scaling.scale", at - 2)
    code = place_at(line, compile("x = 1; y = (x, x) * 2; 'end'.upper()", "", "exec"))
    events = []

    def trace(frame, event, arg):
        if frame.f_code is code:
            events.append((event, frame.f_lineno))
            assert inspect.getsource(frame).strip().startswith("def __call__")
        return trace

    tracing = sys.gettrace()
    sys.settrace(trace)
    try:
        exec(code, {})
    finally:
        sys.settrace(tracing)
    assert events == [("call", at), ("line", at), ("return", at)]
    assert {place[:2] for place in code.co_positions()} == {(at, at)}
    assert (code.co_name, code.co_qualname) == ("scale", "Scaling.scale")


def test_code_of_two_files_is_never_equal():
    rule = compile("input.grad += share", "", "exec")
    one, other = (Line(file, 3, "scale", "scale", 2) for file in ("one.py", "other.py"))
    assert place_at(one, rule) == place_at(one, rule) != place_at(other, rule)


def test_without_a_debugger_nothing_is_noted(step_through):
    def trace(frame, event, arg):
        return trace

    tracing = sys.gettrace()
    sys.settrace(trace)  # as coverage has one
    try:
        x = Value(3.0)
        y = x * x
        y.backward()
    finally:
        sys.settrace(tracing)
    assert y not in own_lines.made
    assert x.grad == 6.0


def test_nothing_is_kept_alive(step_through):
    kept = []

    def run():
        x = Value(3.0)
        y = x * x
        y.backward()
        kept.append(weakref.ref(y))

    step_through(run, *["n"] * 2, "s", "c")
    gc.collect()
    assert kept[0]() is None

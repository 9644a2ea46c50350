"""Chapter 6 of the book: its pieces make demos/engine.py, and programs say what it shows."""

import ast
import re
import subprocess
import sys

import pytest
from places import ROOT

TEXT = (ROOT / "docs" / "learn" / "06-build-the-engine.md").read_text("utf-8")
ENGINE = (ROOT / "demos" / "engine.py").read_text("utf-8")
SHOWN = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)


def read_functions(text):
    """Return each function and method by its name, without what it says of itself."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef):
            continue
        if ast.get_docstring(node):
            del node.body[0]
        for call in ast.walk(node):  # zip(…, strict=True), which the linter wants of the file
            if isinstance(call, ast.Call):
                call.keywords = [given for given in call.keywords if given.arg != "strict"]
        found[node.name] = ast.dump(node)
    return found


def run(*line, **given):
    return subprocess.run(
        [sys.executable, "-m", *line], capture_output=True, encoding="utf-8", **given
    ).stdout


def test_the_pieces_that_a_reader_writes_are_the_file():
    cells = re.findall(r"```\{code-cell\} python\n(.*?)```", TEXT, re.DOTALL)
    pieces = "\n".join(cell for cell in cells if cell.startswith("# Yours: "))
    written, shipped = read_functions(pieces), read_functions(ENGINE)
    assert written.pop("visit"), "the walk that calls itself, which a later piece replaces"
    assert written == shipped


def ask_doctor(name, folder):
    """Return what the doctor says of a file after its first line, which is about this machine."""
    first, _, rest = run("micrograd_nn", "diagnose", name, cwd=folder).partition("\n\n")
    assert "onfined" in first
    return rest


@pytest.mark.parametrize("broken", [False, True])
def test_the_doctor_says_what_the_chapter_shows(broken, tmp_path):
    if not broken:
        assert ask_doctor("demos/engine.py", ROOT) == SHOWN[0]
        return
    wrong = ENGINE.replace("input.grad += node.grad", "input.grad = node.grad")
    (tmp_path / "mine.py").write_text(wrong, encoding="utf-8")
    assert ask_doctor("mine.py", tmp_path) == SHOWN[1]


def test_the_debugger_says_what_the_chapter_shows():
    shown = SHOWN[-1]
    commands = re.findall(r"^\(Pdb\) (.*)$", shown, re.MULTILINE)
    prompt = "\n".join([*commands, "q", ""])
    said = run("micrograd_nn.debugger", "demos/umbrella.py", input=prompt, cwd=ROOT)
    assert "umbrella.py(43)<module>()\n-> n.L.backward()" in said
    answers = re.sub(r"^(\(Pdb\) ).*\n", r"\1", shown, flags=re.MULTILINE)  # nothing echoes
    assert answers.partition("(Pdb) ")[2] in said.replace(f"{ROOT}/", "")

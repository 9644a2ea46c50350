"""Node.js for tests of scripts: a program to run, and scripts put together as a page has them.

    def test_squares(javascript):
        assert javascript("squares.js", [2.0, 3.0]) == ["4", "9"]

runs ``tests/web/squares.js`` with all that it imports; its global ``asked`` is what is handed in,
what it hands to ``answer`` comes back. Without Node.js such tests are skipped, or fail where the
environment variable REQUIRE_BROWSER is set.
"""

import json
import shutil
import subprocess

import pytest
from lacking import skip_or_fail
from places import WEB


@pytest.fixture(scope="session")
def node():
    """Return the program of Node.js."""
    program = shutil.which("node")
    if program is None:
        skip_or_fail("Node.js")
    return program


def run_program(*command, input=None):
    """Run a program that ends by itself, and return its output."""
    done = subprocess.run(
        command, input=input, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def javascript(node):
    """Return a function that runs a script of ``tests/web``, all of them in one process."""
    from micrograd_nn.page.document import (  # when its lines are counted already
        collect_scripts,
        format_json,
    )

    process = subprocess.Popen(
        [node, str(WEB / "run.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )

    def ask(name, asked, **generated):
        texts = {f"{module}.js": text for module, text in generated.items()}
        texts[name] = (WEB / name).read_text(encoding="utf-8")
        script = "\n".join(collect_scripts(name, texts))
        process.stdin.write(format_json({"script": script, "asked": asked}) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["answer"]

    with process:
        yield ask
        process.stdin.close()  # at which it ends

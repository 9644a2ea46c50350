"""Each command of the README works in a clone, with no more than ``pip install .`` brings."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

from micrograd_nn.terminal.arguments import parse_arguments

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
COMMANDS = [
    shlex.split(line, comments=True)
    for line in LINES if line.startswith(("micrograd-nn ", "python -m micrograd_nn."))
]  # fmt: skip
WRITES = "-o", "--model", "--page"  # before a file that a command writes
OF_CLONE = ["setup.cfg", "pyproject.toml", "README.md", "LICENSE", "micrograd_nn", "demos"]
FAULTS_FOUND = 1
TIMEOUT = 300  # seconds, for a slow machine that is busy with other things, too


def list_files(words):
    """Return the files that a command reads, and those that it writes."""
    reads, writes = [], []
    for before, word in zip(["", *words], words, strict=False):
        if re.search(r"\w\.(csv|json|txt|py|html|c)(:\w+)?$", word):
            (writes if before in WRITES else reads).append(word.partition(":")[0])
    return reads, writes


def test_the_readme_shows_commands_of_every_kind():
    kinds = {words[1] for words in COMMANDS}
    asked = {"page", "step", "explain", "dap", "quiz", "diagnose", "train", "predict", "search"}
    assert kinds == asked | {"export", "-m"}
    assert len(COMMANDS) > 12


def test_each_file_that_a_command_of_the_readme_reads_is_in_the_clone():
    written, read = set(), []
    for words in COMMANDS:
        reads, writes = list_files(words)
        read += reads
        assert [name for name in reads if name not in written and not (ROOT / name).is_file()] == []
        written.update(writes)
    assert len(read) > 6


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_options_of_each_command_are_known(words):
    if words[0] == "micrograd-nn":
        parse_arguments(words[1:])
    else:
        __import__(words[2])


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Return a clone, and what runs in it: an environment as the README's first line makes.

    Where README_ENVIRONMENT names one, as in continuous integration, it is that.
    """
    place = tmp_path_factory.mktemp("clone")
    for name in OF_CLONE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, place / name)
    made = os.environ.get("README_ENVIRONMENT") or make_environment(place)
    programs = Path(made, "Scripts" if os.name == "nt" else "bin")
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    for name in ("PYTHONPATH", "PYTHONUNBUFFERED"):
        environment.pop(name, None)
    return place, environment


def make_environment(place):
    """Make an environment in a clone, with what the README's first line installs."""
    made = place / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
    pip = [sys.executable, "-m", "pip", "--python", made, "install", "-q",
           "--disable-pip-version-check"]  # fmt: skip
    done = subprocess.run([*pip, ".[draw]"], cwd=place, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return made


@pytest.mark.slow
def test_the_commands_of_the_readme_run_in_the_environment_that_it_makes(clone):
    place, environment = clone
    for words in COMMANDS:
        done = subprocess.run(
            words,
            cwd=place,
            env=environment,
            input="",
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        wanted = FAULTS_FOUND if words[1] == "diagnose" else 0
        assert (done.returncode, done.stderr) == (wanted, ""), words
        for name in list_files(words)[1]:
            assert Path(place, name).stat().st_size > 0, words

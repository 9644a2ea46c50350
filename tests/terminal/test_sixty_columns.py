"""What commands print at a real terminal of 60 columns: no line is cut, nor a word or a number."""

import os
import re
import shutil
import struct
import subprocess
import sys

import pytest
from places import ROOT

pty, fcntl, termios = [
    pytest.importorskip(name, reason="a terminal of one's own")
    for name in ("pty", "fcntl", "termios")
]

pytestmark = pytest.mark.slow

COLUMNS = 60
SPINNER = re.compile(r"\s*[\u2800-\u28ff]")
CONTROL = re.compile(r"\x1b\[[?\d;]*[A-Za-z]")
ENGINE = """
class Value:
    def __init__(self, data, inputs=()):
        self.data, self.grad, self.inputs = data, 0.0, inputs

    def __add__(self, other):
        return Value(self.data + other.data, (self, other))

    def backward(self):
        self.grad = 1.0
        self.walk()

    def walk(self):
        for input in self.inputs:
            input.grad = self.grad
            input.walk()
"""
LONG = "u*sigmoid(u)+tanh(w1*x1+w2*x2+b)*u"
COMMANDS = {
    "demo": ["demo"],
    "train": ["train", "iris.csv", "--target", "species", "--epochs", "300", "--seed", "1",
              "--model", "m.json", "--force"],
    "diagnose": ["diagnose", "engine.py"],
    "explain": ["explain", LONG, "u=0.94", "x1=2", "x2=0", "w1=-3", "w2=1", "b=6.88",
                "--wrt", "u"],
}  # fmt: skip


def run_at_terminal(words, columns):
    """Return the lines that a command prints at a terminal that is so wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    unset = {"COLUMNS", "LINES", "NO_COLOR"}
    environment = {name: text for name, text in os.environ.items() if name not in unset}
    environment |= {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "micrograd_nn", *words]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the end, on Linux
            break
        if not part:
            break
        said += part
    os.close(ours)
    assert process.wait() in (0, 1)
    lines = said.decode().replace("\r\n", "\n").split("\n")
    shown = [CONTROL.sub("", line).rpartition("\r")[2].rstrip() for line in lines]
    return [line for line in shown if not SPINNER.match(line)]  # one of many moments


@pytest.mark.parametrize("command", COMMANDS)
def test_at_60_columns_no_line_is_longer_and_all_words_and_numbers_are_whole(folder, command):
    shutil.copy(ROOT / "demos" / "iris.csv", "iris.csv")
    (folder / "engine.py").write_text(ENGINE, encoding="utf-8")
    wide, narrow = [run_at_terminal(COMMANDS[command], columns) for columns in (160, COLUMNS)]
    own = [line for line in narrow if "webbrowser" not in line]  # an address, to be copied
    assert max(map(len, own)) <= COLUMNS
    if command == "train":  # its bar is one of many moments
        bars = [line for line in narrow if line.startswith("epoch ")]
        assert re.search(r"loss [\d.]+\d,? +validation (loss )?[\d.]+\d$", bars[-1])
        narrow = [line for line in narrow if "epoch" not in line]
    known = set(re.findall(r"[^\s─━▁-█]+", " ".join(wide)))
    said = set(re.findall(r"[^\s─━▁-█]+", " ".join(narrow)))
    if command == "demo":
        assert {"0.501", "−1.503", "0.9967"} <= said
        known |= {"node", "gradient"}  # shorter heads
        products = [line for line in narrow if " × " in line and line.lstrip()[:1].isdigit()]
        assert len(products) == 9
        assert all(re.search(r"× \S+ = \S+ .* → \S+$", line) for line in products)
    assert {word for word in said if "%" not in word} <= known

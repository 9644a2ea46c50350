"""The program in PyTorch that chapter 12 shows gives the numbers that its cells print."""

import re

import pytest
from places import ROOT

from demos.umbrella import make_neuron
from micrograd_nn import compile

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install -e '.[test,oracle]'")
CHAPTER = ROOT / "docs" / "learn" / "12-from-scalars-to-speed.md"
DAYS = [[2.0, 0.0, 1.0], [2.0, 1.0, 1.0], [2.0, 2.0, 0.0], [0.0, 1.0, 0.0]]


def test_pytorch_prints_the_loss_and_the_gradient_of_the_program(capsys):
    (block,) = re.findall(
        r"^```py\n(import torch\n.*?)^```$", CHAPTER.read_text("utf-8"), re.M | re.S
    )
    exec(block, {})
    printed = capsys.readouterr().out
    n = make_neuron()
    program = compile(n.L, inputs=[n.x1, n.x2, n.y], parameters=[n.w1, n.w2, n.b])
    loss, gradient = program([0.5, -2.0, 1.0], DAYS)
    numbers = [float(number) for number in re.findall(r"-?\d+\.\d+", printed)]
    assert numbers == pytest.approx([loss, *gradient], rel=1e-14)

"""What was written, as a prompt and a notebook tell of it."""

import os

from added import compile

from micrograd_nn import Value
from micrograd_nn._ground.files import Written
from micrograd_nn.draw import draw
from micrograd_nn.page import page


def test_whatever_writes_says_what_it_wrote(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x = Value(2.0, "x")
    y = x * x
    program = compile(y, inputs=[x])
    written = [draw(y).save("a.dot"), page(y, "a.html"), program.save("a.py")]
    assert [repr(one) for one in written] == ["wrote a.dot", "wrote a.html", "wrote a.py"]
    assert all(map(os.path.exists, written)), "it is the file's path, too"


def test_a_drawing_says_what_to_do_with_it():
    assert repr(draw(Value(2.0))) == (
        '<Drawing: .save("graph.svg") writes it, and a notebook shows it>'
    )


def test_a_notebook_has_a_link_to_what_lies_beside_it():
    odd = Written('two words/"<b>.html')._repr_html_()
    assert odd.startswith('wrote <a href="two%20words/%22%3Cb%3E.html" target="_blank">two words/')
    assert "<b>" not in odd
    assert Written("/tmp/a.html")._repr_html_() == "wrote /tmp/a.html"

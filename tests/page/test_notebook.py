"""What a notebook shows of a Value: text for a leaf, and for a graph a link to its page."""

import base64
import re

from micrograd_nn import Value
from micrograd_nn import sum as total
from micrograd_nn.draw import layout
from micrograd_nn.page.lesson import MOST_IN_NOTEBOOK, write_lesson


def test_a_leaf_is_shown_as_text():
    assert Value(3.0, "x")._repr_html_() is None


def test_the_link_holds_the_page():
    x = Value(3.0, "x")
    y = x * x
    y.label = 'a "<b>" label'
    shown = y._repr_html_()
    assert shown.startswith("<code>Value(9.0, grad=None, operation=mul, label=")
    assert "<b>" not in shown
    name, data = re.search(
        r'<a download="([^"]*)" href="data:text/html;base64,([^"]*)">', shown
    ).groups()
    assert name == "a-b-label.html"
    assert base64.b64decode(data).decode() == write_lesson(y)
    assert x.grad is None


def test_a_large_graph_says_how_to_write_its_page():
    root = total([Value(float(i)) for i in range(MOST_IN_NOTEBOOK)])
    assert "base64" not in root._repr_html_()
    assert "page(…" in root._repr_html_()


def test_without_a_layout_there_is_the_text(monkeypatch):
    monkeypatch.setattr(layout, "find_dot", lambda: None)
    assert (Value(3.0) * 2)._repr_html_() is None

"""What a notebook shows of a Value: text for a leaf, and for a graph how its page is written."""

from micrograd_nn import Value, page


def test_a_leaf_is_shown_as_text():
    assert Value(3.0, "x")._repr_html_() is None


def test_a_result_says_how_its_page_is_written_and_costs_a_line():
    x = Value(3.0, "x")
    y = x * x
    y.label = 'a "<b>" label'
    shown = y._repr_html_()
    assert shown.startswith("<code>Value(9.0, grad=None, operation=mul, label=")
    assert "<b>" not in shown
    assert "micrograd_nn.page(…" in shown
    assert len(shown) < 300, "a page is 100 kB, each time that the Value is shown"


def test_the_page_that_was_written_is_a_link(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x = Value(3.0, "x")
    written = page(x * x, "lesson.html")
    assert 'href="lesson.html"' in written._repr_html_()

"""What the tests of pages share: the fixture ``show``."""

import pytest

from micrograd_nn.page import page as write_page


@pytest.fixture
def show(visit, tmp_path):
    """Return a function that shows the page of a graph."""
    paths = iter(range(100))

    def show(
        root, hash="", *, names=None, title="", notes="", inputs=(), rows=(), quiz=False, **options
    ):
        path = tmp_path / f"{next(paths)}.html"
        shown = {"title": title, "notes": notes, "inputs": inputs, "rows": rows, "quiz": quiz}
        write_page(root, path, names=names or {}, **shown)
        return visit(path, hash, **options)

    return show

"""What of a picture is in sight when its page opens."""

import random

import pytest

from micrograd_nn import Value
from micrograd_nn import sum as sum_of
from micrograd_nn.nn import MLP
from micrograd_nn.page import page as write_page

READABLE = 0.68  # of its natural size


def network():
    model = MLP(2, [3, 1], "tanh", rng=random.Random(0))
    return model([Value(0.5, "x1"), Value(-1.0, "x2")]), model


def wide_sum():
    return sum_of([Value(float(i), f"x{i}") for i in range(12)]), None


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("graph", [network, wide_sum])
def test_a_picture_too_large_to_be_read_opens_with_a_part_that_can_be(
    visit, tmp_path, graph, width
):
    root, names = graph()
    path = tmp_path / "page.html"
    write_page(root, path, names=names)
    page = visit(path, viewport={"width": width, "height": 800})
    picture = page.locator(".view:visible .graph")
    assert picture.evaluate("(one) => one.getCTM().a") == pytest.approx(READABLE)
    if width == 390:
        left, first = page.locator("#graph").bounding_box()["x"], picture.locator(".leaf:visible")
        assert first.first.bounding_box()["x"] < left + 40, "no room is left beside what is cut off"

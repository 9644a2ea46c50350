"""A matrix shows each number in its cell, filled by its size, and what is marked."""

import math

import pytest
from pictures import parse, texts

from micrograd_nn import Value
from micrograd_nn.extras.plot import Matrix
from micrograd_nn.extras.plot.canvas import STRONGEST_FILL


def fills(root):
    """Return colour and strength by the place of each filled cell."""
    return {
        (float(rect.get("x")), float(rect.get("y"))): (
            rect.get("class").split()[0],
            float(rect.get("fill-opacity")),
        )
        for rect in root.iter("rect")
        if rect.get("fill-opacity")
    }


def test_cells_are_filled_by_size():
    found = fills(parse(Matrix([[0, 1], [2, 4]])))
    assert [color for color, _ in found.values()] == ["blue"] * 3
    assert [strength for _, strength in found.values()] == [
        round(STRONGEST_FILL * share, 3) for share in (0.25, 0.5, 1)
    ]
    xs, ys = zip(*found, strict=True)
    assert xs[0] == xs[2] > xs[1]
    assert ys[0] < ys[1] == ys[2]


def test_two_signs_have_two_colours():
    found = fills(parse(Matrix([[-14, 7, 0]])))
    assert list(found.values()) == [("purple", STRONGEST_FILL), ("green", STRONGEST_FILL / 2)]


def test_numbers_stand_in_their_cells_with_true_minus_signs():
    root = parse(Matrix([[-14, 0.12345], [Value(2.0), None]], digits=2))
    assert texts(root) == ["−14", "0.12", "2"]


@pytest.mark.parametrize("number", [1e-9, -0.4055, -12.34])
def test_a_number_is_narrower_than_its_cell_in_a_wide_font(number):
    picture = Matrix([[number, 1], [1, 1]], digits=4)
    root = parse(picture)
    (text,) = [one for one in root.iter("text") if one.text == texts(root)[0]]
    size = float(text.get("style").removeprefix("font-size: ").removesuffix("px"))
    letters = {"−": 0.838, ".": 0.318, "e": 0.615}  # ems in DejaVu, and of a digit 0.636
    width = size * sum(letters.get(sign, 0.636) for sign in text.text)
    cell = next(float(rect.get("width")) for rect in root.iter("rect") if rect.get("fill-opacity"))
    assert size >= 13
    assert width <= cell - 5


def test_what_is_not_finite_is_written_and_not_filled():
    root = parse(Matrix([[math.nan, math.inf, 1.0]]))
    assert texts(root) == ["nan", "inf", "1"]
    assert len(fills(root)) == 1
    assert (
        parse(Matrix([[None, math.nan]])).get("aria-label") == "1 row, 2 columns; row 0: empty, nan"
    )


def test_a_large_matrix_has_a_scale_in_place_of_numbers():
    root = parse(Matrix([[math.sin(i * j) for i in range(24)] for j in range(24)]))
    assert texts(root) == ["−1", "1"]
    assert root.get("aria-label") == "24 rows, 24 columns; from −1 to 1"


def test_frame_and_ring_are_around_their_cells():
    root = parse(Matrix([[0.5] * 8 for _ in range(8)], frame=(0, 2, 3, 3), ring=(4, 1)))
    cells = [r for r in root.iter("rect") if r.get("class") == "cell grid"]
    frame = next(r for r in root.iter("rect") if r.get("class") == "frame")
    size = float(cells[0].get("width"))
    assert (frame.get("x"), frame.get("y")) == (cells[2].get("x"), cells[2].get("y"))
    assert float(frame.get("width")) == float(frame.get("height")) == 3 * size
    ring = next(c for c in root.iter("circle") if c.get("class") == "frame")
    assert float(ring.get("cx")) == float(cells[33].get("x")) + size / 2
    assert float(ring.get("cy")) == float(cells[33].get("y")) + size / 2


def test_names_and_the_matrix_in_words():
    matrix = Matrix(
        [[1, None], [0.25, 0.75]], "Attention", row_names="ab", column_names=["a", "</svg>\x07"]
    )
    assert matrix.describe() == (
        "Attention: 2 rows, 2 columns; from 0.25 to 1; row a: 1, empty; row b: 0.25, 0.75"
    )
    assert "</svg>�" in texts(parse(matrix))
    assert repr(matrix) == '<Matrix “Attention”: 2 rows, 2 columns; .save("matrix.svg") writes it>'


def test_wide_column_names_stand_upright():
    root = parse(Matrix([[1, 2]], column_names=["sepal length", "petal"]))
    assert all(t.get("transform") for t in root.iter("text") if t.text in ("sepal length", "petal"))


@pytest.mark.parametrize(
    ("draw", "error", "told"),
    [
        (lambda: Matrix([]), ValueError, "no numbers"),
        (lambda: Matrix([[]]), ValueError, "no numbers"),
        (lambda: Matrix(3), TypeError, "rows of numbers, not an int"),
        (lambda: Matrix([1, 2]), TypeError, r"row 0 is 1, not a list .*Matrix\(\[row\]\)"),
        (lambda: Matrix([[1, 2], [3]]), ValueError, "row 1 has 1 number, and row 0 has 2"),
        (lambda: Matrix([["1"]]), TypeError, "row 0, column 0 is '1', not a number"),
        (lambda: Matrix([[1]], row_names=["a", "b"]), ValueError, "row_names has 2 names for 1"),
        (lambda: Matrix([[1]], digits=0), ValueError, "digits is 0"),
        (lambda: Matrix([[1]], frame=(0, 0, 2, 1)), ValueError, "isn't in a matrix of 1 × 1"),
        (lambda: Matrix([[1]], frame=(0, 0)), TypeError, "write frame="),
        (lambda: Matrix([[1]], ring=(0, 1)), ValueError, "isn't in a matrix"),
        (lambda: Matrix([[1]], ring=(0.5, 1)), TypeError, "write ring="),
    ],
)
def test_bad_input_is_refused_with_a_remedy(draw, error, told):
    with pytest.raises(error, match=told):
        draw()


@pytest.mark.parametrize("numbers", [[5.25, 6.75], [0.2, 0.9], [-16.0, -1.0], [-2.7, 1.0]])
def test_the_scale_has_the_colours_of_the_cells(numbers):
    root = parse(Matrix([numbers * 20]))
    found = list(fills(root).items())
    bar, cells = found[: -len(numbers) * 20], found[-2:]
    low, high = (float(text.replace("−", "-")) for text in texts(root))
    left, width = bar[0][0][0], 150 / len(bar)
    for number, (_, (color, strength)) in zip(numbers, cells, strict=True):
        share = (number - low) / (high - low)
        _, shown = bar[min(int(share * len(bar)), len(bar) - 1)]
        assert shown == (color, pytest.approx(strength, abs=STRONGEST_FILL / 5))
    assert bar[-1][0][0] == pytest.approx(left + width * (len(bar) - 1), abs=1)

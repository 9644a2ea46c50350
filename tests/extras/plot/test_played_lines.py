"""A plot plays its lines point by point, without a script, and is a still of the end without."""

import re

import pytest
from pictures import parse_svg

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.plot import Matrix, Plot

PATH = [(0, 0), (1, 1), (2, 0), (9, 9), (3, 1)]


def read_spans(root):
    """Return the steps in which each element of a class `from…to…` is seen, by what it is."""
    found = {}
    for element in root.iter():
        span = re.search(r"from(\d+)to(\d+)", element.get("class", ""))
        if span:
            name = element.tag.rpartition("}")[2]
            hidden = element.get("visibility") == "hidden"
            found.setdefault(name, []).append((int(span[1]), int(span[2]), hidden))
    return found


def play(plot, tmp_path):
    plot.save(tmp_path / "still.svg")
    assert (tmp_path / "still.svg").read_text(encoding="utf-8") == plot.svg
    assert repr(plot.save(tmp_path / "play.svg", animate=True)).startswith("wrote ")
    return (tmp_path / "play.svg").read_text(encoding="utf-8")


def test_a_line_grows_point_by_point_and_the_end_stays(tmp_path):
    texts = [f"point {i}" for i in range(5)]
    svg = play(Plot(xlim=(0, 4), ylim=(-1, 2)).line(PATH, told=texts), tmp_path)
    spans = read_spans(parse_svg(svg))
    assert spans["text"] == [(0, 0, True), (1, 1, True), (2, 2, True), (3, 3, True), (4, 4, False)]
    assert [first for first, *_ in spans["path"]] == [1, 2, 3, 4]
    assert not any(hidden for *_, hidden in spans["path"])
    assert [first for first, *_ in spans["circle"]] == [0, 1, 2, 4]  # point 3 is outside
    assert all(text in svg for text in texts)


def test_each_span_has_its_rule_and_motion_can_be_reduced(tmp_path):
    svg = play(Plot().line(PATH, arrows=True), tmp_path)
    used = set(re.findall(r"from\d+to\d+", "".join(re.findall(r'class="[^"]*"', svg))))
    assert used == set(re.findall(r"@keyframes (\S+)", svg)) == set(re.findall(r"\.(from\S+)", svg))
    assert "prefers-reduced-motion: reduce" in svg
    assert "<script" not in svg


def test_a_shorter_line_rests_while_a_longer_one_goes_on(tmp_path):
    svg = play(Plot().line(PATH, arrows=True).line(PATH[:2], told=["a", "b"]), tmp_path)
    assert read_spans(parse_svg(svg))["text"] == [(0, 0, True), (1, 4, False)]


@pytest.mark.parametrize(
    ("draw", "error", "told"),
    [
        (lambda: Plot().line(PATH), ValueError, "arrows=True"),
        (lambda: Plot().line(PATH[:1], arrows=True), ValueError, "nothing here plays"),
        (lambda: Matrix([[1.0]]), ValueError, "no steps to play"),
    ],
)
def test_what_has_no_steps_is_refused(draw, error, told, tmp_path):
    with pytest.raises(error, match=told):
        draw().save(tmp_path / "play.svg", animate=True)
    assert not (tmp_path / "play.svg").exists()


def test_texts_are_one_for_each_point():
    with pytest.raises(ValueError, match="line got 1 text for 5 points"):
        Plot().line(PATH, told=["a"])
    with pytest.raises(InputError, match=r"ends with \.svg"):
        Plot().line(PATH, arrows=True).save("play.png", animate=True)

"""Pictures of cells, at build and in the page: what they say of themselves, how wide they are."""

import runpy

import pytest
from places import ROOT


@pytest.fixture(scope="module")
def boxes():
    return runpy.run_path(str(ROOT / "docs" / "web" / "python" / "picture.py"))


def svg(inside="", **attributes):
    written = " ".join(f'{name.replace("_", "-")}="{text}"' for name, text in attributes.items())
    return f'<svg xmlns="http://www.w3.org/2000/svg" {written}>{inside}</svg>'


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (svg("<title>A loss</title>", aria_label="A loss: it falls"), "A loss: it falls"),
        (svg("<title> A loss </title><desc>It falls.</desc>"), "A loss It falls."),
        (svg("<g><title>G</title></g>"), "A picture drawn by this cell"),
    ],
)
def test_a_picture_says_its_label_or_else_its_title_and_description(boxes, picture, words):
    assert boxes["find_words"](picture) == words


@pytest.mark.parametrize(
    ("picture", "width"),
    [
        (svg('<text font-size="22"/>', viewBox="0 0 400 100", width="400"), 200),
        (svg('<text style="font-size: 11px"/>', viewBox="0 0 400 100", width="400"), 400),
        (svg('<text font-size="14"/>', viewBox="0 0 300 100", width="300pt"), 236),
        (svg('<text font-size="5"/>', viewBox="0 0 400 100"), 400),
        (svg(viewBox="0 0 400 100"), 0),
    ],
)
def test_a_picture_is_as_narrow_as_its_smallest_letters_can_be_read(boxes, picture, width):
    assert boxes["find_narrowest"](picture) == width

"""The pictures that no cell draws are those of their scripts, and take the colours of a theme."""

import runpy
import xml.etree.ElementTree as ET

import pytest
from places import ROOT

FOLDER = ROOT / "docs" / "pictures"
SVG = "{http://www.w3.org/2000/svg}"
TRAINED = {"cars.svg", "spirals.svg", "states.svg"}  # by the programs of demos/


@pytest.fixture(scope="module")
def pictures():
    return runpy.run_path(str(FOLDER / "draw_pictures.py"))["draw_pictures"]()


def list_texts(svg):
    """Return the texts of each group, which any version of Graphviz lays out alike."""
    return {
        group.get("id"): (group.get("class"), [text.text for text in group.iter(f"{SVG}text")])
        for group in ET.fromstring(svg).iter(f"{SVG}g")
    }


def is_laid_out(svg):
    """Tell whether Graphviz placed what a picture shows."""
    return 'id="graph0"' in svg


@pytest.mark.slow
def test_each_picture_is_what_its_script_draws(pictures):
    for name, drawn in pictures.items():
        written = (FOLDER / name).read_text(encoding="utf-8")
        same = list_texts(written) == list_texts(drawn) if is_laid_out(drawn) else written == drawn
        assert same, f"{name}: run docs/pictures/draw_pictures.py"


def test_no_picture_is_drawn_by_hand(pictures):
    there = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.svg")}
    assert there == set(pictures) | TRAINED


def test_each_picture_has_a_dark_theme(pictures):
    for name, svg in pictures.items():
        assert "prefers-color-scheme: dark" in svg, name


def test_a_sketch_is_described_and_has_no_colour_of_its_own(pictures):
    sketches = [svg for svg in pictures.values() if 'class="sketch"' in svg]
    assert len(sketches) > 20
    for source in sketches:
        svg = ET.fromstring(source)
        assert svg.get("role") == "img"
        assert svg.get("aria-label").endswith(".")
        for shape in list(svg)[1:]:
            assert "#" not in shape.get("style")
            assert "var(--" in shape.get("style")


def test_each_picture_of_the_notation_stands_in_its_table():
    sheet = (ROOT / "docs" / "look-up" / "notation.md").read_text(encoding="utf-8")
    for file in (FOLDER / "notation").iterdir():
        assert sheet.count(f":file: ../pictures/notation/{file.name}") == 1, file.name


def test_a_picture_of_a_moment_shows_the_gradients_that_are_known_by_then(pictures):
    def list_known(step):
        svg = ET.fromstring(pictures[f"moment-{step}.svg"])
        texts = svg.iter(f"{SVG}text")
        return sorted(text.text for text in texts if text.get("class") == "gradient big")

    assert list_known(8) == ["1"]
    assert list_known(12) == sorted(["1", "1", "1", "−1", "−0.25"])
    assert len(list_known(20)) == 13

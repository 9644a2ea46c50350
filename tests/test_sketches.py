"""The book's small pictures are those of their scripts, and take the colours of either theme."""

import runpy
import xml.etree.ElementTree as ET

import pytest
from places import ROOT

FOLDER = ROOT / "docs" / "pictures"


@pytest.fixture(params=["draw_neurons.py", "draw_notation.py"])
def script(request, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.syspath_prepend(FOLDER)
    return request.param


def find_folder(script):
    return FOLDER / "notation" if script == "draw_notation.py" else FOLDER


def test_each_picture_is_what_its_script_draws(script):
    pictures = runpy.run_path(str(FOLDER / script))["pictures"]()
    for name, picture in pictures.items():
        written = (find_folder(script) / name).read_text(encoding="utf-8")
        assert written == picture.render(), f"{name}: run docs/pictures/{script}"


def test_the_folder_of_the_notation_holds_no_other_picture(monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.syspath_prepend(FOLDER)
    pictures = runpy.run_path(str(FOLDER / "draw_notation.py"))["pictures"]()
    assert {file.name for file in (FOLDER / "notation").iterdir()} == set(pictures)


def test_each_picture_of_the_notation_stands_in_its_table(monkeypatch):
    sheet = (ROOT / "docs" / "look-up" / "notation.md").read_text(encoding="utf-8")
    for file in (FOLDER / "notation").iterdir():
        assert sheet.count(f":file: ../pictures/notation/{file.name}") == 1, file.name


def test_a_picture_is_described_and_has_no_colour_of_its_own(script):
    for picture in runpy.run_path(str(FOLDER / script))["pictures"]().values():
        svg = ET.fromstring(picture.render())
        assert svg.get("role") == "img"
        assert svg.get("aria-label").endswith(".")
        for shape in list(svg)[1:]:
            assert "#" not in shape.get("style")
            assert "var(--" in shape.get("style")

"""The colours: what is shown has those of the table, and they can be read and told apart."""

import re

import pytest
from places import ROOT

from micrograd_nn._ground.colors import MEANINGS

HEX = re.compile(r"#[0-9a-f]{6}\b")
# More than two classes have colours of their own beside those with a meaning.
CLASSES = {
    "#00707a", "#6b5d00", "#8f4a5a", "#4a4e9c", "#74513c",
    "#4fd1c5", "#e3d36b", "#e0a3ae", "#a9b0f0", "#d3b096",
}  # fmt: skip
STYLED = {".py", ".css", ".js", ".html"}
DRAWN = "micrograd_nn/draw/"  # by the size of a gradient

DEUTERANOPIA = ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969))
PROTANOPIA = ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052))


def make_linear(color):
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]


def luminance(color):
    return sum(x * y for x, y in zip((0.2126, 0.7152, 0.0722), make_linear(color), strict=True))


def contrast(one, other):
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def mix(one, other, share):
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def test_style_sheets_and_programs_have_the_colours_of_the_table_alone():
    files = [ROOT / "docs/conf.py"]
    for folder in ("micrograd_nn", "docs/web", "docs/pictures"):
        files += [file for file in (ROOT / folder).rglob("*") if file.suffix in STYLED]
    listed = [str(file.relative_to(ROOT)) for file in files if "node_modules" not in file.parts]
    known = {color for pair in MEANINGS.values() for color in pair} | CLASSES
    found = {
        name: set(HEX.findall((ROOT / name).read_text(encoding="utf-8"))) - known
        for name in listed
        if not name.startswith(DRAWN)
    }
    assert len(listed) > 100
    assert {name: colors for name, colors in found.items() if colors} == {}


def test_a_pages_colours_have_one_name_each():
    sheet = (ROOT / "micrograd_nn/page/web/page.css").read_text(encoding="utf-8")
    assert len(re.findall(r"--[\w-]+:", sheet)) >= 20
    assert re.findall(r"--[\w-]+: var\(.*?\)", sheet) == []
    used = set()
    for file in (ROOT / "micrograd_nn").rglob("web/*.css"):
        used |= set(re.findall(r"var\((--[\w-]+)", file.read_text(encoding="utf-8")))
    own = {f"--class-{i}" for i in range(6)}
    own |= {"--strength", "--own", "--step", "--bar", "--bar-and-depth"}  # no colours of the table
    own |= {"--size", "--least", "--most", "--graph"}  # of letters and boxes
    assert used - own <= set(re.findall(r"--[\w-]+(?=:)", sheet))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_each_meaning_can_be_read_on_paper_and_panel(scheme):
    for ground in ("paper", "panel"):
        for name in ("value", "gradient", "wrong", "plus", "minus", "ink", "quiet"):
            assert contrast(MEANINGS[ground][scheme], MEANINGS[name][scheme]) >= 4.5, (ground, name)
    strongest = pytest.importorskip("micrograd_nn.extras.plot.canvas").STRONGEST_FILL
    for name in ("value", "plus", "minus"):  # at their strongest, as texts on shades
        filled = mix(MEANINGS["paper"][scheme], MEANINGS[name][scheme], strongest)
        assert contrast(MEANINGS["ink"][scheme], filled) >= 4.5, name


@pytest.mark.parametrize("matrix", [DEUTERANOPIA, PROTANOPIA], ids=["deuteranopia", "protanopia"])
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_what_stands_side_by_side_differs_for_the_colour_blind(matrix, scheme):
    def see(name):
        linear = make_linear(MEANINGS[name][scheme])
        seen = [sum(x * y for x, y in zip(row, linear, strict=True)) for row in matrix]
        return [max(0.0, x) ** (1 / 2.2) for x in seen]

    for one, other in [("value", "gradient"), ("plus", "minus")]:
        far = sum((x - y) ** 2 for x, y in zip(see(one), see(other), strict=True)) ** 0.5
        assert far > 0.25, (one, other, far)


def test_classes_have_hues_without_a_meaning_and_can_be_read():
    """Two classes are the signs, and a sixth is quiet."""
    for sheet, own in (
        ("micrograd_nn/extras/train/pages/web/training.css", range(5)),
        ("docs/web/networks/networks.css", range(2, 6)),
    ):
        if not (ROOT / sheet).exists():  # of an extra
            continue
        text = (ROOT / sheet).read_text(encoding="utf-8")
        given = [
            dict(re.findall(r"--class-(\d): (#[0-9a-f]{6});", line))
            for line in text.splitlines()
            if "--class-5: #" in line
        ]
        for i, colors in enumerate(given):
            scheme = min(i, 1)
            paper = MEANINGS["paper"][scheme]
            seen = [colors[str(number)] for number in own]
            assert len(set(seen)) == len(seen)
            for color in seen:
                meanings = [pair[scheme] for name, pair in MEANINGS.items() if name != "paper"]
                assert min(measure_distance(color, other) for other in meanings) > 0.08
                assert contrast(paper, color) >= 4.5
        assert len(given) >= 2


def measure_distance(one, other):
    """Return how far apart two colours are, of 1."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return (sum((a - b) ** 2 for a, b in pairs) / 3) ** 0.5 / 255

"""A page in a frame of somebody else's page: it opens as asked, fits, and keeps to itself."""

import html
import random

import pytest
from added import fit
from browser import find_violations, stop_clock
from elements import Elements
from graph_page import (
    build_network,
    build_reused,
    build_three_paths,
    find_choice,
    read_sentence,
    settle,
)
from test_document import HOSTILE

from demos.umbrella import make_neuron
from micrograd_nn import Value
from micrograd_nn._ground.text import InputError, make_printable
from micrograd_nn.graph import Graph
from micrograd_nn.losses import squared_error
from micrograd_nn.nn import MLP
from micrograd_nn.page import page
from micrograd_nn.page.frame import Page, escape_document
from micrograd_nn.page.lesson import build_lesson

COLUMN = {"width": 680, "height": 900}
PHONE = {"width": 340, "height": 900}
HEIGHTS = {680: 560, 340: 600}
HOST = """<!doctype html><html lang="en" style="color-scheme: {scheme}"><meta charset="utf-8">
<title>A chapter</title><style>body {{ margin: 0 }} iframe {{ display: block }}</style>
<main><h1>A chapter</h1>{frame}<p style="height: 200vh">More.</p></main>"""


def build_square(label="x"):
    x = Value(3.0, label)
    y = x * x
    y.label = "y"
    return x, y


@pytest.fixture(scope="module")
def history():
    model = MLP(1, [1], rng=random.Random(1))
    data = [([x / 4], x / 2) for x in range(-4, 5)]
    return fit(model, data, squared_error, epochs=5, record=True)


@pytest.fixture
def host(visit, tmp_path):
    """Return a function that shows a Page in a host page, and returns that and the frame."""

    def host(shown, viewport=COLUMN, scheme="light dark", **options):
        path = tmp_path / "chapter.html"
        height = f'height="{HEIGHTS[viewport["width"]]}"'
        frame = shown._repr_html_().replace('height="560"', height)
        path.write_text(HOST.format(scheme=scheme, frame=frame), encoding="utf-8")
        outside = visit(path, viewport=viewport, **options)
        outside.frame_locator("iframe").locator("#position").wait_for()
        return outside, outside.frames[1]

    return host


# What is returned


def test_a_page_without_a_path_tells_what_it_is_and_writes_what_a_path_writes(tmp_path):
    x, y = build_square()
    shown = page(y, names={}, title="A square")
    assert isinstance(shown, Page)
    assert repr(shown) == '<page of y: 4 steps; .save("lesson.html") writes it>'
    assert repr(shown.save(tmp_path / "a.html")).startswith("wrote ")
    page(y, tmp_path / "b.html", names={}, title="A square")
    first, second = ((tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert first == second == build_lesson(y, {}, "A square").text.encode()
    with pytest.raises(InputError, match=r"a\.png: a page's name ends in \.html"):
        shown.save(tmp_path / "a.png")
    assert repr(page(x, names={})) == '<page of x: 1 step; .save("lesson.html") writes it>'


def test_the_page_of_a_training_is_shown_as_well(history):
    shown = page(history, epoch=2)
    assert repr(shown) == (
        "<page of the training of MLP(1, [1], activation=['linear']): 5 epochs; "
        '.save("training.html") writes it>'
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_frame_holds_the_very_page_whatever_is_in_it(text):
    shown = page(build_square(text)[1], names={}, title=text, notes=text)
    ((tag, attributes, _),) = Elements(shown._repr_html_()).found
    assert tag == "iframe"
    assert attributes["srcdoc"] == shown.text
    assert attributes["title"] == make_printable(shown.title)
    assert attributes["loading"] == "lazy"
    assert html.unescape(escape_document(shown.text)) == shown.text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"step": 5}, "page has the steps 0 to 4 for y, not 5"),
        ({"step": -1}, "page has the steps 0 to 4 for y, not -1"),
        ({"step": 8, "broken": "unreset"}, "page has the steps 0 to 7 for y, not 8"),
        (
            {"broken": "order"},
            "page can be broken by 'unreset', 'unseeded', 'unordered', ",
        ),
        ({"paths_from": Value(1.0)}, "page shows the paths from a leaf of its graph, not from Va"),
        ({"broken": True}, "not by True"),
        ({"broken": None}, "not by None"),
        ({"broken": "unreset", "quiz": True}, "leave out quiz, or broken='unreset'"),
        ({"paths_from": "x"}, "page shows the paths from a leaf of its graph, not from 'x'"),
    ],
)
def test_an_opening_that_there_isnt_is_refused(tmp_path, asked, told):
    _, y = build_square()
    with pytest.raises(ValueError, match=told):
        page(y, names={}, **asked)
    with pytest.raises(ValueError, match=told):
        page(y, tmp_path / "a.html", names={}, **asked)
    assert not list(tmp_path.iterdir())


def test_what_is_for_the_other_kind_is_refused(history):
    for subject, asked, told in [
        (build_square()[1], {"step": "2"}, "page takes the number of a step, not a str"),
        (build_square()[1], {"epoch": 2}, "page takes no epoch for a graph"),
        (build_square()[1], {"titel": "A square"}, "page takes no titel for a graph"),
        (history, {"step": 2}, r"page takes no step for a training: .*epoch"),
        (history, {"rows": [[1.0]]}, "page takes no rows for a training"),
        (history, {"epoch": "2"}, "page takes the number of an epoch, not a str"),
    ]:
        with pytest.raises(TypeError, match=told):
            page(subject, **asked)
    with pytest.raises(ValueError, match="page has the epochs 0 to 5 of this training, not 6"):
        page(history, epoch=6)


# In a frame


@pytest.mark.parametrize("viewport", [COLUMN, PHONE])
def test_a_frame_opens_at_its_step_and_moves_without_moving_its_host(host, viewport):
    outside, inside = host(page(build_three_paths(), names={}, step=9), viewport)
    stop_clock(outside)
    assert inside.locator("#position").inner_text() == "9"
    inside.get_by_role("button", name="Next", exact=True).click()
    for key, expected in [("ArrowRight", "11"), ("End", "12"), ("Home", "0"), ("ArrowRight", "1")]:
        outside.keyboard.press(key)
        assert inside.locator("#position").inner_text() == expected
    outside.clock.run_for(300)  # after which a page of its own tells its address
    assert outside.evaluate("[scrollY, location.hash]") == [0, ""]
    assert inside.evaluate("location.hash") == ""


def test_a_notebook_that_takes_frames_out_shows_what_to_do():
    ((_, _, text),) = Elements(page(build_square()[1], names={})._repr_html_()).found
    assert text == "Backpropagation through y: trust this notebook to see it"


@pytest.mark.parametrize("viewport", [COLUMN, PHONE])
def test_picture_sentence_equation_and_player_are_in_sight_at_every_step(host, viewport):
    shown = page(build_three_paths(), names={})
    outside, inside = host(shown, viewport, reduced_motion="reduce")  # the picture is there at once
    for step in range(13):
        inside.get_by_label("Step", exact=True).fill(str(step))
        settle(inside)
        found = inside.evaluate(
            """(step) => {
              const frame = document.getElementById("graph").getBoundingClientRect();
              const isSeen = (box) => [...box.querySelectorAll("text")].every((text) => {
                const { left, top, right, bottom } = text.getBoundingClientRect();
                return left >= frame.left && right <= frame.right
                  && top >= frame.top && bottom <= frame.bottom;
              });
              const bottom = (id) => document.getElementById(id).getBoundingClientRect().bottom;
              const text = document.querySelector("g.node text");
              const scale = document.querySelector(".graph").getCTM().a;
              return {
                sideways: document.documentElement.scrollWidth - innerWidth,
                letters: parseFloat(getComputedStyle(text).fontSize) * scale,
                room: document.getElementById("player").getBoundingClientRect().top
                  - Math.max(bottom("graph"), bottom("sentence"), bottom("formula")),
                player: innerHeight - bottom("player"),
                boxes: [...document.querySelectorAll(".node.current")].filter(isSeen).length,
              };
            }""",
            step,
        )
        assert found["sideways"] <= 0, step
        assert found["letters"] >= 11, step
        assert found["room"] >= 0, step
        assert found["player"] >= 0, step
        assert found["boxes"] or step == 0, step
    assert outside.evaluate("scrollY") == 0


def test_the_slope_of_a_sigmoid_is_whole_on_a_phone(host):
    _, inside = host(page(make_neuron().L, names={}, step=12), PHONE)
    formula = inside.locator("#formula")
    assert "0.25" in formula.inner_text()
    assert formula.evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_a_small_graph_takes_little_room(host):
    _, inside = host(page(build_square()[1], names={}))
    graph = inside.locator("#graph").bounding_box()
    assert graph["height"] < 170
    assert inside.get_by_label("x, slider").is_visible()


def test_a_frame_narrowed_or_widened_shows_its_step(host):
    outside, inside = host(page(build_three_paths(), names={}, step=9))
    for width in (340, 680):
        outside.set_viewport_size({"width": width, "height": 900})
        for place in (outside, inside):
            place.evaluate("new Promise(requestAnimationFrame)")
        box, frame = (
            inside.locator(it).bounding_box() for it in (".edge.current text >> nth=0", "#graph")
        )
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_frame_has_the_colours_of_its_host(host, scheme):
    _, inside = host(page(build_square()[1], names={}), scheme=scheme, color_scheme="null")
    paper = inside.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]


def test_the_policy_holds_in_a_frame(browser, tmp_path):
    path = tmp_path / "chapter.html"
    path.write_text(HOST.format(scheme="light", frame=page(build_square()[1])._repr_html_()))
    outside = browser.new_page()
    try:
        outside.goto(path.as_uri())
        outside.frame_locator("iframe").locator("#position").wait_for()
        with pytest.raises(Exception, match="This document requires 'TrustedScript'"):
            outside.frames[1].evaluate("document.body.setAttribute('onclick', 'alert(1)')")
    finally:
        outside.close()


def test_axe_finds_nothing_in_the_small_form(visit, tmp_path):
    model, loss, example = build_network()
    path = tmp_path / "page.html"
    page(loss, path, names=model, inputs=example, rows=[[0.3, 0.9, -1.0]], notes="A note.")
    for width, height in HEIGHTS.items():
        assert find_violations(visit(path, viewport={"width": width, "height": height})) == []


# Openings


def test_the_paths_that_were_asked_for_are_marked(host):
    f = build_reused()
    _, inside = host(page(f, names={}, step=3, paths_from=Graph(f).leaves[0]))
    assert inside.locator("#leaf option:checked").inner_text() == "x"
    assert inside.locator("#paths li").count() == 3
    assert inside.locator(".edge.path").count() == 5
    inside.locator("#paths button").first.click()
    assert inside.locator(".edge.path").count() == 2


def test_a_page_opens_broken_at_its_end(host):
    _, inside = host(page(build_reused(), names={}, broken="unreset"))
    assert find_choice(inside, "unreset").input_value() == "unreset"
    assert inside.locator("#position").inner_text() == inside.locator("#count").inner_text()
    assert "x is 102 and should be 26" in inside.locator("#wrong").inner_text()
    assert read_sentence(inside)

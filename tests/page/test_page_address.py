"""A link opens where it was copied, and no address breaks a page."""

import random

import pytest
from added import fit
from browser import find_violations
from graph_page import (
    PHONE,
    break_engine,
    build_network,
    build_three_paths,
    press,
    read_leaves,
    read_sentence,
    read_step,
    set_number,
    wait_for_hash,
)

from micrograd_nn import MLP, Value
from micrograd_nn.losses import squared_error
from micrograd_nn.page import page as write_page

ROWS = [[0, 0, -1], [0, 1, 1]]


@pytest.fixture
def network_page(show):
    """Return a function that shows the page of a network with a data set, at some address."""
    model, loss, example = build_network()
    return lambda hash="": show(loss, hash, names=model, inputs=example, rows=ROWS)


def read_all(page):
    """Return all of a page's state that a link has."""
    return {
        "leaves": read_leaves(page),
        "step": read_step(page),
        "sentence": read_sentence(page),
        "choices": page.locator("select:not(#speed)").evaluate_all("all => all.map(x => x.value)"),
        "pressed": page.locator("#paths [aria-pressed=true]").all_inner_texts(),
        "seen": page.locator(".view g.node").count(),
    }


def let_copy(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])


def copy_link(page):
    """Press Copy link, and return what the clipboard has then."""
    press(page, "Copy link")
    page.locator("#link-told", has_text="Copied.").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


# Where it was copied


def test_a_link_opens_where_it_was_copied(network_page):
    page = network_page()
    let_copy(page)
    before = read_all(page)
    assert copy_link(page) == page.url
    assert "#" not in page.url
    page.locator("#example").select_option("2: 0, 1, 1")
    set_number(page, "h1.w2", "-0.125")
    break_engine(page, "unreset")
    page.locator("#depth").select_option("every node")
    page.locator("#leaf").select_option("x2")
    page.locator("#paths button").nth(1).click()
    page.get_by_label("Step", exact=True).fill("40")
    state = (
        "#example=2&layers.0.neurons.0.w.1=-0.125&broken=unreset&view=node&paths=x2&path=2&step=40"
    )
    link = copy_link(page)
    assert link.endswith(state)
    wait_for_hash(page, state)
    other = network_page(link.partition("#")[2])
    assert read_all(other) == read_all(page) != before
    assert other.locator("#link-told").inner_text() == ""


def test_an_input_may_have_the_name_of_a_part(show):
    step, odd = Value(2.0, "step"), Value(3.0, "a & b#")
    root = step * odd
    root.label = "output"
    page = show(root)
    set_number(page, "step", "0.5")
    set_number(page, "a & b#", "nan")
    wait_for_hash(page, "#.step=0.5&a%20%26%20b%23=nan")


# Whatever stands there

HOSTILE = {
    "y=3": "y=3 (the page has no input of this name)",
    "x=1e999": "x=1e999 (no number)",
    "x=0x10&w=": "x=0x10 (no number); w (no number)",
    "__proto__=1&constructor=2&toString": "__proto__=1 (the page has no input of this name)",
    "%E0%A4%A&x=%": "%E0%A4%A (a % that stands for nothing); x=% (a % that stands for nothing)",
    "step=99": "step=99 (the last step is 12)",
    "step=-1&step": "step=-1 (no step)",
    "step=9999999999999999999999999999999": "(the last step is 12)",
    "broken=everything,overwrite": "broken=everything,overwrite (a mistake is unreset, unseeded,",
    "view=__proto__": "view=__proto__ (no such view)",
    "paths=z&path=9": "paths=z (no input has this name); path=9 (no such path)",
    "example=1&epoch=3&e=x": "example=1 (no such example); epoch=3 (not of this page)",
    "<script>alert(1)</script>=<b>": "(the page has no input of this name)",
    "\u202ex=1": "(the page has no input of this name)",
    "y=" + "9" * 100_000: "(longer than the 32000 letters that a link may have)",
}


def test_what_an_address_may_not_say_is_told_and_breaks_nothing(show):
    first, *others = HOSTILE
    page = show(build_three_paths(), first)
    for hash in HOSTILE:
        if hash in others:
            follow(page, hash)
        told = page.locator("#link-told").inner_text()
        assert HOSTILE[hash] in told
        assert told.startswith("Not all of the link can be used: "), hash[:20]
        assert len(told) < 400
        press(page, "Last")
        assert read_step(page) == 12
        assert read_leaves(page)["x"][0] == 0.5


def follow(page, hash):
    """Go to another state of a page, as a link in it would."""
    page.evaluate(
        """hash => new Promise((done) => {
          addEventListener("hashchange", () => setTimeout(done), { once: true });
          location.hash = hash;
        })""",
        hash,
    )


def test_quiz_alone_is_a_state_though_its_switch_is_a_place(show):
    page = show(build_three_paths(), "quiz")
    assert page.locator("#quiz").is_checked()


# Copy link


def test_where_there_is_no_clipboard_the_link_is_selected(show):
    page = show(build_three_paths())
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined }); null")
    page.keyboard.press("End")
    press(page, "Copy link")
    field = page.get_by_label("Link to the page as it is now")
    assert field.input_value() == f"{page.url.partition('#')[0]}#step=12"
    assert field.evaluate("one => getSelection().toString() === one.value")
    assert page.locator("#link-told").inner_text() == "Copy this link:"
    assert find_violations(page) == []


def test_a_link_can_be_copied_on_a_phone_with_all_of_the_step_in_sight(show):
    page = show(build_three_paths(), "step=9", viewport=PHONE)
    let_copy(page)
    assert copy_link(page).endswith("#step=9")
    assert find_violations(page) == []


def test_a_frame_without_an_address_offers_no_link(visit, tmp_path):
    path = tmp_path / "host.html"
    frame = write_page(build_three_paths(), names={})._repr_html_()
    path.write_text(f"<!doctype html><title>A host</title>{frame}", encoding="utf-8")
    outside = visit(path, "step=3")
    inside = outside.frames[1]
    inside.locator("#next").click()
    assert inside.locator("#copy-link").is_hidden()
    assert read_step(inside) == 1  # the host's own state is none of the frame's
    inside.wait_for_timeout(350)  # in which an address would come to rest
    assert inside.evaluate("location.hash") == ""
    assert outside.evaluate("location.hash") == "#step=3"


def test_a_training_has_a_link_too(visit, tmp_path):
    data = [([x / 4], x / 2) for x in range(-4, 5)]
    history = fit(MLP(1, [1], rng=random.Random(1)), data, squared_error, epochs=5, record=True)
    path = tmp_path / "training.html"
    write_page(history, path, epoch=2)
    page = visit(path)
    let_copy(page)
    assert page.locator("#position").inner_text() == "2"
    assert copy_link(page).endswith("training.html")
    page.keyboard.press("End")
    assert copy_link(page).endswith("training.html#epoch=5")
    other = visit(path, "epoch=5&x=2")
    assert other.locator("#position").inner_text() == "5"
    assert "x=2 (the page has no input of this name)" in other.locator("#link-told").inner_text()

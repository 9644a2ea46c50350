"""What is seen first of the site: whole pictures, and a playground that is drawn before Python."""

import pytest
from site_pages import listen

NO_PYTHON = """window.Worker = class extends EventTarget {
    postMessage() {}
    terminate() {}
};"""
SIZES = [(1440, 900), (1280, 720), (1024, 768), (768, 1024), (390, 844)]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_home_pages_picture_is_whole_and_its_letters_can_be_read(browser, site, size):
    width, height = size
    with listen(browser, viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        page.goto(f"{site}index.html")
        (picture,) = [one for one in page.locator(".home-picture img").all() if one.is_visible()]
        box = picture.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        scrolls = "(one) => one.parentElement.scrollWidth > one.parentElement.clientWidth"
        assert not picture.evaluate(scrolls)
        scale = picture.evaluate("(one) => one.clientWidth / one.naturalWidth")
        assert 13 * 4 / 3 * scale > 11, "pixels of a letter at an edge"


def test_network_plane_and_curve_are_seen_at_once_before_python_is_there(browser, site):
    with listen(browser, viewport={"width": 1280, "height": 720}) as context:
        context.add_init_script(NO_PYTHON)
        page = context.new_page()
        page.goto(f"{site}network-playground.html")
        page.locator(".net-neuron").first.wait_for()
        for id in ("net-drawing", "net-plane", "net-losses"):
            box = page.locator(f"#{id}").bounding_box()
            assert box["height"] > 100
            assert box["y"] + box["height"] <= 720, id
        assert page.locator(".net-neuron").count() == 17
        assert page.locator("#net-plane .mark").count() == 200
        assert page.locator("#net-train").is_disabled()
        assert not page.locator("#net-settings").is_visible()
        page.get_by_text("Settings", exact=True).click()
        assert page.get_by_label("Layers inside").input_value() == "8,8"
        assert "moons" in page.get_by_label("Points").locator("option:checked").inner_text().lower()


def test_a_chapter_is_light_and_its_frames_fetch_their_pages(browser, site):
    with listen(browser, viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        answer = page.goto(f"{site}learn/05-backpropagation.html")
        assert len(answer.body()) < 200_000, "four pages of its frames come by themselves"
        frames = page.locator("iframe.micrograd-nn-page")
        assert frames.count() == 4
        for frame in frames.all():
            frame.scroll_into_view_if_needed()
            shown = frame.content_frame
            shown.locator(".node").first.wait_for(state="attached")
            assert shown.locator("h1").inner_text() == frame.get_attribute("title")


@pytest.mark.parametrize("name", ["learn/01-one-neuron", "understand/changelog"])
def test_the_current_page_is_in_sight_among_all_pages(browser, site, name):
    with listen(browser, viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        page.goto(f"{site}{name}.html")
        box = page.locator(".sidebar-tree .current-page > a").bounding_box()
        assert 0 <= box["y"] <= 720 - box["height"]

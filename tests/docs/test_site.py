"""Every page of the built site in Chromium: whole and quiet, at each width, in each theme."""

import re

import pytest
from browser import find_violations, wait_until
from site_pages import list_pages, listen, open_page

PAGES = [*list_pages(), "genindex", "py-modindex", "search", "_modules/micrograd_nn/nn/networks"]
LOOKS = [(1280, "light"), (360, "dark")]  # no colour depends on the width: each is seen once
# The rules that a look decides; the others are asked of each page at its first look alone.
OF_A_LOOK = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]

# What is wrong with the pictures of a page, a line for each.
PICTURES = """
async () => {
  const faults = [];
  for (const image of document.images) {
    await image.decode().catch(() => faults.push(`not loaded: ${image.src}`));
    if (!image.alt.trim()) faults.push(`without words: ${image.src}`);
  }
  for (const drawing of document.querySelectorAll("svg.sketch, main svg[role=img]"))
    if (!drawing.querySelector("title") && !drawing.ariaLabel)
      faults.push(`without words: ${drawing.outerHTML.slice(0, 80)}`);
  return faults;
}
"""

# What is wider than the page, which therefore scrolls sideways.
TOO_WIDE = """
() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll("article *")]
    .filter((part) => part.getBoundingClientRect().right > root.clientWidth)
    .map((part) => `${part.tagName}.${part.className}`);
  return [`${root.scrollWidth} pixels wide at ${root.clientWidth}: ${wide.slice(0, 5)}`];
}
"""

# Whether what scrolls can be reached by Tab: the site sees to it a moment after a change of width.
REACHED = """
() => [...document.querySelectorAll(".picture, .formula, .table-wrapper, pre")].every(
  (part) => part.scrollWidth <= part.clientWidth || part.tabIndex === 0)
"""

# Opens all that is folded; what was in it fades in.
OPEN = """
() => {
  document.querySelectorAll("details").forEach((part) => (part.open = true));
  return Promise.all(document.getAnimations().map((fading) => fading.finished)).then(() => null);
}
"""


def count_sheets(pdf):
    """Return how many pages a PDF file has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.fixture(scope="module")
def reading(browser):
    """Return a page that goes from one of the site's to the next, and what was heard of them."""
    heard = []
    with listen(browser, heard=heard) as context:
        yield context.new_page(), heard


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_at_each_width_and_in_each_theme(reading, site, name):
    page, heard = reading
    page.goto(f"{site}{name}.html")
    faults = page.evaluate(PICTURES)
    page.evaluate(OPEN)
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)
        wait_until(page, REACHED)
        faults += page.evaluate(TOO_WIDE)
        rules = OF_A_LOOK if width < 1280 and name != "index" else []
        faults += [f"{theme}, {width}: {line}" for line in find_violations(page, *rules)]
    faults += heard
    heard.clear()
    assert faults == []


# Search


def test_a_word_that_is_typed_is_found_in_the_chapters(browser, site):
    with listen(browser) as context:
        page = context.new_page()
        page.goto(f"{site}index.html")
        page.get_by_role("textbox", name="Search").fill("umbrella")
        page.keyboard.press("Enter")
        results = page.locator("#search-results li")
        results.filter(has=page.locator(".context", has_text="umbrella")).first.wait_for()
        results.get_by_role("link", name="One neuron").click()
        page.get_by_role("heading", name="One neuron").wait_for()
        assert page.url.startswith(f"{site}learn/01-one-neuron.html")


# On paper


def test_the_notation_fits_one_sheet(browser, site):
    with listen(browser) as context:
        page = context.new_page()
        page.goto(f"{site}look-up/notation.html")
        pdf = page.pdf(prefer_css_page_size=True)
    (box,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [round(float(side) / 72 * 25.4) for side in box] == [210, 297]


def test_a_chapter_on_paper_has_its_text_and_nothing_to_press(browser, site):
    with listen(browser) as context:
        page = open_page(context, f"{site}learn/01-one-neuron.html")
        page.emulate_media(media="print")
        assert page.get_by_role("heading", level=1).is_visible()
        assert page.locator("button:visible, [role=button]:visible, input:visible").count() == 0
        sheets = count_sheets(page.pdf(format="A4"))
    assert 3 <= sheets <= 12

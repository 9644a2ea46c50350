"""Cells run in the page: what they give is what the page was built with, and of the text there."""

import re

import pytest
from browser import find_violations, wait_until
from site_pages import DOCS, listen, open_page

CHAPTERS = sorted(f"learn/{path.stem}" for path in (DOCS / "learn").glob("[0-9]*.md"))

# Each cell's outputs as texts: letter for letter where they are code, else without white space.
READ = """
async () => {
  const squeeze = (text) => text.replace(/\\s+/g, "");
  const read = async (image) => {
    const svg = await (await fetch(image.src)).text();
    const root = new DOMParser().parseFromString(svg, "image/svg+xml");
    const texts = [...root.querySelectorAll("text")].map((text) => squeeze(text.textContent));
    return { alt: image.alt, texts: texts.sort() };
  };
  return Promise.all([...document.querySelectorAll(".cell_output")].map(async (place) => {
    const rest = place.cloneNode(true);
    rest.querySelectorAll("pre, iframe, style").forEach((part) => part.remove());
    return {
      printed: [...place.querySelectorAll("pre")].map((pre) => pre.textContent.trimEnd()),
      pictures: await Promise.all([...place.querySelectorAll("img")].map(read)),
      frames: [...place.querySelectorAll("iframe")].map((frame) => frame.title),
      words: squeeze(rest.textContent),
    };
  }));
}
"""


KEPT = "async () => (await (await caches.open('micrograd_nn-python')).keys()).length > 0"


def run(page, number):
    """Run a cell, by its number, and return what is said of it then."""
    start(page, number)
    page.wait_for_function("document.querySelector('.cell.running') === null")
    return tell(page, number)


def start(page, number):
    page.get_by_role("button", name=f"Run cell {number}", exact=True).click()


def tell(page, number):
    return page.locator(".cell-status").nth(number - 1).text_content()


def printed(page, number):
    return [
        text.rstrip()
        for text in page.locator(".cell").nth(number - 1).locator(".output pre").all_text_contents()
    ]


def edit(page, number, text):
    """Put a text in the place of a cell's."""
    page.get_by_role("button", name=f"Edit cell {number}", exact=True).click()
    page.locator(".cell").nth(number - 1).locator(".cm-focused .cm-content").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def outdated(page):
    """Return the numbers of the cells that are marked as out of date."""
    marks = page.locator(".cell").evaluate_all("cells => cells.map((c) => c.matches('.outdated'))")
    return [number for number, marked in enumerate(marks, 1) if marked]


def wait_for_outdated(page, numbers):
    """Wait until these cells are marked, once an edit has come to rest."""
    page.wait_for_function(
        """numbers => [...document.querySelectorAll(".cell")]
          .every((cell, i) => cell.matches(".outdated") === numbers.includes(i + 1))""",
        arg=numbers,
    )


def show_everything(page):
    page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")


def compare(page):
    """Run all cells; return a line for each that gives something else than at build."""
    built = page.evaluate(READ)
    last = page.locator(".cell").count()
    show_everything(page)
    for number in range(1, last + 1):
        if run(page, number) not in ("Done.", "An error."):
            return [f"cell {number}: {tell(page, number)}"]
    return [
        f"cell {number} gave {now}, at build {then}"
        for number, (then, now) in enumerate(zip(built, page.evaluate(READ), strict=True), 1)
        if then != now
    ]


# The same text out


@pytest.fixture(scope="module")
def reading(browser):
    """Return a context that keeps what it fetched for one chapter, and what was heard in it."""
    heard = []
    with listen(browser, heard=heard) as context:
        yield context, heard


# Each chapter's cells have run at build; in the page, those of two kinds, and all before a release.
USUAL = ["learn/05-backpropagation", "understand/why-not-recurse"]
OTHERS = [chapter for chapter in CHAPTERS if chapter not in USUAL]


@pytest.mark.parametrize(
    "chapter", [*USUAL, *[pytest.param(x, marks=pytest.mark.rare) for x in OTHERS]]
)
def test_a_chapter_gives_in_the_page_what_it_gave_at_build(reading, site, chapter):
    context, heard = reading
    page = open_page(context, f"{site}{chapter}.html")
    faults = compare(page)
    page.close()
    faults += heard
    heard.clear()
    assert faults == []


def test_cells_of_every_kind_give_what_they_gave_at_build(page):
    assert compare(page) == []
    assert outdated(page) == []
    assert printed(page, 4) == [
        "Line 5: divide(x)\nLine 2, in divide: return a / 0\nZeroDivisionError: division by zero"
    ]


@pytest.mark.slow
def test_cells_run_and_are_edited_in_firefox(firefox, cells):
    with listen(firefox) as context:
        page = open_page(context, cells)
        edit(page, 5, "x = 50")
        assert run(page, 8) == "Done."
        assert printed(page, 7) == ["50", "51"]


# The order


def test_running_a_cell_runs_those_that_it_needs_first_hidden_ones_too(page):
    edit(page, 6, "print('another')")  # which nobody needs
    assert run(page, 8) == "Done."
    assert printed(page, 8)[0] == "6"
    assert printed(page, 7) == ["5", "6"]
    assert printed(page, 6) != ["another"]


def test_a_changed_text_changes_what_it_gives_and_outdates_what_needs_it(page):
    run(page, 6)
    edit(page, 5, "x = 50")
    wait_for_outdated(page, [5, 7, 8, 9, 10])
    run(page, 5)
    assert outdated(page) == [7, 8, 9, 10]
    run(page, 8)
    assert printed(page, 7) == ["50", "51"]
    assert outdated(page) == [9, 10]


@pytest.mark.parametrize(
    ("number", "text", "told"),
    [
        (5, "x = x + 1\nprint(x)", "4"),
        (1, "import demos.umbrella as module\nprint(hasattr(module, 'x'))\nmodule.x = 1", "False"),
    ],
    ids=["names", "a module"],
)
def test_a_cell_that_ran_begins_afresh(page, number, text, told):
    edit(page, number, text)
    run(page, number)
    run(page, number)
    assert printed(page, number) == [told]


def test_a_changed_builtin_is_as_it_was_when_names_are_fresh(page):
    edit(page, 1, "import builtins\nbuiltins.sum = max\ndel builtins.print")
    run(page, 1)
    edit(page, 1, "print(sum([1, 2]))")
    run(page, 1)
    assert printed(page, 1) == ["3"]


def test_reset_puts_back_the_text_and_what_it_gave(page):
    built = page.evaluate(READ)
    edit(page, 1, "x = 4\nx")
    run(page, 1)
    assert printed(page, 1) == ["4"]
    page.get_by_role("button", name="Reset cell 1", exact=True).click()
    assert page.evaluate(READ) == built
    assert outdated(page) == []
    assert page.evaluate("document.activeElement.textContent") == "Run"
    run(page, 1)
    assert printed(page, 1) == ["x is 3", "4"]


# What is guessed at first


def shows_guessed(page):
    """Return whether it is in sight what the cell gives whose output is folded at first."""
    return page.locator(".cell").nth(8).locator(".output pre").is_visible()


def test_an_output_to_guess_is_folded_until_its_words_are_clicked(page):
    assert not shows_guessed(page)
    page.get_by_text("Show what it gives").click()
    assert shows_guessed(page)
    page.get_by_text("Hide what it gives").click()
    assert not shows_guessed(page)


def test_run_unfolds_an_output_to_guess_and_reset_folds_what_it_was(page):
    edit(page, 9, "print(x * 3)")
    assert not shows_guessed(page)
    run(page, 9)
    assert shows_guessed(page)
    assert printed(page, 9) == ["15"]
    page.get_by_role("button", name="Reset cell 9", exact=True).click()
    assert not shows_guessed(page)
    assert printed(page, 9) == ["10"]


def test_a_run_of_a_cell_below_unfolds_no_output_to_guess_but_its_error(page):
    run(page, 10)
    assert not shows_guessed(page)
    edit(page, 9, "divide = missing")
    run(page, 10)
    assert shows_guessed(page)


# What a text gives

CUT = "… the rest isn't shown: a cell prints at most 50,000 letters"
BROKEN = "class Broken:\n    def _repr_svg_(self):\n        return '<svg><'\nBroken()"
NO_ANSWER = "RuntimeError: input() gets no answer in this page: write the text into the cell"
AGAIN = "Line 2, in f: return f(n + 1)\n"
GIVEN = [
    ("1 + 1  # two;", "Done.", "2"),
    ("1 + 1;  # two", "Done.", None),
    (BROKEN, "Done.", "<svg><"),
    ("for i in range(10**6):\n    print(i)", "Done.", f"0\n1\n2[…]{CUT}"),
    ("'x' * 10**6", "Done.", f"'xxx[…]{CUT}"),
    ("name = input('Name? ')", "An error.", f"Line 1: name = input('Name? ')\n{NO_ANSWER}"),
    ("x = 1\nx = = 2", "An error.", "Line 2:\n    x = = 2\n[…]SyntaxError: invalid syntax"),
    (
        "def f(n):\n    return f(n + 1)\n\n\nf(0)", "An error.",
        f"Line 5: f(0)\n{3 * AGAIN}… and so on …\n{4 * AGAIN}"
        "RecursionError: maximum recursion depth exceeded",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said", "wanted"), GIVEN, ids=[text[:20] for text, *_ in GIVEN])
def test_a_text_gives_what_it_gives(page, text, said, wanted):
    edit(page, 1, text)
    assert run(page, 1) == said
    for told in printed(page, 1) or [None]:
        begin, cut, end = (wanted or "").partition("[…]")
        assert told.startswith(begin) and told.endswith(end) if cut else told == wanted
        assert len(told or "") < 50_100


# What goes wrong


def test_an_error_in_a_cell_above_is_told_at_the_cell_that_was_asked_for(page):
    edit(page, 1, "x = missing")
    assert run(page, 4) == "An error in cell 1, above: mend that first."
    assert printed(page, 1) == ["Line 1: x = missing\nNameError: name 'missing' is not defined"]
    edit(page, 1, "x = 1\nx")
    assert run(page, 1) == "Done."
    assert printed(page, 1) == ["1"]


def test_an_endless_loop_can_be_stopped_and_the_next_run_works_without_a_network(page):
    edit(page, 1, "print('begun')\nwhile True:\n    pass")
    start(page, 1)
    page.locator(".cell_output").first.get_by_text("begun").wait_for()
    page.get_by_role("button", name="Stop cell 1", exact=True).click()
    assert tell(page, 1) == "Stopped. The names are gone: the next Run begins at the first cell."
    page.context.set_offline(True)
    edit(page, 1, "x = 7\nx")
    assert run(page, 1) == "Done."
    page.context.set_offline(False)
    assert printed(page, 1) == ["7"]


def test_without_a_network_this_is_told_and_the_next_run_tries_again(browser, cells):
    with listen(browser) as context:
        page = open_page(context, cells)
        page.evaluate(
            "window.kept = fetch; window.fetch = () => Promise.reject(new TypeError()); null"
        )
        assert run(page, 1) == (
            "Python failed (worker.js can't be had: is there a network?). "
            "The names are gone: the next Run begins at the first cell."
        )
        page.evaluate("window.fetch = window.kept; null")
        assert run(page, 1) == "Done."


def test_where_python_breaks_down_this_is_told_and_the_next_run_works(browser, cells):
    fatal = ("Pyodide has suffered a fatal error", "The cause of the fatal error", "RangeError")
    with listen(browser, expected=fatal) as context:
        page = open_page(context, cells)
        edit(page, 1, "eval('(' * 5000 + ')' * 5000)\nimport os\nos._exit(0)")
        assert run(page, 1).startswith("Python failed (")
        edit(page, 1, "1 + 1")
        assert run(page, 1) == "Done."
        assert printed(page, 1) == ["2"]


def test_the_next_page_goes_on_from_the_memory_that_is_kept(browser, cells):
    with listen(browser) as context:
        hashes, drawn = set(), set()
        for _ in range(2):
            page = open_page(context, cells)
            edit(page, 1, "import random\nprint(hash('a letter'))\nprint(random.random())")
            assert run(page, 1) == "Done."
            (lines,) = printed(page, 1)
            one, other = lines.split("\n")
            hashes.add(one)
            drawn.add(other)
            wait_until(page, KEPT)
        assert len(hashes) == 1, "Python started again, with another seed for its hashes"
        assert len(drawn) == 2, "each page drew the same random number"
        page.evaluate("""async () => {
          const cache = await caches.open("micrograd_nn-python");
          const [key] = await cache.keys();
          await cache.put(key, new Response("something else"));
        }""")
        page = open_page(context, cells)
        assert run(page, 1) == "Done."


def test_bytes_that_come_after_a_stop_are_not_told(browser, cells):
    with listen(browser) as context:
        waiting = []
        context.route("**/packages.zip*", lambda route: waiting.append(route))
        page = open_page(context, cells)
        start(page, 1)
        page.locator(".cell-progress:visible").wait_for()
        page.get_by_role("button", name="Stop cell 1", exact=True).click()
        assert page.locator(".cell-progress:visible").count() == 0
        with page.expect_response("**/packages.zip*") as response:
            waiting[0].continue_()
        response.value.finished()
        page.wait_for_timeout(300)
        assert page.locator(".cell-progress:visible").count() == 0


def test_another_cell_waits_while_one_runs(page):
    edit(page, 1, "while True:\n    pass")
    start(page, 1)
    start(page, 2)
    assert tell(page, 2) == "A cell is running: wait for its end, or stop it."
    page.get_by_role("button", name="Stop cell 1", exact=True).click()


# At the keyboard and with a reader of screens


def test_the_editor_is_left_by_escape_and_tab_and_runs_by_shift_enter(page):
    edit(page, 1, "if True:\n")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("print('inside')")
    page.keyboard.press("Shift+Enter")
    page.locator(".cell_output").first.get_by_text("inside").wait_for()
    assert page.evaluate("document.activeElement.matches('.cm-content')")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('.cm-content')")


def test_axe_finds_nothing_and_nothing_is_too_wide(page):
    found = find_violations(page)
    show_everything(page)
    edit(page, 5, "x = 50")
    run(page, 7)
    for width, colours in [(360, "light"), (1100, "dark")]:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=colours)
        found += find_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert found == []


def test_a_wide_picture_scrolls_in_its_box(page):
    page.set_viewport_size({"width": 360, "height": 800})
    edit(page, 2, "from micrograd_nn import Value, draw\nx = Value(2.0)\n"
         "for i in range(9):\n    x = x.tanh()\ndraw(x)")  # fmt: skip
    run(page, 2)
    box = page.locator(".cell").nth(1).locator(".picture[tabindex='0']")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_pictures_follow_the_theme_that_is_chosen(page):
    scheme = "getComputedStyle(document.querySelector('.picture img')).colorScheme"
    page.evaluate("document.body.dataset.theme = 'dark'")
    assert page.evaluate(scheme) == "dark"
    page.evaluate("document.body.dataset.theme = 'light'")
    assert page.evaluate(scheme) == "light"
    page.evaluate("document.body.dataset.theme = 'auto'")


# Without scripts


def test_without_scripts_the_page_reads_as_before(browser, cells):
    with listen(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(cells)
        assert page.get_by_role("button", name="Run").count() == 0
        text = page.locator("article").inner_text()
    assert re.search(r'print\("x is", x\)\s+x \+ 1\s+x is 3\s+4', text)

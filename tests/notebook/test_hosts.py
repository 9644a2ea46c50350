"""The widget and a training's curve in real notebooks: JupyterLab and marimo, in Chromium."""

import pytest
from browser import arm_kill
from hosts import require_host, start_jupyter, start_marimo, write_app, write_notebook

pytestmark = pytest.mark.slow

GRAPH = """\
from micrograd_nn import Value, widget
x, k = Value(3.0, "x"), Value(-2.0, "w")
y = (x * k + 1).tanh()
y.label = "y"
"""
TRAINING = """\
import random
from micrograd_nn import MLP, fit
from micrograd_nn.losses import squared_error
model = MLP(1, [1], rng=random.Random(0))
data = [([i / 10], 2 * i / 10 + 1) for i in range(-10, 11)]
"""
CELLS = [
    f"{GRAPH}w = widget(y, step=2)\nw",
    "w.step, w.inputs, w.paths_from",
    "w.step = 5; w.inputs['x'] = 0.75; w.paths_from = k",
    "w.graph = x * x * k; w",
    f"{TRAINING}fit(model, data, squared_error, epochs=30, show=True)",
]
LIMIT = 300  # seconds for all of a test's, on a machine that has much else to do
SECONDS = 60_000  # milliseconds until a kernel has started on a busy machine


@pytest.fixture
def open_host(browser):
    """Return a function that opens a host's address in a page."""
    contexts = []

    def open_host(address, **options):
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, **options)
        context.set_default_timeout(SECONDS)
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    timer = arm_kill(browser, LIMIT)
    timer.start()
    try:
        yield open_host
        for context in contexts:
            context.close()
    finally:
        timer.cancel()


def wait_for_text(locator, text):
    locator.filter(has_text=text).first.wait_for()


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """Return the folder of a JupyterLab, and what gives the address of a notebook in it."""
    require_host("jupyterlab", "ipykernel", "anywidget")
    folder = tmp_path_factory.mktemp("jupyter")
    with start_jupyter(folder) as find:
        yield folder, find


def test_a_lesson_is_alive_in_jupyterlab(open_host, jupyter):
    folder, find = jupyter
    write_notebook(folder / "lesson.ipynb", CELLS)
    page = open_host(find("lesson.ipynb"))
    cells = page.locator(".jp-CodeCell")
    page.get_by_text("| Idle").wait_for()  # the kernel is there
    cells.first.locator(".cm-content").click()
    lesson = page.frame_locator("iframe.micrograd-nn-page").first

    page.keyboard.press("Shift+Enter")
    wait_for_text(lesson.locator("#position"), "2")
    lesson.locator("#next").click()  # and the cell reads what the page did
    cells.nth(1).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    wait_for_text(cells.nth(1), "(3, {'x': 3.0, 'w': -2.0}, 'x')")

    page.keyboard.press("Shift+Enter")  # the page shows what the cell set
    wait_for_text(lesson.locator("#position"), "5")
    wait_for_text(lesson.locator("#result"), "y = −0.4621")
    assert lesson.locator("#leaf option:checked").inner_text() == "w"

    page.keyboard.press("Shift+Enter")  # another graph at the same step, in both places
    wait_for_text(lesson.locator("#result"), "v2 = −18")
    assert lesson.locator("#position").inner_text() == "5"
    other = cells.nth(3).frame_locator("iframe.micrograd-nn-page")
    wait_for_text(other.locator("#result"), "v2 = −18")
    other.locator("#back").click()  # what is done in one is seen in the other
    wait_for_text(lesson.locator("#position"), "4")

    cells.nth(4).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")  # one curve, though the history is the cell's result
    wait_for_text(cells.nth(4), "<History: 30 epochs")
    assert cells.nth(4).locator(".jp-RenderedSVG").count() == 1

    page.locator(".lm-MenuBar-item", has_text="Settings").click()
    page.locator(".lm-Menu-item", has_text="Theme").first.hover()
    page.locator(".lm-Menu-item", has_text="JupyterLab Dark").first.click()
    page.locator("iframe.micrograd-nn-page[style*='color-scheme: dark']").first.wait_for()


DRIVE = """\
drive = mo.ui.button(label="drive", value=0, on_click=lambda n: n + 1)
drive"""
MARIMO = [
    ("", f"import marimo as mo\n{GRAPH}w = mo.ui.anywidget(widget(y, step=2))\nw", "k, mo, w, x"),
    ("w", "f\"read {w.value['step']} {w.widget.inputs}\"", ""),
    ("mo", DRIVE, "(drive,)"),
    (
        "drive, k, w, x",
        "if drive.value == 1:\n    w.widget.step = 5\n    w.widget.inputs['x'] = 0.75\n"
        "elif drive.value > 1:\n    w.widget.graph = x * x * k",
        "",
    ),
]


def test_a_lesson_is_alive_in_marimo(open_host, tmp_path):
    require_host("marimo", "anywidget")
    write_app(tmp_path / "n.py", MARIMO)
    with start_marimo(tmp_path, "n.py") as address:
        page = open_host(address)
        lesson = page.frame_locator("iframe.micrograd-nn-page")
        wait_for_text(lesson.locator("#position"), "2")
        lesson.locator("#next").click()
        lesson.locator("#inputs input[type=range]").first.focus()
        for _ in range(10):
            page.keyboard.press("ArrowLeft")
        page.get_by_text("read 3 {'x': 2.7, 'w': -2.0}").wait_for()

        page.get_by_text("drive").click()
        wait_for_text(lesson.locator("#position"), "5")
        wait_for_text(lesson.locator("#result"), "y = −0.4621")
        page.get_by_text("drive").click()
        wait_for_text(lesson.locator("#result"), "v2 = −18")
        page.locator("iframe.micrograd-nn-page[style*='color-scheme: light']").wait_for()

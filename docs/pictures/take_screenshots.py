"""Write the README's pictures of pages; needs Chromium.

    python docs/pictures/take_screenshots.py [folder]

By default they are written beside this file. Playwright comes with the extra ``browser``.
Formulas are in Latin Modern Math, if that font is installed (Debian's ``fonts-lmodern``).
"""

import random
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from micrograd_nn.extras.tables import train_table
from micrograd_nn.extras.train import History, fit
from micrograd_nn.extras.train.tour import NOTES, TITLE
from micrograd_nn.losses import hinge
from micrograd_nn.nn import MLP
from micrograd_nn.optim import Adam
from micrograd_nn.page import page
from micrograd_nn.page.frame import Page
from micrograd_nn.terminal.neurons import make_gated_neuron

SEED = 1


def screenshots(folder: Path, browser: Browser) -> None:
    """Write each page into a temporary folder, and its picture into this one."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "page.html")
        page(make_gated_neuron(), file, title=TITLE, notes=NOTES.strip().split("\n\n")[0])
        shoot(browser, file, "#step=10", folder / "page.png", width=1200, height=830)
        page(make_gated_neuron(), file, title=TITLE)
        shoot(browser, file, "#step=7", folder / "page-narrow.png", 360, 720, color_scheme="dark")
        done = "#surgery=pin/u/-1&step=8"
        shoot(browser, file, done, folder / "surgery.png", width=1200, height=1250)
        page(circles(), file, title="Two classes, learned")
        shoot(browser, file, "", folder / "training.png", width=1200, height=830)
        digits().save(file)
        shoot(browser, file, "", folder / "digits.png", width=1200, height=720)


def shoot(
    browser: Browser, file: Path, hash: str, picture: Path, width: int, height: int, **look: str
) -> None:
    """Open a file at a moment and write what is to be seen."""
    opened = browser.new_page(viewport={"width": width, "height": height}, **look)
    opened.goto(file.as_uri() + hash)
    opened.wait_for_timeout(500)  # until transitions are over
    opened.screenshot(path=picture)
    opened.close()


def circles() -> History:
    """Return the recorded training of a small network on two classes."""
    rng = random.Random(SEED)
    data = [
        ([x, y], 1 if x * x + y * y < 0.5 else -1)
        for x, y in [(rng.uniform(-1, 1), rng.uniform(-1, 1)) for _ in range(80)]
    ]
    model = MLP(2, [8, 8, 1], activation="tanh", rng=rng)
    optimizer = Adam(model.parameters(), lr=0.03)
    return fit(
        model, data, hinge, optimizer=optimizer, epochs=60, validation=0.25, rng=rng, record=True
    )


def digits() -> Page:
    """Return the page of a network that reads the digits of ``demos/``."""
    table = Path(__file__).parents[2] / "demos" / "digits.csv"
    trained = train_table(
        table, target="digit", classes=True, hidden=[32], epochs=20, batch_size=32
    )
    return trained.replay()


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    names = "chromium", "google-chrome", "chromium-headless-shell"
    program = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        screenshots(where, chromium)
        chromium.close()

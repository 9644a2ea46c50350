"""Measures the playground for networks: frames a second while it trains, and steps of training.

    python docs/build.py
    python tests/tools/playground_frames.py [SETTINGS]

Frames are those of the page's main thread (requestAnimationFrame), in headless Chromium, which
paints by the processor alone. At rest they are as many as the machine lets a page have.
"""

import itertools
import re
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from browser import FLAGS
from lacking import find_chromium
from playwright.sync_api import sync_playwright
from site_pages import HTML, serve

USUAL = "data=moons&layers=8,8"
SECONDS = 5
COUNT = """
(seconds) => new Promise((done) => {
  const times = [];
  const end = performance.now() + 1000 * seconds;
  const count = (now) => {
    times.push(now);
    if (now < end) {
      requestAnimationFrame(count);
    } else {
      done(times);
    }
  };
  requestAnimationFrame(count);
})
"""


def measure(page):
    """Return frames a second, and the middle and the 95th percentile of the milliseconds of one."""
    times = page.evaluate(COUNT, SECONDS)
    waits = [after - before for before, after in itertools.pairwise(times)]
    late = statistics.quantiles(waits, n=20)[-1]
    return 1000 * len(waits) / (times[-1] - times[0]), statistics.median(waits), late


def count_steps(page):
    """Return how many steps were taken."""
    return int(re.search(r"step (\d+)", page.text_content("#net-standing"))[1])


def main(settings=USUAL):
    """Print the figures."""
    with serve(HTML) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}network-playground.html#{settings}")
        page.wait_for_selector("#networks[aria-busy=false]", timeout=120_000)
        for what in ("at rest", "training"):
            if what == "training":
                page.click("#net-train")
                page.wait_for_timeout(2000)
            before = count_steps(page)
            frames, middle, late = measure(page)
            steps = (count_steps(page) - before) / SECONDS
            print(
                f"{what}: {frames:.1f} frames/s (median {middle:.1f} ms, 95 % within {late:.1f} ms)"
                f", {steps:.0f} steps/s"
            )
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

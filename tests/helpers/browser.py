"""A real browser for tests of pages, without a window, in which a page must be quiet and alone.

    def test_a_page(visit):
        page = visit("page.html", color_scheme="dark")
        assert page.title() == "A page"

After the test there may be no message of an error or a warning, no exception that went uncaught,
and no request but the one for the file. Without Playwright or Chromium such tests are skipped, or
fail where the environment variable REQUIRE_BROWSER is set.

The browser is Chromium, and in a module that says so with a fixture of its own it is Firefox:

    @pytest.fixture(scope="session")
    def browser(firefox):
        return firefox
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from threading import Timer

import pytest
from lacking import AXE, find_chromium, find_firefox, skip_or_fail
from places import HELPERS

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Of Firefox: less motion, a mouse, and no way to other machines.
PREFERENCES = {
    "ui.prefersReducedMotion": 1,
    "ui.primaryPointerCapabilities": 6,
    "network.proxy.type": 1,
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": 9,
}
TIMEOUT = 30_000  # milliseconds for one thing that a page is asked for
LIMIT = 180  # seconds for all of a test's; then the browser is killed: a page may be in a loop
LOCAL = ("data:", "blob:", "about:")  # addresses that lead to no other place


def pytest_configure(config):
    """Make the marker known."""
    config.addinivalue_line("markers", "browser: opens pages in a browser")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what asks for a browser, so that ``-m browser`` finds it."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def playwright():
    """Start what drives browsers."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        skip_or_fail("Playwright")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright):
    """Start one Chromium, with a new profile, for all tests."""
    program = find_chromium()
    if program is None:
        skip_or_fail("Chromium")
    chromium = playwright.chromium.launch(executable_path=program, args=FLAGS, timeout=60_000)
    session = chromium.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    chromium.process = next(one["id"] for one in processes if one["type"] == "browser")
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def firefox(playwright, tmp_path_factory):
    """Start one Firefox, with a new profile, for the modules that ask for it.

    Of a context's options ``color_scheme`` is refused, and ``reduced_motion`` has no effect. What a
    page asks for of files beside it isn't heard of, unless its policy forbids it.
    """
    program = find_firefox()
    if program is None:
        skip_or_fail("Firefox", is_optional=True)
    profile = tmp_path_factory.mktemp("firefox")
    pid_file = profile / "pid"
    lines = [f"user_pref({json.dumps(key)}, {json.dumps(x)});" for key, x in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    firefox = playwright.firefox.launch(
        channel="moz-firefox",  # which means WebDriver BiDi, not a Firefox of Playwright's own
        executable_path=sys.executable,
        ignore_default_args=True,
        args=[str(HELPERS / "firefox_relay.py"), str(pid_file), program, "--headless",
              "--remote-debugging-port=0", "--profile", str(profile)],
        timeout=60_000,
    )  # fmt: skip
    firefox.process = int(pid_file.read_text())
    yield firefox
    firefox.close()


def arm_kill(browser, limit):
    """Return a timer that ends the browser in some seconds, and with it what a test waits for."""
    return Timer(limit, os.kill, (browser.process, signal.SIGTERM))


def stop_clock(page):
    """Let a page's time stand still but for ``page.clock.run_for``, however slow the machine is."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)


def wait_until(page, condition, arg=None):
    """Wait for a condition in JavaScript, of a page whose policy forbids what Playwright waits by.

    ``page.wait_for_function`` asks again by ``eval`` within the page, if the first answer is no.
    """
    end = time.monotonic() + TIMEOUT / 1000
    while not page.evaluate(condition, arg):
        assert time.monotonic() < end, f"this never came true: {condition}"
        page.wait_for_timeout(20)


@pytest.fixture
def visit(browser):
    """Return a function that opens a file in a page of its own, with the options of a context.

    Such are color_scheme="dark", reduced_motion="reduce", viewport={"width": 320, "height": 480};
    ``hash`` is what stands behind the # of the address.
    """
    heard, pages = [], []

    def visit(path, hash="", **options):
        address = Path(path).resolve().as_uri()
        context = browser.new_context(**options)
        context.set_default_timeout(TIMEOUT)
        context.on(
            "console",
            lambda message: (
                message.type in ("error", "warning")
                and heard.append(f"console {message.type}: {message.text}")
            ),
        )
        context.on("weberror", lambda error: heard.append(f"uncaught: {error.error}"))
        context.on(
            "request",
            lambda request: (
                request.url.partition("#")[0] != address
                and not request.url.startswith(LOCAL)
                and heard.append(f"request: {request.url}")
            ),
        )
        page = context.new_page()
        page.on("crash", lambda page: heard.append("crash"))
        page.on("websocket", lambda socket: heard.append(f"request: {socket.url}"))
        pages.append(page)
        page.goto(f"{address}#{hash}" if hash else address)
        return page

    timer = arm_kill(browser, LIMIT)
    timer.start()
    try:
        yield visit
        for page in pages:
            if not page.is_closed():
                page.wait_for_function("true")  # all that it did before has been heard of then
            page.context.close()
    finally:
        timer.cancel()
    assert not heard, "the page was not quiet:\n" + "\n".join(heard)


def find_violations(page, *rules):
    """Return what axe-core finds against a page's accessibility, a line for each rule broken.

    These are all rules, unless some are named.
    """
    if not AXE.exists():
        skip_or_fail("axe-core")
    if not page.evaluate("'axe' in window"):
        session = page.context.new_cdp_session(page)
        session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
        session.detach()
    lines = []
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    for rule in page.evaluate("options => axe.run(options)", options)["violations"]:
        where = ", ".join(str(node["target"][0]) for node in rule["nodes"])
        lines.append(f"{rule['id']}: {rule['help']} ({where})")
    return lines

"""The site as it is built, served from some folder of a server, and opened in Chromium.

It is built into docs/_build, where a build before left most of it. Where Sphinx, npm or Chromium
lack, these tests are skipped, or fail where the environment variable REQUIRE_BROWSER is set.
"""

import functools
import subprocess
import sys
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from threading import Thread

import pytest
from lacking import skip_or_fail
from places import ROOT

DOCS = ROOT / "docs"
CELLS = Path(__file__).parent / "cells"
UNDER = "/some/where/"  # a site may stand in any folder of a server
PATIENCE = 120_000  # milliseconds that a chapter may run, on a machine that has more to do
BUILD = """
import sys
from pathlib import Path
sys.path.insert(0, "docs")
from build import build_pages
sys.exit(build_pages(*map(Path, sys.argv[1:]), quiet=True))
"""


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder under a path, and remembers what else was asked for."""

    def __init__(self, *args, strays, **options):
        self.strays = strays
        super().__init__(*args, **options)

    def log_message(self, *args):
        pass

    def do_GET(self):  # noqa: N802 (the name is the server's)
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        elif self.path.startswith(UNDER):
            self.path = self.path[len(UNDER) - 1 :]
            super().do_GET()
        else:
            self.strays.append(self.path)
            self.send_error(404)


@contextmanager
def serve(folder):
    """Serve a folder on this machine alone; give the address of its pages."""
    strays = []
    handler = functools.partial(Handler, directory=str(folder), strays=strays)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{UNDER}"
        finally:
            server.shutdown()
            thread.join()
    assert not strays, f"asked for outside of the site: {strays}"


def build(*folders):
    """Build pages in a process of its own, one at a time on this machine."""
    import fcntl  # where there is a browser to test with

    lock = DOCS / "_build" / "lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = subprocess.run(
            [sys.executable, "-c", BUILD, *map(str, folders)],
            cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def tools(browser):
    """Ask for what builds the site."""
    if not all(map(find_spec, ("sphinx", "furo", "myst_nb", "sphinx_design"))):
        skip_or_fail("Sphinx")
    if which("npm") is None:
        skip_or_fail("npm")


@pytest.fixture(scope="session")
def site(tools):
    """Return the address of the site."""
    build(DOCS, DOCS / "_build" / "html")
    with serve(DOCS / "_build" / "html") as address:
        yield address


@pytest.fixture(scope="session")
def cells(tools, tmp_path_factory):
    """Return the address of a page with cells of every kind."""
    folder = tmp_path_factory.mktemp("cells") / "html"
    build(CELLS, folder)
    with serve(folder) as address:
        yield f"{address}index.html"


@pytest.fixture
def open_page(browser):
    """Return a function that opens an address, with the options of a context; pages are quiet."""
    heard, contexts = [], []

    def open_page(address, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: heard.append(f"uncaught: {error.error}"))
        context.on(
            "console",
            lambda message: message.type in ("error", "warning") and heard.append(message.text),
        )
        page = context.new_page()
        page.goto(address)
        if options.get("java_script_enabled", True):
            page.wait_for_selector(".cell-run")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not heard, "the page was not quiet:\n" + "\n".join(heard)

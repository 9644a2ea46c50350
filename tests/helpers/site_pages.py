"""The site as it is built, served from some folder of a server, and opened in Chromium."""

import functools
import subprocess
import sys
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from places import ROOT

DOCS = ROOT / "docs"
HTML = DOCS / "_build" / "html"
UNDER = "/some/where/"  # a site may stand in any folder of a server
BLOCKED = "Service Worker registration blocked"
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

    def do_GET(self):
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


def build(source, target, run):
    """Build pages in a process of its own: one for all that share a run of tests, by its name."""
    import fcntl  # where there is a browser to test with

    lock, built = DOCS / "_build" / "lock", target.with_name(f"{target.name}.run")
    target.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if built.exists() and built.read_text() == run:
            return
        done = subprocess.run(
            [sys.executable, "-c", BUILD, str(source), str(target)],
            cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        built.write_text(run)


def list_pages():
    """Return the names of the site's pages that somebody wrote, such as learn/01-one-neuron."""
    paths = [path.relative_to(DOCS) for path in DOCS.rglob("*.md")]
    left_out = {"_build", "extensions", "web"}
    return sorted(str(path.with_suffix("")) for path in paths if path.parts[0] not in left_out)


@contextmanager
def listen(browser, expected=(), heard=None, **options):
    """Give a context of a browser in which pages are quiet, and ask this machine alone.

    Messages that begin with one of the ``expected`` may or may not be there. Whoever hands in a
    list, ``heard``, can look in between at what was heard. No service worker fetches the site,
    unless it is the subject: ``service_workers="allow"``.
    """
    heard = [] if heard is None else heard
    context = browser.new_context(**{"service_workers": "block", **options})
    context.set_default_timeout(PATIENCE)
    context.on("weberror", lambda error: heard.append(f"uncaught: {error.error}"))
    context.on(
        "console",
        lambda message: (
            message.type in ("error", "warning")
            and not message.text.startswith((BLOCKED, *expected))
            and heard.append(message.text)
        ),
    )
    context.on(
        "request",
        lambda request: (
            urlsplit(request.url).scheme in ("data", "blob", "about")
            or urlsplit(request.url).hostname == "127.0.0.1"
            or heard.append(f"asked for {request.url}")
        ),
    )
    yield context
    context.close()
    assert not heard, "the page was not quiet:\n" + "\n".join(heard)


def open_page(context, address):
    """Return a page whose cells are ready."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".cell-run", state="attached")
    return page

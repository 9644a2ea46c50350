"""The site and a page with cells of every kind, built once, and a browser's page of the latter.

That is once in a run of tests, however many processes have a part of it. The site is built into
docs/_build, where a build before left most of it. Where Sphinx, npm or
Chromium lack, these tests are skipped, or fail where REQUIRE_BROWSER is set.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pytest
from lacking import skip_or_fail
from site_pages import DOCS, HTML, build, listen, open_page, serve

CELLS = Path(__file__).parent / "cells"


@pytest.fixture(scope="session")
def tools(browser):
    """Ask for what builds the site."""
    if not all(map(find_spec, ("sphinx", "furo", "myst_nb", "sphinx_design"))):
        skip_or_fail("Sphinx")
    if which("npm") is None:
        skip_or_fail("npm")


@pytest.fixture(scope="session")
def site(tools, testrun_uid):
    """Return the address of the site."""
    if "SITE_IS_BUILT" not in os.environ:  # as it is in continuous integration, just before
        build(DOCS, HTML, testrun_uid)
    with serve(HTML) as address:
        yield address


@pytest.fixture(scope="session")
def cells(tools, tmp_path_factory, worker_id, testrun_uid):
    """Return the address of a page with cells of every kind."""
    own = tmp_path_factory.getbasetemp()  # of this process, in that of the run
    folder = (own if worker_id == "master" else own.parent) / "cells" / "html"
    build(CELLS, folder, testrun_uid)
    with serve(folder) as address:
        yield f"{address}index.html"


@pytest.fixture(scope="module")
def lasting(browser, cells):
    """Return a page that many tests use, one after the other: Python begins in it once."""
    with listen(browser) as context:
        yield open_page(context, cells)


@pytest.fixture
def page(lasting):
    """Return that page as it was at first."""
    lasting.emulate_media(color_scheme="light")
    lasting.set_viewport_size({"width": 1100, "height": 800})
    lasting.evaluate("document.querySelectorAll('.cell-reset').forEach((reset) => reset.click())")
    return lasting

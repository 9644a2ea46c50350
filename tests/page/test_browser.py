"""The browsers that tests use: they show pages, and notice what a page may not do."""

import os
import subprocess
import sys

import pytest
from browser import find_violations
from places import HELPERS

POLICY = "default-src 'none'; style-src 'unsafe-inline'; require-trusted-types-for 'script'"
PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>∂</title>
<main><h1>A page</h1></main>
"""


@pytest.fixture
def page_file(tmp_path):
    path = tmp_path / "a page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_axe_sees_through_a_strict_policy(visit, page_file):
    assert find_violations(visit(page_file)) == []
    page_file.write_text(PAGE.replace(' lang="en"', ""), encoding="utf-8")
    (violation,) = find_violations(visit(page_file))
    assert violation.startswith("html-has-lang: ")
    assert violation.endswith("(html)")


LOUD = {
    "console.error('so wrong')": "console error: so wrong",
    "console.warn('so odd')": "console warning: so odd",
    "setTimeout(() => { throw new Error('so bad') })": "uncaught: so bad",
    "new Image().src = 'http://127.0.0.1:49151/a.png'": "request: http://127.0.0.1:49151/a.png",
}
FORBIDDEN = """document.head.append(Object.assign(document.createElement('meta'),
  { httpEquiv: 'Content-Security-Policy', content: "img-src 'none'" }));
new Image().src = 'data:,'"""
LOUD_IN = {
    "browser": {
        FORBIDDEN: "console error: Loading the image",
        "new Image().src = 'beside.png'": "request: file:///",
    },
    "firefox": {FORBIDDEN: "uncaught: The page’s settings blocked"},
}
# What a module says whose pages are to be seen in Firefox.
CHOICES = {
    "browser": "",
    "firefox": """
import pytest
@pytest.fixture(scope="session")
def browser(firefox): return firefox
""",
}
BROWSERS = ["browser", pytest.param("firefox", marks=[pytest.mark.slow, pytest.mark.rare])]


def run_tests(folder, text, **environment):
    """Run tests of this text in a session of their own, and return what it says and its status."""
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "browser", "-p", "no:cacheprovider", "-W", "error",
         "-q", "-rs", "--tb=short", "test_it.py"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(HELPERS), **environment},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout, done.returncode


@pytest.mark.parametrize("name", BROWSERS)
def test_a_page_that_is_not_quiet_fails_its_test(request, name, tmp_path):
    request.getfixturevalue(name)
    loud = LOUD | LOUD_IN[name]
    for i, script in enumerate(loud):
        (tmp_path / f"{i}.html").write_text(f"<title>∂</title><script>{script}</script>", "utf-8")
    text = f"""{CHOICES[name]}
import pytest
@pytest.mark.parametrize("i", range({len(loud)}))
def test_it(visit, i):
    visit(f"{{i}}.html")
"""
    said, _ = run_tests(tmp_path, text)
    for heard in loud.values():
        assert f"not quiet:\nE     {heard}" in said
    assert f"{len(loud)} passed, {len(loud)} errors" in said


ONE_TEST = "def test_it(visit): visit('a page.html')"


@pytest.mark.parametrize("name", BROWSERS)
def test_a_page_in_a_loop_is_ended(request, name, page_file, tmp_path):
    request.getfixturevalue(name)
    said, _ = run_tests(
        tmp_path,
        f"""
import browser
browser.LIMIT = 2
{CHOICES[name]}
def test_it(visit): visit("a page.html").evaluate("for (;;);")
""",
    )
    assert "closed" in said
    assert "1 failed" in said


@pytest.mark.rare
@pytest.mark.slow
@pytest.mark.parametrize("lacking", ["Playwright", "Chromium", "Firefox"])
def test_without_a_browser_tests_are_skipped_unless_it_is_required(lacking, tmp_path):
    if lacking == "Playwright":
        (tmp_path / "playwright.py").write_text("raise ImportError")
        without = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{HELPERS}"}
    else:
        pytest.importorskip("playwright")
        without = {"PATH": str(tmp_path)}
    text = (CHOICES["firefox"] if lacking == "Firefox" else "") + ONE_TEST
    said, status = run_tests(tmp_path, text, REQUIRE_BROWSER="", **without)
    assert f"needs {lacking}: " in said
    assert "install" in said
    assert "1 skipped" in said
    assert status == 0
    said, status = run_tests(tmp_path, text, REQUIRE_BROWSER="1", **without)
    assert f"needs {lacking}: " in said
    assert ("1 skipped" if lacking == "Firefox" else "1 error") in said, "Firefox is optional"
    assert status == (lacking != "Firefox")

"""The site without a network: read after one visit, cells run too; a newer one is offered."""

import shutil

import pytest
from browser import wait_until
from site_pages import HTML, listen, serve

READY = "() => navigator.serviceWorker.ready.then(() => true)"
CONTROLLED = "() => navigator.serviceWorker.controller !== null"


@pytest.fixture
def context(browser):
    with listen(browser, service_workers="allow") as context:
        yield context


def test_every_page_and_the_editor_are_there_after_one_visit(context, site):
    page = context.new_page()
    page.goto(f"{site}index.html")
    page.evaluate(READY)
    wait_until(page, CONTROLLED)
    context.set_offline(True)
    for name in ("learn/04-chain-rule", "do/page", "look-up/notation", ""):
        page.goto(f"{site}{name}{'.html' * bool(name)}")
        page.locator("article h1").wait_for()
    page.goto(f"{site}learn/03-slope-by-a-nudge.html")
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")
    page.get_by_role("button", name="Edit cell 1", exact=True).click()
    page.locator(".cm-content").first.wait_for()


def test_cells_run_in_every_chapter_once_one_has_run(context, site):
    page = context.new_page()
    page.goto(f"{site}learn/01-one-neuron.html")
    page.evaluate(READY)
    wait_until(page, CONTROLLED)
    run_first_cell(page)
    context.set_offline(True)
    page.goto(f"{site}learn/03-slope-by-a-nudge.html")
    run_first_cell(page)


def run_first_cell(page):
    page.get_by_role("button", name="Run cell 1", exact=True).click()
    page.locator(".cell-status").first.get_by_text("Done.").wait_for()


def test_a_newer_site_is_offered_and_loaded_when_asked_for(context, site, tmp_path):
    folder = tmp_path / "html"
    shutil.copytree(HTML, folder, ignore=shutil.ignore_patterns("_modules", "*.zip", "*.wasm"))
    worker = folder / "serviceworker.js"
    with serve(folder) as address:
        page = context.new_page()
        page.goto(f"{address}index.html")
        page.evaluate(READY)
        wait_until(page, CONTROLLED)
        index = folder / "index.html"
        index.write_text(index.read_text().replace("<h1>", "<h1>Newer: ", 1))
        begin = worker.read_text().index('"index.html":["') + len('"index.html":["')
        text = worker.read_text()
        worker.write_text(f"{text[:begin]}0123456789abcdef{text[begin + 16 :]}")
        page.reload()
        assert not page.locator("article h1").inner_text().startswith("Newer")
        page.get_by_role("button", name="Load it").click()
        page.locator("article h1", has_text="Newer: ").wait_for()
        assert page.locator(".newer").count() == 0

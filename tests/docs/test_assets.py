"""What live cells are made of is made again when its sources change, and says what it lacks."""

import configparser
import shutil
import sys

import pytest
from site_pages import DOCS


@pytest.fixture
def assets(monkeypatch, tmp_path):
    """Return the module, working in a folder of its own."""
    pytest.importorskip("packaging", reason="needs Sphinx: pip install -e '.[docs]'")
    monkeypatch.syspath_prepend(DOCS)
    import assets

    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "STAMPS", tmp_path / "stamps")
    yield assets
    sys.modules.pop("assets")


def test_a_product_is_made_once_and_anew_when_a_source_changes(assets, tmp_path):
    source, product, made = tmp_path / "source", tmp_path / "product", []

    def make(path):
        made.append(source.read_text())
        path.write_text("made")

    source.write_text("one")
    assets.keep(product, [source], make)
    assets.keep(product, [source], make)
    source.write_text("two")
    assets.keep(product, [source], make)
    product.unlink()
    assets.keep(product, [source], make)
    assert made == ["one", "two", "two"]


def test_what_failed_is_made_again(assets, tmp_path):
    source, product = tmp_path / "source", tmp_path / "product"
    source.write_text("one")
    product.write_text("half of it")

    def fail(path):
        raise assets.AssetError("no network")

    for _ in range(2):
        with pytest.raises(assets.AssetError):
            assets.keep(product, [source], fail)


def test_without_npm_one_line_says_what_brings_it(assets, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(assets.AssetError, match=r"^the site's .* npm: `apt-get install npm`.*$"):
        assets.install_node_packages(tmp_path / "node_modules")


def test_a_program_that_fails_is_quoted(assets):
    with pytest.raises(assets.AssetError, match=r"failed:\n.*no such wheel"):
        assets.run([sys.executable, "-c", "raise SystemExit('no such wheel')"])


def test_the_packed_site_says_how_it_is_opened(assets, tmp_path):
    pytest.importorskip("sphinx")
    from build import pack_site

    site, packed = tmp_path / "html", tmp_path / "site.zip"
    (site / "learn").mkdir(parents=True)
    (site / "learn" / "one.html").write_text("One")
    pack_site(site, packed)
    shutil.unpack_archive(packed, tmp_path)
    assert (tmp_path / "micrograd_nn-site" / "learn" / "one.html").read_text() == "One"
    told = (tmp_path / "micrograd_nn-site" / "READ-ME.txt").read_text()
    assert "python3 -m http.server" in told


def test_python_in_the_page_has_what_prints_and_not_what_commands_alone_need(assets):
    pytest.importorskip("sphinx", reason="needs Sphinx: pip install -e '.[docs]'")
    setup = configparser.ConfigParser()
    setup.read(DOCS.parent / "setup.cfg", encoding="utf-8")
    requirements = setup["options"]["install_requires"].strip().splitlines()
    found = {needed.metadata["Name"].lower() for needed in assets.find_needs(requirements)}
    assert {"graphviz", "latex2mathml", "rich", "markdown-it-py"} <= found
    assert "mpmath" not in found

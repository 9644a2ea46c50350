"""The built site as files: links lead somewhere, headings are in order, all is written."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from places import ROOT
from site_pages import DOCS, HTML, list_pages

LEFT_OUT = {"head", "script", "style", "pre", "code", "math", "dt"}  # what isn't prose
UNWRITTEN = re.compile(r"^(…|\.\.\.)$|\b(TODO|FIXME|TBD)\b|\{\w+\}`|\]\(|:::|\*\*\w|(?<!\w)\$\w")


class Page(HTMLParser):
    """What a page links to, the places in it, its headings and the texts between its tags."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.links, self.places, self.headings, self.texts = [], [], [], []
        self._within = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.links += [attributes[name] for name in ("href", "src") if name in attributes]
        self.places += [attributes["id"]] if "id" in attributes else []
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in LEFT_OUT:
            self._within.append(tag)

    def handle_endtag(self, tag):
        if self._within and tag == self._within[-1]:
            self._within.pop()

    def handle_data(self, text):
        if not self._within and text.strip():
            self.texts.append(" ".join(text.split()))


@pytest.fixture(scope="module")
def pages(site):
    """Return every page of the site by its name, such as learn/01-one-neuron."""
    paths = sorted(HTML.rglob("*.html"))
    return {path.relative_to(HTML).with_suffix("").as_posix(): Page(path) for path in paths}


def find_dead_links(page, pages):
    """Yield each link of a page to something that isn't there."""
    for link in page.links:
        address = urlsplit(link)
        if address.scheme or address.netloc:
            continue
        target = (page.path.parent / unquote(address.path)).resolve() if address.path else page.path
        if not target.is_file():
            yield link
        elif address.fragment and target.suffix == ".html":
            name = target.relative_to(HTML).with_suffix("").as_posix()
            if unquote(address.fragment) not in pages[name].places:
                yield link


def test_each_source_has_its_page(pages):
    assert set(list_pages()) <= set(pages)


def test_each_link_leads_to_a_file_and_a_place_of_the_site(pages):
    dead = {name: list(find_dead_links(page, pages)) for name, page in pages.items()}
    assert {name: links for name, links in dead.items() if links} == {}


def test_each_page_has_one_title_and_skips_no_level_of_headings(pages):
    faults = []
    for name, page in pages.items():
        if page.headings.count(1) != 1:
            faults.append(f"{name}: {page.headings.count(1)} titles")
        for above, level in zip([0, *page.headings], page.headings, strict=False):
            if level > above + 1:
                faults.append(f"{name}: h{level} below h{above}")
    assert faults == []


def test_no_place_has_the_name_of_another(pages):
    double = {name: len(page.places) - len(set(page.places)) for name, page in pages.items()}
    assert {name: number for name, number in double.items() if number} == {}


def test_nothing_is_left_unwritten(pages):
    faults = []
    for name in list_pages():
        for text in pages[name].texts:
            if UNWRITTEN.search(text):
                faults.append(f"{name}: {text}")
    assert faults == []


def test_each_term_of_the_glossary_is_linked_where_a_page_defines_it(pages):
    terms = {place for place in pages["look-up/glossary"].places if place.startswith("term-")}
    linked = {
        link.partition("#")[2]
        for name in list_pages()
        if name != "look-up/glossary"
        for link in pages[name].links
    }
    assert sorted(terms - linked) == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("index", set()),
        ("playground", {"playground.css"}),
        ("network-playground", {"playground.css", "networks.css"}),
    ],
)
def test_style_sheets_of_playgrounds_come_with_these_alone(pages, name, wanted):
    sheets = (re.search(r"_static/(playground|networks)\.css", link) for link in pages[name].links)
    assert {sheet[0].removeprefix("_static/") for sheet in sheets if sheet} == wanted


# For programs that read it


def test_llms_txt_has_a_sentence_for_each_page_and_a_link_to_its_source(site):
    text = (HTML / "llms.txt").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[(.+?)\]\(_sources/(.+?)\.md\.txt\): (.*)$", text, re.MULTILINE)
    assert sorted(name for _, name, _ in listed) == sorted({*list_pages()} - {"index"})
    assert all((HTML / "_sources" / f"{name}.md.txt").is_file() for _, name, _ in listed)
    short = [f"{name}: {told}" for _, name, told in listed if not is_sentence(told)]
    assert short == []
    assert "None" not in re.findall(r"^## (.*)$", text, re.MULTILINE)


def is_sentence(text):
    return len(text.split()) > 3 and text[-1] in ".?!:"


# In the repository

LINK = re.compile(r"\]\(([^)\s:]+?\.md)?(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.*)$|^\((.*)\)=$", re.MULTILINE)
FOLDS = re.compile(r"(matrices|pytorch)-\d+")  # places that an extension of the site names


def list_places(text):
    """Return the names of a source's headings and labels, as links to it have them."""
    for heading, label in HEADING.findall(text):
        plain = re.sub(r"\]\([^)]*\)|[^\w\- ]", "", heading.lower())
        yield label or plain.strip().replace(" ", "-")


@pytest.mark.parametrize("name", ["../README", *list_pages()])
def test_each_link_of_a_source_leads_to_a_file_and_a_place(name):
    path, dead = DOCS / f"{name}.md", []
    for file, place in LINK.findall(path.read_text(encoding="utf-8")):
        target = path.parent / file if file else path
        if not target.is_file() or (
            place
            and not FOLDS.fullmatch(place)
            and place not in list_places(target.read_text(encoding="utf-8"))
        ):
            dead.append((file, place))
    assert not dead


def test_each_link_of_the_readme_leads_to_a_file():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)|(?:href|src)=\"([^\"]+)\"", text)
    addresses = [urlsplit(first or second) for first, second in links]
    paths = [address.path for address in addresses if not address.scheme and address.path]
    assert len(paths) > 5
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_hours_of_the_book_are_those_of_its_chapters(site):
    chapters = [path.read_text(encoding="utf-8") for path in HTML.glob("learn/[0-9]*.html")]
    minutes = sum(int(re.search(r'class="minutes">About (\d+)', page)[1]) for page in chapters)
    assert round(minutes / 60) == 11, "docs/learn/tracks.md says about eleven hours"
    assert "eleven hours" in (HTML / "learn" / "tracks.html").read_text(encoding="utf-8")

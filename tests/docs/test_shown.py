"""What a chapter quotes stands on its page: in a cell, its output, a picture or a frame.

Pictures, pages and programs change their words. Prose that quotes the old ones is found here.
"""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from places import ROOT
from site_pages import HTML, list_pages

import micrograd_nn

CHAPTERS = [name for name in list_pages() if re.match(r"learn/\d", name)]
EMPTY = {"br", "col", "hr", "img", "input", "link", "meta", "path", "source", "use", "wbr"}
BLOCKS = {"p", "li", "td", "th", "summary"}
ELSEWHERE = {"init", "he", "xavier"}  # of MLP, as chapter 11 recommends without a cell
BUTTONS = {"Run", "Reset", "Edit", "Learn"}  # of cells, and of pictures that move

# A quote in a sentence that names one of these is what a reader looks for there.
NAMED = re.compile(r"\b(?:pictures?|drawings?|plots?|box|boxes|frames?|pages?|tables?|columns?)\b")
QUOTE = re.compile('[“"]([^”"]+)[”"]')
PRESS = re.compile(r"\b[Pp]ress(?:es of)? ([A-Z]\w*)")
NAME = re.compile(r"[^\W\d]\w*")
FILE = re.compile(r"(?:python )?(\w+(?:/\w+)+\.\w+)")
CODE = re.compile(r"<(script|style)\b(?![^>]*json).*?</\1>", re.DOTALL)


class Chapter(HTMLParser):
    """The words that a page shows beside its prose, and the sentences and code of its prose."""

    def __init__(self, path):
        super().__init__()
        self.folder, self.within = path.parent, []
        self.shown, self.spans, self.blocks = [], [], []
        self.feed(path.read_text(encoding="utf-8"))
        self.shown = " ".join("".join(self.shown).split())

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        source = attributes.get("src", "")
        if tag == "img" and source.endswith(".svg"):
            texts = ET.parse(self.folder / source).getroot().itertext()
            self.shown += [f"{text} " for text in texts]
        elif tag == "iframe":
            text = CODE.sub(" ", (self.folder / source).read_text(encoding="utf-8"))
            self.shown.append(re.sub("<[^>]+>", " ", text))
        if tag not in EMPTY:
            self.within.append((tag, attributes.get("class", "")))
            if tag == "code":
                self.spans.append("")
            elif tag in BLOCKS:
                self.blocks.append("")

    def handle_endtag(self, tag):
        while tag not in EMPTY and self.within and self.within.pop()[0] != tag:
            pass

    def handle_data(self, text):
        tags = {tag for tag, _ in self.within}
        if "article" not in tags:
            return
        given = any("cell_output" in kind for _, kind in self.within)
        if given or tags & {"pre", "svg", "h2", "h3"}:
            self.shown.append(text)
        elif self.blocks:
            self.blocks[-1] += text
            if "code" in tags:
                self.spans[-1] += text


@pytest.fixture(scope="module", params=CHAPTERS)
def chapter(site, request):
    return Chapter(HTML / f"{request.param}.html")


def test_each_name_in_code_within_prose_stands_on_the_page(chapter):
    shown = {*NAME.findall(chapter.shown), *dir(micrograd_nn), *ELSEWHERE}
    for span in chapter.spans:
        assert all((ROOT / file).exists() for file in FILE.findall(span)), span
        missing = {*NAME.findall(FILE.sub("", span))} - shown
        assert not missing, f"`{span}`: the page doesn't show {missing}"


def test_what_prose_quotes_of_a_picture_or_page_is_there(chapter):
    sentences = [part for text in chapter.blocks for part in re.split(r"(?<=[.?!:]) ", text)]
    for sentence in sentences:
        quotes = QUOTE.findall(sentence) if NAMED.search(sentence) else []
        for words in quotes + [name for name in PRESS.findall(sentence) if name not in BUTTONS]:
            assert " ".join(words.split()) in chapter.shown, f"“{words}” in: {sentence}"

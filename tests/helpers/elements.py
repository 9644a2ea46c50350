"""HTML as a browser's parser finds it, for tests of documents."""

import json
from html.parser import HTMLParser


class Elements(HTMLParser):
    """The elements of a document: of each its name, its attributes and its own text."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.open = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append([tag, dict(attrs), ""])
        self.open.append(self.found[-1])

    def handle_startendtag(self, tag, attrs):
        self.found.append([tag, dict(attrs), ""])

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.open:
            self.open[-1][2] += data

    def of(self, tag, **attributes):
        """Return the attributes and texts of the elements of a kind with such attributes."""
        return [
            (found, text)
            for name, found, text in self.found
            if name == tag and attributes.items() <= found.items()
        ]

    @property
    def ids(self):
        """All ids, in order."""
        return [found["id"] for _, found, _ in self.found if "id" in found]

    @property
    def data(self):
        """What the page's script reads."""
        ((_, text),) = self.of("script", type="application/json")
        return json.loads(text)

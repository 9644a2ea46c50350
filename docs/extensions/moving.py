"""Pictures that a reader moves: ``moving``, whose argument is a name in web/moving/shows.js.

Its content, a sentence or a picture, stands in its place where no script runs. Numbers that take
Python are computed here, and go with the picture.
"""

import html
import json

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from demos.number_words import RECORD, load_model, look

WORDS = ["seven", "sixtysix", "fourteen", "fiftyfour"]


def list_looks() -> dict[str, object]:
    """Return where the trained GPT's heads look in some words."""
    model = load_model()
    return {
        word: [[[round(weight, 3) for weight in row] for row in head] for head in look(model, word)]
        for word in WORDS
    }


NUMBERS = {"attention": list_looks}  # of a picture, by its name


class Moving(SphinxDirective):
    """``moving``: a picture of this name, with its sliders."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the place for the picture, with what stands there without scripts."""
        (name,) = self.arguments
        numbers = ""
        if name in NUMBERS:
            self.env.note_dependency(str(RECORD))
            numbers = f' data-numbers="{html.escape(json.dumps(NUMBERS[name]()))}"'
        begin = f'<figure class="moving" data-shows="{name}"{numbers}><noscript>'
        end = "</noscript></figure>"
        raw = [nodes.raw("", text, format="html") for text in (begin, end)]
        return [raw[0], *self.parse_content_to_nodes(), raw[1]]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("moving", Moving)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

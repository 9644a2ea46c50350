"""Pictures that a reader moves: ``moving``, whose argument is a name in web/moving/shows.js.

Its content, a sentence or a picture, stands in its place where no script runs.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Moving(SphinxDirective):
    """``moving``: a picture of this name, with its sliders."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the place for the picture, with what stands there without scripts."""
        begin = f'<figure class="moving" data-shows="{self.arguments[0]}"><noscript>'
        end = "</noscript></figure>"
        raw = [nodes.raw("", text, format="html") for text in (begin, end)]
        return [raw[0], *self.parse_content_to_nodes(), raw[1]]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("moving", Moving)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

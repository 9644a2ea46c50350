"""The empty corner of a table: it isn't a heading of a column, and isn't read out as one."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def visit_entry(translator: HTML5Translator, node: nodes.entry) -> None:
    """Begin a cell, where it is empty as one of the body."""
    HTML5Translator.visit_entry(translator, node)
    if not node.astext().strip() and not list(node.findall(nodes.image)):
        translator.body[-1] = translator.body[-1].replace("<th", "<td", 1)
        translator.context[-1] = translator.context[-1].replace("</th", "</td", 1)


def depart_entry(translator: HTML5Translator, node: nodes.entry) -> None:
    """End it."""
    HTML5Translator.depart_entry(translator, node)


def setup(app: Sphinx) -> dict[str, bool]:
    """Take the place of the writer's own."""
    app.add_node(nodes.entry, override=True, html=(visit_entry, depart_entry))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

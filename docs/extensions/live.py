"""Live cells: the page's script on each page that has cells."""

from docutils import nodes
from sphinx.application import Sphinx


def add_script(app: Sphinx, page: str, template: str, context: object, doctree: object) -> None:
    """Load the script where there is a cell."""
    if isinstance(doctree, nodes.document) and any(
        node.get("nb_element") == "cell_code" for node in doctree.findall(nodes.container)
    ):
        app.add_js_file("live/cells.js", type="module")


def setup(app: Sphinx) -> dict[str, bool]:
    """Ask to be told of each page."""
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

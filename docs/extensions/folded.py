"""A cell's code or output that is folded: what one clicks on is called what it says there.

The words for code are those of the configuration. Those for an output (the tag ``hide-output``, for
a cell that is guessed at first) are here, as myst-nb has one setting for both.
"""

from html import escape

from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

OUTPUT_PROMPTS = "Show what it gives", "Hide what it gives"


def visit_folded(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Begin it as myst-nb does, without a label that hides the words."""
    classes = " ".join(node["classes"])
    show, hide = node["prompt_show"], node["prompt_hide"]
    if "below-input" in node["classes"]:
        show, hide = OUTPUT_PROMPTS
    translator.body.append(
        f'<details class="admonition hide {classes}">\n<summary>\n'
        f'<p class="collapsed admonition-title">{escape(show)}</p>\n'
        f'<p class="expanded admonition-title">{escape(hide)}</p>\n</summary>\n'
    )


def depart_folded(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """End it."""
    translator.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Take the place of myst-nb's own."""
    app.setup_extension("myst_nb")
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded, depart_folded))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

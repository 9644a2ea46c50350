"""Formulas in the text as MathML, which browsers set by themselves: no script, no fonts to load."""

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def write_formula(latex: str, display: str = "inline") -> str:
    """Return a formula as MathML; ``aligned``, which the converter doesn't know, is its split."""
    return convert(latex.replace("{aligned}", "{split}"), display=display)


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(write_formula(node.astext()))
    raise nodes.SkipNode


def visit_math_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, which scrolls by itself where it is too wide."""
    formula = write_formula(node.astext(), "block")
    translator.body.append(f'<div class="formula" tabindex="0" role="group">{formula}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer, which conf.py chooses."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""A value as a notebook shows it: as HTML, a picture or text, the richest that it offers."""

from typing import Any

from formula import write_formula
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from picture import write_picture
from pretty import pretty  # IPython's own, so that a long list is broken as in a notebook

FORMS = {  # the richest first
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "text/markdown": "_repr_markdown_",
}


def show_value(value: object) -> tuple[str, str]:
    """Return a value as one output of a cell: its kind and its text."""
    bundle = ask(value, "_repr_mimebundle_") or {}
    if isinstance(bundle, tuple):  # with metadata
        bundle = bundle[0]
    for form, method in FORMS.items():
        text = bundle.get(form) or ask(value, method)
        if text and form == "image/svg+xml":
            shown = write_picture(str(text))
            return (form, shown) if shown else ("text/plain", str(text))
        if text:
            return form, write_html(text) if form == "text/markdown" else str(text)
    return "text/plain", str(bundle.get("text/plain") or pretty(value))


def ask(value: object, method: str) -> Any:
    """Return what a value answers to a method, None if it hasn't got it; a class isn't asked."""
    if isinstance(value, type) or not callable(getattr(value, method, None)):
        return None
    return getattr(value, method)()


def write_html(markdown: str) -> str:
    """Return Markdown, tables and formulas too, as HTML."""
    writer = MarkdownIt("commonmark").enable("table")
    writer.use(
        dollarmath_plugin,
        renderer=lambda text, options: write_formula(text, options["display_mode"]),
    )
    return writer.render(markdown)

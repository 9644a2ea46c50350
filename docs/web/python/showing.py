"""A value as a notebook shows it: as HTML, a picture or text, the richest that it offers."""

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pretty import pretty  # IPython's own, so that a long list is broken as in a notebook

FORMS = {  # the richest first
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "text/markdown": "_repr_markdown_",
}


def show_value(value: object) -> dict[str, str]:
    """Return a value as one output of a cell."""
    bundle = read_bundle(value)
    for form, method in FORMS.items():
        content = bundle.get(form) or call(value, method)
        if content and form == "text/markdown":
            return {"kind": "markdown", "text": write_markdown(content)}
        if content:
            return {"kind": form, "text": content}
    return {"kind": "text/plain", "text": bundle.get("text/plain") or pretty(value)}


def read_bundle(value: object) -> dict[str, str]:
    """Return all the forms that a value offers at once."""
    bundle = call(value, "_repr_mimebundle_") or {}
    return bundle[0] if isinstance(bundle, tuple) else bundle


def call(value: object, method: str):
    """Return what a value answers to a method that it may not have; a class isn't asked."""
    if isinstance(value, type) or not callable(getattr(value, method, None)):
        return None
    return getattr(value, method)()


def write_formula(text: str, options: dict[str, bool]) -> str:
    """Return a formula as MathML."""
    from latex2mathml.converter import convert

    block = options["display_mode"]
    formula = convert(text, display="block" if block else "inline")
    return f'<div class="formula" tabindex="0" role="group">{formula}</div>' if block else formula


def write_markdown(text: str) -> str:
    """Return Markdown, tables and formulas too, as HTML."""
    writer = MarkdownIt("commonmark").enable("table")
    writer.use(dollarmath_plugin, renderer=write_formula)
    return writer.render(text)

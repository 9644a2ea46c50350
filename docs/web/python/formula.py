"""Formulas as MathML, which browsers set by themselves: at build and in the page alike."""

from latex2mathml.converter import convert


def write_formula(text: str, block: bool) -> str:
    """Return a formula, within a line or on lines of its own, which scroll where too wide."""
    known = text.replace("{aligned}", "{split}")  # as latex2mathml calls it
    if not block:
        return convert(known)
    return f'<div class="formula">{convert(known, display="block")}</div>'

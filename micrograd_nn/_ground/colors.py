"""The colours of everything that is shown, each with one meaning, on light paper and on dark.

Plots and drawings take them from here; style sheets write the same, and a test compares them.
No meaning hangs on a colour alone: a sign, a shape, a dash or a weight of line says it, too.
"""

from __future__ import annotations

from string import Template
from typing import NamedTuple


class Color(NamedTuple):
    """A colour on light paper, and on dark."""

    light: str
    dark: str


MEANINGS = {
    "value": Color("#0b62c4", "#6cb6ff"),  # and the forward pass
    "gradient": Color("#b34700", "#ffa657"),  # and the backward pass
    "wrong": Color("#b8005c", "#ff8ad1"),
    "plus": Color("#1b7837", "#7fd08a"),  # a number above 0, the class +1
    "minus": Color("#762a83", "#cba3e0"),  # a number below 0, the class −1
    "ink": Color("#1f2328", "#f0f6fc"),  # text, paths, cursors
    "quiet": Color("#57606a", "#b1bac4"),
    "paper": Color("#ffffff", "#0d1117"),
    "panel": Color("#f6f8fa", "#161b22"),
    "line": Color("#d0d7de", "#3d444d"),
}

# A terminal has names for colours, and its owner says how they look.
VALUE, GRADIENT, WRONG, NOW = "blue", "yellow", "magenta", "bold"


def write_style(rules: str) -> str:
    r"""Return a style sheet: its rules with $names filled in, and those again for dark paper.

    >>> print(write_style("text { fill: $ink; }\ntext { font-size: 13px; }"))
    text { fill: #1f2328; }
    text { font-size: 13px; }
    @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    }

    A rule is a line. The colours stand in it as they are, since not all that shows an SVG knows
    custom properties.

    >>> write_style("text { fill: $red; }")
    Traceback (most recent call last):
    KeyError: 'red'
    """
    light, dark = ({name: color[i] for name, color in MEANINGS.items()} for i in range(2))
    colored = "\n".join(line for line in rules.splitlines() if "$" in line)
    in_dark = Template(colored).substitute(dark)
    on_light = Template(rules).substitute(light)
    return f"{on_light}\n@media (prefers-color-scheme: dark) {{\n{in_dark}\n}}"

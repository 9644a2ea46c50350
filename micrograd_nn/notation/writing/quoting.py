"""Texts of any origin in another language's files: in strings, in comments, and as names."""

from __future__ import annotations

import json
import re

from ..._ground.text import shorten_text

# Families of C's macros: M_PI, FP_NAN, INT_MAX, … would stand for something else.
FAMILIES_OF_MACROS = {
    "M",
    "FP",
    "MATH",
    "HUGE",
    "FLT",
    "DBL",
    "INT",
    "UINT",
    "LONG",
    "CHAR",
    "SIZE",
}


def quote_c(text: str) -> str:
    r"""Return a string of C, of ASCII alone: other letters are their bytes in UTF-8.

    >>> print(quote_c('"C:\\new" ??/ π'))
    "\"C:\\new\" \?\?/ \317\200"
    """
    return f'"{"".join(map(escape_byte, text.encode()))}"'


def escape_byte(byte: int) -> str:
    """Return a byte as it stands in a string of C; three octal digits end by themselves."""
    letter = chr(byte)
    if letter in '"\\?':
        return f"\\{letter}"
    return letter if 32 <= byte < 127 else f"\\{byte:03o}"


def quote_javascript(text: str) -> str:
    r"""Return a string of JavaScript, also within a script element of a page.

    >>> print(quote_javascript('</script> "π"'))
    "\u003c/script> \"\u03c0\""
    """
    return json.dumps(text).replace("<", "\\u003c")


def quote_comment(text: str) -> str:
    r"""Return a text in quotes as it may stand in a comment of any language.

    >>> print(quote_comment('*/ π </script>' + chr(10)))
    "* / π < /script>\n"
    """
    return f'"{clean_comment(shorten_text(text))}"'


def clean_comment(text: str) -> str:
    """Return a text that neither ends a comment nor a line of one, nor a script."""
    shown = "".join([x if x.isprintable() else ascii(x)[1:-1] for x in text])
    for mark, apart in (("*/", "* /"), ("/*", "/ *"), ("</", "< /"), ("<!", "< !")):
        shown = shown.replace(mark, apart)
    return shown


def make_prefix(stem: str) -> str:
    """Return what all names of a file in C begin with, from the file's name without its ending.

    >>> make_prefix("my-model.v2"), make_prefix("2x"), make_prefix("…"), make_prefix("M")
    ('my_model_v2', 'model_2x', 'model', 'M_model')
    """
    name = re.sub(r"[^A-Za-z0-9]+", "_", stem).strip("_") or "model"
    if name[0].isdigit():
        name = f"model_{name}"
    return f"{name}_model" if name.upper() in FAMILIES_OF_MACROS else name

"""The one error class of our own, and how a message shows what the user handed in."""

import os
import reprlib


class InputError(ValueError):
    """A file, a table or an option that cannot be used, told in one line.

    The command line prints the message and exits with status 2. Code that catches
    ``ValueError`` catches it too.

    >>> raise InputError("table.csv is empty: it needs a header line and rows of numbers")
    Traceback (most recent call last):
    micrograd_nn.errors.InputError: table.csv is empty: it needs a header line and rows of numbers
    """


_reprs = reprlib.Repr()
_reprs.maxstring = _reprs.maxother = _reprs.maxlong = 60
shown = _reprs.repr  # a text as a message shows it: quoted, escaped, one line, not too long


def shown_path(path: str | os.PathLike[str]) -> str:
    r"""Return a path as a message shows it: as it is, unless that isn't one plain line.

    >>> shown_path("table.csv"), shown_path("two\nlines")
    ('table.csv', "'two\\nlines'")
    """
    text = os.fspath(path)
    return text if text and text.isprintable() else repr(text)

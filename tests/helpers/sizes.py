"""How much the slow tests do: enough to show a fault, or all, where FULL=1 as in CI."""

import os
from typing import TypeVar

Size = TypeVar("Size")


def choose_size(usual: Size, full: Size) -> Size:
    """Return the usual size, or the full one where the environment variable FULL is set."""
    return full if os.environ.get("FULL") else usual

"""How much slow tests do: enough to show a fault, more where FULL=1 as in CI, all where it is 2."""

import os
from typing import TypeVar

Size = TypeVar("Size")


def choose_size(usual: Size, full: Size, release: Size | None = None) -> Size:
    """Return the usual size, or where the environment says FULL=1 or 2, the full or a release's."""
    level = os.environ.get("FULL")
    if level == "2" and release is not None:
        return release
    return full if level else usual

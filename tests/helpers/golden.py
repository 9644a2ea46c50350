"""Texts that stand in files as they should be. ``REFRESH=1 pytest tests`` writes them again."""

import difflib
import os
from pathlib import Path

import pytest

MOST_LINES = 60  # of a difference that is shown


def assert_stands(text: str, path: Path) -> None:
    """Compare a text with the file that holds it, or write the file when refreshing."""
    if os.environ.get("REFRESH"):
        path.write_text(text, encoding="utf-8")
    stands = path.read_text(encoding="utf-8")
    if text != stands:
        lines = [[*map(repr, one.splitlines(keepends=True))] for one in (stands, text)]
        differ = [*difflib.unified_diff(*lines, "stands", "comes out", n=1, lineterm="")]
        if differ[MOST_LINES:]:
            differ[MOST_LINES:] = [f"… and {len(differ) - MOST_LINES} lines more"]
        told = "is stale. Where what comes out is right, REFRESH=1 pytest tests writes it"
        pytest.fail("\n".join([f"{path} {told}:", *differ]), pytrace=False)

"""Texts that stand in files as they should be. ``REFRESH=1 pytest tests`` writes them again."""

import os
from pathlib import Path


def assert_stands(text: str, path: Path) -> None:
    """Compare a text with the file that holds it, or write the file when refreshing."""
    if os.environ.get("REFRESH"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{path} is stale: REFRESH=1 pytest tests"

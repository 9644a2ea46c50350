"""Where things stand, for tests in whatever folder."""

from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
HELPERS = TESTS / "helpers"
GOLDEN = TESTS / "golden"  # texts as they should be
WEB = TESTS / "web"  # what tests scripts of pages

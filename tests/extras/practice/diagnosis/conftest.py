"""What the tests of the doctor share: the fixture ``find``."""

import pytest

from micrograd_nn import diagnose

MUCH = ("deep", "second-pass", "reflected", "once")


@pytest.fixture
def find(folder):
    """Return a function that diagnoses an engine by its text, of which much is expected."""

    def find(text, name="Value", expect=MUCH):
        (folder / "student.py").write_text(text, encoding="utf-8")
        return diagnose(f"student.py:{name}", expect=expect)

    return find

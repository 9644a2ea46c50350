"""What extras add, for tests of the core: where an extra isn't there, they are skipped.

A test that uses it for anything but to see the core at work belongs to the extra.
"""

import pytest

import micrograd_nn
from micrograd_nn._ground.extras import read_extras


def needs(name):
    """Return the mark of a test that is about what an extra adds to the core."""
    return pytest.mark.skipif(name not in read_extras(), reason=f"needs the extra {name}")


def __getattr__(name):
    try:
        return getattr(micrograd_nn, name)
    except AttributeError:
        return lambda *given, **named: pytest.skip(f"{name} is of an extra that isn't here")

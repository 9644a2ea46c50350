"""A small model that is saved in a file, and comparing what comes back."""

import random
import struct

import micrograd_nn._ground.files
from micrograd_nn.extras.tables.encoding import Encoding, NumericColumn, TextColumn
from micrograd_nn.nn import MLP

ENCODING = Encoding(
    (NumericColumn("weight", 120.0, 16.5), TextColumn("colour", ("green", "red"))),
    TextColumn("fruit", ("apple", "pear")),
)


def build_model(seed=1):
    """Return a network that fits the encoding, with weights of its own for each seed."""
    return MLP(3, [2, 2], "tanh", rng=random.Random(seed))


def pack_number(number):
    """Return a float's eight bytes."""
    return struct.pack("<d", number)


def have_same_bits(one, other):
    """Return whether two networks of one shape have the same weights, bit for bit."""
    assert list(one.state()) == list(other.state())
    return [pack_number(x) for x in one.state().values()] == [
        pack_number(x) for x in other.state().values()
    ]


class FailingFile:
    """A file that takes a few bytes and then fails, as a full disk does."""

    def __init__(self, file, error):
        self.file = file
        self.error = error

    def __enter__(self):
        self.file.__enter__()
        return self

    def __exit__(self, *exception):
        return self.file.__exit__(*exception)

    def write(self, data):
        self.file.write(data[:5])
        self.file.flush()
        raise self.error

    def __getattr__(self, name):
        return getattr(self.file, name)


def fail_at(monkeypatch, where, error):
    """Let one function, or the writing of a file, fail with an error."""

    def fail(*_, **__):
        raise error

    def failing_open(*arguments, **options):
        return FailingFile(open(*arguments, **options), error)

    if where == "write":
        monkeypatch.setattr(micrograd_nn._ground.files, "open", failing_open, raising=False)
    else:
        monkeypatch.setattr(where, fail)

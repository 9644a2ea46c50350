"""A small model that is saved in a file, and comparing what comes back."""

import random
import struct

import pytest

import micrograd_nn.files
from micrograd_nn.nn import MLP
from micrograd_nn.tables.encoding import Encoding, NumericColumn, TextColumn
from micrograd_nn.text import InputError

__all__ = ["ENCODING", "FailingFile", "bits", "fail_at", "message", "model_of", "same_bits"]

ENCODING = Encoding(
    (NumericColumn("weight", 120.0, 16.5), TextColumn("colour", ("green", "red"))),
    TextColumn("fruit", ("apple", "pear")),
)


def model_of(seed=1):
    return MLP(3, [2, 2], "tanh", rng=random.Random(seed))


def message(call, *arguments, **options) -> str:
    with pytest.raises(InputError) as caught:
        call(*arguments, **options)
    told = str(caught.value)
    assert told.isprintable(), "an error is one line"
    return told


def bits(number):
    return struct.pack("<d", number)


def same_bits(one, other):
    assert list(one.state()) == list(other.state())
    return [bits(x) for x in one.state().values()] == [bits(x) for x in other.state().values()]


# Whole or not at all


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
    def fail(*_, **__):
        raise error

    def failing_open(*arguments, **options):
        return FailingFile(open(*arguments, **options), error)

    if where == "write":
        monkeypatch.setattr(micrograd_nn.files, "open", failing_open, raising=False)
    else:
        monkeypatch.setattr(where, fail)

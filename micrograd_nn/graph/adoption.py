"""What is known of a graph that another engine recorded, for whatever shows it as one of ours.

The core reads no other engine: extras do, which register how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from .._ground.extras import collect, load
from ..engine.value import Value


class Adoption(Protocol):
    """A graph of ours for one of theirs, and what is wrong with theirs."""

    @property
    def nodes(self) -> Sequence[Value]:
        """Our nodes, inputs before their results."""

    @property
    def values(self) -> Mapping[int, Value]:
        """Our Values by the ids of theirs."""

    @property
    def by_edge(self) -> Mapping[tuple[Value, Value | None], str]:
        """What is wrong in theirs, in words, by a node and the input that it is about, if any."""

    @property
    def notes(self) -> Sequence[str]:
        """What is to be said beside a picture."""

    def name_values(self, names: Any) -> Mapping[str, Value]:
        """Return our Values by the names that theirs have among some variables, or in a model."""

    def call_by(self, names: Mapping[Value, str]) -> Adoption:
        """Return this adoption, its nodes called by these names in what it tells."""


def read_adoption(x: object, arguments: Sequence[Any] = ()) -> Adoption | None:
    """Return what is read of a thing that another engine recorded, None of anything else."""
    found = (load(engine["reads"])(x, arguments) for engine in collect("engines").values())
    return next((adoption for adoption in found if adoption is not None), None)


def is_foreign(x: object) -> bool:
    """Tell whether a thing is a scalar of another engine."""
    return any(load(engine["tells"])(x) for engine in collect("engines").values())


def list_foreign(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of some variables that are scalars which another engine computed, by name."""
    found: dict[str, Any] = {}
    for engine in collect("engines").values():
        found |= load(engine["lists"])(names)
    return found

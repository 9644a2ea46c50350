"""What is wrong with an engine, to be printed, shown in a notebook, saved as a page or graded."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from typing import Any

from ..files import Written
from ..page.document import replace_infinite
from ..page.frame import Page
from ..text import count_things
from .faults import CONVENTION, FoundFault, wrap
from .report import build_report
from .shown import describe_rest


@dataclass(eq=False, repr=False)
class Diagnosis:
    """The faults of an engine, each by its name, with the smallest graph that shows it.

    ``faults`` are those found, ``conventions`` choices that are none, ``missing`` the operations
    that it doesn't have, ``graph_count`` how many graphs it was run on, and ``unseen`` what wasn't
    looked at: all that was left, where it was ``given_up``. An engine that can't be run has only
    the reason, ``why``. The command line exits with the ``status``: 0 for a right engine, 1 for one
    with faults, 2 for one that can't be run, or was given up before a fault was found.

    >>> diagnosis = Diagnosis("engine.py:Value", [], ["exp(a)"], 1200, ["softmax"])
    >>> diagnosis, diagnosis.is_right, diagnosis.status
    (<Diagnosis of engine.py:Value: no fault was found>, True, 0)
    >>> print(diagnosis)
    engine.py:Value: no fault was found, on 1,200 graphs.
    <BLANKLINE>
    It has no exp(a), which is no fault.
    <BLANKLINE>
    Not looked at: softmax.
    """

    name: str
    found: InitVar[Sequence[FoundFault]] = ()
    missing: Sequence[str] = ()
    graph_count: int = 0
    unseen: Sequence[str] = ()
    given_up: str = ""
    why: str = ""

    def __post_init__(self, found: Sequence[FoundFault]) -> None:
        self.faults = [fault for fault in found if fault.severity != CONVENTION]
        self.conventions = [fault for fault in found if fault.severity == CONVENTION]
        self.status = 1 if self.faults else 2 * bool(self.why or self.given_up)
        self.verdict = (
            "can't be run" if self.why else
            f"{count_things(len(self.faults), 'fault')} found" if self.faults else
            "no fault was found" + " so far" * bool(self.given_up)
        )  # fmt: skip

    @property
    def is_right(self) -> bool:
        """Whether all was looked at, and no fault was found."""
        return self.status == 0

    def __repr__(self) -> str:
        return f"<Diagnosis of {self.name}: {self.verdict}>"

    def __str__(self) -> str:
        if self.why:
            return wrap(f"{self.name} can't be run: {self.why}")
        parts = [wrap(f"{self.name}: {self.verdict}, on {self.graph_count:,} graphs.")]
        parts += [f"{i}. {fault}" for i, fault in enumerate(self.faults, 1)]
        parts += [wrap(text) for text in describe_rest(self)]
        return "\n\n".join(parts)

    def as_json(self) -> str:
        """Return all of it as JSON, for a grader.

        >>> Diagnosis("engine.py:Value", [], [], 7).as_json().splitlines()[1]
        '  "status": 0,'
        """
        return write_json([self])

    def as_data(self) -> dict[str, Any]:
        """Return all of it as data that JSON can hold."""
        head = {"engine": self.name, "status": self.status, "verdict": self.verdict}
        if self.why:
            return {**head, "error": self.why}
        return {
            **head,
            "faults": [fault.as_data() for fault in self.faults],
            "conventions": [fault.as_data() for fault in self.conventions],
            "missing": [*self.missing],
            "not_looked_at": [*self.unseen],
            "given_up": self.given_up or None,
            "graphs": self.graph_count,
        }

    @property
    def page(self) -> Page:
        """The report as a page."""
        return build_report([self])

    def save(self, path: str | os.PathLike[str]) -> Written:
        """Write the report as one HTML file, which needs no other."""
        return self.page.save(path)

    def _repr_html_(self) -> str:
        return self.page._repr_html_()


def write_json(engines: Sequence[Diagnosis]) -> str:
    """Return what there is to say of engines as JSON, whose status is the highest.

    A number that JSON lacks is a text, such as "NaN".
    """
    data = {
        "status": max([one.status for one in engines]),
        "engines": [one.as_data() for one in engines],
    }
    return json.dumps(replace_infinite(data), ensure_ascii=False, indent=2, allow_nan=False)

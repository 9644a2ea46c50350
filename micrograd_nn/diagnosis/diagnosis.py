"""What is wrong with an engine, to be printed, shown in a notebook, saved as a page or graded."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from ..files import Written
from ..page.document import replace_infinite
from ..page.frame import Page
from ..text import count_things
from .faults import CONVENTION
from .report import Examined, build_report
from .shown import FoundFault, list_missing, wrap


class Diagnosis:
    """The faults of an engine, each by its name, with the smallest graph that shows it.

    ``faults`` are those found, ``conventions`` choices that are none, ``missing`` the operations
    that it doesn't have, and ``graph_count`` how many graphs it was run on.

    >>> diagnosis = Diagnosis("engine.py:Value", [], ["exp(a)"], 1200)
    >>> diagnosis, diagnosis.is_right, diagnosis.status
    (<Diagnosis of engine.py:Value: no fault was found>, True, 0)
    >>> print(diagnosis)
    engine.py:Value: no fault was found, on 1,200 graphs.
    <BLANKLINE>
    It has no exp(a), which is no fault.
    """

    def __init__(
        self, name: str, found: Sequence[FoundFault], missing: Sequence[str], graph_count: int
    ) -> None:
        self.name = name
        self.faults = [fault for fault in found if fault.severity != CONVENTION]
        self.conventions = [fault for fault in found if fault.severity == CONVENTION]
        self.missing = list(missing)
        self.graph_count = graph_count
        self.why = ""  # it can't be run; see Undiagnosed

    @property
    def is_right(self) -> bool:
        """Whether no fault was found."""
        return not self.faults

    @property
    def status(self) -> int:
        """What the command line exits with: 0 for a right engine, 1 for one with faults."""
        return int(bool(self.faults))

    def describe_verdict(self) -> str:
        """Say in a few words what was found."""
        if self.is_right:
            return "no fault was found"
        return f"{count_things(len(self.faults), 'fault')} found"

    def __repr__(self) -> str:
        return f"<Diagnosis of {self.name}: {self.describe_verdict()}>"

    def __str__(self) -> str:
        head = f"{self.name}: {self.describe_verdict()}, on {self.graph_count:,} graphs."
        parts = [head]
        parts += [f"{i}. {fault}" for i, fault in enumerate(self.faults, 1)]
        parts += [f"{one.title}. {one.what}" for one in self.conventions]
        if self.missing:
            parts.append(f"It has no {list_missing(self.missing)}, which is no fault.")
        return "\n\n".join([part if part[:1].isdigit() else wrap(part) for part in parts])

    def as_json(self) -> str:
        """Return all of it as JSON, for a grader.

        >>> Diagnosis("engine.py:Value", [], [], 7).as_json().splitlines()[1]
        '  "status": 0,'
        """
        return write_json([self])

    def as_data(self) -> dict[str, Any]:
        """Return all of it as data that JSON can hold."""
        return {
            "engine": self.name,
            "status": self.status,
            "verdict": self.describe_verdict(),
            "faults": [fault.as_json() for fault in self.faults],
            "conventions": [fault.as_json() for fault in self.conventions],
            "missing": self.missing,
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


def write_json(engines: Sequence[Examined]) -> str:
    """Return what there is to say of engines as JSON, whose status is the highest.

    >>> print(write_json([Undiagnosed("engine.py:Value", "it has no class Value")]))
    {
      "status": 2,
      "engines": [
        {
          "engine": "engine.py:Value",
          "status": 2,
          "verdict": "can't be run",
          "error": "it has no class Value"
        }
      ]
    }

    A number that JSON lacks is a text, such as "NaN".
    """
    data = {
        "status": max([one.status for one in engines]),
        "engines": [one.as_data() for one in engines],
    }
    return json.dumps(replace_infinite(data), ensure_ascii=False, indent=2, allow_nan=False)


class Undiagnosed:
    """An engine that can't be run, and why: a row of a class's table.

    >>> Undiagnosed("engine.py:Value", "it has no class Value").status
    2
    """

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why
        self.faults: list[FoundFault] = []
        self.conventions: list[FoundFault] = []
        self.missing: list[str] = []
        self.graph_count = 0

    @property
    def status(self) -> int:
        """What the command line exits with."""
        return 2

    def describe_verdict(self) -> str:
        """Say that it can't be run."""
        return "can't be run"

    def as_data(self) -> dict[str, Any]:
        """Return it as data that JSON can hold."""
        return {
            "engine": self.name, "status": 2, "verdict": self.describe_verdict(), "error": self.why,
        }  # fmt: skip

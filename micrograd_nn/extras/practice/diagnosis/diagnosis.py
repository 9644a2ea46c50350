"""``diagnose`` says what is wrong with an engine: to be printed, shown, saved or graded."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from ...._ground.files import Written
from ...._ground.text import InputError
from ....page.document import replace_infinite
from ....page.frame import Page
from .confinement import describe
from .examination import Examination
from .explanation import examine
from .fault_table import Expectations
from .faults import WIDEST, Examined, describe_rest, describe_sign, wrap
from .probes import probe
from .process import EngineProcess
from .report import build_report
from .subject import Sources, find_subject


class Diagnosis(Examined):
    """The faults of an engine, each by its name, with the smallest graph that shows it.

    ``faults`` are those found, ``remarks`` what differs and isn't wrong,
    ``operations`` those that it has, ``missing`` those that it doesn't have, ``graph_count`` how
    many graphs it was run on, and ``unseen`` what wasn't looked at: all that was left, where it was
    ``given_up``. An engine that can't be run has only the reason, ``why``. The first line
    says whether it was ``confined``. The command line exits
    with the ``status``: 0 for a right engine, 1 for one with faults, 2 for one that can't be run,
    or was given up before a fault was found.

    >>> diagnosis = Diagnosis("engine.py:Value", [], ["exp(a)"], 1200, ["softmax"], confined=True)
    >>> diagnosis, diagnosis.is_right, diagnosis.status
    (<Diagnosis of engine.py:Value: no fault was found>, True, 0)
    >>> print(diagnosis)
    Confined by bwrap: it sees no network and no files but its own.
    <BLANKLINE>
    engine.py:Value: no fault was found, on 1,200 graphs.
    <BLANKLINE>
    It has no exp(a), which isn't a fault.
    <BLANKLINE>
    Not looked at: softmax.
    """

    @property
    def is_right(self) -> bool:
        """Whether all was looked at, and no fault was found."""
        return self.status == 0

    def __repr__(self) -> str:
        return f"<Diagnosis of {self.name}: {self.verdict}>"

    def __str__(self) -> str:
        return self.tell()

    def tell(self, width: int = WIDEST) -> str:
        """Return all of it as text, in lines of at most ``width`` letters."""
        parts = [wrap(describe(self.confined), width)]
        if self.why:
            return "\n\n".join([*parts, wrap(f"{self.name} can't be run: {self.why}", width)])
        parts += [wrap(f"{self.name}: {self.verdict}, on {self.graph_count:,} graphs.", width)]
        parts += [f"{i}. {fault.tell(width)}" for i, fault in enumerate(self.faults, 1)]
        parts += [wrap(text, width) for text in describe_rest(self)]
        return "\n\n".join(parts)

    def as_json(self) -> str:
        """Return all of it as JSON, for a grader."""
        return write_json([self.as_data()])

    def as_data(self) -> dict[str, Any]:
        """Return all of it as data that JSON can hold."""
        head = {"engine": self.name, "confined": self.confined, "status": self.status,
                "verdict": self.verdict}  # fmt: skip
        if self.why:
            return {**head, "error": self.why}
        return {
            **head,
            "faults": [fault.as_data() for fault in self.faults],
            "remarks": [fault.as_data() for fault in self.remarks],
            "missing": [*self.missing],
            "not_looked_at": [*self.unseen],
            "given_up": self.given_up or None,
            "graphs": self.graph_count,
        }

    @property
    def page(self) -> Page:
        """The report as a page."""
        return build_report(self)

    def save(self, path: str | os.PathLike[str]) -> Written:
        """Write the report as one HTML file, which needs no other."""
        return self.page.save(path)

    def _repr_html_(self) -> str:
        return self.page._repr_html_()


def write_json(engines: Sequence[dict[str, Any]]) -> str:
    """Return what there is to say of engines as JSON, whose status is the highest.

    A number that JSON lacks is a text, such as "NaN".
    """
    data = {"status": max([one["status"] for one in engines]), "engines": engines}
    return json.dumps(replace_infinite(data), ensure_ascii=False, indent=2, allow_nan=False)


def diagnose(engine: str | os.PathLike[str] | type[Any], expect: Sequence[str] = ()) -> Diagnosis:
    """Find out what is wrong with an engine: its faults by name, each with the smallest graph.

    An engine is a class of the micrograd kind: a number makes a node, operators and functions make
    more, ``backward()`` puts gradients into ``grad``. It is a file and the name of the class
    (``"student.py:Value"``; Value by itself), or the class itself, also of a notebook's cell.

    >>> from pathlib import Path
    >>> _ = Path("student.py").write_text('''
    ... class Value:
    ...     def __init__(self, data, inputs=()):
    ...         self.data, self.inputs, self.grad = data, inputs, 0.0
    ...     def __add__(self, other):
    ...         return Value(self.data + other.data, (self, other))
    ...     def backward(self):
    ...         self.grad = 1.0
    ...         nodes = [self]
    ...         for node in nodes:
    ...             nodes += node.inputs
    ...         for node in nodes:
    ...             for x in node.inputs:
    ...                 x.grad = node.grad
    ... ''')
    >>> diagnosis = diagnose("student.py")
    >>> diagnosis.is_right, [fault.title for fault in diagnosis.faults]
    (False, ['Overwrites shared gradients', 'Visits a node more than once'])
    >>> print(diagnosis.faults[0].program)
    a = Value(2.0)
    y = a + a
    y.backward()

    What an exercise expects beside right gradients is a fault where it lacks: operations by name
    or sign, and what else ``micrograd-nn diagnose --help`` lists:

    >>> [fault.title for fault in diagnose("student.py", expect=["tanh"]).faults]
    ['Overwrites shared gradients', 'Visits a node more than once', 'Lacks tanh(a)']

    It runs in a process of its own, with limits of time and memory, confined by ``bwrap`` where
    that works, as the first line says: it sees no network then, and no files but its own. What
    can't be run is an error that says why:

    >>> diagnose("student.py:Values")
    Traceback (most recent call last):
    micrograd_nn.InputError: student.py:Values can't be diagnosed: it has no class Values: \
there is Value, with a backward
    """
    expected = Expectations(expect)
    subject = find_subject(engine)
    with EngineProcess(subject.target, subject.name) as process:
        process.start()
        examination = Examination(process, Sources(subject.texts))
        examine(examination)
        probe(examination)
    if process.given_up and not (examination.count or examination.signs):
        raise process.refuse(process.given_up)
    signs = sorted([*examination.signs, *expected.find_lacking(examination)], key=expected.rank)
    return Diagnosis(
        subject.name,
        [describe_sign(sign, examination, expected.judge(sign)) for sign in signs],
        examination.capabilities.missing,
        examination.count,
        [*dict.fromkeys(examination.unseen)],
        process.given_up,
        operations=examination.capabilities.list_operations(),
        confined=process.confined,
    )


def assert_engine(engine: str | os.PathLike[str] | type[Any], expect: Sequence[str] = ()) -> None:
    """Raise an AssertionError that tells the first fault of an engine, in a test of your own.

    The engine and what is expected of it are as ``diagnose`` takes them.

    >>> from pathlib import Path
    >>> _ = Path("mine.py").write_text("class Valu: pass")
    >>> assert_engine("mine.py", expect=["tanh", "deep"])
    Traceback (most recent call last):
    AssertionError: mine.py:Value can't be diagnosed: it has no class Value
    """
    __tracebackhide__ = True  # pytest shows the line that asked for it
    Expectations(expect)  # what can't be expected isn't a fault of the engine
    try:
        diagnosis = diagnose(engine, expect)
    except InputError as error:
        raise AssertionError(str(error)) from None
    if not diagnosis.is_right:
        first = [fault.tell() for fault in diagnosis.faults[:1]] or [diagnosis.given_up]
        raise AssertionError(f"{diagnosis.name}: {diagnosis.verdict}\n\n{first[0]}")

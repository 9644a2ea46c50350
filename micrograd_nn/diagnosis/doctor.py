"""``diagnose``: runs an engine in a process of its own, and says what is wrong with it."""

from __future__ import annotations

import os
from typing import Any

from .diagnosis import Diagnosis
from .examination import Examination, Sign
from .faults import FAULTS, ORDER_OF_FAULTS, WRONG
from .probes import probe
from .process import EngineProcess
from .shown import describe_sign
from .sources import Sources
from .subject import find_subject


def diagnose(engine: str | os.PathLike[str] | type[Any]) -> Diagnosis:
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

    It runs in a process of its own, with limits of time and memory. What can't be run is an error
    that says why:

    >>> diagnose("student.py:Values")
    Traceback (most recent call last):
    micrograd_nn.text.InputError: student.py:Values can't be diagnosed: it has no class Values: \
there is Value, with a backward
    """
    subject = find_subject(engine)
    with EngineProcess(subject.target, subject.name) as process:
        process.start()
        examination = Examination(process, Sources(subject.texts))
        examination.run()
        probe(examination)
    if process.given_up and not (examination.count or examination.signs):
        raise process.refuse(process.given_up)
    found = [describe_sign(sign, examination) for sign in sorted(examination.signs, key=rank_sign)]
    return Diagnosis(
        subject.name,
        found,
        examination.capabilities.missing,
        examination.count,
        [*dict.fromkeys(examination.unseen)],
        process.given_up,
    )


def rank_sign(sign: Sign) -> tuple[bool, int]:
    """Return where a sign stands among others: wrong numbers first."""
    return FAULTS[sign.fault].severity != WRONG, ORDER_OF_FAULTS[sign.fault]

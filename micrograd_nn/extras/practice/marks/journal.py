"""What is kept of engines that were examined, so that the same command goes on after Ctrl-C.

A line of JSON each, in a file beside what is written at last. Numbers are kept to the last bit.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from ...._ground.files import explain_error
from ...._ground.text import InputError, show_path
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.faults import FoundFault, GradientPair, Narrated
from ..diagnosis.sources import Location

OURS = "the doctor"  # begins the reason where an engine isn't to blame


def pack_diagnosis(one: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as data that JSON can hold."""
    return {**pack(one), "found": [pack(fault) for fault in [*one.faults, *one.remarks]]}


def pack(record: Diagnosis | FoundFault) -> dict[str, Any]:
    """Return the fields of a record by their names."""
    return {x.name: getattr(record, x.name) for x in fields(record)}


def unpack_diagnosis(data: Mapping[str, Any]) -> Diagnosis:
    """Return a diagnosis that was packed."""
    return Diagnosis(**{**data, "found": [unpack_fault(one) for one in data["found"]]})


def unpack_fault(data: Mapping[str, Any]) -> FoundFault:
    """Return a fault that was packed."""
    where = Location(*data["where"]) if data["where"] else None
    gradients = [GradientPair(*one) for one in data["gradients"]]
    steps = [Narrated(*one) for one in data["steps"]]
    return FoundFault(**{**data, "where": where, "gradients": gradients, "steps": steps})


class Journal:
    """The file of what was done; it goes when all is done."""

    def __init__(self, output: str | None) -> None:
        self.path = f"{output.rstrip('/' + os.sep)}.journal" if output else None
        self.known: dict[str, Any] = {}
        if self.path is not None and os.path.exists(self.path):
            for line in Path(self.path).read_bytes().splitlines():
                digest, _, text = line.partition(b" ")
                if hash_data(text).encode() == digest:  # else it was cut short, or edited
                    found = json.loads(text)
                    self.known[found["key"]] = found

    def add(self, key: str, diagnosis: Mapping[str, Any], seconds: float) -> None:
        """Keep what came of an engine."""
        self.known[key] = {"key": key, "diagnosis": diagnosis, "seconds": seconds}
        if self.path is None or diagnosis["why"].startswith(OURS):
            return
        text = json.dumps(self.known[key])
        try:
            with open(self.path, "a", encoding="ascii") as file:
                file.write(f"{hash_data(text.encode())} {text}\n")
        except OSError as error:
            why = explain_error(error, missing="folder")
            raise InputError(f"can't write {show_path(self.path)}: {why}") from None

    def remove(self) -> None:
        """Take the file away: all is written elsewhere."""
        if self.path is not None:
            with suppress(OSError):
                os.unlink(self.path)


def hash_data(*parts: bytes) -> str:
    """Return hexadecimal digits that stand for bytes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()

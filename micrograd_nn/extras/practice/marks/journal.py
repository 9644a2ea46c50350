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
from ....checks.samples import Expression
from ....engine.table import OPERATIONS
from ....engine.value import Constant
from ....graph.graph import Graph
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.faults import FoundFault, GradientPair, Narrated
from ..diagnosis.shown import record_graph
from ..diagnosis.sources import Location

OURS = "the doctor"  # begins the reason where an engine isn't to blame


def pack_diagnosis(one: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as data that JSON can hold."""
    data = {x.name: getattr(one, x.name) for x in fields(one)}
    return {**data, "found": [pack_fault(fault) for fault in [*one.faults, *one.remarks]]}


def pack_fault(fault: FoundFault) -> dict[str, Any]:
    """Return a fault as data that JSON can hold."""
    return {
        **vars(fault),
        "gradients": [[*vars(one).values()] for one in fault.gradients],
        "steps": [[*vars(one).values()] for one in fault.steps],
        "graph": pack_graph(fault.graph) if fault.graph else None,
    }


def pack_graph(graph: Graph) -> dict[str, Any]:
    """Return the leaves of a graph and its lines, each with its arguments."""
    nodes = [node for node in graph.nodes if not isinstance(node, Constant)]
    leaves = [node for node in nodes if node.operation is None]
    results = [(node, node.operation) for node in nodes if node.operation is not None]
    places = {node: place for place, node in enumerate([*leaves, *[node for node, _ in results]])}
    return {
        "leaves": [node.data for node in leaves],
        "lines": [[operation.name, [places.get(x, x.data) for x in node.inputs]]
                  for node, operation in results],
    }  # fmt: skip


def unpack_diagnosis(data: Mapping[str, Any]) -> Diagnosis:
    """Return a diagnosis that was packed."""
    return Diagnosis(**{**data, "found": [unpack_fault(one) for one in data["found"]]})


def unpack_fault(data: Mapping[str, Any]) -> FoundFault:
    """Return a fault that was packed."""
    graph = None
    if data["graph"]:
        lines = [(OPERATIONS[name], inputs) for name, inputs in data["graph"]["lines"]]
        graph = Graph(record_graph(Expression(data["graph"]["leaves"], lines))[0], {})
    where = Location(*data["where"]) if data["where"] else None
    gradients = [GradientPair(*one) for one in data["gradients"]]
    steps = [Narrated(*one) for one in data["steps"]]
    return FoundFault(
        **{**data, "where": where, "gradients": gradients, "steps": steps, "graph": graph}
    )


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

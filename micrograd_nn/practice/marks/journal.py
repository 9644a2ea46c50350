"""What is kept of engines that were examined, so that the same command goes on after Ctrl-C.

A line of JSON each, in a file beside what is written at last. Numbers are kept to the last bit.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..._ground.files import explain_error
from ..._ground.text import InputError, show_path
from ...checks.samples import Expression
from ...engine.table import OPERATIONS
from ...engine.value import Constant
from ...graph.graph import Graph
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.faults import FoundFault, GradientPair, Narrated
from ..diagnosis.shown import record_graph
from ..diagnosis.sources import Location

OURS = "the doctor"  # begins the reason where an engine isn't to blame
TEXTS = ("name", "title", "what", "hint", "severity", "program", "note", "error", "operations")


def pack_diagnosis(one: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as data that JSON can hold."""
    data = {x.name: getattr(one, x.name) for x in fields(one)}
    return {**data, "found": [pack_fault(fault) for fault in [*one.faults, *one.remarks]]}


def pack_fault(fault: FoundFault) -> dict[str, Any]:
    """Return a fault as data that JSON can hold."""
    return {
        **{name: getattr(fault, name) for name in TEXTS},
        "where": [*fault.where] if fault.where else None,
        "gradients": [[one.name, one.theirs, one.right] for one in fault.gradients],
        "steps": [[one.text, one.goes_wrong] for one in fault.steps],
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
    return FoundFault(
        **{name: data[name] for name in TEXTS},
        where=Location(*data["where"]) if data["where"] else None,
        gradients=[GradientPair(*one) for one in data["gradients"]],
        steps=[Narrated(*one) for one in data["steps"]],
        graph=graph,
    )


class Journal:
    """The file of what was done; it goes when all is done."""

    def __init__(self, output: str | None) -> None:
        self.path = f"{output.rstrip('/' + os.sep)}.journal" if output else None
        self.known: dict[str, Any] = {}
        if self.path is None or not os.path.exists(self.path):
            return
        for line in Path(self.path).read_bytes().splitlines():
            with suppress(ValueError, KeyError, TypeError, AttributeError):  # it was cut short
                found = json.loads(line)
                unpack_diagnosis(found["diagnosis"])
                self.known[found["key"]] = found

    def add(self, key: str, diagnosis: Mapping[str, Any], seconds: float) -> None:
        """Keep what came of an engine."""
        self.known[key] = {"key": key, "diagnosis": diagnosis, "seconds": seconds}
        if self.path is None or diagnosis["why"].startswith(OURS):
            return
        try:
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps(self.known[key]) + "\n")
        except OSError as error:
            why = explain_error(error, missing="folder")
            raise InputError(f"can't write {show_path(self.path)}: {why}") from None

    def remove(self) -> None:
        """Take the file away: all is written elsewhere."""
        if self.path is not None:
            with suppress(OSError):
                os.unlink(self.path)

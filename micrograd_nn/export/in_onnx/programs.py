"""A compiled program as an ONNX graph: a column for each input, its result and its gradient.

The graph is walked as ``backward()`` walks it, with arrays of ONNX in place of numbers. A row for
which the program has an error, or would take another branch than the recorded one, gives NaN.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Any

from ...compiler.program import Program
from ...engine.operators import COMPARISONS
from ...engine.value import Value
from ...graph.paths import find_dependents
from ...programs.operations import NEVER_FAIL
from ...text import InputError
from ...writing.arrays import NoArraysError
from .arrays import OnnxArray, OnnxNamespace
from .models import ANY_ROWS
from .nodes import Nodes

OWN_TENSORS = ("parameters", "result", "gradient")
ABOUT_PROGRAM = """A program of micrograd_nn: {nodes} nodes of a recorded graph.
result (N, 1) is what the row of the inputs gives, and gradient (N, {slopes}) its derivatives by \
{wrt}. They are NaN in a row for which the program has an error, or would take another branch than \
the recorded one. The parameters, {parameters}, are those of the recording unless they are given."""


def export_onnx_program(program: Program, path: Path, single: bool = False) -> dict[Path, bytes]:
    """Return the file of a program; ``single`` makes it compute in single precision.

    An input is a column (N, 1) by the name that the program has for it. ``parameters`` are a list
    that may be left out. An operation that has no rule for columns is an InputError.
    """
    try:
        return {path: ProgramWriter(program, single).write(path.stem)}
    except NoArraysError as error:
        raise InputError(f"not exported: {error}") from None


class ProgramWriter:
    """Writes a program as one graph."""

    def __init__(self, program: Program, single: bool) -> None:
        self.program = program
        self.nodes = Nodes(single, [*OWN_TENSORS, *program.inputs.values()])
        self.xp = OnnxNamespace(self.nodes)
        self.of: dict[Value, Any] = {}  # what each node of the graph is there
        self.right: list[OnnxArray] = []  # truth values that a row with a result has

    def write(self, name: str) -> bytes:
        """Return the file."""
        program, nodes, helper = self.program, self.nodes, self.nodes.onnx.helper
        describe = helper.make_tensor_value_info
        inputs = []
        for x, label in program.inputs.items():
            column = nodes.name(label) if label in OWN_TENSORS else label
            inputs.append(describe(column, nodes.kind, [ANY_ROWS, 1]))
            self.of[x] = OnnxArray(self.xp, column)
        if program.parameters:
            inputs.append(describe("parameters", nodes.kind, [len(program.parameters)]))
            self.add_parameters()
        if program.inputs:
            shape = nodes.add("Shape", [inputs[0].name], "shape")
        else:
            shape = nodes.integers("shape", [1, 1])
        self.compute_graph()
        root = program.outputs[0]
        self.add_output("result", [self.of[root]], self.right, shape)
        rows = ANY_ROWS if program.inputs else 1
        outputs = [describe("result", nodes.kind, [rows, 1])]
        if program.wrt:
            slopes = self.compute_gradient(root)
            # A derivative with an error, such as one by zero, is infinite here; nan may be right.
            sizes = [abs(x) for x in slopes if isinstance(x, OnnxArray)]
            self.add_output("gradient", slopes, [*self.right, *[x != inf for x in sizes]], shape)
            outputs.append(describe("gradient", nodes.kind, [rows, len(slopes)]))
        about = ABOUT_PROGRAM.format(
            nodes=len(program.graph),
            slopes=len(program.wrt),
            wrt=", ".join(program.wrt_names) or "nothing",
            parameters=", ".join(program.parameters.values()) or "none",
        )
        notes = {
            "wrt": json.dumps(program.wrt_names),
            "parameters": json.dumps([*program.parameters.values()]),
        }
        return nodes.make_file(name, inputs, outputs, about, notes=notes)

    def add_parameters(self) -> None:
        """Add the list of parameters, usually those recorded, and each by itself."""
        program, nodes = self.program, self.nodes
        numbers = [nodes.round(x.data) for x in program.parameters]
        make = nodes.onnx.helper.make_tensor
        nodes.tensors.append(make("parameters", nodes.kind, [len(numbers)], numbers))
        names = [nodes.name(f"parameters/{name}") for name in program.parameters.values()]
        nodes.nodes.append(
            nodes.onnx.helper.make_node(
                "Split", ["parameters"], names, name="parameters/split", num_outputs=len(names)
            )
        )
        for x, name in zip(program.parameters, names, strict=True):
            self.of[x] = OnnxArray(self.xp, name)

    def compute_graph(self) -> None:
        """Compute each node, and what a row needs to have a result."""
        program = self.program
        for node in program.graph:
            if node in program.constants:
                self.of[node] = node.number
            elif node.operation is not None:
                inputs = [self.of[x] for x in node.inputs]
                self.xp.prefix = f"{node.label}/" if node.label else ""
                out = self.of[node] = self.xp.compute(node.operation, inputs)
                if node.operation not in NEVER_FAIL:
                    self.require(self.xp.isfinite(out) if isinstance(out, OnnxArray) else True)
                if node in program.differentiated:
                    wanted = [x not in program.constants for x in node.inputs]
                    for partial in node.operation.local_partials(out, inputs, wanted):
                        if isinstance(partial, OnnxArray):
                            self.require(self.xp.isfinite(partial))
        self.xp.prefix = ""
        for node, branches in program.branches.items():
            for how, other, outcome in branches:
                y = self.of[other] if isinstance(other, Value) else other
                truth = COMPARISONS[how](self.of[node], y)
                if isinstance(truth, OnnxArray):
                    self.require(truth if outcome else ~truth)

    def require(self, truth: Any) -> None:
        """Note what a row needs to have a result."""
        if isinstance(truth, OnnxArray):
            self.right.append(truth)

    def compute_gradient(self, root: Value) -> list[Any]:
        """Return the derivatives of the result, by the chain rule."""
        program, of = self.program, self.of
        needed = find_dependents(program.graph, program.wrt)
        arrived: dict[Value, Any] = {root: 1.0}
        for node in reversed(program.graph):
            operation = node.operation
            if node not in arrived or node not in needed or operation is None:
                continue
            upstream, inputs = arrived[node], node.inputs
            wanted = [x in needed for x in inputs]
            partials = operation.local_partials(of[node], [of[x] for x in inputs], wanted)
            for x, partial in zip(inputs, partials, strict=True):
                amount = multiply(upstream, partial)
                if amount is not None:
                    arrived[x] = arrived[x] + amount if x in arrived else amount
        return [arrived.get(x, 0.0) for x in program.wrt]

    def add_output(self, name: str, parts: list[Any], right: Sequence[Any], shape: str) -> None:
        """Add columns side by side as an output, NaN in each row that lacks what is right."""
        xp, nodes = self.xp, self.nodes
        columns = [nodes.add("Expand", [xp.asarray(x).name, shape], name) for x in parts]
        joined = columns[0]
        if len(columns) > 1:
            joined = nodes.add("Concat", columns, name, axis=1)
        if not right:
            nodes.add("Identity", [joined], name, given=True)
            return
        all_right = right[0]
        for truth in right[1:]:
            all_right = all_right & truth
        nodes.add("Where", [all_right.name, joined, nodes.number(xp.nan)], name, given=True)


def multiply(upstream: Any, partial: Any) -> Any:
    """Return their product, without a node for a bare 1; None where nothing flows."""
    if partial is None or (isinstance(partial, float) and partial == 0.0):
        return None
    if isinstance(partial, float) and partial == 1.0:
        return upstream
    return partial if isinstance(upstream, float) and upstream == 1.0 else upstream * partial

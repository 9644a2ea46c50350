"""The nodes of an ONNX graph or function as they are put together, and the file that they make.

``onnx.helper`` alone does it. spox, which knows the type of each tensor, was tried as well: it
numbers nodes as it likes, makes functions by a private module, and is a package more to install.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from ...._ground.text import InputError
from ..numbers import load_package

OPSET = 20  # whose operations are used; a file asks for the oldest set that has its own alike
FUNCTIONS_IR = 8  # the version of the file format that brought functions
DOMAIN = "micrograd_nn"  # of the functions that stand in a file beside its graph


def load_onnx() -> Any:
    """Return the package onnx; its lack is an InputError that says what to install."""
    load_package("onnx.helper", "ONNX", "the package onnx")
    return import_module("onnx")


class Nodes:
    """Nodes in the order in which they run, each with the names of what it takes and gives.

    ``names`` are those of other tensors, which no node may take.
    """

    def __init__(self, single: bool = False, names: Iterable[str] = ()) -> None:
        self.onnx = load_onnx()
        self.single = single
        self.kind = self.onnx.TensorProto.FLOAT if single else self.onnx.TensorProto.DOUBLE
        self.names = set(names)
        self.latest: dict[str, int] = {}  # numbers behind names that are wanted several times
        self.nodes: list[Any] = []
        self.tensors: list[Any] = []
        self.numbers: dict[str, str] = {}  # the name of each lone number, by its spelling

    def name(self, wanted: str) -> str:
        """Return a name like this that no other tensor has."""
        name = wanted
        while name in self.names:
            self.latest[wanted] = self.latest.get(wanted, 1) + 1
            name = f"{wanted}_{self.latest[wanted]}"
        self.names.add(name)
        return name

    def add(
        self, operation: str, inputs: Sequence[str], name: str = "", domain: str = "",
        given: bool = False, **attributes: Any,
    ) -> str:  # fmt: skip
        """Add a node, and return the name of what it gives: ``name``, or one like it.

        A ``given`` name stands already among ``names``.
        """
        output = name if given else self.name(name or operation.lower())
        make = self.onnx.helper.make_node
        self.nodes.append(
            make(operation, inputs, [output], name=output, domain=domain, **attributes)
        )
        return output

    def number(self, x: float) -> str:
        """Return the name of a lone number, which stands in the file once."""
        key = repr(float(x))
        if key not in self.numbers:
            self.numbers[key] = self.floats("number", [x], [])
        return self.numbers[key]

    def floats(self, name: str, numbers: Sequence[float], shape: Sequence[int]) -> str:
        """Return the name of a tensor of constant numbers; what single can't hold is an error."""
        rounded = list(map(self.round, numbers))
        return self.keep(name, self.kind, shape, rounded)

    def integers(self, name: str, numbers: Sequence[int]) -> str:
        """Return the name of a list of constant whole numbers."""
        return self.keep(name, self.onnx.TensorProto.INT64, [len(numbers)], numbers)

    def texts(self, name: str, texts: Sequence[str], shape: Sequence[int]) -> str:
        """Return the name of a tensor of constant texts."""
        encoded = [text.encode("utf-8") for text in texts]
        return self.keep(name, self.onnx.TensorProto.STRING, shape, encoded)

    def keep(self, name: str, kind: int, shape: Sequence[int], items: Sequence[Any]) -> str:
        """Keep a constant tensor."""
        name = self.name(name)
        self.tensors.append(self.onnx.helper.make_tensor(name, kind, shape, items))
        return name

    def round(self, x: float) -> float:
        """Return a number as the file holds it; one beyond single precision is an InputError."""
        if not self.single or not math.isfinite(x):
            return x
        try:
            (rounded,) = struct.unpack("<f", struct.pack("<f", x))
        except OverflowError:
            raise InputError(
                f"not exported: {x!r} is too large for single precision: leave out single"
            ) from None
        return float(rounded)

    def make_function(self, name: str, inputs: Sequence[str], output: str, doc: str) -> Any:
        """Return a function of these nodes, which nodes call by its name in our domain."""
        helper = self.onnx.helper
        constants = [
            helper.make_node("Constant", [], [tensor.name], value=tensor) for tensor in self.tensors
        ]
        return helper.make_function(
            DOMAIN, name, inputs, [output], [*constants, *self.nodes],
            opset_imports=[helper.make_opsetid("", OPSET)], doc_string=doc,
        )  # fmt: skip

    def make_file(
        self,
        name: str,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        doc: str,
        functions: Sequence[Any] = (),
        notes: dict[str, str] | None = None,
    ) -> bytes:
        """Return the file of a graph of these nodes, whose types and shapes onnx has checked."""
        onnx, helper = self.onnx, self.onnx.helper
        graph = helper.make_graph(
            self.nodes, name, inputs, outputs, initializer=self.tensors, doc_string=doc
        )
        parts = [graph, *functions]
        kinds = {node.op_type for part in parts for node in part.node if not node.domain}
        opset = max([onnx.defs.get_schema(kind, OPSET).since_version for kind in kinds])
        opsets = [helper.make_opsetid("", opset)]
        oldest = helper.find_min_ir_version_for(opsets)
        for function in functions:
            function.opset_import[0].version = opset
        if functions:
            opsets.append(helper.make_opsetid(DOMAIN, 1))
            oldest = max(oldest, FUNCTIONS_IR)
        model = helper.make_model(
            graph, opset_imports=opsets, functions=functions, producer_name="micrograd_nn",
            ir_version=oldest, doc_string=doc,
        )  # fmt: skip
        helper.set_model_props(model, notes or {})
        model = import_module("onnx.shape_inference").infer_shapes(model, strict_mode=True)
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString())

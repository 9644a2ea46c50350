"""Modules of PyTorch for what ``torch.nn`` has no class for; loaded where PyTorch is there."""

from __future__ import annotations

from importlib import import_module
from typing import Any

torch: Any = import_module("torch")


class Elementwise(torch.nn.Module):  # type: ignore[misc]
    """A function of PyTorch on each number of a tensor, by its name: ``Elementwise("sin")``.

    It stands at the top of a module, so that a network with it can be pickled.
    """

    def __init__(self, function: str) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Any) -> Any:
        """Return the function of each number."""
        return getattr(torch, self.function)(x)

    def extra_repr(self) -> str:
        """Return what a layer's line in the printed network says."""
        return self.function

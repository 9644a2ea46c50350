"""A scalar that PyTorch computes, recorded number by number.

PyTorch shows each of its operations to whoever listens, on the tensors themselves. A tensor's
numbers lie in a storage, and a view of it shares them: so what is known of a number is kept by its
storage and its place there, and views need no rule. Which operation gives what, ``torch_rules.py``
says; what it doesn't, PyTorch itself takes apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch._decomp import decomposition_table
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

from ..._ground.text import add_article, format_number
from ...engine.backprop import is_same_number
from ...engine.value import Value
from .arrays import is_live, pack
from .reading import Named, Reading, refuse_size
from .torch_rules import MOVES, RULES, WITHOUT_GRADIENT

PRECISION = {torch.float64: 1e-9, torch.float32: 1e-4, torch.float16: 3e-2, torch.bfloat16: 1e-1}


def read_tensors(compute: Any, arguments: Sequence[Any] = ()) -> Reading:
    """Return the graph of the scalar that a function computes with PyTorch.

    >>> import torch
    >>> w = torch.tensor(3.0, requires_grad=True)
    >>> read_tensors(lambda: (w * w).tanh()).root
    Value(0.9999999694774501, grad=None, operation=tanh)
    """
    if isinstance(compute, torch.Tensor) or not callable(compute):
        raise ValueError(
            "adopt reads what PyTorch computes while that is computed: give it a function, as in "
            "adopt(lambda: criterion(model(x), y))"
        )
    recorder = Recorder()
    with torch.enable_grad(), recorder:
        loss = compute(*arguments)
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        shape = f" of shape {tuple(loss.shape)}" if isinstance(loss, torch.Tensor) else ""
        kind = add_article(type(loss).__name__)
        raise ValueError(f"adopt takes a scalar: the function returned {kind}{shape}")
    root = recorder.read(loss).item()
    if not isinstance(root, Value) or root.operation is None:
        raise ValueError("adopt needs a scalar that was computed from a tensor that requires_grad")
    return Reading(root, recorder.list_named(), recorder.read_gradients(loss), [], "PyTorch")


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Listens to PyTorch, and keeps of each number what it was made of."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.known: dict[int, dict[int, Value]] = {}  # by the storage, and the place in it
        self.kept: list[Any] = []  # tensors, so that no storage is another's later
        self.begun: dict[int, Any] = {}  # tensors that were there before
        self.leaves: list[tuple[Any, list[Value]]] = []
        self.made = 0
        self.is_within = False  # an operation that PyTorch takes apart

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        """Let PyTorch compute, and note what was made of what."""
        kwargs = dict(kwargs or {})
        name, changes = func._schema.name.partition("::")[2], func._schema.is_mutable
        tensors = [x for x in tree_flatten((args, kwargs))[0] if isinstance(x, torch.Tensor)]
        arrays = {id(x): self.read(x) for x in tensors} if changes else {}
        out = func(*args, **kwargs)
        results = [x for x in tree_flatten(out)[0] if isinstance(x, torch.Tensor)]
        self.kept += results
        results = [x for x in results if x.is_floating_point()]  # no comparison, no index
        storages = {find_storage(x) for x in tensors}
        if changes or not storages.issuperset(map(find_storage, results)):  # else it is a view
            arrays = arrays or {id(x): self.read(x) for x in tensors}
            made: list[Any] = [None] * len(results)
            if any(map(is_live, arrays.values())):
                kwargs.pop("out", None)
                made = self.apply(name.rstrip("_") if changes else name, func, args, kwargs, arrays)
            for x, array in zip(results, made, strict=False):
                self.write(x, array, name)
        return out

    def apply(
        self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any],
        arrays: dict[int, Any],
    ) -> list[Any]:  # fmt: skip
        """Return the results of an operation, None for what is constant."""
        if name in WITHOUT_GRADIENT:
            return [None]
        if name in MOVES:
            return [self.move(func, args, kwargs, arrays)]
        if name in RULES:
            given = tree_map(lambda x: arrays.get(id(x), x), (args, kwargs))
            try:
                return [RULES[name](*given[0], **given[1])]
            except (TypeError, ValueError) as error:
                raise ValueError(f"adopt can't read PyTorch's {func}: {error}") from error
        if func not in decomposition_table or func._schema.is_mutable:
            raise ValueError(
                f"adopt doesn't know PyTorch's {name}: write it by sums, products, exp, tanh, …"
            )
        was_within, self.is_within = self.is_within, True
        try:
            with self:
                parts = decomposition_table[func](
                    *tree_map(lambda x: self.stand_in(x, arrays), args), **kwargs
                )
            found = [x for x in tree_flatten(parts)[0] if isinstance(x, torch.Tensor)]
            return [self.read(x) for x in found if x.is_floating_point()]
        finally:
            self.is_within = was_within

    def stand_in(self, x: Any, arrays: dict[int, Any]) -> Any:
        """Return a tensor's copy, of whose numbers the same is known."""
        if not isinstance(x, torch.Tensor):
            return x
        copy = x.detach().clone()
        self.kept.append(copy)
        self.write(copy, arrays[id(x)], "copy")
        return copy

    def move(
        self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], arrays: dict[int, Any]
    ) -> Any:
        """Return what an operation puts elsewhere: it says where itself, on places for numbers.

        The place 0 is that of what it adds.
        """
        own: list[Any] = [0.0]

        def number_places(x: Any) -> Any:
            if not isinstance(x, torch.Tensor) or not x.is_floating_point():
                return x
            first = len(own)
            own.extend(arrays[id(x)].flat)
            return torch.arange(first, len(own), dtype=torch.float64).reshape(x.shape)

        places = func(*tree_map(number_places, args), **kwargs)
        return pack([own[int(place)] for place in places.reshape(-1)], places.shape)

    def read(self, x: Any) -> Any:
        """Return a tensor as an array of what is known of its numbers; constants as they are."""
        if x.layout is not torch.strided or x.is_complex() or x.is_quantized:
            raise ValueError(
                f"adopt reads dense tensors of real numbers, not one of {x.layout}, {x.dtype}"
            )
        refuse_size(x.numel(), "numbers")
        numbers = x.detach().reshape(-1).tolist()
        if x.requires_grad:
            self.begin_leaf(x if x._base is None else x._base)
        elif not self.is_within:  # detached, or computed where no gradient is wanted
            return np.asarray(numbers).reshape(x.shape)
        known = self.known.get(find_storage(x), {})
        found = [known.get(place, number) for place, number in
                 zip(list_places(x), numbers, strict=True)]  # fmt: skip
        return pack(found, x.shape)

    def begin_leaf(self, x: Any) -> None:
        """Make leaves of the numbers of a tensor that was there before, a parameter mostly."""
        is_new = id(x) not in self.begun if x.is_leaf else find_storage(x) not in self.known
        if is_new and x.requires_grad:
            self.begun[id(x)] = x
            leaves = [Value(number) for number in x.detach().reshape(-1).tolist()]
            places = zip(list_places(x), leaves, strict=True)
            self.known.setdefault(find_storage(x), {}).update(places)
            self.leaves.append((x, leaves))

    def write(self, x: Any, array: Any, name: str) -> None:
        """Say of each number of a tensor what it is made of: numbers, or None, are constants."""
        known = self.known.setdefault(find_storage(x), {})
        numbers = x.detach().reshape(-1).tolist()
        made = [None] * len(numbers) if array is None else [*array.flat]
        self.made += len(numbers)
        refuse_size(self.made, "numbers")
        close = PRECISION.get(x.dtype, 0.0) * max([1.0, *map(abs, numbers)])
        for place, number, value in zip(list_places(x), numbers, made, strict=True):
            if not isinstance(value, Value):
                known.pop(place, None)
                continue
            known[place] = value
            found = value.number
            if not (is_same_number(found, number) or abs(found - number) <= close):
                raise ValueError(
                    f"adopt computes {format_number(found)} for PyTorch's {name}, "
                    f"which gives {format_number(number)}: it can't show this graph"
                )

    def list_named(self) -> dict[Value, Named]:
        """Return what names each leaf: its tensor, and its place there."""
        return {
            value: Named(x, "".join([f".{i}" for i in place]))
            for x, leaves in self.leaves
            for value, place in zip(leaves, np.ndindex(*x.shape), strict=True)
        }

    def read_gradients(self, loss: Any) -> dict[Value, float]:
        """Return PyTorch's own gradient of each leaf, without changing any tensor's ``grad``."""
        found = torch.autograd.grad(loss, [x for x, _ in self.leaves], allow_unused=True)
        gradients: dict[Value, float] = {}
        for (_, leaves), slopes in zip(self.leaves, found, strict=True):
            numbers = [0.0] * len(leaves) if slopes is None else slopes.reshape(-1).tolist()
            gradients |= dict(zip(leaves, numbers, strict=True))
        return gradients


def find_storage(x: Any) -> int:
    """Return what tells a tensor's storage from others."""
    pointer: int = x.untyped_storage()._cdata
    return pointer


def list_places(x: Any) -> list[int]:
    """Return the place in its storage of each number of a tensor, in order.

    >>> list_places(torch.zeros(2, 3).T)
    [0, 3, 1, 4, 2, 5]
    """
    size = x.untyped_storage().nbytes() // x.element_size()
    places = torch.arange(size).as_strided(x.shape, x.stride(), x.storage_offset())
    found: list[int] = places.reshape(-1).tolist()
    return found

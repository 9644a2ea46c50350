"""A scalar that PyTorch computes, recorded number by number.

PyTorch shows each of its operations to a listener, on the tensors themselves. A tensor's
numbers lie in a storage, and a view of it shares them: so what is known of a number is kept by its
storage and its place there, and views need no rule. Which operation gives what, ``torch_rules.py``
says; what it doesn't, PyTorch itself takes apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Any

import numpy as np
import torch
from torch._decomp import decomposition_table
from torch.autograd.function import BackwardCFunction
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map, tree_map_only

from ..._ground.text import add_article
from ...engine.value import Value
from .arrays import (
    OTHERWISE,
    PRECISION,
    blame,
    finish_reading,
    is_live,
    pack,
    require_same,
    settle,
)
from .reading import Adoption, refuse_size
from .torch_rules import (
    CONSTANT,
    MOVES,
    RULES,
    bind,
    find_storage,
    list_places,
    list_tensors,
    move_numbers,
    read_type,
)


def read_tensors(compute: Any, arguments: Sequence[Any] = ()) -> Adoption | None:
    """Return the graph of the scalar that a function computes with PyTorch.

    >>> import torch
    >>> w = torch.tensor(3.0, requires_grad=True)
    >>> read_tensors(lambda: (w * w).tanh()).nodes[-1].operation.name
    'tanh'

    Of one that computes a Value it is None. The function is called once, and PyTorch's backward
    pass is run. Afterwards each tensor that was there before has the numbers and the ``grad`` that
    it had, and random numbers go on as before.
    """
    if isinstance(compute, torch.Tensor):
        raise ValueError(
            "adopt reads what PyTorch computes while that is computed: give it a function, as in "
            "adopt(lambda: criterion(model(x), y))"
        )
    cuda: Any = torch.cuda
    devices = range(cuda.device_count() if cuda.is_initialized() else 0)
    one_dnn: Any = torch.backends.mkldnn  # which has an LSTM as a single operation
    with (
        ExitStack() as after, torch.random.fork_rng(devices), torch.inference_mode(False),
        torch.enable_grad(),
    ):  # fmt: skip
        after.callback(setattr, one_dnn, "enabled", one_dnn.enabled)
        one_dnn.enabled = False
        after.callback(random.setstate, random.getstate())
        after.callback(np.random.set_state, np.random.get_state())
        with Recorder(after) as recorder:
            loss = compute(*arguments)
        return None if isinstance(loss, Value) else recorder.finish(compute, loss)


class Recorder(TorchDispatchMode):
    """Listens to PyTorch, and keeps of each number what it was made of."""

    def __init__(self, after: ExitStack) -> None:
        super().__init__()
        self.after = after  # puts back what was there before
        self.known: dict[int, tuple[Any, Any]] = {}  # storages: a tensor, so that it stays; Values
        self.leaves: dict[int, tuple[Any, Any]] = {}  # tensors, and their numbers
        self.made, self.dtype = 0, "float64"  # the coarsest that was met
        self.is_within = False  # an operation that PyTorch takes apart
        self.refusal: Exception | None = None
        self.is_over = False
        self.own: set[int] = set()  # storages that the function made, or that will be put back
        latest: Any = torch.zeros((), requires_grad=True).clone().grad_fn
        self.start = latest._sequence_nr()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        """Let PyTorch compute, and note what was made of what."""
        named, name = dict(kwargs or {}), func._schema.name
        given = {
            find_storage(x): x for x in list_tensors((args, named)) if x.layout is torch.strided
        }
        if name == "aten::lift_fresh":  # numbers that were written into it
            self.own.update(given)
        if func._schema.is_mutable or "batch_norm" in name:  # which doesn't say that it is
            for place in given.keys() - self.own:
                storage = given[place].untyped_storage()
                self.after.callback(storage.copy_, storage.clone())
                self.own.add(place)
        before = self.attempt(self.prepare, func, args, named)
        out = func(*args, **named)
        self.own.update({find_storage(x) for x in list_tensors(out)} - given.keys())
        if before is not None:
            self.attempt(self.note, func, *before, out)
        return out

    def attempt(self, step: Callable[..., Any], func: Any, *given: Any) -> Any:
        """Do a step, or keep why not: to raise it here may end the process, or be caught."""
        if self.refusal is None and not self.is_over:
            try:
                return step(func, *given)
            except Exception as error:
                if self.is_within:
                    raise
                self.refusal = blame(error, f"PyTorch's {func.overloadpacket.__name__}")
        return None

    def prepare(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Return copies of what an operation is given, since it may write there, and what is known.

        It is None where no gradient flows.
        """
        given = list_tensors((args, kwargs))
        has_gradient = torch.is_grad_enabled() and any(x.requires_grad for x in given)
        if torch.Tag.inplace_view in func.tags or not (has_gradient or self.is_within):
            return None
        copied = tree_map_only(torch.Tensor, lambda x: x.detach().clone(), (args, kwargs))
        arrays = {id(y): self.read(x) for x, y in zip(given, list_tensors(copied), strict=True)}
        return *copied, arrays, {*map(find_storage, given)}

    def note(
        self, func: Any, args: Any, kwargs: Any, arrays: Mapping[int, Any], own: set[int], out: Any
    ) -> None:
        """Note what the results of an operation are made of."""
        results = list_tensors(out)
        of_numbers = [x for x in results if x.is_floating_point() or x.is_complex()]
        is_view = own.issuperset(map(find_storage, results)) and not func._schema.is_mutable
        if is_view or not of_numbers:  # a comparison, or an index
            return
        made = (
            self.apply(func, args, kwargs, arrays, results)
            if any(map(is_live, arrays.values()))
            else []  # of constants
        )
        for x, array in zip(of_numbers, [*made, *[None] * len(results)], strict=False):
            self.write(x, array, func)

    def apply(
        self, func: Any, args: Any, kwargs: Any, arrays: Mapping[int, Any], results: Sequence[Any]
    ) -> Sequence[Any]:
        """Return what is known of the first results of an operation, none for what is constant."""
        name = func._schema.name.removeprefix("aten::").removeprefix("prims::").rstrip("_")
        functional = getattr(torch.ops.aten, name, None) if func._schema.is_mutable else None
        plain = getattr(functional, func._overloadname, func)
        if name in CONSTANT:
            return []
        given, named = tree_map(lambda x: arrays.get(id(x), x), (args, kwargs))
        with suppress(TypeError):  # of a rule that has no such options
            if name in RULES:
                made = RULES[name](*given, **named)
                self.made += sum([len(x.inputs) for x in made.flat if isinstance(x, Value)])
                refuse_size(self.made, "edges")
                return [made]
        bound = bind(plain, args, kwargs)
        if name in MOVES and not (bound.get("accumulate") or bound.get("value")):
            return move_numbers(plain, bound, arrays)
        for x in list_tensors((args, kwargs)):
            if x.is_floating_point():
                self.write(x, arrays[id(x)], name)
        was_within, self.is_within = self.is_within, True
        try:
            with self, torch.random.fork_rng(devices=[]):
                parts = decomposition_table.get(plain, plain.decompose)(*args, **kwargs)
            if parts is NotImplemented:
                raise ValueError(f"adopt doesn't know PyTorch's {name}: {OTHERWISE}")
            pairs = zip(list_tensors(parts), results, strict=False)
            return [self.read(x) if x.shape == y.shape else None for x, y in pairs]
        finally:
            self.is_within = was_within

    def read(self, x: Any) -> Any:
        """Return a tensor as an array of what is known of its numbers; constants as they are."""
        numbers = self.list_numbers(x)
        if not (x.is_floating_point() and (x.requires_grad or self.is_within)):  # constants
            kind = float if x.is_floating_point() else bool if x.dtype is torch.bool else int
            return np.asarray(numbers, kind).reshape(x.shape)
        self.meet(x)
        known = self.hold(x)[list_places(x)]
        found = [y if value is None else value for value, y in zip(known, numbers, strict=True)]
        require_same(
            found, numbers, self.dtype,
            "a tensor that is changed without a gradient (no_grad, .data, detach)",
        )  # fmt: skip
        return pack(found, x.shape)

    def hold(self, x: Any) -> Any:
        """Return the Values that are known at the places of a tensor's storage, None of others."""
        key = find_storage(x)
        if key not in self.known:
            self.known[key] = x, np.empty(x.untyped_storage().nbytes() // x.element_size(), object)
        return self.known[key][1]

    def meet(self, x: Any) -> None:
        """Make leaves of the numbers of a tensor that was there before."""
        made_by: Any = x.grad_fn
        is_new = made_by is not None and made_by._sequence_nr() > self.start
        is_known = made_by is not None and find_storage(x) in self.known
        if is_new and (isinstance(made_by, BackwardCFunction) or not is_known):
            raise ValueError(
                f"adopt can't see into {made_by.name()}, of which PyTorch shows no operation: "
                f"leave out torch.compile, autograd.Function and the like"
            )
        if not x.requires_grad or is_known or id(x) in self.leaves:
            return
        values = pack([*map(Value, map(float, self.list_numbers(x)))], x.shape)
        places = list_places(x)
        if len({*places}) < len(places) or any(y is not None for y in self.hold(x)[places]):
            raise ValueError(
                "adopt reads a number that is one tensor's alone: give each tensor that "
                "requires_grad a .clone() of its numbers"
            )
        self.leaves[id(x)] = x, values
        if x.is_leaf:
            self.after.callback(setattr, x, "grad", x.grad)
        self.write(x, values, "a leaf")

    def write(self, x: Any, array: Any, func: Any) -> None:
        """Say of each number of a tensor what it is made of: numbers, or None, are constants."""
        known, places = self.hold(x), list_places(x)
        if array is None or not is_live(array):
            known[places] = None
            return
        numbers, largest = self.list_numbers(x), torch.finfo(x.dtype).max
        self.dtype = max(self.dtype, read_type(x), key=PRECISION.__getitem__)
        made = [settle(*pair, largest) for pair in zip(array.flat, numbers, strict=True)]
        require_same(made, numbers, self.dtype, f"PyTorch's {func}")
        known[places] = [y if isinstance(y, Value) else None for y in made]

    def list_numbers(self, x: Any) -> list[Any]:
        """Return the numbers of a tensor, in order."""
        odd = x.is_complex() or x.is_quantized or x.is_meta or x.is_nested
        if (
            odd or x.layout is not torch.strided
            or (x.is_floating_point() and read_type(x) not in PRECISION)
        ):  # fmt: skip
            raise ValueError(
                f"adopt reads dense tensors of real numbers, not a {type(x).__name__} "
                f"of {x.layout}, {x.dtype}, on {x.device}"
            )
        refuse_size(x.numel(), "numbers")
        return [*x.detach().reshape(-1).tolist()]

    def finish(self, compute: Any, loss: Any) -> Adoption:
        """Return what was read, with PyTorch's own gradients."""
        if self.refusal is not None:
            raise self.refusal
        if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
            shape = (
                f" of shape {tuple(loss.shape)}"
                if isinstance(loss, torch.Tensor)
                else ": does your function return it?" * (loss is None)
            )
            raise ValueError(
                f"adopt takes a scalar: the function returned "
                f"{add_article(type(loss).__name__)}{shape}"
            )
        root = self.read(loss).item()
        if not isinstance(root, Value) or root.operation is None:
            raise ValueError(
                "adopt needs a scalar that depends on a tensor that requires_grad, all of it "
                "computed within the function, and not under torch.no_grad()"
            )
        self.is_over = True
        try:
            with self:
                slopes = torch.autograd.grad(
                    loss, [x for x, _ in self.leaves.values()],
                    allow_unused=True, retain_graph=True,
                )  # fmt: skip
        except Exception as error:  # of a hook, or since a number that it needs was changed
            raise ValueError(
                f"adopt compares with PyTorch's own backward pass, which raised "
                f"{type(error).__name__}: {error}"
            ) from error
        leaves = [
            (x, values, [0.0] * x.numel() if slope is None else self.list_numbers(slope.to_dense()))
            for (x, values), slope in zip(self.leaves.values(), slopes, strict=True)
        ]
        return finish_reading(root, compute, leaves, "PyTorch", self.dtype)

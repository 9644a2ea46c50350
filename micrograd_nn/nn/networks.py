"""Neurons, layers and networks of them, made of Values.

``MLP(2, [16, 16, 1])`` means what it does in micrograd: ReLU inside, linear at the end, and a
layer of one neuron returns that one Value. A neuron is two nodes of the graph: ``dot`` for
w·x + b, and its activation.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from math import inf, sqrt
from typing import Any

from .._ground.habits import tell_habits
from ..engine import table as op
from ..engine.operation import Operation
from ..engine.operators import Operand
from ..engine.refusals import as_float
from ..engine.value import Constant, Value
from ..graph.places import walk_places
from .module import Module

Activation = Callable[[Any], Any]
Initialisation = Callable[[random.Random, int, int], float]

ACTIVATIONS: dict[str, Activation | None] = {"linear": None} | {
    row.name: row
    for row in (
        op.relu, op.leaky_relu, op.elu, op.gelu, op.silu, op.softplus,
        op.sigmoid, op.tanh, op.sin,
    )
}  # fmt: skip

INITIALISATIONS: dict[str, Initialisation] = {
    "uniform": lambda rng, fan_in, fan_out: rng.uniform(-1, 1),
    "xavier": lambda rng, fan_in, fan_out: rng.uniform(-1, 1) * sqrt(6 / (fan_in + fan_out)),
    "he": lambda rng, fan_in, fan_out: rng.gauss(0, 1) * sqrt(2 / fan_in),
}


@tell_habits
class Neuron(Module):
    """activation(w·x + b), with as many weights as inputs.

    >>> neuron = Neuron(2, activation="tanh", rng=random.Random(0))
    >>> neuron, neuron([1.0, -2.0])
    (Neuron(2, 'tanh'), Value(-0.3301297863037003, grad=None, operation=tanh))

    Without ``bias`` there is no ``b``. The numbers of ``w`` come from ``rng`` by ``init``
    ("uniform" from -1 to 1, "xavier", "he" or a function of rng, fan-in and fan-out). Without
    ``rng`` they come from Python's own, which ``random.seed`` fixes.
    """

    def __init__(
        self,
        n_inputs: int,
        activation: str | Activation | None = "linear",
        *,
        bias: bool = True,
        init: str | Initialisation = "uniform",
        rng: random.Random | None = None,
        fan_out: int = 1,
    ) -> None:
        rng = provide_generator(rng)
        draw = choose_function(init, INITIALISATIONS, "initialisation")
        self.w = [Value(draw(rng, n_inputs, fan_out)) for _ in range(n_inputs)]
        self.b = Value(0.0) if bias else None
        self.activation = choose_function(activation or "linear", ACTIVATIONS, "activation")

    def __call__(self, x: Sequence[Value | float]) -> Value:
        """Return the output for a list of inputs."""
        total = op.dot(self.w, x, self.b)
        return self.activation(total) if self.activation else total

    def __repr__(self) -> str:
        bias = "" if self.b is not None else ", bias=False"
        return f"Neuron({len(self.w)}, {name_activation(self.activation)!r}{bias})"


@tell_habits
class Layer(Module):
    """Neurons side by side on the same inputs; returns their outputs, or the one Value of one.

    >>> layer = Layer(2, 3, activation="relu")
    >>> layer, len(layer([1.0, 2.0]))
    (Layer(2, 3, 'relu'), 3)

    The number of inputs must be right:

    >>> layer([1.0])
    Traceback (most recent call last):
    ValueError: layer takes 2 inputs (it has 3 neurons), not 1
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        activation: str | Activation | None = "linear",
        *,
        name: str = "layer",
        **neuron: Any,
    ) -> None:
        for what, size in (("inputs", n_inputs), ("neurons", n_outputs)):
            if type(size) is not int or size < 1:
                raise ValueError(f"{name} needs a whole number of {what}, at least 1, not {size!r}")
        self.name = name
        self.neurons = [
            Neuron(n_inputs, activation, fan_out=n_outputs, **neuron) for _ in range(n_outputs)
        ]

    def __call__(self, x: Sequence[Value | float]) -> Any:
        """Return the list of outputs for a list of inputs, or the one output."""
        if not isinstance(x, (list, tuple)):
            raise TypeError(f"{self.name} takes a list of inputs, not a {type(x).__name__}")
        if len(x) != len(self.neurons[0].w):
            raise ValueError(
                f"{self.name} takes {len(self.neurons[0].w)} inputs "
                f"(it has {len(self.neurons)} neurons), not {len(x)}"
            )
        # A bare number becomes one constant for all neurons, not one each.
        values: list[Any] = [
            v if isinstance(v, Operand) else Constant(as_float(v, self.name, "a real number"))
            for v in x
        ]
        outputs = [neuron(values) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        of_each = repr(self.neurons[0]).removeprefix(f"Neuron({len(self.neurons[0].w)}")
        return f"Layer({len(self.neurons[0].w)}, {len(self.neurons)}{of_each}"


@tell_habits
class Embedding(Module):
    """A table with a list of parameters for each thing of a kind, such as the letters of a text.

    >>> embedding = Embedding(27, 3, rng=random.Random(0))
    >>> embedding, len(embedding(26)), embedding(26)[0] is embedding.weight[26][0]
    (Embedding(27, 3), 3, True)

    Called with an index, it gives the list at that place of ``weight``; an index that is a Value,
    or data of a program, chooses for each number. Any but a whole one is a ValueError:

    >>> embedding(27)
    Traceback (most recent call last):
    ValueError: choose(index, values) needs a whole index from 0 to below the number of values; \
index = 27.0, of 27 values
    """

    def __init__(
        self, count: int, size: int, *, init: str | Initialisation = "uniform",
        rng: random.Random | None = None,
    ) -> None:  # fmt: skip
        for what, number in (("things", count), ("numbers", size)):
            if type(number) is not int or number < 1:
                raise ValueError(
                    f"Embedding needs a whole number of {what}, at least 1, not {number!r}"
                )
        rng = provide_generator(rng)
        draw = choose_function(init, INITIALISATIONS, "initialisation")
        self.weight = [[Value(draw(rng, count, size)) for _ in range(size)] for _ in range(count)]

    def __call__(self, index: float | Value) -> list[Value]:
        """Return the list of an index."""
        return [op.choose(index, column) for column in zip(*self.weight, strict=True)]

    def __repr__(self) -> str:
        return f"Embedding({len(self.weight)}, {len(self.weight[0])})"


def find_embeddings(thing: object) -> Iterator[Embedding]:
    """Yield the embeddings in a module or in (lists of) its attributes."""
    return (
        place.thing
        for place in walk_places(thing, is_wanted=lambda x: isinstance(x, Embedding), depth=inf)
    )


@tell_habits
class MLP(Module):
    """A multilayer perceptron: layers of the given sizes, each fed by the one before.

    >>> model = MLP(2, [16, 16, 1], rng=random.Random(1))
    >>> model
    MLP(2, [16, 16, 1], activation=['relu', 'relu', 'linear'])
    >>> model([0.5, -1.0]).backward()

    One ``activation`` is for the inner layers, with a linear end; a list has one a layer, each
    by name or as a function of a Value. ``bias``, ``init`` and ``rng`` are as in ``Neuron``.

    >>> MLP(3, [4, 1], activation=["sigmoid"])
    Traceback (most recent call last):
    ValueError: MLP of 2 layers needs as many activations, not 1
    """

    def __init__(
        self,
        n_inputs: int,
        sizes: Sequence[int],
        activation: str | Activation | Sequence[str | Activation | None] | None = "relu",
        *,
        bias: bool = True,
        init: str | Initialisation = "uniform",
        rng: random.Random | None = None,
    ) -> None:
        if not isinstance(sizes, (list, tuple)) or not sizes:
            raise ValueError(
                f"MLP needs a list with the sizes of at least one layer, as in MLP(2, [16, 1]), "
                f"not {sizes!r}"
            )
        rng = provide_generator(rng)
        if activation is None or isinstance(activation, str) or callable(activation):
            inner = choose_function(activation or "linear", ACTIVATIONS, "activation")
            activation = [inner] * (len(sizes) - 1) + ["linear"]
        if len(activation) != len(sizes):
            raise ValueError(
                f"MLP of {len(sizes)} layers needs as many activations, not {len(activation)}"
            )
        widths = [n_inputs, *sizes]
        self.layers = [
            Layer(
                widths[i], widths[i + 1], activation[i],
                name=f"layers.{i}", bias=bias, init=init, rng=rng,
            )
            for i in range(len(sizes))
        ]  # fmt: skip

    @property
    def sizes(self) -> list[int]:
        """The number of inputs, then the neurons of each layer."""
        return [len(self.layers[0].neurons[0].w)] + [len(layer.neurons) for layer in self.layers]

    @property
    def activations(self) -> list[str]:
        """The name of each layer's activation."""
        return [name_activation(layer.neurons[0].activation) for layer in self.layers]

    @property
    def has_bias(self) -> bool:
        """Whether the neurons have biases."""
        return self.layers[0].neurons[0].b is not None

    def __call__(self, x: Sequence[Value | float]) -> Any:
        """Return the last layer's outputs for a list of inputs, or its one output."""
        for layer in self.layers[:-1]:
            outputs = layer(x)
            x = outputs if isinstance(outputs, list) else [outputs]
        return self.layers[-1](x)

    def __repr__(self) -> str:
        inputs, *sizes = self.sizes
        return f"MLP({inputs}, {sizes}, activation={self.activations})"


def choose_function(choice: Any, named: dict[str, Any], what: str) -> Any:
    """Return a function given by itself or by its name."""
    if callable(choice):
        return choice
    if isinstance(choice, str) and choice in named:
        return named[choice]
    raise ValueError(f"there is no {what} {choice!r}: choose from {', '.join(named)}")


def provide_generator(rng: random.Random | None) -> random.Random:
    """Return the given source of random numbers, or Python's own, which ``random.seed`` sets.

    >>> random.seed(1)
    >>> model = MLP(2, [3, 1])
    >>> random.seed(1)
    >>> MLP(2, [3, 1]).state() == model.state()
    True
    """
    if rng is not None and not isinstance(rng, random.Random):
        raise TypeError(f"rng is a source of random numbers, as random.Random(1), not {rng!r}")
    return random._inst if rng is None else rng


def name_activation(activation: Activation | None) -> str:
    """Return an activation's name: a row's, or a function's own."""
    if activation is None:
        return "linear"
    if isinstance(activation, Operation):
        return activation.name
    return getattr(activation, "__name__", type(activation).__name__)

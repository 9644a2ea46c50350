"""What all models share: their parameters by name, and the numbers of these.

A model derives from ``Module``, or from nothing: then the functions here serve it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Any

from .._ground.habits import tell_habits
from .._ground.text import count_things, quote_text
from ..engine.backprop import zero_gradients
from ..engine.node import is_leaf
from ..engine.refusals import as_float
from ..engine.value import Value
from ..graph.places import choose_places, is_value, walk_places


def name_parameters(model: Any, beside: Iterable[Value] = ()) -> dict[str, Value]:
    """Return what any model has to train by name, in the order of its ``parameters()``.

    A parameter is called by its place among the attributes, or as the model's own
    ``named_parameters()`` says. What only ``parameters()`` gives, or is given ``beside`` it, is
    called by its number:

    >>> class Line:
    ...     def __init__(self):
    ...         self.slope, self.hidden = Value(2.0), {Value(1.0)}
    ...     def parameters(self):
    ...         return [*self.hidden, self.slope]
    >>> list(name_parameters(Line()))
    ['parameters.0', 'slope']

    No two have one name, so that none is lost:

    >>> list(name_parameters({"model": {"a.b": Value(1.0), "a": {"b": Value(2.0)}}}))
    ['model.a.b', 'parameters.1']
    """
    named, own = (getattr(model, name, None) for name in ("named_parameters", "parameters"))
    names = {
        x: name
        for name, x in (named() if callable(named) else Module.named_parameters(model))
        if is_value(x)
    }
    given = filter(is_value, own() if callable(own) else ())
    found: dict[str, Value] = {}
    for i, x in enumerate(dict.fromkeys([*given, *names, *beside])):
        name = names.get(x, "")
        found[name if name and name not in found else f"parameters.{i}"] = x
    return found


def state(model: object) -> dict[str, float]:
    """Return the numbers of a model's parameters by name, a snapshot for ``load_state``.

    >>> class Line:
    ...     def __init__(self):
    ...         self.slope = Value(2.0)
    ...     def parameters(self):
    ...         return [self.slope]
    >>> state(Line())
    {'slope': 2.0}

    A Module has it as a method, ``model.state()``. It is a dictionary of floats, fit for ``json``.
    """
    return {name: x.data for name, x in name_parameters(model).items()}


def load_state(model: object, state: Mapping[str, float]) -> None:
    """Set the numbers of a model's parameters from a snapshot of one of the same shape.

    >>> from micrograd_nn.nn import Neuron
    >>> neuron = Neuron(0)
    >>> load_state(neuron, {"b": 0.5})
    >>> neuron.b.data
    0.5

    Nothing changes unless all names agree:

    >>> load_state(neuron, {"c": 0.5})
    Traceback (most recent call last):
    ValueError: this state is of another model: it lacks 'b' and has an unknown 'c'
    """
    parameters = name_parameters(model)
    wrong = [f"lacks {quote_text(name)}" for name in parameters if name not in state][:1]
    wrong += [f"has an unknown {quote_text(name)}" for name in state if name not in parameters][:1]
    if wrong:
        raise ValueError(f"this state is of another model: it {' and '.join(wrong)}")
    numbers = {
        name: as_float(state[name], f"the parameter {name!r}", "a real number")
        for name in parameters
    }
    for name, parameter in parameters.items():
        parameter.data = numbers[name]


@tell_habits
class Module:
    """Anything with parameters: the leaves among its attributes, and within what these hold.

    Lists, dictionaries, Modules and objects of plain classes are looked into.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> Line(), [name for name, parameter in Line().named_parameters()]
    (<Line of 2 parameters>, ['slope', 'offset'])

    A parameter that is used in two places (tied weights) is listed once.
    """

    def __repr__(self) -> str:
        count = len(self.parameters())
        return f"<{type(self).__name__} of {count_things(count, 'parameter')}>"

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        if "forward" in vars(cls) and not any("__call__" in vars(base) for base in cls.__mro__):
            raise TypeError(f"{cls.__name__} has a forward and no __call__: name it __call__")

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Yield each parameter with its place, such as ``layers.0.neurons.3.w.1``.

        >>> from micrograd_nn.nn import MLP
        >>> names = [name for name, parameter in MLP(2, [1]).named_parameters()]
        >>> names
        ['layers.0.neurons.0.w.0', 'layers.0.neurons.0.w.1', 'layers.0.neurons.0.b']
        """
        places = choose_places(walk_places(self, depth=inf)).values()
        return iter([(x.name, x.thing) for x in places if is_leaf(x.thing)])

    def parameters(self) -> list[Value]:
        """Return the parameters: each neuron's weights and then its bias, layer by layer.

        >>> from micrograd_nn.nn import MLP
        >>> len(MLP(2, [16, 16, 1]).parameters())
        337
        """
        return [parameter for _, parameter in self.named_parameters()]

    @tell_habits
    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0.0, since backward passes add up.

        >>> from micrograd_nn.nn import Neuron
        >>> neuron = Neuron(1)
        >>> neuron.zero_grad()
        >>> neuron.b.grad
        0.0
        """
        zero_gradients([*self.parameters()])

    state = state
    load_state = load_state

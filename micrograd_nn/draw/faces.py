"""What boxes and arrows say: names, operations, numbers and gradients as short texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..engine.value import Constant, Value
from ..text import count_things, format_number
from .marks import Look


class Face(NamedTuple):
    """What a box says: a name and an operation, a value and a gradient, and what else there is."""

    name: str
    operation: str = ""
    value: str = ""
    gradient: str = ""
    notes: Sequence[str] = ()


class Flow(NamedTuple):
    """What an arrow says: the local derivative, the share that flows back, and what else."""

    partial: str = ""
    share: str = ""
    note: str = ""

    @property
    def lines(self) -> list[str]:
        """The same as lines of text.

        >>> Flow("3", "−6").lines
        ['× 3', '◂ −6']
        """
        lines = [f"× {self.partial}" if self.partial else "", f"◂ {self.share}", self.note]
        return [line for line in lines if line and line != "◂ "]


def describe_node(
    members: Sequence[Value], name: str, is_edited: bool, look: Look, notes: Sequence[str] = ()
) -> Face:
    """Return what the box of a node says, or of those of one place in all repetitions.

    >>> x = Value(3.0)
    >>> describe_node([x * x], "y", False, Look())
    Face(name='y', operation='×', value='9', gradient='', notes=())
    >>> describe_node([x, Value(5.0)], "x", False, Look()).value
    '3 … 5'
    """
    node = members[0]
    face = name_node(node, name, look)._replace(notes=tuple(notes))
    numbers = look.show_numbers(members)
    if isinstance(node, Constant):
        change = look.change
        is_new = change is not None and change.is_new_input(change.partners[node], node)
        return face._replace(name=numbers) if len(members) > 1 or is_new else face
    return face._replace(
        value=numbers if look.has_data else "",
        gradient=look.show_gradients(members) if look.has_grad else "",
        notes=("edited",) * (is_edited and look.has_data) + tuple(notes),
    )


def name_node(node: Value, name: str, look: Look) -> Face:
    """Return the first line in a node's box: its name and operation.

    >>> x = Value(3.0)
    >>> name_node(x * x, "y", Look())[:2]
    ('y', '×')
    """
    if isinstance(node, Constant):  # one without a name is called by its number
        return Face(look.format_number(node.data) if name == format_number(node.data) else name)
    return Face(name, node.operation.symbol if node.operation else "")


def describe_edges(edges: Iterable[tuple[Value, int]], values: int, look: Look) -> Flow:
    """Return what an arrow says of its edges: what flows, or how many values go along it.

    >>> x = Value(3.0)
    >>> describe_edges([(x * x, 0)], 1, Look()).lines, describe_edges([], 12, Look()).lines
    (['× 3'], ['12 values'])
    """
    if values > 1:
        return Flow(note=f"{count_things(values, 'value')}")
    partials, shares = [], []
    for node, position in edges:
        partial, upstream = node.partials[position], look.read_gradient(node)
        if partial is not None:
            partials.append(partial + 0.0)  # no −0
            if upstream is not None:
                shares.append(upstream * partial + 0.0)
    if not (partials and look.has_grad):
        return Flow()
    flowed = look.has_passed and len(shares) == len(partials)
    return Flow(look.format_range(partials), look.format_range(shares) if flowed else "")


def describe_group(
    name: str, own: Sequence[Value], inner: Sequence[Value], outputs: Sequence[Value], count: int,
    look: Look,
) -> Face:  # fmt: skip
    """Return what the box of so many neurons says: shape, operations, parameters and numbers.

    Of ``own``, all nodes, the ``inner`` ones are the computed ones of one repetition, the
    ``outputs`` those that others use.
    """
    parameters = [node for node in own if not node.inputs]
    fan_in = max((len(set(node.inputs) - set(parameters)) for node in inner), default=0)
    symbols = dict.fromkeys(node.operation.symbol for node in inner if node.operation)
    notes = [f"{fan_in} → {count} neurons"] if count > 1 else []
    notes.append(", ".join(symbols))
    per_neuron = len(set(inner).intersection(outputs)) / count
    if per_neuron > 1:
        notes.append(f"used {per_neuron:.4g} times")
    notes.append(count_things(len(parameters), "parameter"))
    reached = [node for node in parameters if look.has_gradient(node)]
    return Face(
        name,
        value=look.show_numbers(outputs) if look.has_data else "",
        gradient=look.show_gradients(reached) if reached and look.has_grad else "",
        notes=[note for note in notes if note],
    )

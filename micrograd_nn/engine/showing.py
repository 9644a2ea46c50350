"""How a Value shows itself to people, debuggers, notebooks: in one line, whatever is below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

WIDEST = 80  # letters of a line


class Showing:
    """What consoles, rich, notebooks and PuDB ask a Value for."""

    __slots__ = ()

    show_in_notebook: Callable[[Any], str | None] | None = None  # set by who can draw and link

    def __repr__(self: Any) -> str:
        parts = [repr(self.number)]
        if not self.is_constant:
            parts.append(f"grad={self.grad!r}")
        if self.operation is not None:
            parts.append(f"operation={self.operation.name}")
        if self.label is not None:
            parts.append(f"label={self.label!r}")
        text = f"{type(self).__name__}({', '.join(parts)})"
        return text if len(text) <= WIDEST else f"{text[: WIDEST - 2]}…)"

    def __rich_repr__(self: Any) -> Iterator[Any]:
        yield self.number
        if not self.is_constant:
            yield "grad", self.grad
        if self.operation is not None:
            yield "operation", self.operation.name
        if self.label is not None:
            yield "label", self.label

    def _repr_html_(self) -> str | None:
        show = Showing.show_in_notebook
        return None if show is None else show(self)

    def safely_stringify_for_pudb(self) -> str:
        """Return what PuDB shows in its list of variables: it asks for it by this name.

        >>> from micrograd_nn import Value
        >>> Value(3.0, label="x").safely_stringify_for_pudb()
        "Value(3.0, grad=None, label='x')"
        """
        return repr(self)

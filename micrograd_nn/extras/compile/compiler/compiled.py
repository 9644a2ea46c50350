"""What functions that are compiled have in common: their programs, or why there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...._ground.callers import warn_user
from ...._ground.text import count_things
from .errors import LastingError, UnreadError
from .variants import Variants


class Compiled:
    """A function of somebody's and its programs; ``made_of`` is what it was made of."""

    def __init__(self, variants: Variants, function: Callable[..., Any], *made_of: Any) -> None:
        self.function = self.__wrapped__ = function
        self.__doc__ = getattr(function, "__doc__", None)
        self.__name__ = variants.name
        self.variants = variants
        self.made_of = made_of
        self.reason = ""  # why it isn't compiled any more
        self.records = ""  # that it was called where no program can serve

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle the function alone: new programs are made, for its own parameters."""
        return type(self), (self.function, *self.made_of)

    def __repr__(self) -> str:
        if self.reason:
            return f"<{self.__name__}, not compiled: {self.reason}>"
        told = f"<compiled {self.__name__}: {count_things(len(self.variants), 'program')}"
        runs = [*dict.fromkeys(map(str, self.variants.list_choices()))]
        return ", ".join([told, *runs]) + f"{self.records}>"

    def give_up(self, error: LastingError) -> None:
        """Run as it is from now on, and say why."""
        self.reason = str(error)
        self.variants.forget_all()
        remedy = (
            ". If its result depends on the numbers by operations and comparisons alone, not on "
            "their type or text, unchecked=True compiles it all the same"
        )
        told = f"{self.__name__} runs as it is, not compiled: {error}"
        warn_user(told + remedy * isinstance(error, UnreadError), RuntimeWarning)

"""The statements that a function's lines are made of: a class of them for each language."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from ..writing.notation import Notation
from .lookups import Steps


class Statements(ABC):
    """The statements that a function's lines are made of, in one language."""

    notation: Notation
    indent: ClassVar[str]
    end_if: ClassVar[str] = ""
    skips: ClassVar[bool] = True  # whether lines may be left out of a row where a number is 0

    @abstractmethod
    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""

    @abstractmethod
    def increase(self, name: str, text: str) -> str:
        """Add a number to one that has a name."""

    @abstractmethod
    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""

    @abstractmethod
    def keep(self, text: str) -> str:
        """Keep the result of a row."""

    @abstractmethod
    def keep_all(self, *texts: str) -> str:
        """Keep several results of a row."""

    @abstractmethod
    def increase_item(self, name: str, steps: Steps, place: str, text: str) -> str:
        """Add a number to an item of a list, at a place that is known when the program runs."""

    @abstractmethod
    def skip_row(self, x: str) -> str:
        """Go on to the next row where a number is 0."""

    @abstractmethod
    def begin_if(self, x: str) -> str:
        """Begin what is left out where a number is 0."""

    @abstractmethod
    def comment(self, text: str) -> str:
        """Tell what follows."""

"""How one setting of the playground for networks is read from a text, and offered in its form.

Each reader returns what a text means, or refuses it in one sentence, which names the setting.
``describe`` returns what the form has to know: the page's fields have no limits of their own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from micrograd_nn._ground.text import InputError, quote_text

THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")  # or as many decimals


@dataclass(frozen=True)
class Choice:
    """One of some names; a form may call some of them by ``words``, and show them by ``groups``."""

    name: str
    known: Sequence[str]
    words: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        """Return the name."""
        if text not in self.known:
            known = ", ".join(filter(None, self.known))
            raise InputError(f"{self.name}: there is no {quote_text(text)}: choose from {known}")
        return text

    def describe(self) -> dict[str, Any]:
        """Return the names, each with its words and its group."""
        named = [[name, self.words.get(name, name), self.groups.get(name)] for name in self.known]
        return {"choices": named}


@dataclass(frozen=True)
class Several:
    """Some of some names, divided by commas, in whatever order; a form has other words for them."""

    name: str
    known: Sequence[str]
    words: Mapping[str, str]

    def __call__(self, text: str) -> tuple[str, ...]:
        """Return the names, each once, in their own order."""
        one = Choice(self.name, self.known)
        asked = {one(name.strip()) for name in text.split(",")} if text else set()
        return tuple([name for name in self.known if name in asked])

    def describe(self) -> dict[str, Any]:
        """Return the names, each with its words."""
        return {"several": [[name, self.words[name]] for name in self.known]}


@dataclass(frozen=True)
class Whole:
    """A whole number in a range."""

    name: str
    low: int
    high: int

    def __call__(self, text: str) -> int:
        """Return the number."""
        low, high = self.low, self.high
        if not (text.isascii() and text.isdigit() and len(text) < 12 and low <= int(text) <= high):
            raise InputError(
                f"{self.name}: a whole number from {low} to {high}, not {quote_text(text)}"
            )
        return int(text)

    def describe(self) -> dict[str, Any]:
        """Return the range."""
        return {"low": self.low, "high": self.high, "step": "1"}


@dataclass(frozen=True)
class Real:
    """A number in a range; ``step`` is that of a field's arrows."""

    name: str
    low: float
    high: float
    step: str = "any"

    def __call__(self, text: str) -> float:
        """Return the number."""
        if THOUSANDS.fullmatch(text):
            raise InputError(
                f"{self.name}: the comma of {quote_text(text)} may divide thousands or decimals: "
                "write the number without it, or with a point"
            )
        try:
            number = math.nan if "_" in text else float(text.replace(",", "."))
        except ValueError:
            number = math.nan
        if not self.low <= number <= self.high:
            raise InputError(
                f"{self.name}: a number from {self.low:g} to {self.high:g}, not {quote_text(text)}"
            )
        return number + 0.0

    def describe(self) -> dict[str, Any]:
        """Return the range and the step."""
        return {"low": self.low, "high": self.high, "step": self.step}


@dataclass(frozen=True)
class Layers:
    """The numbers of neurons inside, layer by layer; an empty text has none."""

    most: int
    neurons: int

    def __call__(self, text: str) -> tuple[int, ...]:
        """Return the numbers."""
        if not text:
            return ()
        sizes = text.split(",")
        if len(sizes) > self.most:
            raise InputError(f"layers: at most {self.most} inside, not {len(sizes)}")
        return tuple([Whole("layers, each", 1, self.neurons)(size.strip()) for size in sizes])

    def describe(self) -> dict[str, Any]:
        """Return the limits, and what a field's text looks like."""
        size = f"({'|'.join(map(str, range(1, 1 + self.neurons)))})"
        return {
            "most": self.most,
            "neurons": self.neurons,
            "pattern": rf"\s*({size}\s*(,\s*{size}\s*){{0,{self.most - 1}}})?",
            "title": f"up to {self.most} layers of 1 to {self.neurons} neurons, such as 8,8",
        }


@dataclass(frozen=True)
class Table:
    """A table as text, if it isn't too long to be looked at."""

    longest: int

    def __call__(self, text: str) -> str:
        """Return the table."""
        if len(text) > self.longest:
            raise InputError(f"the table has {len(text):,} signs, more than {self.longest:,}")
        return text

    def describe(self) -> dict[str, Any]:
        """Return nothing: its field takes whatever is pasted."""
        return {}

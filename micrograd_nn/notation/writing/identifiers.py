"""Identifiers: names in a program for what has a label, none of them twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from itertools import count


class Identifiers:
    """Identifiers for a program's numbers: from labels where there are any, each one once.

    >>> names = Identifiers({"lambda"})
    >>> names.new("layers.0.w"), names.new("layers.0.w"), names.new("lambda"), names.new("2x")
    ('layers_0_w', 'layers_0_w_2', 'lambda_', '_2x')
    """

    def __init__(self, reserved: Collection[str] = ()) -> None:
        self.reserved = reserved
        self.taken = set(reserved)
        self.latest: dict[str, int] = {}  # numbers behind names that stand several times

    def new(self, label: str) -> str:
        """Return an identifier like this label that no other number has."""
        is_plain = label.isascii() and label.isidentifier() and label.strip("_") == label
        if is_plain and label not in self.taken:  # as most are
            self.taken.add(label)
            return label
        # Python reads ﬂ as fl, and a mathematical 𝐱 as x.
        name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", label)).strip("_") or "v"
        name = f"_{name}" if name[0].isdigit() or not name.isidentifier() else name
        if not name.isidentifier():  # such as ½, a letter to re alone
            name = re.sub(r"[^A-Za-z0-9_]", "_", name)
        name = f"{name}_" if name in self.reserved else name
        tried = name
        while tried in self.taken:
            self.latest[name] = self.latest.get(name, 1) + 1
            tried = f"{name}_{self.latest[name]}"
        self.taken.add(tried)
        return tried

    def keep(self, identifiers: Iterable[str]) -> list[str]:
        """Return identifiers of Python, each one once, as they are if nothing else has them."""
        found = [*identifiers]
        if not (self.taken.isdisjoint(found) and all(map(str.isascii, found))):
            return [*map(self.new, found)]
        self.taken.update(found)
        return found

    def count_up(self, letter: str) -> Iterator[str]:
        """Yield v1, v2, … without those that are taken."""
        for i in count(1):
            if (name := f"{letter}{i}") not in self.taken:
                self.taken.add(name)
                yield name

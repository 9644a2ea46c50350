"""Examples as programs take them: each one's form and the numbers that may change, read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, compress
from math import isnan
from operator import is_
from typing import Any, NamedTuple

from .._ground.nested import iterate_numbers
from ..languages.compiler.kinds import LARGEST, is_fraction
from ..languages.compiler.variants import CallForm, Variants
from ..languages.native.packing import Rows

Example = tuple[Sequence[float], Any]

FLAT = (list, tuple)
UNCHANGING = {float, int, bool, str, type(None)}


class ExampleVariants(Variants):
    """The programs for the loss of one example, whose whole numbers are data.

    Where the loss can't take them so, those of the target are classes, say; then those of the
    inputs are indices.
    """

    moves = staticmethod(is_fraction)
    whole = 2, 1, 0
    what = "examples"

    def find_movable(self, arguments: Sequence[Any], given: list[Any]) -> list[int]:
        """Return the places of the numbers that may change: no NaN, which a list knows by identity.

        It is part of the form.
        """
        places = super().find_movable(arguments, given)
        return [i for i in places if given[i] == given[i]]


class Group(NamedTuple):
    """Examples that one program serves, and the numbers of each that may change."""

    form: CallForm
    examples: list[Example]
    rows: list[Sequence[float]]

    def list_examples(self) -> list[Group]:
        """Return its examples, each as a group."""
        return [
            Group(self.form, [example], [row])
            for example, row in zip(self.examples, self.rows, strict=True)
        ]


class Packed(NamedTuple):
    """Examples as C reads them: their rows, and their forms by number."""

    rows: Rows
    forms: list[CallForm]


class ExampleReader:
    """Reads examples for the programs of a loss, each once, and parts them by those programs."""

    def __init__(self, variants: Variants) -> None:
        self.variants = variants
        self.forms: dict[int, CallForm] = {}  # by the ids of examples
        self.editable: dict[int, tuple[Example, list[int]]] = {}  # of those; how long parts are
        self.alike: dict[tuple[Any, ...], CallForm] = {}  # by the kinds of their numbers
        self.packed: dict[int, Packed] = {}  # by the ids of lists

    def group(self, data: Sequence[Example]) -> Iterator[Group]:
        """Yield groups of examples that follow one another and share one program."""
        group: Group | None = None
        for example in data:
            form = self.read_form(example)
            if group is not None and (
                form.key != group.form.key or not self.variants.has_one_way(form)
            ):
                yield group
                group = None
            if group is None:
                group = Group(form, [], [])
            group.examples.append(example)
            group.rows.append(form.row)
        if group is not None:
            yield group

    def read_form(self, example: Example) -> CallForm:
        """Return an example as a form and the numbers that may change, once for each."""
        form = self.forms.get(id(example))
        if form is None:
            form = self.forms[id(example)] = self.read_alike(example)
            if not is_unchanging(example):
                self.editable[id(example)] = example, [len(part) for part in part_flat(example)]
        return form

    def read_alike(self, example: Example) -> CallForm:
        """Return an example's form: that of one before, where they differ in numbers alone."""
        parts = part_flat(example)
        kinds = [{*map(type, part)} for part in parts]
        key = tuple(
            [
                (type(whole), len(part), *(its if len(its) == 1 else map(type, part)))
                for whole, part, its in zip(example, parts, kinds, strict=True)
            ]
        )
        alike = self.alike.get(key) if example[0] is not example[1] else None
        given: list[Any] = [*chain.from_iterable(parts)]
        with_wholes = [int in its for its in kinds]
        wholes = compress(parts, with_wholes)
        if (
            alike is not None
            and all(max(map(abs, part)) <= LARGEST for part in wholes)
            and not isnan(sum(given))  # as that of a NaN is, which is part of the form
        ):
            row = given
            if any(with_wholes):
                rows = zip(parts, with_wholes, strict=True)
                row = [*chain(*[map(float, part) if has_any else part for part, has_any in rows])]
            return alike._replace(arguments=example, given=given, row=row)
        form = self.variants.read_form(example, list(iterate_numbers(list(example))))
        are_numbers = all(its <= {int, float} for its in kinds)
        if are_numbers and len(form.places) == len(given) and not form.is_twice:
            self.alike[key] = form
        return form

    def forget_editable(self) -> None:
        """Read those examples anew that were edited, as somebody may just have done."""
        for place, (example, lengths) in [*self.editable.items()]:
            if is_edited(example, self.forms[place].given, lengths):
                del self.forms[place], self.editable[place]
                self.packed.clear()

    def forget_all(self) -> None:
        """Read all anew, since more is part of a form."""
        self.forms.clear()
        self.editable.clear()
        self.alike.clear()
        self.packed.clear()

    def pack(self, data: Sequence[Example]) -> Packed:
        """Return examples as C reads them, in their order."""
        packed = self.packed.get(id(data))
        if packed is None:
            known: dict[Any, tuple[int, CallForm]] = {}  # by key, which takes long to hash
            read = [self.read_form(example) for example in data]
            rows = Rows.collect(
                (form.row, known.setdefault(form.key, (len(known), form))[0]) for form in read
            )
            packed = Packed(rows, [form for _, form in known.values()])
            self.packed[id(data)] = packed
        return packed


def is_unchanging(thing: Any) -> bool:
    """Tell whether a thing is a tuple of numbers and texts, in which nobody can set anything.

    >>> is_unchanging(((0.5, 1), "a")), is_unchanging(([0.5], 1))
    (True, False)
    """
    if type(thing) is not tuple:
        return type(thing) in UNCHANGING
    return UNCHANGING.issuperset(map(type, thing)) or all(map(is_unchanging, thing))


def part_flat(example: Example) -> list[Any]:
    """Return the parts of an example, a single number as one of itself."""
    return [part if type(part) in FLAT else (part,) for part in example]


def is_edited(example: Example, given: list[Any], lengths: list[int]) -> bool:
    """Tell whether an example may hold other numbers than those that it was read with.

    >>> example = ([1.0, 2.0], 3)
    >>> given = [*example[0], example[1]]
    >>> is_edited(example, given, [2, 1])
    False
    >>> example[0][1] = -2.0
    >>> is_edited(example, given, [2, 1])
    True
    """
    if type(example) is not tuple:  # whose parts may be others by now
        return True
    parts = part_flat(example)
    now = [x for part in parts for x in part]
    is_same = [len(part) for part in parts] == lengths and len(now) == len(given)
    return not is_same or not all(map(is_, now, given))  # nested ones aren't what they hold

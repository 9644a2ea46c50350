"""Examples as programs take them: each one's form and the numbers that may change, read once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, groupby
from math import isnan
from operator import is_
from typing import Any, NamedTuple

from ..._ground.nested import iterate_numbers
from ..compile.compiler.kinds import LARGEST, is_fraction
from ..compile.compiler.variants import CallForm, Variants
from ..compile.native.packing import Rows, pack

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


class ExampleTable(tuple[Example, ...]):
    """Examples that nobody can edit: each has a tuple of as many finite floats, and a number.

    Their numbers are packed once, for all trainings.
    """

    @cached_property
    def packed(self) -> array[float]:
        """All numbers, row by row, a target behind its inputs."""
        rows = [pack((*inputs, target)) for inputs, target in self]
        return array("d", b"".join(rows))


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

        def find_way(place: int) -> Any:
            form = self.read_form(data[place])
            return form.key if self.variants.has_one_way(form) else place

        for _, places in groupby(range(len(data)), find_way):
            examples = [data[place] for place in places]
            forms = [*map(self.read_form, examples)]
            yield Group(forms[0], examples, [form.row for form in forms])

    def read_form(self, example: Example) -> CallForm:
        """Return an example as a form and the numbers that may change, once for each."""
        form = self.forms.get(id(example))
        if form is None:
            flat = Flat.read(example)
            form = self.keep_form(flat, self.find_alike(flat))
        return form

    def keep_form(self, flat: Flat, alike: CallForm | None) -> CallForm:
        """Return an example's form, by one before that is alike, and keep it."""
        example = flat.example
        if alike is None:
            form = self.read_new(flat)
        else:
            given = [*chain.from_iterable(flat.parts)]
            row = [*map(float, given)] if any(int in its for its in flat.kinds) else given
            form = alike._replace(arguments=example, given=given, row=row)
        self.forms[id(example)] = form
        if not flat.is_unchanging():
            self.editable[id(example)] = example, [len(part) for part in flat.parts]
        return form

    def find_alike(self, flat: Flat) -> CallForm | None:
        """Return the form of an example before that differs from this in numbers alone, if any."""
        example = flat.example
        alike = self.alike.get(flat.key) if example[0] is not example[1] else None
        wholes = [part for part, its in zip(flat.parts, flat.kinds, strict=True) if int in its]
        if (
            alike is None
            or not all(max(map(abs, part)) <= LARGEST for part in wholes)
            or any(isnan(sum(part)) for part in flat.parts)  # a NaN is part of the form
        ):
            return None
        return alike

    def read_new(self, flat: Flat) -> CallForm:
        """Return an example's form, for those that are alike as well."""
        example, size = flat.example, sum(map(len, flat.parts))
        form = self.variants.read_form(example, list(iterate_numbers(list(example))))
        are_numbers = all(its <= {int, float} for its in flat.kinds)
        if are_numbers and len(form.places) == size and not form.is_twice:
            self.alike[flat.key] = form
        return form

    def forget_editable(self) -> None:
        """Read the examples again that were edited, as somebody may just have done."""
        for place, (example, lengths) in [*self.editable.items()]:
            if is_edited(example, self.forms[place].given, lengths):
                del self.forms[place], self.editable[place]
                self.packed.clear()

    def forget_all(self) -> None:
        """Read all again, since more is part of a form."""
        self.forms.clear()
        self.editable.clear()
        self.alike.clear()
        self.packed.clear()

    def pack(self, data: Sequence[Example]) -> Packed:
        """Return examples as C reads them, in their order."""
        packed = self.packed.get(id(data))
        if packed is None and type(data) is ExampleTable:
            form = self.read_form(data[0])
            if len(form.places) == len(form.given):  # all are data, and so are those of the others
                packed = self.packed[id(data)] = Packed(Rows.of(data.packed, len(data)), [form])
        if packed is None:
            forms: list[CallForm] = []
            by_id: dict[int, int] = {}  # of forms, since their keys take long to hash
            by_key: dict[Any, int] = {}
            rows = Rows()
            for form, numbers in self.iterate_forms(data):
                number = by_id.get(id(form.key))
                if number is None:
                    number = by_id[id(form.key)] = by_key.setdefault(form.key, len(forms))
                    if number == len(forms):
                        forms.append(form)
                rows.add(numbers, number)
            packed = self.packed[id(data)] = Packed(rows, forms)
        return packed

    def iterate_forms(self, data: Sequence[Example]) -> Iterator[tuple[CallForm, Sequence[float]]]:
        """Yield the form of each example and its numbers that may change."""
        for example in data:
            form = self.forms.get(id(example))
            if form is None:
                flat = Flat.read(example)
                alike = self.find_alike(flat)
                if alike is not None and flat.is_unchanging():  # nobody edits it: no more is kept
                    yield alike, [*chain.from_iterable(flat.parts)]
                    continue
                form = self.keep_form(flat, alike)
            yield form, form.row


class Flat(NamedTuple):
    """An example as runs of items: its parts, a single number as one of itself, and their kinds."""

    example: Example
    parts: list[Any]
    kinds: list[set[type]]

    @staticmethod
    def read(example: Example) -> Flat:
        """Return an example as runs of items."""
        parts = part_flat(example)
        return Flat(example, parts, [{*map(type, part)} for part in parts])

    @property
    def key(self) -> tuple[Any, ...]:
        """What is equal for examples that differ in numbers alone."""
        return tuple(
            [
                (type(whole), len(part), *(its if len(its) == 1 else map(type, part)))
                for whole, part, its in zip(self.example, self.parts, self.kinds, strict=True)
            ]
        )

    def is_unchanging(self) -> bool:
        """Tell whether it is a tuple of numbers and texts, in which nobody can set anything.

        >>> Flat.read(((0.5, 1), "a")).is_unchanging(), Flat.read(([0.5], 1)).is_unchanging()
        (True, False)
        """
        if type(self.example) is not tuple or list in map(type, self.example):
            return False
        return all(
            its <= UNCHANGING or all(map(is_unchanging, part))
            for its, part in zip(self.kinds, self.parts, strict=True)
        )


def part_flat(example: Example) -> list[Any]:
    """Return the parts of an example, a single number as one of itself."""
    return [part if type(part) in FLAT else (part,) for part in example]


def is_unchanging(thing: Any) -> bool:
    """Tell whether a thing is a number, a text or a tuple of those.

    >>> is_unchanging(((0.5, 1), "a")), is_unchanging(([0.5], 1))
    (True, False)
    """
    return all(map(is_unchanging, thing)) if type(thing) is tuple else type(thing) in UNCHANGING


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

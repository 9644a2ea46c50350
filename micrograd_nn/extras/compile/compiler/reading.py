"""Reads a function before it is traced: whether a trace sees all that its result depends on.

A trace sees operations and comparisons. It doesn't see what asks for a number's type or text,
catches an error or looks at the world. So the bytecode of a function is read, with all that it
calls: what isn't on the list of ``allowed.py`` is an ``UnreadError`` that names the place. What
the function takes from elsewhere is kept, so that a change of it is noticed at the next call.
"""

from __future__ import annotations

from abc import ABCMeta
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from numbers import Integral, Number
from types import FunctionType, MethodType
from typing import Any, NoReturn

from ...._ground.callers import FOLDER
from ...._ground.nested import iterate_keys, iterate_numbers
from ...._ground.text import add_article
from ....engine.operation import Choice, Lookup, Operation, Reduction
from ....engine.value import Constant, Value
from .allowed import CALLABLES, HASHING, METHODS, OWN_MODULES, UNFOLLOWED
from .classes import (
    MAKE,
    SLOTS,
    UNKNOWN,
    find_attributes,
    find_base,
    find_other_base,
    find_special,
    has_slots,
    is_generated,
    is_of_the_package,
    is_trusted,
    is_written_in_python,
    look_up,
    take_apart,
)
from .errors import UnreadError
from .instructions import CodeReader, find_namespaces, look_into, tell_lambda
from .kinds import NOT_FLOATS
from .outside import Outside, iterate_containers, list_items

PLAIN = {
    float, int, bool, complex, str, bytes, type(None), type(...), type(NotImplemented), range,
    Fraction, Decimal,
}  # fmt: skip
OPERATIONS = {Operation, Reduction, Choice, Lookup}
EXACT = (float, Integral)  # kinds of NumPy's numbers that compute as Python's do
NUMPYS = (
    "a number of NumPy's, which compares to NumPy's booleans: x.item() and array.tolist() give "
    "Python's numbers"
)
CONTAINERS = (list, tuple, dict, set, frozenset, deque)
ITSELF = "which is equal to itself alone: a dataclass without eq=False compares what it holds"
MOST_READ = 1_000_000  # things from elsewhere


class Reader:
    """Reads things that a trace may meet, and all that these lead to.

    >>> Reader().read(lambda x: x * x if x > 0 else -x).find_change()
    ''
    >>> Reader().read(lambda x: 1.0 if isinstance(x, float) else x)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    micrograd_nn...UnreadError: line 1 of <doctest ...>, in <lambda>, uses isinstance
    """

    def __init__(self) -> None:
        self.outside = Outside()
        self.known = self.outside.known  # what was read
        self.waiting: deque[tuple[Any, str, str]] = deque()  # each with its place and name there
        self.classes: dict[type, None] = {}  # of objects that may be met
        self.parts: dict[tuple[type, str], Any] = {}  # of those, which were read
        self.has_code = False  # of somebody else's, which may compare
        self.fields: set[str] = set()  # attributes that hold what was read
        self.asked: dict[str, str] = {}  # attributes of whatever, and where they are asked for

    def read(self, *things: Any, arguments: Any = ()) -> Outside:
        """Read things, and return what they take from elsewhere; an UnreadError says what can't be.

        ``arguments`` are what they are called with: numbers, in containers that may hold others at
        the next call, and functions.
        """
        try:
            return self.read_all(things, arguments)
        except UnreadError:
            raise
        except Exception as error:  # of an object that doesn't let itself be looked at
            raise UnreadError(f"it can't be read: {error!r}") from None

    def read_all(self, things: Iterable[Any], arguments: Any) -> Outside:
        """Read things and all that they lead to."""
        for container in iterate_containers(arguments):
            if (kind := type(container)) not in CONTAINERS:
                if object in map(partial(find_base, kind), ("__eq__", "__hash__")):
                    refuse("it", f"uses an argument, {add_article(kind.__name__)}, {ITSELF}")
                self.meet_class(kind, "its argument")
            for key in iterate_keys(container) if isinstance(container, dict) else ():
                self.wait(key, "it", "a key")
            if isinstance(container, defaultdict):
                self.wait(container.default_factory, "it", "the default_factory of an argument")
        for thing in things:
            self.wait(thing, "it", getattr(thing, "__name__", type(thing).__name__))
        numpys = []
        for thing in iterate_numbers(arguments):
            if type(thing) in NOT_FLOATS:
                refuse("it", f"uses an argument, {add_article(type(thing).__name__)}")
            if is_of_numpy(thing) and isinstance(thing, EXACT):
                numpys.append(thing)
            else:
                self.wait(thing, "it", "an argument")
        while self.waiting:
            while self.waiting:
                self.read_thing(*self.waiting.popleft())
            for kind in self.classes:
                self.fields.update(
                    name for name, place in self.asked.items() if self.read_part(kind, name, place)
                )
        if numpys and self.has_code:
            refuse("it", f"uses an argument, {NUMPYS}")
        for name, place in self.asked.items():
            is_known = name in METHODS or name in self.fields - UNFOLLOWED
            if not (is_known or name[:2] == "__"):
                refuse(place, f"asks for .{name} of something")
        return self.outside

    def ask(self, name: str, place: str) -> None:
        """Note an attribute that is there: how other classes give theirs by that name is read."""
        self.fields.add(name)
        self.asked.setdefault(name, place)

    def ask_for_texts(self, place: str) -> None:
        """Note where a text may be made of an object: how its class writes it is read, too."""
        for name in ("__repr__", "__str__", "__format__"):
            self.asked.setdefault(name, place)

    def wait(self, thing: Any, place: str, name: str) -> None:
        """Read a thing later."""
        self.waiting.append((thing, place, name))

    def read_thing(self, thing: Any, place: str, name: str) -> None:
        """Read one thing, or refuse it."""
        kind = type(thing)
        if kind in PLAIN or id(thing) in self.known:
            return
        if id(thing) in CALLABLES:
            if id(thing) in HASHING:
                refuse(place, f"passes on {name}, which looks numbers up: {tell_lambda(name)}")
            return
        if is_of_numpy(thing):
            refuse(place, f"uses {name}, {NUMPYS}")
        self.known[id(thing)] = thing
        if len(self.known) > MOST_READ:
            refuse(place, f"uses {name}: more than {MOST_READ:,} things")
        if isinstance(thing, Value):
            if isinstance(thing, Constant):
                self.outside.keep_items(thing, name)
            if kind.__module__ not in OWN_MODULES:
                self.read_object(thing, place, name)
        elif isinstance(thing, FunctionType):
            self.read_function(thing, place)
        elif isinstance(thing, MethodType):
            self.wait(thing.__self__, place, name)
            self.read_function(thing.__func__, place, thing.__self__)
        elif kind is slice:
            for part in (thing.start, thing.stop, thing.step):
                self.wait(part, place, name)
        elif kind in OPERATIONS:  # whose rules depend on their inputs alone
            self.read_attributes(thing, place, name)
        elif kind is partial:
            self.read_attributes(thing, place, name)
            for own in ("func", "args", "keywords"):
                self.wait(self.outside.keep(partial(getattr, thing, own), name), place, name)
        elif isinstance(thing, type):
            self.read_class(thing, place)
        elif isinstance(thing, OrderedDict):
            refuse(place, f"uses {name}, an OrderedDict: a dict keeps its order, too")
        elif isinstance(thing, CONTAINERS):
            if kind is not tuple:  # in which nothing changes
                self.outside.keep_items(thing, name)
            for item in list_items(thing):
                self.wait(item, place, name)
            if kind not in CONTAINERS:
                self.read_object(thing, place, name)
        elif is_written_in_python(kind):
            self.read_object(thing, place, name)
        else:
            refuse(
                place,
                f"uses {name}"
                + f", {add_article(kind.__name__)}" * (not callable(thing))
                + f": {name}.tolist() can be followed" * (look_up(kind, "tolist") is not UNKNOWN),
            )

    # Objects and classes

    def read_object(self, thing: Any, place: str, name: str) -> None:
        """Read an object's attributes, and how its class lets it be called and compared."""
        kind = type(thing)
        if isinstance(thing, BaseException):
            refuse(place, f"uses {name}, {add_article(kind.__name__)}")
        attributes = self.outside.keep(partial(getattr, thing, "__dict__", None), name)
        attributes = {} if attributes is None else attributes  # an empty one may get some
        is_own = kind.__module__ in OWN_MODULES
        if is_own and "__wrapped__" in attributes:  # it is compiled, too
            self.wait(thing.__wrapped__, place, name)
            self.read_attributes(thing, place, name)
            return
        self.outside.keep_items(attributes, name)
        self.outside.keep(partial(type, thing), name)
        if has_slots(kind):
            refuse(place, f"uses {name}, an object of {kind.__name__}, which has __slots__")
        self.wait_for_all(attributes, place, name)
        if not is_own:
            self.meet_class(kind, place)
            call = look_up(kind, "__call__")
            if isinstance(call, FunctionType):
                self.read_function(call, place, thing)

    def read_class(self, kind: type, place: str) -> None:
        """Read a class that a function makes objects of."""
        if issubclass(kind, StopIteration):  # which a loop catches
            refuse(place, f"uses {kind.__name__}")
        is_own_value = kind.__module__ in OWN_MODULES and issubclass(kind, Value)
        if is_own_value or (kind.__module__ == "builtins" and issubclass(kind, BaseException)):
            return
        name = kind.__name__
        if not is_written_in_python(kind):
            refuse(place, f"uses {name}")
        self.meet_class(kind, place)
        for maker in MAKE:
            if not (is_trusted(find_base(kind, maker)) or is_generated(look_up(kind, maker))):
                refuse(
                    place,
                    f"makes an object of {name}, by its own {maker}: "
                    f"make it outside, or of a dataclass without one",
                )
            self.read_part(kind, maker, place)
        for field in fields(kind) if is_dataclass(kind) else ():
            if callable(field.default_factory) and id(field.default_factory) not in HASHING:
                self.wait(field.default_factory, place, f"{name}.{field.name}")

    def meet_parent(self, kind: type, place: str) -> None:
        """Read a class that is asked for something by its name, which makes no object of it."""
        if kind.__module__ not in OWN_MODULES:
            self.meet_class(kind, place)

    def meet_class(self, kind: type, place: str) -> None:
        """Keep a class whose objects may be met, and read what Python calls by itself."""
        if kind in self.classes or id(kind) in CALLABLES:
            return
        if type(kind) not in (type, ABCMeta) or is_of_the_package(kind.__module__):
            refuse(place, f"uses an object of {kind.__name__}")
        if issubclass(kind, Counter):
            refuse(place, f"uses a {kind.__name__}: make a dict of it, dict(counts)")
        if base := find_other_base(kind):
            is_one = f", {add_article(base.__name__)}" * (base is not kind)
            refuse(place, f"uses an object of {kind.__name__}" + is_one)
        lookup = look_up(kind, "__getitem__")
        if isinstance(lookup, FunctionType) and look_up(kind, "__iter__") is UNKNOWN:
            refuse(place, f"uses an object of {kind.__name__}: give it an __iter__, too")
        if not is_trusted(find_base(kind, "__getattr__")):
            refuse(
                place,
                f"uses an object of {kind.__name__}, which has a __getattr__: "
                f"give its attributes to the object when it is made",
            )
        self.classes[kind] = None
        self.fields.update(getattr(kind, "_fields", ()))
        for field in fields(kind) if is_dataclass(kind) else ():
            self.ask(field.name, place)  # which Python's own methods of it do
        is_asked_here = any(base.__module__ in OWN_MODULES for base in kind.__mro__)
        for base in kind.__mro__:
            if not is_trusted(base):
                special = self.outside.keep_items(base, base.__name__, find_special)
                named = [name for name in vars(base) if name[:2] != "__"] if is_asked_here else []
                for name in (*special, *named):
                    self.read_part(kind, name, place)

    def read_part(self, kind: type, name: str, place: str) -> bool:
        """Read what a class gives its objects by a name, once; tell whether it has it."""
        if (kind, name) not in self.parts:
            part = self.outside.keep(partial(look_up, kind, name), f"{kind.__name__}.{name}")
            self.parts[kind, name] = part
            base = find_base(kind, name)
            is_known = is_trusted(base) or type(part).__name__ in SLOTS
            if type(part) is classmethod and not is_known:  # which may make an object
                self.wait(kind, place, kind.__name__)
            for read in () if is_known else take_apart(part):
                if is_generated(read):
                    self.read_generated(read, place)
                else:
                    self.wait(read, place, f"{kind.__name__}.{name}")
        return self.parts[kind, name] is not UNKNOWN

    def read_attributes(self, thing: Any, place: str, name: str) -> None:
        """Read what somebody set on a function, on a partial or the like."""
        self.wait_for_all(self.outside.keep_items(thing, name, find_attributes), place, name)

    def wait_for_all(self, attributes: Mapping[str, Any], place: str, name: str) -> None:
        """Read the attributes of a thing later."""
        for own, part in attributes.items():
            self.fields.add(own)
            self.wait(part, place, f"{name}.{own}")

    # Functions

    def read_function(self, function: Any, place: str, owner: Any = UNKNOWN) -> None:
        """Read a function: its variables, its defaults and its code; ``owner`` is its self."""
        if not isinstance(function, FunctionType):
            refuse(place, f"uses {getattr(function, '__name__', function)}")
        self.known[id(function)] = function
        name, code = function.__name__, function.__code__
        cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
        if code.co_filename.startswith(FOLDER):
            if function.__module__ not in OWN_MODULES:
                refuse(place, f"uses {name}")
            for variable in cells:
                look = partial(look_into, cells[variable])
                self.wait(self.outside.keep(look, variable), place, variable)
            return
        if {*map(type, find_namespaces(function))} != {dict}:
            refuse(place, f"uses {name}, whose global variables are in no plain dict")
        self.has_code = True
        self.read_state(function, place)
        CodeReader(self, function, cells, owner, place).read(code)

    def read_generated(self, function: FunctionType, place: str) -> None:
        """Read what a method that Python wrote itself brings along: defaults of fields, too."""
        self.read_state(function, place)
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        for variable, cell in cells:
            if "dflt" in variable:  # the others are annotations
                default = self.outside.keep(partial(look_into, cell), variable)
                if id(default) not in HASHING:  # of nothing, it looks nothing up
                    self.wait(default, place, variable)

    def read_state(self, function: FunctionType, place: str) -> None:
        """Read what a function brings along beside its code: its defaults."""
        name = function.__name__
        self.outside.keep(partial(getattr, function, "__code__"), name)
        self.read_attributes(function, place, name)
        for part in ("__defaults__", "__kwdefaults__"):
            defaults = self.outside.keep(partial(getattr, function, part), name)
            self.wait(defaults, place, f"a default of {name}")


def is_of_numpy(thing: Any) -> bool:
    """Tell whether this is a number of NumPy's."""
    return type(thing).__module__ == "numpy" and isinstance(thing, Number)


def refuse(place: str, what: str) -> NoReturn:
    """Refuse what stands at a place."""
    raise UnreadError(f"{place} {what}")

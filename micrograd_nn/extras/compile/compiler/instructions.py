"""Reads the instructions of one function: each must be on the list, there where it stands."""

from __future__ import annotations

import dis
import os
import sys
import sysconfig
from collections import OrderedDict, deque
from collections.abc import Sequence
from functools import partial
from numbers import Real
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

from ...._ground.habits import Habit
from ....engine.value import Value
from .allowed import (
    HASHING,
    HASHING_METHODS,
    INSTRUCTIONS,
    INTRINSICS,
    METHODS,
    MODULES,
    OWN_MODULES,
    PACKAGE,
    PARTS_OF_CLASSES,
    TEXTS,
)
from .classes import MAKE, UNKNOWN, is_written_in_python
from .errors import UnreadError

# What a Value has and a float has not, without what it has to tell of other libraries' habits.
OF_VALUES = {
    name for base in Value.__mro__ for name, part in vars(base).items()
    if not name.startswith("_") and not isinstance(part, Habit)
} - METHODS - {"x", "y"}  # fmt: skip
CHANGES = {"STORE_SUBSCR", "DELETE_SUBSCR", "STORE_SLICE"}
CHANGING = {"setitem", "delitem", *[f"i{x}" for x in ("add", "concat", "mul", "pow", "sub")]} | {
    name for kind in (list, dict, set, deque, OrderedDict) for name in dir(kind)
    if name[0] != "_" and name not in dir(tuple) and name not in dir(frozenset)
} - {"get", "items", "keys", "values"}  # fmt: skip
LIBRARIES = sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")

REASONS = {
    "IS_OP": "asks whether two are one thing (is)",
    "IMPORT_NAME": "imports a module: do that at the top of the file",
    "PUSH_EXC_INFO": "catches errors (try)", "BEFORE_WITH": "has a with block",
    "LOAD_BUILD_CLASS": "defines a class", "STORE_GLOBAL": "sets a global variable",
    "DELETE_GLOBAL": "deletes a global variable", "MATCH_CLASS": "matches a class",
}  # fmt: skip


class CodeReader:
    """Reads the instructions of a function, and of those within it; ``owner`` is its self."""

    def __init__(
        self, reader: Any, function: FunctionType, cells: dict[str, Any], owner: Any, place: str
    ) -> None:
        self.reader = reader  # of what the instructions lead to
        self.function = function
        self.cells = cells
        self.owner = owner
        self.place = place  # which stays that of the caller, where the code isn't the user's
        self.is_library = function.__code__.co_filename.startswith(LIBRARIES)
        self.on_top = UNKNOWN  # of the stack

    def read(self, code: CodeType) -> None:
        """Read all instructions, and what each puts on the stack, where that is known."""
        instructions = [*dis.get_instructions(code)]
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                seen = {*constant.co_freevars} - {*code.co_cellvars}  # else they are its own
                cells = {name: cell for name, cell in self.cells.items() if name in seen}
                CodeReader(self.reader, self.function, cells, UNKNOWN, self.place).read(constant)
            else:
                self.reader.wait(constant, self.place, "a constant")
        first = code.co_varnames[0] if code.co_argcount else ""
        if self.owner is UNKNOWN or any(first in list_stored(x) for x in instructions):
            first = ""
        line = code.co_firstlineno
        for i, instruction in enumerate(instructions):
            if may_change(instruction):
                self.reader.outside.may_change = True
            line = (instruction.positions and instruction.positions.lineno) or line
            if not self.is_library:
                self.place = f"{name_place(code, line)},"
            below = UNKNOWN if instruction.is_jump_target else self.on_top
            name, argument = instruction.opname, instruction.argval
            if name == "LOAD_GLOBAL" or (name == "LOAD_DEREF" and argument in self.cells):
                self.on_top = self.look_up_variable(name, argument)
                if self.on_top is super:
                    self.refuse("uses super(): call the class by its name, Base.method(self)")
                if isinstance(self.on_top, type) and is_taken_from(instructions, i):
                    self.reader.meet_parent(self.on_top, self.place)
                else:
                    self.take(self.on_top, argument, is_called_there(instructions, i))
            elif name in ("LOAD_ATTR", "LOAD_METHOD"):
                self.on_top = self.read_attribute(below, argument, is_called_there(instructions, i))
            elif name.startswith("LOAD_FAST") and argument == first:
                self.on_top = self.owner
            elif name == "LOAD_CONST":
                self.on_top = argument
            elif self.is_allowed(instructions, i):
                self.on_top = below if name in ("PUSH_NULL", "CACHE", "NOP") else UNKNOWN
            else:
                self.refuse(REASONS.get(name, f"does what isn't followed ({name})"))
            if isinstance(self.on_top, ModuleType) and not is_taken_from(instructions, i):
                self.refuse(f"uses the module {self.on_top.__name__} by itself")

    def refuse(self, what: str) -> NoReturn:
        """Refuse what stands at this place."""
        through = f"uses {self.function.__name__}, which " if self.is_library else ""
        raise UnreadError(f"{self.place} {through}{what}")

    def is_allowed(self, instructions: Sequence[Any], i: int) -> bool:
        """Tell whether an instruction is on the list, there where it stands."""
        instruction: Any = instructions[i]
        before: Any = instructions[i - 1] if i else None
        name, argument = instruction.opname, instruction.argval
        if name == "STORE_ATTR":
            self.refuse(f"sets .{argument}")
        if name in ("LOAD_DEREF", "LOAD_CLASSDEREF"):
            return True
        if name == "STORE_DEREF":
            if argument in self.cells:
                self.refuse(f"sets the variable {argument} outside of it")
            return True
        if name == "IS_OP":
            is_constant = before is not None and before.opname == "LOAD_CONST"
            is_known = is_constant and not instruction.is_jump_target  # x is (y if y > 0 else None)
            return is_known and before.argval in (None, True, False)
        if name in TEXTS or (name == "BINARY_OP" and "%" in instruction.argrepr):
            if not is_of_an_error(instructions, i):
                self.reader.ask_for_texts(self.place)
            return True
        if name == "CALL_INTRINSIC_1":
            return instruction.argrepr in INTRINSICS
        return name in INSTRUCTIONS

    def look_up_variable(self, how: str, name: str) -> Any:
        """Return what a variable from elsewhere is, a global one or a closure's, and keep it."""
        look: Any = partial(look_into, self.cells.get(name))
        if how == "LOAD_GLOBAL":
            own, builtins = find_namespaces(self.function)
            look = lambda: own.get(name, builtins.get(name, UNKNOWN))  # noqa: E731
        return self.reader.outside.keep(look, name)

    def take(self, thing: Any, name: str, is_called: bool = False) -> Any:
        """Read a thing that is used here by a name, and return it."""
        if isinstance(thing, ModuleType):
            if thing not in MODULES and thing.__name__ not in OWN_MODULES | {PACKAGE}:
                self.refuse(f"uses the module {name}")
        elif thing is not UNKNOWN and not (is_called and id(thing) in HASHING):
            # What isn't there is an error of its own, once it is wanted.
            self.reader.wait(thing, self.place, name)
        return thing

    def read_attribute(self, thing: Any, name: str, is_called: bool) -> Any:
        """Read an attribute of what stands on the stack, and return what it is."""
        if isinstance(thing, ModuleType):
            look = partial(getattr, thing, name, UNKNOWN)
            return self.take(self.reader.outside.keep(look, name), name, is_called)
        if isinstance(thing, type):
            if name in MAKE or (
                (thing, name) not in PARTS_OF_CLASSES
                and not (
                    is_written_in_python(thing) and self.reader.read_part(thing, name, self.place)
                )
            ):
                self.refuse(f"asks for {thing.__name__}.{name}")
            if name not in HASHING_METHODS:
                self.reader.ask(name, self.place)  # of other classes by the same code
            return UNKNOWN
        if isinstance(thing, (Real, BuiltinFunctionType, FunctionType)):
            self.refuse(f"asks for .{name}")
        attributes = getattr(thing, "__dict__", {}) if thing is not UNKNOWN else {}
        if name in attributes and not any(name in vars(base) for base in type(thing).__mro__):
            self.reader.asked.setdefault(name, self.place)  # of other objects by the same code
            return attributes[name]  # which is read with its object
        is_own = thing is not UNKNOWN and type(thing).__module__ in OWN_MODULES
        if is_own and not isinstance(thing, Value) and not name.startswith("_"):
            self.reader.ask(name, self.place)
            return UNKNOWN
        if name in HASHING_METHODS and not is_called:
            self.refuse(f"passes on .{name}, which looks numbers up: {tell_lambda(name)}")
        if name in OF_VALUES or (name.startswith("__") and name.endswith("__")):
            self.refuse(f"asks for .{name}")
        self.reader.asked.setdefault(name, self.place)
        return UNKNOWN


def tell_lambda(name: str) -> str:
    """Tell how to have a lookup called where one can see it."""
    return f"write a lambda that calls {name}"


def find_namespaces(function: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return where a function finds a global variable: its module, then its builtins."""
    return function.__globals__, function.__builtins__


def name_place(code: CodeType, line: int) -> str:
    """Return how one calls a line of a function."""
    file = code.co_filename
    file = file if file.startswith("<") else os.path.basename(file)  # <stdin>, say
    return f"line {line} of {file}, in {code.co_name}"


def look_into(cell: Any) -> Any:
    """Return what a closure's variable is, UNKNOWN while it is nothing."""
    try:
        return cell.cell_contents
    except ValueError:
        return UNKNOWN


def may_change(instruction: Any) -> bool:
    """Tell whether an instruction may set something in a container, or names what does."""
    name = instruction.opname
    if name == "BINARY_OP":
        return bool(instruction.argrepr.endswith("="))
    return name in CHANGES or (name.startswith("LOAD_") and instruction.argval in CHANGING)


def is_called_there(instructions: Sequence[Any], i: int) -> bool:
    """Tell whether what an instruction puts on the stack is called there, and not passed on.

    Before a call of it stands a NULL, from Python 3.13 on behind it, or the method's object.
    """
    if instructions[i].opname == "LOAD_METHOD" or has_null(instructions[i]):
        return True
    if sys.version_info >= (3, 13):
        return bool(instructions[i + 1 : i + 2]) and instructions[i + 1].opname == "PUSH_NULL"
    while instructions[i].opname == "LOAD_ATTR":
        i -= 1
    return has_null(instructions[i]) or (i > 0 and instructions[i - 1].opname == "PUSH_NULL")


def has_null(instruction: Any) -> bool:
    """Tell whether an instruction puts a NULL on the stack, too: "NULL + f", "f + NULL|self"."""
    return not {"NULL", "NULL|self"}.isdisjoint(instruction.argrepr.split(" + "))


def list_stored(instruction: Any) -> Sequence[str]:
    """Return the local variables that an instruction sets."""
    name, argument = instruction.opname, instruction.argval
    if not name.startswith(("STORE_FAST", "STORE_DEREF")):
        return ()
    if not isinstance(argument, tuple):
        return (argument,)
    return argument[:1] if name == "STORE_FAST_LOAD_FAST" else argument


def is_taken_from(instructions: Sequence[Any], i: int) -> bool:
    """Tell whether what one puts on the stack is taken an attribute from, and nothing else."""
    behind = instructions[i + 1 : i + 2]
    return bool(behind) and behind[0].opname in ("LOAD_ATTR", "LOAD_METHOD")


def is_of_an_error(instructions: Sequence[Any], i: int) -> bool:
    """Tell whether what is made there is raised, before anything else can be done with it."""
    ends = ("STORE", "JUMP", "POP_", "RETURN", "YIELD", "FOR_", "RAISE_VARARGS")
    last = next((x.opname for x in instructions[i:] if x.opname.startswith(ends)), "")
    return last == "RAISE_VARARGS"

"""What a function may do that is traced unasked: to compute, compare, index, gather and loop.

A list of what is allowed, not of what is forbidden: what isn't here runs as it is. Each entry
treats a Value just as it treats a float, or fails on it.
"""

from __future__ import annotations

import builtins
import collections
import functools
import itertools
import math
import operator
from typing import Any

# What Python's bytecode does, by its names in Python 3.11 to 3.14.
MOVES = """
CACHE COPY COPY_FREE_VARS EXTENDED_ARG LOAD_CLOSURE LOAD_CONST LOAD_FAST LOAD_FAST_AND_CLEAR
LOAD_FAST_BORROW LOAD_FAST_BORROW_LOAD_FAST_BORROW LOAD_FAST_CHECK LOAD_FAST_LOAD_FAST
LOAD_SMALL_INT MAKE_CELL NOP NOT_TAKEN POP_TOP PUSH_NULL RESUME STORE_FAST STORE_FAST_LOAD_FAST
STORE_FAST_MAYBE_NULL STORE_FAST_STORE_FAST DELETE_FAST SWAP
"""
COMPUTES = """
BINARY_OP BINARY_SLICE BINARY_SUBSCR COMPARE_OP CONTAINS_OP DELETE_SUBSCR STORE_SLICE STORE_SUBSCR
TO_BOOL UNARY_INVERT UNARY_NEGATIVE UNARY_NOT UNARY_POSITIVE
"""
CONTAINERS = """
BUILD_CONST_KEY_MAP BUILD_LIST BUILD_MAP BUILD_SET BUILD_SLICE BUILD_TUPLE DICT_MERGE DICT_UPDATE
LIST_APPEND LIST_EXTEND LIST_TO_TUPLE MAP_ADD SET_ADD SET_UPDATE UNPACK_EX UNPACK_SEQUENCE
"""
FLOW = """
CALL CALL_FUNCTION_EX CALL_KW CLEANUP_THROW END_FOR END_SEND FOR_ITER GET_ITER GET_YIELD_FROM_ITER
JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT JUMP_FORWARD JUMP_IF_FALSE_OR_POP JUMP_IF_TRUE_OR_POP
KW_NAMES LOAD_ASSERTION_ERROR LOAD_COMMON_CONSTANT MAKE_FUNCTION POP_ITER
POP_JUMP_BACKWARD_IF_FALSE POP_JUMP_BACKWARD_IF_NONE POP_JUMP_BACKWARD_IF_NOT_NONE
POP_JUMP_BACKWARD_IF_TRUE POP_JUMP_FORWARD_IF_FALSE POP_JUMP_FORWARD_IF_NONE
POP_JUMP_FORWARD_IF_NOT_NONE POP_JUMP_FORWARD_IF_TRUE POP_JUMP_IF_FALSE POP_JUMP_IF_NONE
POP_JUMP_IF_NOT_NONE POP_JUMP_IF_TRUE PRECALL RAISE_VARARGS RERAISE RETURN_CONST RETURN_GENERATOR
RETURN_VALUE SEND SET_FUNCTION_ATTRIBUTE YIELD_VALUE
"""
INSTRUCTIONS = frozenset((MOVES + COMPUTES + CONTAINERS + FLOW).split())
INTRINSICS = {
    "INTRINSIC_UNARY_POSITIVE",
    "INTRINSIC_LIST_TO_TUPLE",
    "INTRINSIC_STOPITERATION_ERROR",
}
# An error's text may tell numbers: it is of the function itself, which runs again to raise it.
TEXTS = {"BUILD_STRING", "CONVERT_VALUE", "FORMAT_SIMPLE", "FORMAT_VALUE", "FORMAT_WITH_SPEC"}

# Functions and classes of Python's. Of these, float and int and those of math fail on a Value.
BUILTINS = """
abs all any bool dict enumerate filter float frozenset int iter len list map max min next pow range
reversed set slice sorted sum tuple zip
"""
OPERATORS = """
abs add concat contains countOf delitem eq floordiv ge getitem gt iadd iconcat imul indexOf
itruediv isub ipow le lt mul ne neg not_ pos pow setitem sub truediv
"""
ITERATORS = """
accumulate chain combinations combinations_with_replacement compress count cycle dropwhile
filterfalse islice pairwise permutations product repeat starmap takewhile tee zip_longest
"""
# Of math's functions, those that aren't there for a Value, or round otherwise.
OTHER_THAN_OF_VALUES = {"ceil", "floor", "sumprod", "trunc"}
CALLABLES: dict[int, Any] = {
    id(thing): thing
    for thing in (
        *[getattr(builtins, name) for name in BUILTINS.split()],
        *[getattr(operator, name) for name in OPERATORS.split()],
        *[getattr(itertools, name) for name in ITERATORS.split()],
        *[getattr(math, name) for name in dir(math) if name not in OTHER_THAN_OF_VALUES],
        collections.OrderedDict, collections.defaultdict, collections.deque,
        dict.fromkeys, functools.reduce, functools.partial, itertools.chain.from_iterable,
    )
}  # fmt: skip
# Those that look a number up where they are called: not passed on, to where nobody sees it.
HASHING = {
    id(thing): thing
    for thing in (
        dict, frozenset, set, collections.OrderedDict, collections.defaultdict, dict.fromkeys,
        operator.contains, operator.delitem, operator.getitem, operator.setitem,
    )
}  # fmt: skip
MODULES = {builtins, collections, functools, itertools, math, operator}
PARTS_OF_CLASSES = {(dict, "fromkeys"), (itertools.chain, "from_iterable")}

# Attributes of whatever stands there: of containers and texts, which are of the form, or of Values.
HASHING_METHODS = {
    name for kind in (dict, set, collections.OrderedDict) for name in dir(kind)
    if name[0] != "_" and name not in ("clear", "copy", "items", "keys", "popitem", "values")
}  # fmt: skip
UNFOLLOWED = {"format", "format_map", "fromkeys"}  # which use or make whatever they are asked to
METHODS = frozenset(
    name
    for kind in (list, tuple, dict, set, frozenset, str, collections.deque, collections.OrderedDict)
    for name in dir(kind)
    if not name.startswith("_") and name not in UNFOLLOWED | {"maxlen"}
) | {"exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "detach"}  # fmt: skip

# What of this package may be called: it computes, and looks at no number. A name ends a module's.
PACKAGE = __name__.partition(".")[0]
OWN_MODULES = frozenset(
    f"{PACKAGE}.{name}"
    for name in (
        "calculus", "calculus.derivatives", "calculus.dual", "engine.operation", "engine.table",
        "engine.value", "extras.compile.compiler.functions",
        "extras.micrograd.engine", "extras.micrograd.nn", "losses", "nn.module", "nn.networks",
    )
)  # fmt: skip

"""Habits of other libraries: what people type by habit, and what to write here instead."""

from .counterparts import CALLS, NAMES, UFUNC_OPERATORS, UFUNCS
from .telling import (
    Habit,
    add_habits,
    is_import,
    raise_missing,
    refuse_arguments,
    tell_habits,
    unwrap_number,
)

__all__ = [
    "CALLS",
    "NAMES",
    "UFUNCS",
    "UFUNC_OPERATORS",
    "Habit",
    "add_habits",
    "is_import",
    "raise_missing",
    "refuse_arguments",
    "tell_habits",
    "unwrap_number",
]

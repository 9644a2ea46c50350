"""What a message says of an option, for those who write Python and type no commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ..._ground.text import InputError

NAMES = "missing|decimal|encoding|ignore|category|classes|skip-empty|hidden|test|lr|seed"
CHOICE = r"'[^']*'|none\b|cp1252|[.,](?=\s|$)|\d+(?:[.,]\d+)*"  # as messages have them
OPTION = re.compile(rf"--({NAMES})\b(?:\s+({CHOICE}))?")


def write_in_python(message: str) -> str:
    """Return a message with its options as they are written in Python.

    >>> write_in_python("with --decimal . or --decimal ,")
    "with spelling=Spelling(decimal='.') or spelling=Spelling(decimal=',')"
    >>> write_in_python("if so, --ignore it: --missing '-999', --hidden none, --test 0.2")
    "if so, ignore it: spelling=Spelling(missing=('-999',)), hidden=[], test=0.2"
    """
    return OPTION.sub(write_option, message)


def write_option(option: re.Match[str]) -> str:
    """Return one option as it is written in Python, or its name where nothing is chosen."""
    name, choice = option[1].replace("-", "_"), option[2]
    if name in ("classes", "skip_empty"):
        return f"{name}=True"
    if choice and name in ("decimal", "encoding"):
        choice = repr(choice.strip("'"))
    elif choice and name == "missing":
        choice = f"({choice},)"
    elif choice and name in ("ignore", "hidden"):
        choice = f"[{choice.replace('none', '')}]"
    if name in ("missing", "decimal", "encoding"):
        return f"spelling=Spelling({name}={choice or '…'})"
    return f"{name}={choice}" if choice else name


@contextmanager
def tell_in_python() -> Iterator[None]:
    """Let what refuses something name the options as they are written in Python."""
    try:
        yield
    except InputError as error:
        error.args = (write_in_python(str(error)),)
        raise

"""A program over whole columns as a module that stands alone: with NumPy, PyTorch or JAX."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ..text import InputError
from ..writing.arrays import ARRAY_RULES, Arrays, NoArraysError
from .in_arrays import write_array_function
from .in_python import PREDICT
from .module import write_module

DOCSTRING = (
    "A program over columns that micrograd_nn wrote from a recorded graph; it needs {} alone."
)


class Library(NamedTuple):
    """What a module over arrays begins with."""

    name: str
    imports: tuple[str, ...]
    setting: str = ""  # a statement behind the imports
    decorator: str = ""  # of each function


NUMPY = Library(  # which would warn of each row that is refused
    "NumPy 2", ("import numpy as xp",), decorator='@xp.errstate(all="ignore")\n'
)
TORCH = Library("PyTorch", ("import torch as xp",))
JAX = Library(
    "JAX", ("import jax", "import jax.numpy as xp"), 'jax.config.update("jax_enable_x64", True)'
)


def make_writer(library: Library) -> Callable[[Any, Path], dict[Path, str]]:
    """Return what writes a module with the functions of one library.

    >>> from micrograd_nn import Value, compile
    >>> x = Value(2.0, "x")
    >>> (text,) = make_writer(NUMPY)(compile(x * x, [x]), Path("square.np.py")).values()
    >>> "import numpy as xp" in text
    True
    """

    def write(program: Any, path: Path) -> dict[Path, str]:
        return {path: write_array_module(program, library)}

    return write


def write_array_module(program: Any, library: Library) -> str:
    """Return a module over columns, which prints result and gradient when it is run.

    What columns can't say is an InputError.
    """
    try:
        functions = [write_array_function(program, kind) for kind in (0, PREDICT)]
    except NoArraysError as error:
        raise InputError(f"not saved: {error}") from None
    write = Arrays().write_number
    parameters = ", ".join([write(x.data).text for x in program.parameters])
    columns = ", ".join([f"[{write(x.data).text}]" for x in program.inputs])
    main = [
        f"parameters = [{parameters}]",
        f"columns = [{columns}]  # of one row",
        "total, gradient = program(parameters, columns)",
        'print("result:", float(total))',
        f"names = {program.wrt_names!r}",
        "for name, slope in zip(names, gradient):",
        '    print(f"derivative by {name}:", float(slope))',
    ]
    return write_module(
        [library.decorator + function for function in functions],
        ARRAY_RULES,
        DOCSTRING.format(library.name),
        "\n".join(main),
        ("from typing import Any", *library.imports),
        library.setting,
    )

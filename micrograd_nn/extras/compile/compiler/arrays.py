"""Programs over columns: a compiled graph on arrays of NumPy, PyTorch, JAX or Dask.

What runs is the source that ``programs/in_arrays.py`` writes. Here it is called: with a namespace
found for what is given, and with the errors of the row engine where a row has any.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Any, NoReturn

from ...._ground.files import Written
from ...._ground.nested import iterate_numbers
from ....engine.refusals import as_float
from ....engine.value import Value
from ..arrays.functions import write_array_function
from ..arrays.notation import ARRAY_RULES
from ..programs.lines import PREDICT
from .program import Program


class ArrayProgram:
    """A compiled graph over columns, one array an input; ``compile(..., over="array")`` makes it.

    >>> from micrograd_nn import compile
    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> program = compile((w * x).log(), inputs=[x], parameters=[w], over="array")
    >>> total, gradient = program([0.5], [[2.0, 2.0, 2.0]])
    >>> float(total), gradient
    (0.0, array([6.]))

    Its columns are arrays of one kind (lists become NumPy's), of numbers of 64 bits. Where a row
    has an error, it is the row engine's:

    >>> program.predictions([0.5], [[2.0, -1.0]])
    Traceback (most recent call last):
    ValueError: log(x) needs x > 0; x = -0.5

    Arrays that aren't there yet (of Dask, or within ``jax.jit``) can't be looked at: there, the
    result of such a row is NaN.
    """

    def __init__(self, rows: Program) -> None:
        self.rows = rows  # the same program, row by row
        kinds: list[int | str] = [*range(len(rows.outputs)), PREDICT]
        self.sources = {kind: write_array_function(rows, kind) for kind in kinds}
        self.functions: dict[tuple[int | str, str], Callable[..., Any]] = {}

    def __repr__(self) -> str:
        return (
            f"<program over columns of {len(self.rows.parameters)} parameters and "
            f"{len(self.rows.inputs)} inputs, {len(self.rows.graph)} nodes>"
        )

    def __call__(
        self, parameters: Any = (), columns: Any = (), upstream: float = 1.0
    ) -> tuple[Any, Any]:
        """Return the result summed over rows, and the gradient of that sum as one array.

        ``upstream`` is what each row's result counts in the gradient: 1 / n for a mean of n. Sums
        are the array library's, so that their last digits may differ from those of a sum row by
        row. Of several outputs, both are lists, one entry an output.
        """
        if not hasattr(upstream, "dtype"):
            upstream = as_float(upstream, "upstream", "a number")
        found = [self.run(i, parameters, columns, upstream) for i in range(len(self.rows.outputs))]
        if self.rows.is_single:
            return found[0]  # type: ignore[no-any-return]
        return [total for total, _ in found], [gradient for _, gradient in found]

    def predictions(self, parameters: Any = (), columns: Any = ()) -> Any:
        """Return the result of each row as one array; of several outputs, a row of it has all."""
        return self.run(PREDICT, parameters, columns)

    @property
    def source(self) -> str:
        """The Python of what a call runs (for the first of several outputs)."""
        return self.source_of(0)

    def source_of(self, kind: int | str) -> str:
        """Return the Python of the sum over rows of an output, or of ``predict``."""
        return self.sources[kind]

    def save(self, path: str | os.PathLike[str]) -> Written:
        """Write a module that stands alone, as ``Program.save`` does."""
        return self.rows.save(path)

    def run(self, kind: int | str, parameters: Any, columns: Any, *more: Any) -> Any:
        """Return what a function gives, or raise the error of the first row that has one."""
        arrays = [x for these in (parameters, columns) for x in list_arrays(these)]
        if any(isinstance(x, Value) for x in arrays):
            raise TypeError("a program over columns takes numbers and arrays, not Values: x.data")
        xp = find_namespace(arrays)
        function = self.load_function(kind, xp)
        with ignore_warnings(xp):
            found = function(parameters, columns, *more)
            is_right = all(
                are_all_finite(xp, x) for x in (found if isinstance(found, tuple) else [found])
            )
        if not is_right:
            self.tell_failure(kind, parameters, columns)
        return found

    def load_function(self, kind: int | str, xp: Any) -> Callable[..., Any]:
        """Return a function for arrays of one namespace, made when first wanted."""
        key = kind, xp.__name__
        if key not in self.functions:
            namespace: dict[str, Any] = {**ARRAY_RULES, "xp": xp}
            exec(compile(self.sources[kind], f"<program over {xp.__name__}>", "exec"), namespace)
            self.functions[key] = namespace[PREDICT if kind == PREDICT else "program"]
        return self.functions[key]

    def tell_failure(self, kind: int | str, parameters: Any, columns: Any) -> NoReturn:
        """Raise the error of the first row that has one, or tell which isn't finite."""
        numbers = [float(x) for x in parameters]
        rows = zip(*[map(float, column) for column in columns], strict=True)
        for i, row in enumerate(rows):
            if kind == PREDICT:
                found = self.rows.predictions(numbers, [row])
            else:
                found = [*self.rows(numbers, [row])]
            for x in iterate_numbers(found):
                if not math.isfinite(x):
                    raise ValueError(
                        f"row {i} gives {x!r}, and a program over columns finite numbers alone"
                    )
        raise ValueError(
            "over columns, a number isn't finite that is so row by row: a sum beyond the largest "
            'float, or 0 times an infinite derivative; compile it without over="array"'
        )


def list_arrays(given: Any) -> Sequence[Any]:
    """Return an array by itself, or what a list has."""
    return [given] if hasattr(given, "dtype") else given


def find_namespace(arrays: Sequence[Any]) -> Any:
    """Return the namespace of arrays among what is given; NumPy for numbers and lists."""
    others = [
        x
        for x in arrays
        if hasattr(x, "dtype") and not hasattr(x, "to_numpy") and find_package(x) != "numpy"
    ]
    try:
        if not others:
            import numpy

            if hasattr(numpy, "acos"):  # the standard's name: from NumPy 2.0 on
                return numpy
            others = [numpy.float64(0.0)]
        return import_module("array_api_compat").array_namespace(*others)
    except ImportError as error:
        raise ModuleNotFoundError(
            f"a program over columns needs {error.name}: pip install numpy array-api-compat",
            name=error.name,
        ) from None


def find_package(x: Any) -> str:
    """Return the name of the package that an object's class is of."""
    return type(x).__module__.partition(".")[0]


def are_all_finite(xp: Any, result: Any) -> bool:
    """Tell whether all numbers of a result are finite, or can't be looked at yet."""
    if isinstance(result, list) or find_package(result) == "dask":
        return True
    try:
        return bool(xp.all(xp.isfinite(result)))
    except (TypeError, RuntimeError):  # while JAX or PyTorch trace
        return True


def ignore_warnings(xp: Any) -> AbstractContextManager[Any]:
    """Let NumPy compute what isn't finite without a warning: that is reported elsewhere."""
    if xp.__name__.rpartition(".")[2] != "numpy":
        return nullcontext()
    import numpy

    return numpy.errstate(all="ignore")

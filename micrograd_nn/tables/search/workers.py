"""Processes that joblib has, here or in a cluster: tasks run there, anew if their worker is lost.

Whoever sets ``joblib.parallel_config(backend="dask")`` or ``"ray"`` around it has them there.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from numbers import Integral
from typing import Any, TypeVar

from ..._ground.text import InputError

Key = TypeVar("Key")

MOST_LOST = 3  # times in a row that workers are lost before anything is done


class LostWorkersError(RuntimeError):
    """Workers are lost again and again."""


class Workers:
    """So many of joblib's workers, from the beginning of a ``with`` block to its end.

    They are what ``n_jobs`` says to joblib: a number, or -1 for all there are.
    """

    def __init__(self, n_jobs: int) -> None:
        given: Any = n_jobs
        if not isinstance(given, Integral) or given is True or given == 0:
            raise ValueError(f"n_jobs is how many processes, or -1 for all cores, not {given!r}")
        try:
            self.joblib: Any = import_module("joblib")
        except ModuleNotFoundError:
            raise InputError(
                "n_jobs needs joblib: pip install 'micrograd-nn[parallel]' (or joblib)"
            ) from None
        self.n_jobs = n_jobs
        self.parallel: Any = None

    def __enter__(self) -> Workers:
        options = {"n_jobs": self.n_jobs, "batch_size": 1, "pre_dispatch": "all"}
        try:
            parallel = self.joblib.Parallel(return_as="generator_unordered", **options)
        except ValueError:  # of a backend that gives all results at once, as Ray's
            parallel = self.joblib.Parallel(**options)
        self.parallel = parallel.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.parallel.__exit__(None, None, None)

    def run(
        self,
        function: Callable[..., Any],
        tasks: Mapping[Key, tuple[Any, ...]],
        receive: Callable[[Key, Any], object],
    ) -> None:
        """Call a function with what each task has, and hand on each result with the task's key.

        They come in no certain order. What a lost worker was at is done anew, by others. The
        function may raise nothing: it can't be told from a loss.
        """
        left, lost = dict(tasks), 0
        while left:
            before = len(left)
            failed = self.run_once(function, left, receive)
            if failed is None:
                continue
            lost = lost + 1 if len(left) == before else 1
            if lost > MOST_LOST:
                told = f"{type(failed).__name__}: {failed}".partition("\n")[0]
                raise LostWorkersError(
                    f"joblib's workers were lost {lost} times in a row: look at their memory, "
                    f"and whether they have this package ({told})"
                ) from failed
            self.begin_anew()

    def run_once(
        self,
        function: Callable[..., Any],
        left: dict[Key, tuple[Any, ...]],
        receive: Callable[[Key, Any], object],
    ) -> Exception | None:
        """Run what is left, and take out of it what is done; return the error of a lost worker."""
        calls = [
            self.joblib.delayed(call_with_key)(function, key, given) for key, given in left.items()
        ]
        try:
            results = iter(self.parallel(calls))
        except Exception as error:
            return error
        while True:
            try:
                key, result = next(results)
            except StopIteration:
                return None
            except Exception as error:
                return error
            del left[key]
            try:
                receive(key, result)
            except BaseException:
                close_quietly(results)
                raise

    def begin_anew(self) -> None:
        """Let go of workers of which some are lost, and have others."""
        with suppress(Exception):  # of a pool that is broken
            self.parallel.__exit__(None, None, None)
        self.__enter__()


def call_with_key(
    function: Callable[..., Any], key: Any, given: tuple[Any, ...]
) -> tuple[Any, Any]:
    """Return a task's key with what the function returns: results come in any order."""
    return key, function(*given)


def close_quietly(results: Any) -> None:
    """Leave the results that are still to come, of which joblib would warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results.close()

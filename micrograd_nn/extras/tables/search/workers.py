"""Processes that joblib has, here or in a cluster: tasks run there.

With ``joblib.parallel_config(backend="dask")`` or ``"ray"`` around it, they are there.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable, Sequence
from importlib import import_module
from numbers import Integral
from typing import Any

from ...._ground.text import InputError


class LostWorkerError(InputError, RuntimeError):
    """A worker is gone, killed for its memory, say, and the search stops."""


def import_joblib(n_jobs: int) -> Any:
    """Return joblib, if it can have ``n_jobs`` workers: a number, or -1 for all cores."""
    given: Any = n_jobs
    if not isinstance(given, Integral) or given is True or given == 0:
        raise ValueError(f"n_jobs is how many processes, or -1 for all cores, not {given!r}")
    try:
        return import_module("joblib")
    except ModuleNotFoundError:
        raise InputError("n_jobs needs joblib: pip install joblib") from None


def run_tasks(
    n_jobs: int,
    function: Callable[..., Any],
    tasks: Iterable[Sequence[Any]],
    receive: Callable[[Any], object],
) -> None:
    """Call a function with what each task has, in ``n_jobs`` of joblib's workers.

    Each result is passed on, in no certain order. The function may raise nothing: it can't be told
    from the loss of a worker.
    """
    joblib = import_joblib(n_jobs)
    options = {"n_jobs": n_jobs, "batch_size": 1, "pre_dispatch": "all"}
    try:
        parallel = joblib.Parallel(return_as="generator_unordered", **options)
    except ValueError:  # of a backend that gives all results at once, as Ray's
        parallel = joblib.Parallel(**options)
    results = collect(parallel, [joblib.delayed(function)(*given) for given in tasks])
    try:
        for result in results:
            receive(result)
    except BaseException:
        with warnings.catch_warnings():  # joblib's, of results that are still to come
            warnings.simplefilter("ignore")
            results.close()
        raise


def collect(parallel: Any, calls: list[Any]) -> Generator[Any, None, None]:
    """Yield what the calls return, in any order; say of an error that a worker is lost."""
    try:
        yield from parallel(calls)
    except Exception as error:
        told = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise LostWorkerError(
            "joblib lost a worker: look at its memory, and whether it has this package; the same "
            f"search goes on from its file of results, if it has one ({told})"
        ) from error

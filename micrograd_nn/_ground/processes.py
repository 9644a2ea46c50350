"""Programs that are run here: what they print, and their end, with all that they began."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Any


class ProcessError(Exception):
    """Why a program that was run gave nothing, said behind its name: it failed, for instance."""


class LateError(ProcessError):
    """It took too long, and was ended."""


def run_process(
    command: Sequence[str], seconds: float, given: bytes = b"", **options: Any
) -> bytes:
    """Return what a program prints that ends well within some seconds; else it's a ProcessError.

    One that takes longer is ended, with all that it began, and so is one at Ctrl-C. ``given`` is
    what it reads; ``options`` are those of ``subprocess.Popen``.
    """
    try:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, **options,
        )  # fmt: skip
    except OSError as error:
        raise ProcessError(f"cannot be run: {error.strerror or error}") from error
    with process:
        try:
            said, complaints = process.communicate(given, seconds)
        except BaseException as error:
            end_process(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise LateError(f"took more than {seconds:g} s") from None
            raise
    if process.returncode:
        said_so = complaints.decode("utf-8", "replace").splitlines()
        lines = [line.strip() for line in said_so if line.strip()[:7] not in ("", "Warning")]
        lines.append(f"exit status {process.returncode}")
        told = next((line for line in lines if "rror" in line), lines[0])
        raise ProcessError(f"failed: {told}")
    return said


def end_process(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a session of its own, with all that it began in it, at once."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()

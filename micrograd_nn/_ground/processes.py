"""Ends a process that was begun here, and what is in its session."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress


def end_process(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a session of its own, with all that it began in it, at once."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()

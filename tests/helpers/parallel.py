"""Tasks for workers, and how one of those is lost in the middle."""

import os
import signal

from micrograd_nn.extras.tables.search.workers import run_tasks

TASKS = 6
DEADLY = 2  # the task at which a worker is lost


def double_all(n_jobs, function=lambda x: {x: 2 * x}):
    """Return what workers give for each task."""
    found = {}
    run_tasks(n_jobs, function, [(i,) for i in range(TASKS)], found.update)
    return found


def kill_worker():
    """Return a function in which a worker kills itself."""
    trainer = os.getpid()

    def double(x):  # within a function it is sent by what it does, not by its name
        if x == DEADLY and os.getpid() != trainer:
            os.kill(os.getpid(), signal.SIGKILL)
        return {x: 2 * x}

    return double

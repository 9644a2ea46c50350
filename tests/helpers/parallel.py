"""Tasks for workers, and how one of those is lost in the middle."""

import os
import signal

from micrograd_nn.tables.search.workers import Workers

TASKS = 6
DEADLY = 2  # the task at which workers are lost


def double_all(n_jobs, function=lambda x: 2 * x):
    """Return what workers give for each task."""
    found = {}
    with Workers(n_jobs) as workers:
        workers.run(function, {i: (i,) for i in range(TASKS)}, found.__setitem__)
    return found


def kill_once(folder, most=1):
    """Return a function in which a worker kills itself, unless so many did; each leaves a file."""
    trainer = os.getpid()

    def double(x):  # within a function it is sent by what it does, not by its name
        if x == DEADLY and os.getpid() != trainer and len(os.listdir(folder)) < most:
            (folder / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return 2 * x

    return double

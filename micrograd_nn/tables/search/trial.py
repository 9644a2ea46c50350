"""One training of a search: what it takes, in whatever process, and what is kept of it."""

from __future__ import annotations

import math
from typing import Any

from ..._ground.ruled import Console
from ..columns import NumericColumn
from ..options import Options
from ..run import Training
from ..task import Task


def run_trial(task: Task, options: Options) -> dict[str, Any]:
    """Train, and return what to keep of that: losses of the best epoch, or why there are none."""
    console = Console(quiet=True)
    try:
        training = Training(*task.learn(options, console), options)
        if not training.run(console):
            raise KeyboardInterrupt
    except Exception as error:  # of these rows or this network, not of all
        return {"failed": str(error) or type(error).__name__}
    best, target = training.history.best, training.encoding.target
    loss = best.validation_loss
    if loss is None or not math.isfinite(loss):
        return {"failed": f"the validation loss is {loss}"}
    if isinstance(target, NumericColumn):
        loss = target.scale * math.sqrt(loss)  # the RMSE, in the target's own unit
    return {"validation_loss": loss, "best_epoch": best.number}

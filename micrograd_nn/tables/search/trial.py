"""One training of a search: what it takes, in whatever process, and what is kept of it."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console

from ..._ground.text import InputError
from ..columns import NumericColumn
from ..options import Options
from ..run import Training
from .plan import Plan

BROKEN = "broken"  # what an outcome has of an error that no user could have caused


def run_trial(plan: Plan, options: Options) -> dict[str, Any]:
    """Train, and return what to keep of that: losses of the best epoch, or why there are none."""
    console = Console(quiet=True)
    try:
        parts, saved = plan.learn(options, console)
        training = Training(parts, saved, options)
        if not training.run(console):
            raise KeyboardInterrupt
    except InputError as error:  # of these rows or this network, not of all
        return {"failed": str(error)}
    except Exception as error:
        return {BROKEN: f"{type(error).__name__}: {error}"}
    best, target = training.history.best, training.encoding.target
    loss = best.validation_loss
    if loss is None or not math.isfinite(loss):
        return {"failed": f"the validation loss is {loss}"}
    if isinstance(target, NumericColumn):
        loss = target.scale * math.sqrt(loss)  # the RMSE, in the target's own unit
    return {"validation_loss": loss, "best_epoch": best.number}

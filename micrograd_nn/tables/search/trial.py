"""One training of a search: what it takes, in whatever process, and what is kept of it."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console

from ..._ground.text import InputError
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
    history = training.history
    best = history.best
    if best.validation_loss is None or not math.isfinite(best.validation_loss):
        return {"failed": f"the validation loss is {best.validation_loss}"}
    return {
        "validation_loss": best.validation_loss,
        "training_loss": best.loss if math.isfinite(best.loss) else None,
        "best_epoch": best.number,
        "epochs": history.epochs[-1].number,
        "stopped": history.stopped,
    }

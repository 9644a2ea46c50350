"""What to write instead of names and arguments that other libraries have for a training."""

from ..._ground.habits import CALLS, NAMES
from ..._ground.habits import tell_habits as tell_habits
from ..._ground.habits.counterparts import ON_THE_CPU

NAMES["History"] = {
    "history": "[epoch.loss for epoch in history.epochs] are the losses",
    "epoch": "history.epochs is the list of them",
    **dict.fromkeys(["losses", "loss"], "[epoch.loss for epoch in history.epochs]"),
    "val_losses": "[epoch.validation_loss for epoch in history.epochs]",
}
CALLS["fit"] = {
    "": "fit(model, data, loss), where data is a list of (inputs, target) pairs",
    **dict.fromkeys(
        ["lr", "learning_rate", "lr_scheduler", "scheduler"],
        "give optimizer=Adam(model.parameters(), lr=0.01)",
    ),
    **dict.fromkeys(["X", "y", "x", "targets"], "data is list(zip(X, y))"),
    **dict.fromkeys(["n_epochs", "num_epochs", "max_iter", "steps"], "epochs is their number"),
    **dict.fromkeys(["criterion", "loss_fn", "loss_function"], "loss is that function"),
    **dict.fromkeys(
        ["validation_data", "validation_split", "val", "val_data"],
        "validation is a fraction of the data or a list of pairs",
    ),
    **dict.fromkeys(["seed", "random_state", "shuffle"], "rng=random.Random(1) shuffles"),
    **dict.fromkeys(["verbose", "callbacks"], "callback=print is called with each epoch"),
    "early_stopping": "patience is the number of epochs without a better one",
    "weight_decay": "give optimizer=AdamW(…, weight_decay=0.01), or a penalty",
    "device": ON_THE_CPU,
}

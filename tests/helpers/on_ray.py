"""Trains on a cluster of Ray's that it starts on this machine, and prints what came of it.

A process of its own: Ray leaves things behind in one, and warns in many places.
"""

import json
import os
import pathlib
import secrets
import sys
import tempfile

from parallel import kill_once, train_moons


def train_on_ray():
    """Print the weights and losses of each of some trainings, and how many workers were lost."""
    os.environ["RAY_AUTH_MODE"] = "token"  # its servers listen on every address
    os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)  # not one that is kept at home
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import joblib
    import ray
    from ray.util.joblib import register_ray

    ray.init(
        num_cpus=2, include_dashboard=False, log_to_driver=False,
        _node_ip_address="127.0.0.2",  # 127.0.0.1 would become the address in the network
        runtime_env={"env_vars": {"PYTHONPATH": ":".join(sys.path)}},
    )  # fmt: skip
    register_ray()
    with tempfile.TemporaryDirectory() as folder, joblib.parallel_config(backend="ray"):
        deaths = pathlib.Path(folder)
        given = [
            {"n_jobs": 2},
            {"n_jobs": -1, "validation": 0.3, "batch_size": 130},
            {"n_jobs": 2, "loss": kill_once(deaths), "compiled": False},
        ]
        found = []
        for options in given:
            weights, history = train_moons(**options)
            found.append([weights, [epoch.monitored for epoch in history.epochs]])
        print(json.dumps([found, len([*deaths.iterdir()])]))
    ray.shutdown()


if __name__ == "__main__":
    train_on_ray()

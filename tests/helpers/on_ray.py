"""Runs tasks on a cluster of Ray's that it starts on this machine; writes what came of them.

A process of its own: Ray leaves things behind in one, and warns in many places. It prints at any
time, so the answer goes to a file that the caller names.
"""

import json
import os
import pathlib
import secrets
import sys

from parallel import double_all


def run_on_ray(file):
    """Write what two workers give."""
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
    with joblib.parallel_config(backend="ray"):
        pathlib.Path(file).write_text(json.dumps(double_all(2)))
    ray.shutdown()


if __name__ == "__main__":
    run_on_ray(sys.argv[1])

"""The same training on a cluster of Dask's and one of Ray's here: the bits of one process."""

import json
import os
import subprocess
import sys

import pytest
from places import ROOT

pytest.importorskip("joblib")

from joblib import parallel_config
from parallel import kill_once, train_moons

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dask():
    """Run a cluster of Dask's, two processes that listen on loopback alone."""
    pytest.importorskip("dask.distributed")
    from dask.distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with cluster, Client(cluster) as client:
        for address in [cluster.scheduler_address, *client.scheduler_info()["workers"]]:
            assert address.startswith("tcp://127.0.0.1:")
        yield


@pytest.mark.filterwarnings("ignore")  # Dask's
@pytest.mark.parametrize("options", [{}, {"validation": 0.3, "batch_size": 130}], ids=str)
def test_dask_gives_the_same_bits(dask, options):
    weights, history = train_moons(**options, n_jobs=1)
    for n_jobs in (2, -1):
        with parallel_config(backend="dask"):
            shared, told = train_moons(**options, n_jobs=n_jobs)
        assert shared == weights
        assert told == history


@pytest.mark.filterwarnings("ignore")
def test_a_worker_of_dask_that_is_killed_costs_its_shares_again(dask, tmp_path):
    weights, history = train_moons(n_jobs=1, compiled=False)
    with parallel_config(backend="dask"):
        shared, told = train_moons(kill_once(tmp_path), n_jobs=2, compiled=False)
    assert len([*tmp_path.iterdir()]) == 1
    assert shared == weights
    assert told == history


def test_ray_gives_the_same_bits_though_a_worker_is_killed():
    pytest.importorskip("ray")
    helpers = ROOT / "tests" / "helpers"
    done = subprocess.run(
        [sys.executable, str(helpers / "on_ray.py")],
        capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{helpers}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found, lost = json.loads(done.stdout.splitlines()[-1])
    assert lost == 1
    given = [{}, {"validation": 0.3, "batch_size": 130}, {"compiled": False}]
    for options, (shared, losses) in zip(given, found, strict=True):
        weights, history = train_moons(**options, n_jobs=1)
        assert shared == weights
        assert losses == [epoch.monitored for epoch in history.epochs]

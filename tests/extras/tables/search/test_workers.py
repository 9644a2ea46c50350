"""Workers of joblib's, here and on clusters: each task is done, or a lost worker is told."""

import json
import os
import subprocess
import sys

import pytest
from places import ROOT

pytest.importorskip("joblib")

from joblib import parallel_config
from parallel import TASKS, double_all, kill_worker

from micrograd_nn.extras.tables.search.workers import LostWorkerError, run_tasks

DOUBLED = {i: 2 * i for i in range(TASKS)}


@pytest.mark.parametrize("n_jobs", [0, 1.5, True, "2"])
def test_what_is_no_number_of_jobs_is_refused(n_jobs):
    with pytest.raises(ValueError, match=r"n_jobs is how many processes, or -1 for all cores"):
        double_all(n_jobs)


def test_each_task_is_done_here_and_by_threads():
    assert double_all(1) == DOUBLED
    with parallel_config(backend="threading"):
        assert double_all(3) == DOUBLED


@pytest.mark.slow
def test_a_lost_worker_is_an_error_with_the_reason():
    with pytest.raises(LostWorkerError, match=r"lost a worker: .* \(TerminatedWorkerError: "):
        double_all(2, kill_worker())


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_what_the_receiver_raises_comes_out_as_it_is(backend):
    def refuse(result):
        raise OSError("the disk is full")

    with parallel_config(backend=backend), pytest.raises(OSError, match=r"^the disk is full$"):
        run_tasks(2, hex, [(i,) for i in range(TASKS)], refuse)


@pytest.mark.rare
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Dask's
def test_a_cluster_of_dask_does_each_task():
    pytest.importorskip("dask.distributed")
    from dask.distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with cluster, Client(cluster), parallel_config(backend="dask"):
        assert double_all(-1) == DOUBLED


@pytest.mark.rare
@pytest.mark.slow
def test_a_cluster_of_ray_does_each_task(tmp_path):
    pytest.importorskip("ray")
    helpers = ROOT / "tests" / "helpers"
    answer = tmp_path / "answer.json"
    done = subprocess.run(
        [sys.executable, str(helpers / "on_ray.py"), str(answer)],
        capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{helpers}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(answer.read_text()) == {str(i): x for i, x in DOUBLED.items()}

"""Workers of joblib's, here and on clusters: each task is done, whatever happens to a worker."""

import json
import os
import subprocess
import sys

import pytest
from places import ROOT

pytest.importorskip("joblib")

from joblib import parallel_config
from parallel import TASKS, double_all, kill_once

from micrograd_nn.tables.search.workers import LostWorkersError

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
@pytest.mark.parametrize("most", [1, 3])
def test_what_a_lost_worker_was_at_is_done_by_others(tmp_path, most):
    assert double_all(2, kill_once(tmp_path, most)) == DOUBLED
    assert len([*tmp_path.iterdir()]) == most


@pytest.mark.slow
def test_workers_that_are_lost_again_and_again_are_an_error_with_the_reason(tmp_path):
    with pytest.raises(LostWorkersError, match=r"lost 4 times in a row: .* \(TerminatedWorkerErr"):
        double_all(2, kill_once(tmp_path, 1000))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Dask's
def test_a_cluster_of_dask_does_each_task_though_a_worker_is_lost(tmp_path):
    pytest.importorskip("dask.distributed")
    from dask.distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with cluster, Client(cluster), parallel_config(backend="dask"):
        assert double_all(-1) == DOUBLED
        assert double_all(2, kill_once(tmp_path)) == DOUBLED
    assert len([*tmp_path.iterdir()]) == 1


@pytest.mark.slow
def test_a_cluster_of_ray_does_each_task_though_a_worker_is_lost(tmp_path):
    pytest.importorskip("ray")
    helpers = ROOT / "tests" / "helpers"
    answer = tmp_path / "answer.json"
    done = subprocess.run(
        [sys.executable, str(helpers / "on_ray.py"), str(answer)],
        capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{helpers}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found, lost = json.loads(answer.read_text())
    assert found == {str(i): x for i, x in DOUBLED.items()}
    assert lost == 1

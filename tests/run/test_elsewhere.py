"""A sweep on a Ray cluster of two nodes, recorded by an MLflow server on PostgreSQL: all real, on the loopback."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from servers import HOST, MlflowServer, postgres, postgres_folder
from test_sweeps import parents_and_children, summary

from nnlab.tracking import tags

pytestmark = pytest.mark.slow
MANNER = "callbacks.it.misbehaving.Misbehave.manner"
MISBEHAVING = (
    "-m",
    "dataset=digits",
    "model=perceptron",
    "trainer.epochs=1",
    "trainer.steps_per_epoch=2",
    "trusted_packages=[misbehaving]",
    "callbacks.it={name: misbehaving.Misbehave, manner: well}",
)
WORDS = (*MISBEHAVING, "hydra/launcher=ray")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlflowServer]:
    if (programs := postgres_folder()) is None:
        pytest.skip("no PostgreSQL here, and apt-get could not install it: postgresql")
    with postgres(programs) as store:
        found = MlflowServer(tmp_path_factory.mktemp("server"), store)
        found.start()
        yield found
        found.stop()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes with a place for one run each."""
    # Ray listens to the loopback alone only where it is told that there is nothing else.
    os.environ |= {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}
    os.environ["PYTHONPATH"] = f"{Path(__file__).parents[1] / 'sweeps'}:{os.environ.get('PYTHONPATH', '')}"
    from ray.cluster_utils import Cluster

    own = {"num_cpus": 1, "node_ip_address": HOST}
    found = Cluster(initialize_head=True, head_node_args={**own, "include_dashboard": False})
    found.add_node(**own)
    yield found
    found.shutdown()


@pytest.fixture
def runs(server: MlflowServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Any]]:
    """What is in the server; nnlab is told of it by the environment, as its nodes are."""
    from mlflow import MlflowClient

    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    client = MlflowClient(tracking_uri=server.uri)

    def read() -> list[Any]:
        return list(client.search_runs([found.experiment_id for found in client.search_experiments()]))

    return read


@pytest.mark.long
def test_a_sweep_goes_on_whatever_becomes_of_its_runs(
    cluster: Any, runs: Callable[[], list[Any]], nnlab: Any, here: Path, misbehaving: Any
):
    where = ("tracking=server", "name=first", f"hydra.launcher.address={cluster.address}")
    done = nnlab(*WORDS, *where, "callbacks.it.manner=well,raise,exit,kill")
    assert done.code == 1
    assert done.err.splitlines()[0] == "4 runs: 4 to do"
    assert "1 of 4 runs finished" in done.err
    ends = {row["callbacks.it.manner"]: (row["state"], row["reason"]) for row in summary(here)}
    assert ends == {
        "well": ("FINISHED", ""),
        "raise": ("FAILED", "no good"),
        "exit": ("FAILED", "the run ended itself: exit(3)"),
        "kill": ("KILLED", "killed by SIGKILL"),
    }
    ((parent, children),) = parents_and_children(runs()).items()
    assert {run.data.params[MANNER]: run.info.status for run in children} == {
        "well": "FINISHED", "raise": "FAILED", "exit": "FAILED", "kill": "KILLED",
    }  # fmt: skip
    assert all(run.data.tags[tags.CARRIER].startswith("ray/") for run in children)
    assert {run.data.params["trainer.threads"] for run in children} == {"1"}
    failure = next(run for run in runs() if run.info.run_id == parent).data.tags[tags.FAILURE]
    assert failure.startswith("3 of 4 runs did not finish, the first of them ")
    done = nnlab(*WORDS, *where, "callbacks.it.manner=well,raise,exit,kill", "--dry-run")
    assert "1 finished before, 2 failed before (--retry-failed runs them again), 1 to do" in done.err


@pytest.mark.long
def test_a_search_asks_a_cluster_and_keeps_its_study_in_a_database(
    cluster: Any, runs: Callable[[], list[Any]], nnlab: Any, here: Path
):
    import optuna

    storage = f"sqlite:///{here / 'study.db'}"
    done = nnlab(
        "-m", "dataset=digits", "model=mlp", "trainer.epochs=1", "trainer.steps_per_epoch=2", "name=searched",
        "model.neurons=int(interval(2,32))", "hydra/sweeper=optuna", "hydra.sweeper.trials=3",
        f"hydra.sweeper.storage={storage}", "hydra/launcher=ray", f"hydra.launcher.address={cluster.address}",
        "tracking=server",
    )  # fmt: skip
    assert done.code == 0, done.err
    (study,) = optuna.get_all_study_names(storage)
    trials = optuna.load_study(study_name=study, storage=storage).trials
    searched = {
        run.info.run_id: run
        for run in runs()
        if run.info.run_id in {trial.user_attrs["run"] for trial in trials}
    }
    assert len(searched) == 3
    assert all(run.data.tags[tags.CARRIER].startswith("ray/") for run in searched.values())
    for trial in trials:
        assert trial.values == [searched[trial.user_attrs["run"]].data.metrics["best/val_loss"]]


def kill_a_node() -> None:
    """The process of a node, and not of the one that this process is connected to."""
    import ray

    own = ray._private.worker.global_worker.node.raylet_socket_name
    for process in psutil.Process().children(recursive=True):
        if process.name() == "raylet" and f"--raylet_socket_name={own}" not in process.cmdline():
            process.kill()
            process.wait()  # its workers take a zombie for alive


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 240
    while not true():
        assert time.monotonic() < until
        time.sleep(0.3)


@pytest.mark.long
def test_a_node_dies_and_then_the_sweep_is_interrupted(
    cluster: Any, runs: Callable[[], list[Any]], nnlab: Any, here: Path, misbehaving: Any
):
    def hanging() -> list[Any]:
        return [run for run in runs() if run.data.params.get(MANNER) == "hang"]

    def disturb() -> None:
        wait_until(lambda: len(hanging()) == 2)
        kill_a_node()
        wait_until(
            lambda: '"state": "KILLED"' in next(here.glob("outputs/*/sweep-*/ledger.jsonl")).read_text()
        )
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=disturb, daemon=True).start()
    where = ("tracking=server", f"hydra.launcher.address={cluster.address}", "hydra.launcher.grace=3.0")
    done = nnlab(*WORDS, *where, "callbacks.it.manner=hang", "seed=0,1")
    assert done.code == 130
    assert sorted((row["state"], row["reason"]) for row in summary(here)) == [
        ("KILLED", "Task failed because the node it was running on is dead or unavailable"),
        ("KILLED", "ended by SIGINT"),
    ]
    assert [run.info.status for run in hanging()] == ["KILLED", "KILLED"]
    assert "RUNNING" not in {run.info.status for run in runs()}


def test_nodes_that_would_not_reach_the_store_are_refused(
    cluster: Any, nnlab: Any, here: Path, misbehaving: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("nnlab.sweeps.ray_cluster.socket.gethostname", lambda: "another")
    done = nnlab(*WORDS, f"hydra.launcher.address={cluster.address}", "seed=0,1")
    assert (done.code, done.err.splitlines()[-1]) == (
        2,
        "error: tracking.uri: sqlite:///mlflow.db is this machine's own, and ray runs jobs on others; "
        "tracking=server tracking.uri=http://SERVER, which they reach",
    )
    assert not list(here.glob("outputs/*/*/ledger.jsonl"))

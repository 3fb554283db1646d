import os
import time

import pytest
from mlflow import MlflowClient

from nnlab.errors import RunNotFoundError, StorageError
from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.address import store_uri
from nnlab.tracking.listing import from_file, from_mlflow, list_runs
from nnlab.tracking.process import is_dead, this_process
from nnlab.tracking.runs import artifact, find_finished, find_run


@pytest.fixture
def shelf(tracking):
    """Three runs, two of one name, newest last; and one that was deleted."""
    client = MlflowClient(store_uri(tracking))
    experiment = client.create_experiment("digits", (os.path.abspath("mlartifacts")))
    ids = []
    for index, name in enumerate(["mlp", "cnn", "mlp", "gone"]):
        run = client.create_run(experiment, start_time=1_700_000_000_000 + index * 60_000, run_name=name)
        ids.append(run.info.run_id)
        client.log_metric(run.info.run_id, "test/accuracy", 0.9 + index / 100, step=5)
        client.log_metric(run.info.run_id, "val/loss", 0.5, step=4)
        client.set_terminated(run.info.run_id, end_time=1_700_000_000_000 + index * 60_000 + 1500)
    client.set_tag(ids[0], tags.LEAK, "validation_split=test")
    client.log_metric(ids[1], "train/nan", float("nan"), step=1)
    client.delete_run(ids[3])
    return client, ids[:3]


def test_the_file_and_mlflow_tell_the_same(shelf, tracking, tmp_path):
    direct = from_file(tracking, tmp_path / "mlflow.db")
    assert direct == list(from_mlflow(tracking))
    assert len(direct) == 3


def test_a_row_says_what_a_person_asks(shelf, tracking):
    _, ids = shelf
    newest, _, oldest = list_runs(tracking)
    assert newest.id == ids[2]
    assert (newest.name, newest.experiment, newest.status, newest.seconds) == (
        "mlp",
        "digits",
        "FINISHED",
        1.5,
    )
    assert newest.score("test") == ("accuracy", 0.92)
    assert newest.score("val") == ("loss", 0.5)
    assert newest.score("best") is None
    assert newest.leak is None
    assert oldest.leak == "validation_split=test"
    assert newest.started.timestamp() == 1_700_000_120


def test_the_main_score_of_a_regression_is_its_mean_error(shelf, tracking):
    client, ids = shelf
    run = client.create_run(client.get_run(ids[0]).info.experiment_id)
    for name in ("bias", "loss", "mae", "r2"):
        client.log_metric(run.info.run_id, f"test/{name}", 0.25, step=5)
    assert list_runs(tracking)[0].score("test") == ("mae", 0.25)


def test_a_limit_keeps_the_newest(shelf, tracking, tmp_path):
    _, ids = shelf
    assert [row.id for row in list_runs(tracking, 2)] == [ids[2], ids[1]]


def test_no_store_is_no_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    nowhere = Tracking(uri="sqlite:///none.db", artifacts=None, timeout=1.0)
    assert list_runs(nowhere) == []
    with pytest.raises(RunNotFoundError, match=r"^RUN: 'last'; there are no runs in sqlite:///none.db yet$"):
        find_run(nowhere, "last")
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_found_by_id_beginning_name_and_last(shelf, tracking):
    _, ids = shelf
    assert find_run(tracking, ids[0]).id == ids[0]
    assert find_run(tracking, ids[0][:12]).id == ids[0]
    assert find_run(tracking, "cnn").id == ids[1]
    assert find_run(tracking, "last").id == ids[2]


def test_a_name_of_several_runs_lists_them(shelf, tracking):
    _, ids = shelf
    with pytest.raises(RunNotFoundError, match=r"^RUN: 'mlp' is 2 runs; one of") as caught:
        find_run(tracking, "mlp")
    assert ids[0][:8] in str(caught.value)
    assert ids[2][:8] in str(caught.value)
    assert "finished" in str(caught.value)


@pytest.mark.parametrize("text", ["cnnn", "", "' OR 1=1 --", "../cnn", "zzz" * 99])
def test_a_name_of_none_says_what_is_allowed(shelf, tracking, text):
    with pytest.raises(
        RunNotFoundError, match="an id or its beginning, a name, or `last`; see `nnlab runs`"
    ) as caught:
        find_run(tracking, text)
    assert len(str(caught.value)) < 200
    if text == "cnnn":
        assert str(caught.value).endswith("; did you mean 'cnn'?")


def test_a_run_whose_process_is_dead_is_interrupted(shelf, tracking):
    client, ids = shelf
    host, pid, start = this_process().rsplit("/", 2)
    for run, process in zip(
        ids, [this_process(), f"{host}/{pid}/{float(start) - 99}", f"elsewhere/{pid}/1"], strict=True
    ):
        client.update_run(run, "RUNNING")
        client.set_tag(run, tags.PROCESS, process)
    assert [row.status for row in reversed(list_runs(tracking))] == ["RUNNING", "INTERRUPTED", "RUNNING"]
    for silent, status in ((200, "RUNNING"), (400, "INTERRUPTED")):
        for run in ids[0], ids[2]:
            client.set_tag(run, tags.HEARTBEAT, str(int(time.time()) - silent))
        # This machine knows its own processes; of another's it knows when they were last heard of.
        assert [row.status for row in reversed(list_runs(tracking))] == ["RUNNING", "INTERRUPTED", status]


@pytest.mark.parametrize("text", [None, "", "nonsense", "a/b", "///"])
def test_a_process_that_nobody_wrote_down_is_not_called_dead(text):
    assert is_dead(text) is False


def test_a_process_that_ended_is_dead():
    host, _, _ = this_process().rsplit("/", 2)
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert [is_dead(f"{host}/{child}/{time.time()}") for _ in range(1) if os.waitpid(child, 0)] == [True]
    assert is_dead(this_process()) is False


def test_a_file_of_a_run_is_found_where_it_lies(shelf, tracking, tmp_path):
    client, ids = shelf
    (tmp_path / "model.keras").write_text("weights")
    client.log_artifact(ids[1], str(tmp_path / "model.keras"), "model")
    row = find_run(tracking, "cnn")
    assert artifact(row, "model/model.keras").read_text() == "weights"
    with pytest.raises(
        StorageError, match=f"^model/no.h5: run {row.id[:8]} has no such file; it has model/model.keras$"
    ):
        artifact(row, "model/no.h5")
    with pytest.raises(StorageError, match=r"^\.\./x: leads out of the run's files"):
        artifact(row, "../x")


def test_only_a_finished_run_of_the_same_identity_is_met(shelf, tracking):
    client, ids = shelf
    for run in ids[:2]:
        client.set_tag(run, tags.IDENTITY, "cafe")
    client.set_terminated(ids[1], "FAILED")

    found = find_finished(tracking, "cafe")
    assert found is not None
    assert found.id == ids[0]
    assert find_finished(tracking, "caf") is None

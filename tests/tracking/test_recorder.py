import json
import math
import shutil
import sys
import time

import pytest
from mlflow import MlflowClient

from nnlab.plan import Tracking
from nnlab.tracking import tags as names
from nnlab.tracking.address import store_uri
from nnlab.tracking.delivery import Delivery
from nnlab.tracking.destination import MlflowDestination
from nnlab.tracking.journal import read_events
from nnlab.tracking.listing import list_runs
from nnlab.tracking.recorder import Recorder


@pytest.fixture
def recorder(tracking, tmp_path, warnings):
    made = Recorder(tracking, tmp_path / "run", warnings.append)
    made.start("digits-classification", "first", {"nnlab.identity": "abc"})
    return made


def client(tracking):
    return MlflowClient(store_uri(tracking))


def test_a_whole_run_arrives(recorder, tracking, tmp_path, warnings):
    recorder.params({"trainer": {"epochs": 3, "batch_size": None}})
    for step in range(3):
        recorder.metrics({"train/loss": 1.0 / (step + 1), "val/accuracy": 0.5 + step / 10}, step)
    (tmp_path / "plan.yaml").write_text("seed: 1")
    recorder.artifact(tmp_path / "plan.yaml", "config")
    recorder.tags({"state": "done"})
    run_id = recorder.finish()
    run = client(tracking).get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "first"
    assert run.data.params == {"trainer.epochs": "3", "trainer.batch_size": "null"}
    history = client(tracking).get_metric_history(run_id, "train/loss")
    assert [(point.step, point.value) for point in history] == [(0, 1.0), (1, 0.5), (2, 1 / 3)]
    assert run.data.tags["nnlab.identity"] == "abc"
    assert run.data.tags["state"] == "done"
    root = tmp_path / "mlartifacts" / run_id / "artifacts"
    assert (root / "config" / "plan.yaml").read_text() == "seed: 1"
    assert warnings == []


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
def test_the_status_is_the_one_that_was_said(recorder, tracking, status):
    assert client(tracking).get_run(recorder.finish(status)).info.status == status


def test_what_is_not_finite_is_a_tag_that_says_when_it_first_was(recorder, tracking):
    recorder.metrics({"train/loss": 2.0}, 0)
    recorder.metrics({"train/loss": math.inf, "val/loss": math.nan}, 1)
    recorder.metrics({"train/loss": -math.inf}, 2)
    run = client(tracking).get_run(recorder.finish())
    assert run.data.metrics == {"train/loss": 2.0}
    assert run.data.tags["nnlab.not_finite/train/loss"] == "inf at step 1"
    assert run.data.tags["nnlab.not_finite/val/loss"] == "nan at step 1"


def test_params_that_are_too_long_are_whole_in_an_artifact(recorder, tracking, tmp_path):
    recorder.params({"model": {"layers": ["x" * 7000]}, "short": "s"})
    run = client(tracking).get_run(recorder.finish())
    assert len(run.data.params["model.layers"]) == 6000
    assert run.data.params["model.layers"].endswith("…")
    kept = tmp_path / "mlartifacts" / run.info.run_id / "artifacts" / "config" / "long_params.json"
    assert json.loads(kept.read_text()) == {"model.layers": '["' + "x" * 7000 + '"]'}


def test_more_than_one_batch_of_everything_arrives(recorder, tracking):
    recorder.params({f"p{index}": index for index in range(250)})
    recorder.tags({f"t{index}": str(index) for index in range(250)})
    for step in range(30):
        recorder.metrics({f"m{index}": index for index in range(50)}, step)
    run_id = recorder.finish()
    run = client(tracking).get_run(run_id)
    assert len(run.data.params) == 250
    assert len([tag for tag in run.data.tags if tag.startswith("t")]) == 250
    assert {len(client(tracking).get_metric_history(run_id, f"m{index}")) for index in range(50)} == {30}


@pytest.mark.parametrize(
    "name",
    ["../../../evil", "<script>alert(1)</script>", "x" * 10_000, "größe ✓ 数", "", "a/b\\c\x00", "%2e%2e/"],
)
def test_any_name_works_and_none_becomes_a_path(tracking, tmp_path, warnings, name):
    recorder = Recorder(tracking, tmp_path / "run", warnings.append)
    recorder.start(name, name)
    (tmp_path / "file.txt").write_text("x")
    recorder.artifact(tmp_path / "file.txt")
    run = client(tracking).get_run(recorder.finish())
    assert warnings == []
    assert len(run.info.run_name) <= 250
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {
        "mlflow.db",
        "mlflow.db.lock",
        "file.txt",
        "run/journal.jsonl",
        f"mlartifacts/{run.info.run_id}/artifacts/file.txt",
    }


def test_the_store_refuses_one_thing_and_takes_the_rest(recorder, tracking, tmp_path, warnings):
    recorder.artifact(tmp_path / "missing.png", "plots")
    recorder.metrics({"train/loss": 1.0}, 0)
    run = client(tracking).get_run(recorder.finish())
    assert run.data.metrics == {"train/loss": 1.0}
    assert warnings == [f"tracking: the store refused 1 records: {tmp_path}/missing.png: no such file"]


def test_secrets_stay_out_of_journal_and_store(tracking, tmp_path, warnings, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["nnlab", "token=hunter2"])
    recorder = Recorder(tracking, tmp_path / "run", warnings.append)
    recorder.start("e http://me:hunter2@host", "n http://me:hunter2@host", {"t": "http://me:hunter2@host"})
    recorder.params(
        {"tracking": {"uri": "http://me:hunter2@host"}, "list": [{"u": "http://me:hunter2@host"}]}
    )
    recorder.tags({"u": "http://me:hunter2@host"})
    run = client(tracking).get_run(recorder.finish())
    assert run.data.params["tracking.uri"] == "http://***@host"
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert b"hunter2" not in file.read_bytes(), file


def test_the_journal_delivered_again_changes_nothing(recorder, tracking, tmp_path, warnings):
    """What makes a later catch-up safe: the same events twice are one point per (key, step)."""
    recorder.params({"a": 1})
    recorder.metrics({"train/loss": 1.0}, 0)
    recorder.metrics({"train/loss": 0.5}, 1)
    run_id = recorder.finish()
    destination = MlflowDestination(tracking, lambda *ids: None)
    destination.run_id = run_id
    again = Delivery(lambda: destination, warnings.append)
    for event in read_events(recorder.journal.file):
        if event.kind not in ("start", "bound", "delivered"):
            again.put(event)
    assert again.close(20) == 0
    history = client(tracking).get_metric_history(run_id, "train/loss")
    assert [(point.step, point.value) for point in history] == [(0, 1.0), (1, 0.5)]
    assert again.refused == []
    assert warnings == []


def test_a_run_whose_making_was_never_answered_is_not_made_twice(recorder, tracking, monkeypatch):
    first = recorder.finish()
    (start,) = [event for event in read_events(recorder.journal.file) if event.kind == "start"]
    start.body["tags"][names.FOLDER] += "-another"
    bound, asked = [], []
    destination = MlflowDestination(tracking, lambda *ids: bound.append(ids[0]), new=True)
    make, search = destination.client.create_run, destination.client.search_runs

    def lose_the_answer(*of, **more):
        make(*of, **more)
        raise ConnectionError("gone")

    monkeypatch.setattr(destination.client, "create_run", lose_the_answer)
    monkeypatch.setattr(
        destination.client, "search_runs", lambda *of, **more: asked.append(0) or search(*of, **more)
    )
    with pytest.raises(ConnectionError):
        destination.apply([start])
    assert not asked
    destination.apply([start])
    assert len(asked) == 1
    assert {first, *bound} == {row.id for row in list_runs(tracking)}
    assert len(bound) == 1


def test_two_who_begin_in_one_folder_share_its_run(recorder, tracking, tmp_path, warnings):
    """So it is where the same sweep is typed twice at once."""
    first = recorder.finish()
    second = Recorder(tracking, tmp_path / "run", warnings.append)
    second.start("digits-classification", "first", {"nnlab.identity": "abc"})
    assert second.finish() == first
    assert [row.id for row in list_runs(tracking)] == [first]


def test_the_journal_names_the_mlflow_run(recorder):
    run_id = recorder.finish()
    bound = [event.body for event in read_events(recorder.journal.file) if event.kind == "bound"]
    assert bound == [{"run_id": run_id}]


def test_a_deleted_experiment_is_brought_back(recorder, tracking, tmp_path, warnings):
    first = client(tracking).get_run(recorder.finish())
    client(tracking).delete_experiment(first.info.experiment_id)
    again = Recorder(tracking, tmp_path / "again", warnings.append)
    again.start("digits-classification", "second")
    second = client(tracking).get_run(again.finish())
    assert second.info.experiment_id == first.info.experiment_id
    assert warnings == []


def test_a_dead_server_stops_nothing_and_is_said(tmp_path, warnings, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    dead = Tracking(uri="http://me:secret@127.0.0.1:9", artifacts=None, timeout=1.0)
    recorder = Recorder(dead, tmp_path / "run", warnings.append)
    begun = time.monotonic()
    recorder.start("e", "n")
    for step in range(100):
        recorder.metrics({"train/loss": 1.0}, step)
    assert time.monotonic() - begun < 2
    assert recorder.run_id is None
    assert recorder.finish(seconds=20) is None
    assert len(warnings) == 2
    assert warnings[0].endswith("; training goes on, and the run's journal keeps everything")
    assert warnings[1].startswith("tracking: 102 events did not reach the store (")
    assert warnings[1].endswith(f"the next run here, or `nnlab resume {tmp_path}/run`, brings them there")
    assert "secret" not in "".join(warnings)
    assert len(read_events(tmp_path / "run" / "journal.jsonl")) == 102


def test_a_verb_before_start_is_a_mistake_of_the_program(tracking, tmp_path):
    with pytest.raises(RuntimeError, match="start comes before"):
        Recorder(tracking, tmp_path / "run").metrics({"train/loss": 1.0}, 0)


@pytest.mark.parametrize("reached", ["everything", "only the run", "the run, unnoted", "nothing"])
def test_an_interrupted_run_goes_on_in_the_same_record(tracking, tmp_path, warnings, reached):
    """Each point once, whatever of the journal had reached the store when the process ended."""
    folder = tmp_path / "run"
    first = Recorder(tracking, folder, warnings.append)
    first.start("digits-classification", "first")
    if reached == "everything":
        first.metrics({"train/loss": 1.0}, 1)
    run_id = first.finish("KILLED")
    lines = (folder / "journal.jsonl").read_text().splitlines(keepends=True)
    event = {"number": 9, "kind": "metrics", "time": json.loads(lines[-1])["time"]}
    lost = json.dumps({**event, "body": {"values": {"train/loss": 0.5}, "step": 2}})
    kept = [line for line in lines if reached in ("everything", "only the run") or '"bound"' not in line]
    (folder / "journal.jsonl").write_text("".join([*kept, lost, "\n", '{"half']))
    if reached == "nothing":
        client(tracking).delete_run(run_id)

    again = Recorder(tracking, folder, warnings.append)
    again.resume()
    again.metrics({"train/loss": 0.5, "val/loss": 0.6}, 2)
    again.metrics({"train/loss": 0.25}, 3)
    resumed = again.finish()

    assert (resumed == run_id) == (reached != "nothing")
    run = client(tracking).get_run(resumed)
    assert run.info.status == "FINISHED"
    points = [
        (point.step, point.value) for point in client(tracking).get_metric_history(resumed, "train/loss")
    ]
    assert points == [(1, 1.0)] * (reached == "everything") + [(2, 0.5), (3, 0.25)]
    assert len(client(tracking).get_metric_history(resumed, "val/loss")) == 1
    assert len(client(tracking).search_runs([run.info.experiment_id])) == 1
    assert warnings == []


def test_a_run_shows_when_it_was_last_alive(tracking, tmp_path, recorder):
    begun = int(time.time())
    run_id = recorder.run_id
    first = int(client(tracking).get_run(run_id).data.tags[names.HEARTBEAT])
    assert begun - 60 < first <= begun
    destination = MlflowDestination(tracking, lambda *ids: None, run_id)
    client(tracking).set_tag(run_id, names.HEARTBEAT, "1")
    destination.give_sign()
    assert int(client(tracking).get_run(run_id).data.tags[names.HEARTBEAT]) >= begun
    recorder.finish()


def test_settings_of_a_run_that_goes_on_stay_as_they_were(tracking, tmp_path, warnings):
    folder = tmp_path / "run"
    first = Recorder(tracking, folder, warnings.append)
    first.start("digits-classification")
    first.params({"trainer": {"epochs": 3, "threads": None}})
    first.finish("KILLED")
    again = Recorder(tracking, folder, warnings.append)
    again.resume()
    again.params({"trainer": {"epochs": 3, "threads": 2}, "cv": {"fold": 1}})
    run = client(tracking).get_run(again.finish())
    assert run.data.params == {"trainer.epochs": "3", "trainer.threads": "null", "cv.fold": "1"}
    assert warnings == []


def test_a_run_that_goes_on_has_not_failed(tracking, tmp_path, warnings):
    folder = tmp_path / "run"
    first = Recorder(tracking, folder, warnings.append)
    first.start("digits-classification")
    first.tags({names.FAILURE: "ended by SIGTERM"})
    first.finish("KILLED")
    again = Recorder(tracking, folder, warnings.append)
    again.resume()
    run = client(tracking).get_run(again.finish())
    assert names.FAILURE not in run.data.tags
    assert run.info.status == "FINISHED"


def test_a_run_whose_folder_has_gone_goes_on_by_its_id(tracking, tmp_path, warnings):
    folder = tmp_path / "runs/one"
    first = Recorder(tracking, folder, warnings.append)
    first.start("lost", "one")
    known = first.finish("FAILED")
    shutil.rmtree(folder)
    again = Recorder(tracking, folder, warnings.append)
    again.resume(known)
    again.metrics({"train/loss": 0.5}, 1)
    assert again.run_id == known
    assert again.finish() == known
    (row,) = list_runs(tracking)
    assert (row.id, row.status, row.scores["train/loss"]) == (known, "FINISHED", 0.5)
    assert warnings == []

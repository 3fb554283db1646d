import subprocess
import sys
import time

import pytest

from nnlab.plan import Tracking
from nnlab.tracking.address import store_uri
from nnlab.tracking.listing import list_runs
from nnlab.tracking.probe import check_store
from nnlab.tracking.store import schema_of

WRITER = """
import sys
from pathlib import Path
from nnlab.plan import Tracking
from nnlab.tracking.recorder import Recorder
tracking = Tracking(uri="sqlite:///mlflow.db", artifacts="mlartifacts", timeout=5.0)
recorder = Recorder(tracking, Path("runs") / sys.argv[1])
recorder.start("together", sys.argv[1])
for step in range(200):
    recorder.metrics({"train/loss": step / 200}, step)
assert recorder.finish()
"""


@pytest.mark.long
@pytest.mark.slow
def test_four_processes_share_a_store_that_did_not_exist(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(index)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for index in range(4)
    ]
    said = [writer.communicate(timeout=120)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0], said
    assert said == ["", "", "", ""]
    tracking = Tracking(uri="sqlite:///mlflow.db", artifacts="mlartifacts", timeout=5.0)
    rows = list_runs(tracking)
    assert [(row.experiment, row.status) for row in rows] == [("together", "FINISHED")] * 4
    from mlflow import MlflowClient

    histories = [MlflowClient(store_uri(tracking)).get_metric_history(row.id, "train/loss") for row in rows]
    assert [[point.step for point in history] for history in histories] == [list(range(200))] * 4


@pytest.mark.long
@pytest.mark.slow
def test_a_process_killed_while_it_makes_the_store_breaks_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = subprocess.Popen([sys.executable, "-c", WRITER, "0"])
    until = time.monotonic() + 60
    while not (tmp_path / "mlflow.db.new").exists() and time.monotonic() < until:
        time.sleep(0.01)
    first.kill()
    first.wait()
    assert (tmp_path / "mlflow.db.new").exists()
    assert not (tmp_path / "mlflow.db").exists()
    done = subprocess.run([sys.executable, "-c", WRITER, "1"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    tracking = Tracking(uri="sqlite:///mlflow.db", artifacts=None, timeout=5.0)
    assert [(row.name, row.status) for row in list_runs(tracking)] == [("1", "FINISHED")]
    assert not (tmp_path / "mlflow.db.new").exists()


TRANSACTION = """
import os, signal, sqlite3, sys
store = sqlite3.connect(sys.argv[1], isolation_level=None)
store.execute("PRAGMA cache_size = 1")
store.execute("BEGIN IMMEDIATE")
for number in range(2000):
    store.execute("INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, 'x')", (str(number), "x" * 200))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_in_the_middle_of_a_transaction_leaves_a_store_that_can_be_read(
    tracking, empty_store, tmp_path
):
    file = tmp_path / "mlflow.db"
    subprocess.run([sys.executable, "-c", TRANSACTION, str(file)], check=False)
    assert file.with_name("mlflow.db-journal").exists()
    assert schema_of(file) == schema_of(empty_store)
    assert list_runs(tracking) == []
    check_store(tracking)


def test_nothing_imports_mlflow_before_the_thread_does(tmp_path, monkeypatch):
    """MLflow's import costs more than a second; asking for the store and listing runs must not pay it."""
    monkeypatch.chdir(tmp_path)
    code = (
        "import sys\nimport nnlab.tracking.recorder, nnlab.tracking.runs, nnlab.cli.runs\n"
        "from nnlab.plan import Tracking\nfrom nnlab.tracking.probe import check_store\n"
        "from nnlab.tracking.listing import list_runs\n"
        "tracking = Tracking(uri='sqlite:///mlflow.db', artifacts='mla', timeout=5.0)\n"
        "check_store(tracking)\nlist_runs(tracking)\n"
        "print(sorted({'mlflow', 'pandas', 'tensorflow', 'matplotlib', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

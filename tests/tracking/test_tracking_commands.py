import io
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest
from rich.console import Console

from nnlab.cli import doctor, runs, ui
from nnlab.errors import TrackingError
from nnlab.plan import Tracking
from nnlab.tracking import probe
from nnlab.tracking.recorder import Recorder


@pytest.fixture
def here(tracking, monkeypatch):
    """The commands read this test's store; composition is another room's."""
    for module in (runs, ui, doctor):
        monkeypatch.setattr(module, "tracking_from", lambda words: tracking)
    return tracking


@pytest.fixture
def trained(here, tmp_path):
    recorder = Recorder(here, tmp_path / "run")
    recorder.start("digits", "[red]mlp[/red]", {"nnlab.leak": "validation_split=test"})
    recorder.metrics({"test/accuracy": 0.9712, "val/loss": 0.25}, 5)
    return recorder.finish()


def test_the_table_shows_state_scores_cost_and_leak(trained, here, capsys):
    assert runs.main([]) == 0
    shown = capsys.readouterr().out
    for text in (
        trained[:8],
        "[red]mlp[/red]",
        "digits",
        "finished",
        "accuracy 0.9712 leak",
        "loss 0.25",
        " s ",
    ):
        assert text in shown
    assert "the test set was watched during training" in shown


def test_runs_stand_below_their_sweep_and_folds_below_their_run(here, tmp_path, capsys):
    def record(name, more):
        recorder = Recorder(here, tmp_path / name)
        recorder.start("digits", name, more)
        return recorder.finish()

    sweep = record("sweep", {"nnlab.sweep": "2"})
    record("other", {})
    for name in ("one", "two"):
        child = record(name, {"mlflow.parentRunId": sweep})
    record("fold", {"mlflow.parentRunId": child})
    assert runs.main([]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line[10:].split("  digits")[0].rstrip() for line in lines] == [
        "other", "sweep", "└ two", "  └ fold", "└ one",
    ]  # fmt: skip
    assert "2 runs" in lines[1]
    assert runs.main(["-n", "2"]) == 0
    assert [line[10:16].rstrip() for line in capsys.readouterr().out.splitlines()[1:]] == ["two", "└ fold"]


def test_json_holds_everything(trained, here, capsys):
    assert runs.main(["--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["id"] == trained
    assert found["scores"] == {"test/accuracy": 0.9712, "val/loss": 0.25}
    assert found["leak"] == "validation_split=test"
    assert found["status"] == "FINISHED"
    assert found["folder"].endswith("/run")


def test_an_empty_store_says_so(here, capsys):
    assert runs.main([]) == 0
    assert capsys.readouterr().out == "no runs yet in sqlite:///mlflow.db; `nnlab` trains one\n"


def test_a_limit_below_one_is_refused(here, capsys):
    with pytest.raises(SystemExit) as caught:
        runs.main(["-n", "0"])
    assert caught.value.code == 2
    assert "-n: 0; a whole number of at least 1, or --all" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0.04, "0.0 s"), (59.94, "59.9 s"), (200.4, "3 min 20 s"), (7500, "2 h 05 min")],
)
def test_durations_read_as_a_person_says_them(seconds, text):
    assert runs.describe_seconds(seconds) == text


def test_a_taken_port_is_passed_over():
    with socket.socket() as holder:
        holder.bind((ui.HOST, 0))
        holder.listen()
        taken = holder.getsockname()[1]
        assert ui.free_port(taken) > taken


def test_no_free_port_is_an_error(monkeypatch):
    monkeypatch.setattr(ui, "PORTS_TRIED", 1)
    with socket.socket() as holder:
        holder.bind((ui.HOST, 0))
        holder.listen()
        taken = holder.getsockname()[1]
        with pytest.raises(TrackingError, match=f"^--port: {taken} to {taken} are all taken"):
            ui.free_port(taken)


@pytest.mark.long
@pytest.mark.slow
def test_the_page_starts_shows_the_runs_and_ends_with_its_children(trained, tmp_path):
    words = [sys.executable, "-m", "nnlab", "ui", "--port", "5600", "tracking.uri=sqlite:///mlflow.db"]
    page = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    children = []
    try:
        address = page.stdout.readline().split("/#/")[0]
        children = psutil.Process(page.pid).children(recursive=True)
        with urllib.request.urlopen(address) as answer:
            assert b"<title>MLflow</title>" in answer.read()
        with urllib.request.urlopen(f"{address}/api/2.0/mlflow/runs/get?run_id={trained}") as answer:
            assert json.load(answer)["run"]["info"]["run_name"] == "[red]mlp[/red]"
        other = urllib.request.Request(address, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(other)
    finally:
        page.send_signal(signal.SIGINT)
        code = page.wait(20)
    assert code == 0
    assert children
    assert psutil.wait_procs(children, timeout=5)[1] == []
    assert page.stderr.read() == ""


def lines(findings):
    console = Console(file=io.StringIO(), width=300)
    for finding in findings:
        console.print(doctor.line(finding))
    return console.file.getvalue()


def test_a_store_that_is_well_and_one_that_is_not(here, tmp_path):
    (good,) = doctor.check_tracking(here)
    assert good.mend is None
    assert str(tmp_path / "mlflow.db") in good.found
    (tmp_path / "mlflow.db").write_text("no store" * 500)
    (bad,) = doctor.check_tracking(here)
    assert "is no MLflow store" in bad.found
    assert bad.mend == "another file, or move this one away"
    assert lines([good, bad]).startswith("ok    store")
    assert "WRONG store" in lines([good, bad])


def test_a_dead_server_is_found_in_time():
    dead = Tracking(uri="http://127.0.0.1:9", artifacts=None, timeout=1.0)
    begun = time.monotonic()
    (bad,) = doctor.check_tracking(dead)
    assert time.monotonic() - begun < 3
    assert "does not answer within 1 s" in bad.found
    assert bad.mend.startswith("start the server")


def test_packages_out_of_range_or_missing_say_what_to_install(monkeypatch):
    wanted = ["numpy<1", "nowhere-package>=2", "keras", "pytest<1; extra == 'dev'"]
    monkeypatch.setattr(doctor.importlib.metadata, "requires", lambda name: wanted)
    numpy, nowhere = doctor.check_versions()
    assert numpy.found.endswith("is not <1")
    assert numpy.mend == "pip install 'numpy<1'"
    assert (nowhere.found, nowhere.mend) == ("nowhere-package is missing", "pip install 'nowhere-package>=2'")


def test_a_foreign_python_is_wrong(monkeypatch):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.9.1")
    (bad,) = doctor.check_python()
    assert "nnlab needs Python <3.14,>=3.11" in bad.mend


def test_this_installation_has_its_packages():
    (good,) = doctor.check_versions()
    assert good.mend is None
    assert "tensorflow 2.21" in good.found


def test_a_cache_that_cannot_be_written_is_wrong(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "file"))
    (bad,) = doctor.check_data()
    assert bad.mend == "set NNLAB_DATA to a folder that can be written"
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "new"))
    assert next(doctor.check_data()).found == f"{tmp_path}/new: nothing fetched yet"


def test_a_full_disk_is_wrong(monkeypatch):
    monkeypatch.setattr(doctor, "ROOM", 1e12)
    assert all("GB at least: free some" in found.mend for found in doctor.check_disk())


def test_a_tensorflow_that_does_not_start_is_a_finding(monkeypatch):
    monkeypatch.setattr(doctor, "_ASK_TENSORFLOW", "raise ImportError('no libtensorflow')")
    (bad,) = doctor.check_devices()
    assert bad.found == "TensorFlow does not start: ImportError: no libtensorflow"
    monkeypatch.setattr(doctor, "_ASK_TENSORFLOW", "import os; os.abort()")
    assert next(doctor.check_devices()).mend
    monkeypatch.setattr(doctor, "_ASK_TENSORFLOW", "import time; time.sleep(60)")
    monkeypatch.setattr(doctor, "DEVICES_LIMIT", 0.2)
    assert "does not start within" in next(doctor.check_devices()).found


def test_devices_are_said_in_words(monkeypatch):
    monkeypatch.setattr(doctor, "_ASK_TENSORFLOW", 'print(\'{"gpus": 2, "cuda": true}\')')
    (good,) = doctor.check_devices()
    assert good.found.endswith("CPU threads, 2 GPUs")


def test_one_wrong_thing_is_exit_code_one(here, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "_ASK_TENSORFLOW", 'print(\'{"gpus": 0, "cuda": false}\')')
    monkeypatch.setattr(doctor, "ROOM", 0.0)
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "data"))
    assert doctor.main([]) == 0
    assert "nothing is wrong" in capsys.readouterr().out
    monkeypatch.setattr(probe, "LEAST_FREE", 2**70)
    assert doctor.main([]) == 1
    assert "2 wrong" in capsys.readouterr().out


@pytest.mark.long
@pytest.mark.slow
def test_tensorflow_answers_for_real():
    (good,) = doctor.check_devices()
    assert good.mend is None
    assert "CPU threads" in good.found


def test_the_options_of_conf_tracking_are_read(tmp_path, monkeypatch):
    from nnlab.cli.compose import tracking_from

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:hunter2@host")
    assert tracking_from([]) == Tracking(uri="sqlite:///mlflow.db", artifacts="mlartifacts", timeout=5.0)
    server = Tracking(uri="${oc.env:MLFLOW_TRACKING_URI}", artifacts=None, timeout=5.0)
    assert tracking_from(["tracking=server"]) == server

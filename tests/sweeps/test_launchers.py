"""Launchers: what they are told is typed and checked before anything runs, and only what is named is handed on."""

import pickle
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from nnlab.cli.compose import compose_plan
from nnlab.cli.folders import own_conf
from nnlab.errors import ConfigError, RequestError, StorageError, WorkError
from nnlab.plan import Plan, Tracking
from nnlab.sweeps.errands import Errand, Report, carry_errand, environment_of, without_login
from nnlab.sweeps.flights import Flight, landed
from nnlab.sweeps.jobs import Job, Limits, Result
from nnlab.sweeps.launchers import check_launcher, check_name, read_settings
from nnlab.sweeps.settings import LikeSlurm, OnRay, OnSlurm, with_threads

LOCAL = Tracking(uri="sqlite:///mlflow.db", artifacts="mlartifacts", timeout=5.0)
SERVER = Tracking(uri="http://mlflow.example:5000", artifacts=None, timeout=5.0)
WORD = "null, or a text without spaces"


def values(launcher: str, **changed: Any) -> dict[str, Any]:
    file = own_conf() / "hydra" / "launcher" / f"{launcher}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) | changed


def plans(uri: str = LOCAL.uri, **trainer: Any) -> list[Plan]:
    return [
        compose_plan([f"tracking.uri={uri}", *(f"trainer.{key}={value}" for key, value in trainer.items())])
    ]


def test_every_file_of_a_launcher_is_one():
    files = [file.stem for file in (own_conf() / "hydra" / "launcher").glob("*.yaml")]
    assert sorted(files) == ["nnlab", "ray", "submitit_local", "submitit_slurm"]
    for name in files:
        check_name(name)
        assert read_settings(values(name), name).launcher == name


@pytest.mark.parametrize(
    ("launcher", "changed", "told"),
    [
        ("ray", {"adress": "auto"}, "hydra.launcher.adress: unknown key; did you mean 'address'?"),
        ("ray", {"address": "10.0.0.1"}, "hydra.launcher.address: '10.0.0.1'; null, auto or HOST:PORT"),
        ("ray", {"folder": "runs"}, "hydra.launcher.folder: 'runs'; null, or an absolute path"),
        ("ray", {"num_cpus": 0}, "hydra.launcher.num_cpus: 0; a number of at least 1"),
        ("ray", {"num_gpus": -1}, "hydra.launcher.num_gpus: -1; a number above 0"),
        ("ray", {"workers": "all"}, "hydra.launcher.workers: 'all'; 'auto' or a whole number"),
        ("submitit_slurm", {"timeout_min": None}, "hydra.launcher.timeout_min: null; a whole number"),
        ("submitit_slurm", {"partition": "gpu\nrm"}, f"hydra.launcher.partition: 'gpu\\nrm'; {WORD}"),
        ("submitit_slurm", {"account": "a b"}, f"hydra.launcher.account: 'a b'; {WORD}"),
        ("submitit_slurm", {"constraint": "$(id)"}, f"hydra.launcher.constraint: '$(id)'; {WORD}"),
        ("submitit_slurm", {"workers": "auto"}, "hydra.launcher.workers: 'auto'; a whole number"),
        ("submitit_local", {"partition": "x"},
         "hydra.launcher.partition: unknown key; one of seconds, gigabytes, grace, cpus_per_task, workers"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_its_key(launcher: str, changed: dict[str, Any], told: str):
    with pytest.raises(ConfigError) as caught:
        read_settings(values(launcher, **changed), launcher)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("launcher", "module", "extra"),
    [("ray", "ray", "ray"), ("submitit_slurm", "submitit", "slurm"), ("submitit_local", "submitit", "slurm")],
)
def test_what_is_not_installed_is_told_before_anything_runs(
    launcher: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("nnlab.sweeps.launchers.find_spec", lambda name: None if name == module else object())
    with pytest.raises(RequestError) as caught:
        check_launcher(read_settings(values(launcher), launcher), plans())
    told = f"{launcher} needs {module}, which is not installed; pip install 'nnlab[{extra}]'"
    assert str(caught.value) == f"hydra/launcher: {told}"


def test_processes_of_a_cluster_are_no_job_of_a_sweep():
    with pytest.raises(
        ConfigError, match=r"trainer\.strategy: 'multi_worker' in a sweep; null or mirrored: "
    ):
        check_launcher(read_settings(values("nnlab")), plans(strategy="multi_worker"))


def test_slurm_wants_its_commands_and_a_store_that_others_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = read_settings(values("submitit_slurm"), "submitit_slurm")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RequestError) as caught:
        check_launcher(settings, plans(uri=SERVER.uri))
    told = "hydra/launcher: submitit_slurm: no sbatch here; a machine that submits to Slurm"
    assert str(caught.value) == told
    command(tmp_path, "sbatch", "")
    check_launcher(settings, plans(uri=SERVER.uri))
    for uri in ("sqlite:///mlflow.db", "http://127.0.0.1:5000", "http://localhost:5000"):
        with pytest.raises(RequestError) as caught:
            check_launcher(settings, plans(uri=uri))
        assert str(caught.value) == (
            f"tracking.uri: {uri} is this machine's own, and submitit_slurm runs jobs on others; "
            "tracking=server tracking.uri=http://SERVER, which they reach"
        )


def test_a_cluster_that_does_not_answer_is_told(tmp_path: Path):
    from nnlab.sweeps.ray_cluster import ray_crew

    settings = read_settings(values("ray", address="127.0.0.1:9"), "ray")
    with pytest.raises(RequestError) as caught, ray_crew(settings, SERVER, tmp_path):  # pyright: ignore[reportArgumentType]
        pass
    assert str(caught.value) == (
        "hydra.launcher.address: 127.0.0.1:9: [Errno 111] Connection refused; "
        "a Ray cluster that this machine is a node of; null starts one"
    )


def command(folder: Path, name: str, script: str) -> None:
    """A command of Slurm's in a folder of the PATH."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def batch_script(folder: Path, monkeypatch: pytest.MonkeyPatch, **changed: Any) -> list[str]:
    """The lines of the script that is handed to sbatch, of which there is none on this machine."""
    from nnlab.sweeps.submitit_jobs import SubmititCrew

    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    command(folder, "srun", "exit 0")
    command(folder, "sbatch", f'cp "$1" {folder}/script; echo "Submitted batch job 4711"')
    settings = read_settings(values("submitit_slurm", **changed), "submitit_slurm")
    crew = SubmititCrew(settings, SERVER, folder / "logs")  # pyright: ignore[reportArgumentType]
    crew.start(job())
    assert crew.busy
    return (folder / "script").read_text().splitlines()


def job(uri: str = SERVER.uri) -> Job:
    from nnlab.cli.compose import compose_plan

    words = ("dataset=digits", "tracking=server", f"tracking.uri={uri}")
    return Job(0, words, compose_plan(words))


def flags(script: list[str]) -> dict[str, str]:
    lines = [line.removeprefix("#SBATCH --") for line in script if line.startswith("#SBATCH --")]
    return {key: value for key, _, value in (line.partition("=") for line in lines)}


def test_slurm_is_told_what_is_named_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own = {"cpus-per-task", "error", "job-name", "nodes", "open-mode", "output", "signal", "time", "wckey"}
    plain = flags(batch_script(tmp_path, monkeypatch))
    assert set(plain) == own
    assert (plain["time"], plain["cpus-per-task"], plain["job-name"]) == ("60", "1", "nnlab")
    named = {"partition": "gpu", "account": "me", "qos": "high", "constraint": "a100|h100"}
    (tmp_path / "more").mkdir()
    more = {**named, "gigabytes": 4.0, "gpus_per_node": 2, "timeout_min": 90}
    script = batch_script(tmp_path / "more", monkeypatch, **more)
    found = flags(script)
    assert set(found) - own == {*named, "gpus-per-node", "mem"}
    assert {key: found[key] for key in ("time", "mem", "gpus-per-node", "constraint")} == {
        "time": "90", "mem": "5GB", "gpus-per-node": "2", "constraint": "'a100|h100'",
    }  # fmt: skip
    assert sum("submitit.core._submit" in line for line in script) == 1


def test_a_job_that_is_in_the_queue_is_not_put_there_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    batch_script(tmp_path, monkeypatch)
    (tmp_path / "script").unlink()
    command(tmp_path, "squeue", "echo 4711 PENDING")
    settings = read_settings(values("submitit_slurm"), "submitit_slurm")
    from nnlab.sweeps.submitit_jobs import SubmititCrew

    again = SubmititCrew(settings, SERVER, tmp_path / "logs")  # pyright: ignore[reportArgumentType]
    again.start(job())
    assert again.busy
    assert not (tmp_path / "script").exists()


def test_a_password_goes_with_the_environment_and_not_into_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t0ken")
    asked = job("http://me:s3cret@mlflow.example")
    errand = Errand(without_login(asked), Limits(1, None, None, 1.0), tmp_path, Path("logs"))
    assert b"s3cret" not in pickle.dumps(errand)
    assert errand.job.plan.tracking.uri == "${oc.env:MLFLOW_TRACKING_URI}"
    passed = environment_of(asked.plan.tracking)
    assert passed["MLFLOW_TRACKING_URI"] == "http://me:s3cret@mlflow.example"
    assert passed["MLFLOW_TRACKING_TOKEN"] == "t0ken"
    assert without_login(job()).plan.tracking == job().plan.tracking


def test_an_errand_is_refused_where_it_cannot_be_done(tmp_path: Path):
    errand = Errand(job(), Limits(1, None, None, 1.0), tmp_path / "file" / "below", Path("logs"))
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"file/below: cannot be written: Not a directory"):
        carry_errand(errand, "ray/1", {})
    with pytest.raises(WorkError, match=r"^nnlab .+ on .+, 0\.0 where the sweep is$"):
        carry_errand(replace(errand, version="0.0"), "ray/1", {})


def test_a_log_comes_back_with_the_report_unless_it_is_here(tmp_path: Path):
    report = Report(Result(job(), "FAILED", reason="no good"), b"printed there\n")
    flight = Flight(job(), "ray/1")
    result = landed(flight, report, tmp_path / "logs")
    assert result.log == tmp_path / "logs" / "0.log"
    assert result.log.read_bytes() == b"printed there\n"
    landed(flight, replace(report, printed=b"again"), tmp_path / "logs")
    assert result.log.read_bytes() == b"printed there\n"
    flight.ask("ended by SIGINT", 1.0)
    assert landed(flight, report, tmp_path / "logs").reason == "ended by SIGINT"


@pytest.mark.parametrize(
    ("launcher", "changed", "threads"),
    [("ray", {"num_cpus": 3}, 3), ("submitit_slurm", {"cpus_per_task": 4}, 4), ("submitit_local", {}, 1)],
)
def test_a_run_has_as_many_threads_as_cores_are_reserved(
    launcher: str, changed: dict[str, Any], threads: int
):
    settings = read_settings(values(launcher, **changed), launcher)
    assert with_threads(job().plan, settings).trainer.threads == threads


def test_how_many_go_on_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.sweeps.settings.available_threads", lambda: 8)
    read: Callable[..., Any] = lambda name, **changed: read_settings(values(name, **changed), name)  # noqa: E731
    assert read("submitit_local", cpus_per_task=3).places == 2
    assert read("submitit_local", workers=5).places == 5
    assert read("submitit_slurm").places == 100
    assert [read("ray", workers=workers).at_once([]) for workers in ("auto", 7)] == [None, 7]
    assert {type(read(name)) for name in ("ray", "submitit_local", "submitit_slurm")} == {
        OnRay, LikeSlurm, OnSlurm,
    }  # fmt: skip

"""GPUs are shared out among the runs by CUDA_VISIBLE_DEVICES; which there are is known without asking a driver."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from nnlab.outcome import Outcome
from nnlab.sweeps import settings as module
from nnlab.sweeps.crew import Crew
from nnlab.sweeps.jobs import Limits
from nnlab.sweeps.launchers import read_settings
from nnlab.sweeps.messages import Answer, Ended, Message
from nnlab.sweeps.settings import Here, limits_here, visible_gpus


class Pretended:
    """Workers that start nothing: they note the settings of each process, and end it when they are told to."""

    def __init__(self) -> None:
        self.gpus: dict[int, str | None] = {}
        self.ended: list[Message] = []

    def start(self, number: int, *_: Any, **__: Any) -> None:
        settings: Mapping[str, str] = _[3]
        self.gpus[number] = settings.get("CUDA_VISIBLE_DEVICES")

    def end(self, number: int) -> None:
        self.ended.append(Ended(number, 0, Answer(Outcome(None, "", Path(), {}, 0.0)), 0.0))

    def events(self, _: float) -> Iterator[Message]:
        yield from self.ended
        self.ended.clear()


def crew_with(gpus: tuple[str, ...], workers: int, folder: Path) -> tuple[Crew, Pretended]:
    pretended = Pretended()
    limits = Limits(workers, None, None, 1.0, gpus)
    return Crew(pretended, limits, folder), pretended  # pyright: ignore[reportArgumentType]


def test_runs_share_the_gpus_evenly_and_take_the_place_of_one_that_ends(make_jobs: Any, tmp_path: Path):
    crew, workers = crew_with(("0", "2", "GPU-5f"), 6, tmp_path)
    jobs = make_jobs(*["well"] * 6)
    for job in jobs[:5]:
        crew.start(job)
    assert list(workers.gpus.values()) == ["0", "2", "GPU-5f", "0", "2"]
    workers.end(2)
    assert [result.job.number for result in crew.wait()] == [1]
    workers.end(5)
    assert [result.job.number for result in crew.wait()] == [4]
    assert crew.has_room
    crew.start(jobs[5])
    assert workers.gpus[6] == "2"


def test_without_a_gpu_nothing_is_said_of_any(make_jobs: Any, tmp_path: Path):
    crew, workers = crew_with((), 2, tmp_path)
    crew.start(make_jobs("well")[0])
    assert workers.gpus == {1: None}


@pytest.mark.parametrize(
    ("named", "found"),
    [("0,2", ("0", "2")), ("", ()), ("-1", ()), ("GPU-5f", ("GPU-5f",)), (None, ("0", "1"))],
)
def test_which_gpus_there_are(
    named: str | None, found: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(module, "_GPUS", tmp_path)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if named is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", named)
    assert visible_gpus() == found


@pytest.mark.parametrize(("workers", "runs", "threads"), [("auto", 2, 4), (6, 6, 1), (1, 1, 8)])
def test_auto_is_a_run_for_each_gpu_with_its_share_of_the_cores(
    workers: Any, runs: int, threads: int, make_jobs: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setattr(module, "available_threads", lambda: 8)
    settings = read_settings({"workers": workers, "seconds": None, "gigabytes": None, "grace": 1.0})
    assert isinstance(settings, Here)
    plans = [job.plan for job in make_jobs(*["well"] * 8)]
    limits = limits_here(settings, plans)
    assert (limits.workers, limits.gpus, settings.threads) == (runs, ("0", "1"), threads)

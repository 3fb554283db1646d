"""Requests for searches as a command line makes them, and trials of theirs that nobody trains."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.cli.compose import read_words
from nnlab.cli.searching import read_request
from nnlab.search.wanted import Request

SMALL = ("dataset=digits", "model=mlp", "trainer.epochs=4", "trainer.threads=1")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, with a ./conf for experiments."""
    (tmp_path / "conf" / "experiments").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ask(here: Path) -> Callable[..., Request]:
    """`ask("model.neurons=4,8", sweep="{…}")`: what a command line with a `sweep:` section asks for."""

    def make(*words: str, sweep: str = "null") -> Request:
        file = here / "conf" / "experiments" / "mine.yaml"
        file.write_text(f"# @package _global_\nsweep: {sweep}\n")
        good, problems = read_words(["hydra/sweeper=optuna", "experiments=mine", *SMALL, *words])
        assert not problems
        request = read_request(good)
        assert request is not None
        return request

    return make

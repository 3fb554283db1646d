"""The command line without a new process, in an empty folder."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest


class Said(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture
def nnlab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """`nnlab("check", "seed=1")`: one command line in this process and in an empty folder."""
    from nnlab.__main__ import main

    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Said:
        capfd.readouterr()
        try:
            code = main(list(words))
        except SystemExit as end:  # Hydra's own answers end the process
            code = int(end.code or 0)
        return Said(code, *capfd.readouterr())

    return call

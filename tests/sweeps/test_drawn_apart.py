"""The figures of a sweep are drawn in a process of their own; whatever becomes of it is told in a line."""

from pathlib import Path

import misbehaving
import pytest

from nnlab.sweeps import drawing
from nnlab.sweeps.drawing import work_apart
from nnlab.sweeps.workers import Workers

pytestmark = pytest.mark.slow


def test_figures_are_drawn_or_it_is_told_why_not(here: Path, monkeypatch: pytest.MonkeyPatch):
    log = here / "logs/figures.log"
    with Workers() as workers:
        told = {
            manner: work_apart(workers, misbehaving.draw, (manner, here / "plots"), log)
            for manner in ("well", "raise", "kill")
        }
        monkeypatch.setattr(drawing, "SECONDS", 1.0)
        told["hang"] = work_apart(workers, misbehaving.draw, ("hang", here), log)
    assert told == {
        "well": "",
        "raise": "no good",
        "kill": "the process that draws them ended with -9; is there enough memory?",
        "hang": "not drawn within 1 s",
    }
    assert (here / "plots/it.png").read_bytes() == b"drawn"
    assert 'raise ValueError("no good")' in log.read_text()

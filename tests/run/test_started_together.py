"""Fault table, rows 11 and 12: runs that start in the same second, on a store that does not exist yet."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.tracking import tags

SMALL = ("dataset=digits", "model=perceptron", "trainer.epochs=1", "trainer.steps_per_epoch=2")


@pytest.mark.long
@pytest.mark.slow
def test_runs_that_start_together_have_a_record_and_a_folder_each(
    start: Callable[..., Any], here: Path, records: Any
):
    (here / "mlflow.db").unlink()
    started = [start(*SMALL, f"seed={seed}") for seed in (0, 0, 1)]
    said = [process.communicate(timeout=300) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    runs = records(here)
    assert sorted((run.data.params["seed"], run.info.status) for run in runs) == [
        ("0", "FINISHED"), ("0", "FINISHED"), ("1", "FINISHED"),
    ]  # fmt: skip
    folders = {run.data.tags[tags.FOLDER] for run in runs}
    assert len(folders) == 3
    assert all((Path(folder) / "model" / "model.keras").is_file() for folder in folders)
    same = [run.data.metrics for run in runs if run.data.params["seed"] == "0"]
    assert same[0]["test/loss"] == same[1]["test/loss"]

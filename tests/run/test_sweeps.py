"""`nnlab -m`: every combination, checked whole before the first, and no job ends the others."""

from pathlib import Path
from typing import Any

import pytest

SHORT = ("trainer.epochs=1", "trainer.steps_per_epoch=2", "trainer.progress=none")


@pytest.mark.slow
def test_a_sweep_of_two_by_two_is_four_runs(nnlab: Any, here: Path, records: Any):
    done = nnlab("-m", "dataset=digits", *SHORT, "model.neurons=[4],[8]", "optimizer=sgd,adam")
    assert done.code == 0
    assert "4 of 4 runs finished" in done.err
    assert "[3/4] dataset=digits" in done.err
    found = records(here)
    assert [run.info.status for run in found] == ["FINISHED"] * 4
    trained = {(run.data.params["model.neurons"], run.data.tags["nnlab.identity"]) for run in found}
    assert len(trained) == 4
    assert len({neurons for neurons, _ in trained}) == 2
    assert len(list((here / "outputs/digits-classification").iterdir())) == 4


@pytest.mark.slow
def test_a_job_that_fails_does_not_stop_the_others(nnlab: Any, here: Path, records: Any):
    done = nnlab("-m", "dataset=boston", *SHORT, "optimizer=sgd", "optimizer.learning_rate=1e12,0.001,1e11")
    assert done.code == 1
    assert "1 of 3 runs finished" in done.err
    assert done.err.count("the training has diverged") == 2
    assert sorted(run.info.status for run in records(here)) == ["FAILED", "FAILED", "FINISHED"]


def test_an_impossible_job_stops_the_sweep_before_the_first_epoch(nnlab: Any, here: Path, records: Any):
    done = nnlab("-m", "dataset=digits", "trainer.epochs=1,0", "optimizer=sgd,adam")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: trainer.epochs: 0 (in 2 of 4 jobs); a number of at least 1\n"
    assert records(here) == []


def test_a_misspelt_choice_of_a_sweep_is_told(nnlab: Any, here: Path, records: Any):
    done = nnlab("-m", "dataset=digits", "optimizer=sgd,adm")
    assert done.code == 2
    assert done.err.startswith("error: optimizer: 'adm'; one of adadelta, ")
    assert done.err.endswith("did you mean 'adam'?\n")
    assert records(here) == []

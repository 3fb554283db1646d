"""A run that a search ends early: recorded as what it is, and trained to its end by whoever wants it whole."""

from pathlib import Path
from typing import Any

import pytest
from test_resumed_runs import series

from nnlab.cli.compose import compose_plan
from nnlab.errors import Pruned
from nnlab.job import carry_out
from nnlab.tracking import tags
from nnlab.tracking.listing import list_runs
from nnlab.training.history import History

WORDS = (
    "dataset=digits",
    "model=perceptron",
    "trainer.epochs=4",
    "trainer.progress=lines",
)


def prune_after_two(history: History) -> None:
    if history.epochs == 2:
        raise Pruned(f"after epoch 2: val_loss {history.series['val_loss'][-1]:.1f}")


@pytest.mark.slow
def test_a_pruned_run_says_so_and_goes_on_when_it_is_wanted_whole(nnlab: Any, here: Path, records: Any):
    plan = compose_plan(WORDS)
    with pytest.raises(Pruned) as pruned:
        carry_out(plan, WORDS, between=prune_after_two)
    (run,) = records(here)
    assert (run.info.status, run.data.tags[tags.PRUNED]) == ("KILLED", str(pruned.value))
    assert tags.FAILURE not in run.data.tags
    assert not any(name.startswith(("test/", "best/")) for name in run.data.metrics)
    assert [row.status for row in list_runs(plan.tracking)] == ["PRUNED"]

    done = nnlab(*WORDS)
    assert done.code == 0
    assert "goes on after epoch 2 of 4" in done.err
    (whole,) = records(here)
    assert (whole.info.run_id, whole.info.status) == (run.info.run_id, "FINISHED")
    assert tags.PRUNED not in whole.data.tags
    assert [step for step, _ in series(here, whole)["val/loss"]] == [1, 2, 3, 4]

"""What makes two runs the same run."""

import pytest

from nnlab.cli.compose import compose_plan
from nnlab.identity import identify
from nnlab.plan import Plan


def identity(*words: str, data: str = "d", threads: int = 2) -> str:
    return identify(compose_plan(["dataset=digits", *words]), data, threads)


@pytest.mark.parametrize(
    "word",
    ["name=a", "experiment_name=b", "debug=true", "trainer.progress=lines", "trainer.execution=stepwise"],
)
def test_what_cannot_change_the_result_takes_no_part(word: str):
    assert identity(word) == identity()


@pytest.mark.parametrize(
    "word",
    [
        "seed=1",
        "trainer.epochs=6",
        "model.neurons=65",
        "trainer.steps_per_epoch=3",
        "trainer.execution=eager",
    ],
)
def test_what_can_change_the_result_takes_part(word: str):
    assert identity(word) != identity()


def test_data_and_threads_take_part():
    assert len({identity(), identity(data="e"), identity(threads=1)}) == 3


def test_a_new_key_that_is_null_leaves_the_identity_as_it_was(monkeypatch: pytest.MonkeyPatch):
    before, plain = identity(), Plan.plain
    monkeypatch.setattr(Plan, "plain", lambda plan: {**plain(plan), "new": None, "pair": [{"key": None}]})
    assert identity() != before
    monkeypatch.setattr(Plan, "plain", lambda plan: {**plain(plan), "new": None})
    assert identity() == before

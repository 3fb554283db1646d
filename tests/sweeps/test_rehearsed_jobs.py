"""Which jobs of a sweep are tried before the first epoch: few, and between them everything."""

import pytest

from nnlab.cli.compose import compose_plans
from nnlab.cli.multirun import expand
from nnlab.sweeps.jobs import Job
from nnlab.sweeps.rehearsal import choose_tried


def tried(*words: str) -> list[tuple[str, ...]]:
    """What the chosen jobs have of their own."""
    all_words = expand(("dataset=digits", *words))
    jobs = [
        Job(at, tuple(job), plan)
        for at, (job, plan) in enumerate(zip(all_words, compose_plans(all_words), strict=True))
    ]
    return [job.words[1:] for job in choose_tried(jobs)]


def test_seeds_and_rates_are_no_other_networks():
    assert tried("seed=0,1,2", "optimizer.learning_rate=0.1,0.01") == [
        ("seed=0", "optimizer.learning_rate=0.1")
    ]


def test_optimizers_share_the_shapes_that_are_tried():
    chosen = tried("model=mlp", "model.neurons=4,8,16,32", "optimizer=sgd,adam")
    assert len(chosen) == 4
    assert {word for job in chosen for word in job if "neurons" in word} == {
        f"model.neurons={count}" for count in (4, 8, 16, 32)
    }
    assert {job[-1] for job in chosen} == {"optimizer=sgd", "optimizer=adam"}


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("model=perceptron,mlp", "optimizer=sgd,adam"), 4),
        (("trainer.precision=float32,mixed_bfloat16", "optimizer=sgd,adam"), 4),
        (("loss=CategoricalCrossentropy,SparseCategoricalCrossentropy",), 2),
        (("optimizer=sgd,adam,nadam",), 3),
    ],
)
def test_every_optimizer_meets_each_kind_of_network(words: tuple[str, ...], count: int):
    assert len(tried(*words)) == count

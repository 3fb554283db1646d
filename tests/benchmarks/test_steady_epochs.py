"""The benchmark of steady epochs: the same work on every side, ratios within rounds, honest verdicts."""

from pathlib import Path

import pytest

from benchmarks.own_epochs import training_flops
from benchmarks.rounds import SCRIPTS
from benchmarks.steady import KERAS, NNLAB, STEADY, TORCH, Found, run_peak, sides
from benchmarks.steady_report import describe_accuracy, describe_peak, describe_steady
from nnlab.checking.crosschecks import network_rows
from nnlab.cli.compose import compose_plan


@pytest.fixture
def found():
    one = Found(STEADY[0], {KERAS: [20.0, 9.0, 12.0], NNLAB: [1.0, 1.0, 1.0], TORCH: [3.0, 2.0, 1.0]}, 10**11)
    other = Found(STEADY[2], {KERAS: [1.0], NNLAB: [1.0]}, 10**11)
    return [one, other]


def test_the_section_compares_round_by_round_and_says_which_bars_are_reached(found):
    page = describe_steady(found, 3)
    assert (
        "| mlp/first | 784-64-64-10, batch 32 | 12.000 | 2.000 | 1.000 | 2.00× | 12.00× | ≥ 10×: reached |"
        in page
    )
    assert "| 1.000 | – | 1.000 | – | 1.00× | ≥ 1.1×: **not reached** |" in page


def test_the_share_of_the_peak_is_by_precision(found):
    peak = {
        "matmul float32": 200.0,
        "convolution float32": 400.0,
        "matmul bfloat16": 1,
        "convolution bfloat16": 1,
    }
    page = describe_peak(peak, found)
    assert "| matmul | 200 | 1 |" in page
    assert "| mlp/first | 100 | 50% | 25% |" in page


def test_accuracies_are_held_together_by_their_means():
    near = describe_accuracy({"float32": [0.98, 0.99], "bfloat16": [0.9805, 0.9905]}, 3)
    assert "bfloat16 − float32: +0.05 points; bar: at most 0.1 point apart: reached" in near
    assert "after 3 epochs of all training images" in near
    far = describe_accuracy({"float32": [0.98], "bfloat16": [0.97]}, 3, 640)
    assert "after 3 epochs of 640 training images" in far
    assert "bfloat16 − float32: -1.00 points; bar: at most 0.1 point apart: **not reached**" in far


@pytest.mark.parametrize("case", STEADY, ids=lambda case: case.name)
def test_every_side_does_the_same_work(case):
    commands = sides(case, Path("data"), case.images)
    plan = compose_plan(commands[NNLAB][3:])
    assert plan.trainer.epochs == case.epochs
    assert plan.dataset.samples == (None if case.images == 60_000 else case.images)
    assert commands[KERAS][3:] == [case.network, str(case.epochs), str(case.images)]
    for script in ("steady_keras.py", "steady_torch.py"):
        text = (SCRIPTS / script).read_text(encoding="utf-8")
        assert f"{plan.trainer.batch_size}, {plan.dataset.validation_split or 0.0}" in text
        assert plan.optimizer.name.lower() in text.lower()


def test_the_gradient_by_the_images_themselves_is_not_counted():
    plan = compose_plan(["dataset=digits", "model=mlp", "model.neurons=8"])
    rows = network_rows(plan, plan.dataset.spec())
    first, second = 2 * 64 * 8, 2 * 8 * 10
    assert training_flops(rows, 5) == pytest.approx(5 * (2 * first + 3 * second), rel=0.02)


@pytest.mark.long
@pytest.mark.slow
def test_the_peak_is_measured(tmp_path: Path):
    peak = run_peak(tmp_path)
    assert set(peak) == {
        f"{work} {kind}" for work in ("matmul", "convolution") for kind in ("float32", "bfloat16")
    }
    assert min(peak.values()) > 0.1

"""What is said of two results: pure arithmetic, nothing is trained."""

import numpy as np
import pytest

from nnlab.cli.replay import describe
from nnlab.replaying.circumstances import Circumstance
from nnlab.replaying.comparison import compare
from nnlab.replaying.results import Results

KERNEL = np.array([[1.0, -2.0], [3.0, 0.5]], np.float32)


def results(kernel: np.ndarray = KERNEL, **changed: float) -> Results:
    """Two epochs; `val_loss_2=0.3` is the value of val/loss in the second."""
    series = {"train/loss": {1: 0.5, 2: 0.25}, "val/loss": {1: 0.6, 2: 0.4}, "test/accuracy": {2: 0.9}}
    for name, value in changed.items():
        split, metric, step = name.split("_")
        series[f"{split}/{metric}"][int(step)] = value
    return Results(series, {"dense/kernel": kernel, "dense/bias": np.zeros(2, np.float32)})


def test_the_same_bits_are_said_with_what_was_compared():
    verdict = compare(results(), results())
    assert verdict.answer == "same bits"
    assert describe(verdict, []) == ["same bits: 5 metric points and 2 weights compared"]


def test_the_largest_difference_within_tolerance_is_told_and_the_first():
    other = KERNEL + np.float32(1e-6)
    verdict = compare(results(), results(other, train_loss_1=0.50001, val_loss_2=0.4002))
    assert verdict.answer == "within tolerance"
    assert describe(verdict, [Circumstance("keras", "3.15.0", "3.15.1")]) == [
        "within tolerance: 5 metric points and 2 weights compared; "
        "the largest difference is 0.0002, val/loss in epoch 2: 0.4 in the record, 0.4002 now",
        "  the first: train/loss in epoch 1: 0.5 in the record, 0.50001 now",
        "  likely cause: keras 3.15.0 in the record, 3.15.1 now",
    ]


def test_the_first_difference_is_the_earliest_epochs_and_training_comes_before_judging():
    verdict = compare(results(), results(KERNEL * 2, val_loss_1=0.7, train_loss_1=0.50001, train_loss_2=0.3))
    assert verdict.answer == "different"
    assert describe(verdict, []) == [
        "different: 5 metric points and 2 weights compared; val/loss in epoch 1: 0.6 in the record, 0.7 now",
        "  the first bits that differ: train/loss in epoch 1: 0.5 in the record, 0.50001 now",
        "  likely cause: none is known: plan, data, threads, versions, code and machine are as they were",
    ]


def test_a_changed_record_is_told_from_another_training():
    metric = describe(compare(results(), results(val_loss_2=0.5)), [])
    assert metric[-1].endswith(
        "the weights are the same to the bit, so the metrics in the record were changed, or their code"
    )
    weight = describe(compare(results(), results(KERNEL + 1)), [])
    assert weight[0].endswith("weight dense/kernel[0, 0]: 1 in the record, 2 now")
    assert weight[-1].endswith(
        "the metrics are the same to the bit, so the weights in the record were changed"
    )


@pytest.mark.parametrize("missing", ["there", "here"])
def test_a_point_that_only_one_has_is_a_difference(missing: str):
    full, part = results(), results()
    del part.series["val/loss"][1]
    verdict = compare(part, full) if missing == "there" else compare(full, part)
    assert verdict.answer == "different"
    shown = "nothing in the record, 0.6 now" if missing == "there" else "0.6 in the record, nothing now"
    assert str(verdict.decisive) == f"val/loss in epoch 1: {shown}"


def test_weights_of_another_form_are_different():
    verdict = compare(results(), results(np.zeros((3, 2), np.float32)))
    assert str(verdict.decisive) == "weight dense/kernel: float32 (2, 2) in the record, float32 (3, 2) now"


def test_one_bit_of_one_weight_is_seen():
    flipped = KERNEL.copy()
    flipped.view(np.uint32)[1, 1] ^= 1
    verdict = compare(results(), results(flipped))
    assert verdict.answer == "within tolerance"
    assert verdict.first is not None
    assert verdict.first.where == "weight dense/kernel[1, 1]"

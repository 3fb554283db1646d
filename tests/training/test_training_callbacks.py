"""Keras's callbacks in nnlab's loop do what their names say."""

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.errors import ConfigError, DivergenceError
from nnlab.training.guards import guard_loss, guard_weights

# The validation loss falls; asked for the largest, the first epoch stays the best.
FALLING = ("optimizer=sgd", "optimizer.learning_rate=0.01", "dataset.preprocessing=[]")


def same(first: Any, second: Any) -> bool:
    return all(np.array_equal(*pair) for pair in zip(first, second, strict=True))


def test_early_stopping_stops_and_restores_the_best_weights(plan: Any, train: Any):
    stop = [
        f"callbacks.early_stopping.{word}" for word in ("mode=max", "patience=1", "restore_best_weights=true")
    ]
    words = (
        *FALLING,
        "trainer.epochs=4",
        "callbacks=early_stopping",
        "callbacks.early_stopping.monitor=loss",
        *stop,
    )
    prepared, history, _ = train(plan(*words))
    assert history.series["loss"][1] < history.series["loss"][0]
    assert history.epochs == 2
    after_one, _, _ = train(plan(*FALLING, "trainer.epochs=1"))
    assert same(prepared.network.get_weights(), after_one.network.get_weights())
    after_two, _, _ = train(plan(*FALLING, "trainer.epochs=2"))
    assert not same(prepared.network.get_weights(), after_two.network.get_weights())


def test_reduce_lr_halves_the_rate_where_nothing_gets_better(plan: Any, train: Any):
    reduce = [
        f"callbacks.reduce_lr.{word}" for word in ("monitor=loss", "mode=max", "patience=1", "factor=0.5")
    ]
    _, history, _ = train(plan(*FALLING, "trainer.epochs=4", "callbacks=reduce_lr", *reduce))
    assert history.series["learning_rate"] == pytest.approx([0.01, 0.01, 0.005, 0.0025])


def test_a_schedule_by_epochs_sets_each_epoch_s_rate(plan: Any, train: Any):
    words = ("trainer.epochs=3", "callbacks=lr_schedule", "callbacks.lr_schedule.schedule.decay_steps=1")
    _, history, _ = train(plan(*words))
    assert history.series["learning_rate"] == pytest.approx([0.01, 0.005, 0.0025])


def test_a_schedule_by_steps_counts_batches(plan: Any, train: Any):
    decay = "{name: PolynomialDecay, initial_learning_rate: 0.1, decay_steps: 6, end_learning_rate: 0.0}"
    _, history, _ = train(plan("trainer.epochs=2", f"optimizer.learning_rate={decay}"))
    assert history.series["learning_rate"] == pytest.approx([0.05, 0.0])


@pytest.mark.parametrize("batch", [16, 8])
def test_a_schedule_by_shares_fits_the_run_whatever_its_batches(batch: int, plan: Any, train: Any):
    """40 samples: it rises to 0.4 over one epoch of four, and has fallen to zero at the end of the last."""
    rise = "initial_learning_rate: 0.1, warmup_target: 0.4, warmup_steps: 25 %"
    words = (f"trainer.batch_size={batch}", "trainer.epochs=4")
    schedule = f"{{CosineDecay: {{{rise}, decay_steps: 75%}}}}"
    _, history, _ = train(plan(*words, f"optimizer.learning_rate={schedule}"))
    assert history.series["learning_rate"] == pytest.approx([0.4, 0.3, 0.1, 0.0], abs=1e-6)


def test_a_schedule_by_epochs_takes_shares_too(plan: Any, train: Any):
    schedule = "callbacks.lr_schedule.schedule"
    words = (f"{schedule}.decay_steps=50 %", f"{schedule}.staircase=true")
    _, history, _ = train(plan("trainer.epochs=4", "callbacks=lr_schedule", *words))
    assert history.series["learning_rate"] == pytest.approx([0.01, 0.01, 0.005, 0.005])


def test_files_are_written_into_the_run_s_folder(plan: Any, train: Any, tmp_path: Path):
    import keras

    prepared, history, _ = train(plan("callbacks=[checkpoint,csv_logger]"))
    rows = list(csv.DictReader((tmp_path / "epochs.csv").read_text().splitlines()))
    assert [float(row["val_loss"]) for row in rows] == pytest.approx(history.series["val_loss"])
    best = keras.saving.load_model(tmp_path / "best.keras")
    assert best.count_params() == prepared.network.count_params()
    if history.best_epoch == history.epochs:
        assert same(best.get_weights(), prepared.network.get_weights())


@pytest.mark.parametrize("path", ["../best.keras", "/tmp/best.keras"])
def test_a_callback_writes_nowhere_else(path: str, plan: Any, train: Any):
    with pytest.raises(
        ConfigError, match=rf"callbacks.checkpoint.filepath: '{path}'; a path inside the run's folder"
    ):
        train(plan("callbacks=checkpoint", f"callbacks.checkpoint.filepath={path}"))


COUNTING = """
import keras


class Counter(keras.callbacks.Callback):
    seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append((batch, int(self.model.optimizer.iterations)))

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(sorted(logs))
"""


def test_a_callback_of_one_s_own_sees_every_batch(
    plan: Any, train: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "counting.py").write_text(COUNTING)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    train(plan("callbacks.count={name: counting.Counter}", "trusted_packages=[counting]"))
    seen = sys.modules.pop("counting").Counter.seen
    logs = ["accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"]
    assert seen == [(0, 1), (1, 2), (2, 3), logs, (0, 4), (1, 5), (2, 6), logs]


def test_averaged_weights_are_the_ones_kept(plan: Any, train: Any):
    averaged, _, _ = train(plan("optimizer.use_ema=true", "optimizer.ema_momentum=0.5"))
    optimizer, network = averaged.network.optimizer, averaged.network
    means = [np.asarray(mean) for mean in optimizer._model_variables_moving_average]
    assert same(means, [np.asarray(weight) for weight in network.trainable_weights])
    plain, _, _ = train(plan())
    assert not same(network.get_weights(), plain.network.get_weights())


def test_a_rate_of_a_million_ends_in_its_first_epoch(plan: Any, train: Any):
    words = ("dataset=boston", "dataset.preprocessing=[]", "optimizer=sgd", "optimizer.learning_rate=1e6")
    with pytest.raises(DivergenceError) as raised:
        train(plan(*words))
    assert str(raised.value).startswith("loss: ")
    assert "in epoch 1, by step 3; the training has diverged; try a lower optimizer.learning_rate" in str(
        raised.value
    )


@pytest.mark.parametrize(("loss", "shown"), [(float("nan"), "nan"), (float("inf"), "inf")])
def test_a_loss_that_is_no_number_is_told_with_its_place(loss: float, shown: str):
    with pytest.raises(
        DivergenceError, match=f"^loss: {shown} in epoch 3, by step 7; the training has diverged"
    ):
        guard_loss(loss, 3, 7)
    guard_loss(1e300, 3, 7)


def test_a_weight_that_is_no_number_is_told_by_name(plan: Any, train: Any):
    prepared, _, _ = train(plan("trainer.epochs=1"))
    guard_weights(prepared.network, 1)
    kernel = prepared.network.layers[-1].kernel
    kernel.assign(np.full(kernel.shape, np.nan))
    with pytest.raises(DivergenceError, match=f"^{kernel.path}: not finite after epoch 2; "):
        guard_weights(prepared.network, 2)

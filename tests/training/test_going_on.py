"""A training that is broken off after any epoch and goes on ends with the bits of the straight one."""

from pathlib import Path
from typing import Any

import pytest

from nnlab import fitting
from nnlab.errors import CheckpointError
from nnlab.training.checkpoints import Checkpoints

EPOCHS = 3
LAYERS = (
    "model.layers=[Flatten,{Dense:{units:8,activation:relu}},BatchNormalization,{Dropout:{rate:0.3}},"
    "{GaussianNoise:{stddev:0.1}}]"
)
PLANS = {
    "plain": (),
    "dropout and norm": ("model=layers", LAYERS),
    "pictures": (
        "model=layers",
        "model.layers=[{Reshape:{target_shape:[8,8,1]}},{RandomFlip:{}},{RandomTranslation:{height_factor:0.1,"
        "width_factor:0.1}},{Conv2D:{filters:2,kernel_size:3}},Flatten]",
    ),
    "augmentation": (
        "model=cnn",
        "model.filters=[2]",
        "model.neurons=4",
        "trainer.augmentation=[{RandomTranslation:{height_factor:0.2,width_factor:0.2}}]",
    ),
    "plateau": ("callbacks=reduce_lr", "callbacks.reduce_lr.patience=1", "callbacks.reduce_lr.min_delta=10"),
    "early stopping": (
        "callbacks=early_stopping",
        "callbacks.early_stopping.patience=2",
        "callbacks.early_stopping.min_delta=10",
        "callbacks.early_stopping.restore_best_weights=true",
    ),
    "average": ("optimizer.use_ema=true", "optimizer.ema_momentum=0.9", "callbacks=swap_ema"),
    "average for callbacks": (
        "optimizer.use_ema=true",
        "optimizer.ema_overwrite_frequency=2",
        "callbacks=[swap_ema,checkpoint]",
        "callbacks.swap_ema.swap_on_epoch=true",
    ),
    "gradients of two steps": ("optimizer.gradient_accumulation_steps=2",),
    "schedule": ("optimizer.learning_rate={CosineDecay:{initial_learning_rate:0.01,decay_steps:9}}",),
    "bfloat16": ("trainer.precision=mixed_bfloat16",),
    "loss scale": ("optimizer=loss_scale", "trainer.precision=mixed_float16"),
    "xla": ("trainer.jit_compile=true",),
    "eager": ("trainer.execution=eager",),
    "checkpoint": ("callbacks=checkpoint", "optimizer.learning_rate=1.0"),
    "last of several": (
        "callbacks=[reduce_lr,early_stopping,checkpoint,csv_logger]",
        "callbacks.early_stopping.restore_best_weights=true",
        "callbacks.checkpoint.save_best_only=false",
    ),
}
OPTIMIZERS = ("adafactor", "ftrl", "lion", "muon", "schedule_free_adamw")
"""Those that remember more than momentum."""


class Break(Exception):
    """The process ends here."""


class BreakAfter:
    """Ends the training in the middle of the epoch after `epoch`, as a kill would."""

    def __init__(self, epoch: int):
        self.epoch = epoch

    def on_chunk(self, epoch: int, step: int, steps: int, logs: dict[str, float]) -> None:
        if epoch == self.epoch + 1:
            raise Break

    def on_epoch(self, epoch: int, logs: dict[str, float], seconds: float) -> None:
        pass


def bits(prepared: Any) -> list[bytes]:
    variables = [*prepared.network.variables, *prepared.network.optimizer.variables]
    return [variable.numpy().tobytes() for variable in variables]


def best(folder: Path) -> list[bytes]:
    import keras

    models: list[Any] = [keras.models.load_model(file, compile=False) for file in folder.glob("*.keras")]
    return [weight.tobytes() for model in models for weight in model.get_weights()]


def begin(plan: Any, data: Any, folder: Path, listeners: Any = ()) -> tuple[Any, Any]:
    from nnlab.training import runtime

    runtime.prepare(plan.trainer, plan.seed)
    prepared = fitting.prepare(plan, data)
    checkpoints = Checkpoints(folder / "checkpoints", lambda line: None)
    return prepared, fitting.train(prepared, data, folder, list(listeners), checkpoints)


@pytest.mark.parametrize("words", PLANS.values(), ids=PLANS)
def test_broken_off_and_gone_on_is_the_same_training(plan, splits, tmp_path: Path, words: tuple[str, ...]):
    go_on(plan(*words, f"trainer.epochs={EPOCHS}"), splits, tmp_path)
    models = list((tmp_path / "broken").glob("*.keras"))
    assert bool(models) == ("checkpoint" in " ".join(words))


@pytest.mark.slow
@pytest.mark.parametrize(
    "optimizer", [OPTIMIZERS[0], *(pytest.param(name, marks=pytest.mark.long) for name in OPTIMIZERS[1:])]
)
def test_an_optimizer_remembers_all_it_knew(plan, splits, tmp_path: Path, optimizer: str):
    go_on(plan(f"optimizer={optimizer}", f"trainer.epochs={EPOCHS}"), splits, tmp_path)


def go_on(made: Any, splits: Any, tmp_path: Path) -> None:
    """Train straight, and broken off and gone on with: every bit that is left must be the same."""
    data = splits(made)
    straight, expected = begin(made, data, tmp_path / "straight")
    folder = tmp_path / "broken"
    with pytest.raises(Break):
        begin(made, data, folder, [BreakAfter(2)])
    again, history = begin(made, data, folder)
    assert history.series == expected.series
    assert history.epochs == expected.epochs
    assert bits(again) == bits(straight)
    assert best(folder) == best(tmp_path / "straight")
    for file in (tmp_path / "straight").glob("*.csv"):
        assert (folder / file.name).read_text() == file.read_text()


def test_a_finished_training_goes_on_to_nothing(plan, splits, tmp_path: Path):
    made = plan("callbacks=early_stopping", "callbacks.early_stopping.restore_best_weights=true")
    data = splits(made)
    straight, expected = begin(made, data, tmp_path)
    again, history = begin(made, data, tmp_path, [BreakAfter(-1), BreakAfter(2)])
    assert history == expected
    assert bits(again) == bits(straight)


def test_another_network_s_checkpoint_is_refused(plan, splits, tmp_path: Path):
    made = plan()
    begin(made, splits(made), tmp_path)
    other = plan("model.neurons=9", "trainer.epochs=3")
    with pytest.raises(CheckpointError, match=r"weights '0 .*kernel' does not fit the network; --restart"):
        begin(other, splits(other), tmp_path)

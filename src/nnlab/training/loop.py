"""The training loop: epochs of compiled chunks, with Keras's callbacks where Keras would call them.

Order, dropout and every other random choice of an epoch are pure functions of (seed, epoch): Keras's own `fit`
would repeat one permutation in every epoch.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nnlab.plan import Trainer
from nnlab.seeds import reseed
from nnlab.training.callback_states import continue_files
from nnlab.training.checkpoints import Checkpoints
from nnlab.training.cluster import agree
from nnlab.training.feed import Feed
from nnlab.training.guards import guard_loss, guard_weights
from nnlab.training.history import History
from nnlab.training.snapshot import restore, take
from nnlab.training.steps import TestSteps, TrainSteps

if TYPE_CHECKING:
    import keras

CHUNK_SECONDS = 1.0
"""How long the compiled loop runs before Python looks up: progress and signals are at most this late."""
FIRST_CHUNK = 1
"""Whoever asks a run to end waits for one step of a network whose steps take long."""
CLUSTER_CHUNK = 50
"""Steps between two looks where no clock may decide: soon enough for a signal, and worth a call."""


Between = Callable[[History], None]


class Listener(Protocol):
    """Whoever wants to know how training goes."""

    def on_chunk(self, epoch: int, step: int, steps: int, logs: dict[str, float]) -> None:
        """Some steps of an epoch (from 1) are done; logs are the running means so far."""

    def on_epoch(self, epoch: int, logs: dict[str, float], seconds: float) -> None:
        """An epoch is done, validation included."""


@dataclass(frozen=True)
class Fit:
    """Everything the loop needs. `callbacks` are Keras's; `xla` whether steps are compiled by XLA.

    between: hears the history before every epoch but the first; what it raises ends a training that is kept whole.
    """

    network: "keras.Model"
    train: Feed
    validation: TestSteps | None
    trainer: Trainer
    seed: int
    xla: bool
    callbacks: Sequence[Any] = ()
    listeners: Sequence[Listener] = ()
    checkpoints: Checkpoints | None = None
    between: Between | None = None


def fit(job: Fit) -> History:
    """Train to the end, a callback's stop, or a DivergenceError; the network then holds the last weights.

    Where there are checkpoints, training goes on from the newest, and ends with the bits it would have had.
    """
    import keras

    steps = TrainSteps(job.network, job.train, job.trainer.batch_size, job.xla)
    per_epoch = min(steps.per_epoch, job.trainer.steps_per_epoch or steps.per_epoch)
    callbacks = keras.callbacks.CallbackList(
        list(job.callbacks), model=job.network, epochs=job.trainer.epochs, steps=per_epoch, verbose=0
    )
    chunks = _Chunks(_fixed_chunk(job))
    history, logs = _begin(job, callbacks), {}
    while history.epochs < job.trainer.epochs and not job.network.stop_training:
        if job.between and history.epochs:
            job.between(history)
        epoch, started = history.epochs, time.perf_counter()
        logs = _train_epoch(job, steps, chunks, callbacks, epoch, per_epoch)
        guard_weights(job.network, epoch + 1)
        if job.validation:
            logs |= _validate(job.validation, callbacks)
        logs["learning_rate"] = float(np.asarray(job.network.optimizer.learning_rate))
        callbacks.on_epoch_end(epoch, logs)
        history.add(logs, time.perf_counter() - started)
        for listener in job.listeners:
            listener.on_epoch(epoch + 1, logs, history.seconds[-1])
        if job.checkpoints:
            job.checkpoints.save(take(job.network, job.callbacks, history))
    job.network.optimizer.finalize_variable_values(job.network.trainable_weights)
    callbacks.on_train_end(logs or history.at(history.epochs))
    return history


def _fixed_chunk(job: Fit) -> int | None:
    """How many steps must be run at once; None where the clock may say."""
    if job.trainer.execution != "auto" or _watches_batches(job.callbacks):
        return 1
    # Scores are added up after each chunk, so that all processes of a cluster need the same chunks.
    return CLUSTER_CHUNK if job.trainer.on_cluster else None


def _begin(job: Fit, callbacks: Any) -> History:
    """The callbacks' `on_train_begin`, and the state of the newest checkpoint where there is one."""
    saved = job.checkpoints.newest() if job.checkpoints else None
    if job.trainer.on_cluster:
        saved = agree(job.network.distribute_strategy, saved)
    if job.checkpoints and saved:
        job.checkpoints.say(f"goes on after epoch {saved.epoch} of {job.trainer.epochs}")
        continue_files(job.callbacks, saved.epoch)
    job.network.stop_training = False
    callbacks.on_train_begin()
    return restore(saved, job.network, job.callbacks) if saved else History()


def _validate(validate: TestSteps, callbacks: Any) -> dict[str, float]:
    callbacks.on_test_begin()
    validated = validate.scores()
    callbacks.on_test_end(validated)
    return {f"val_{name}": value for name, value in validated.items()}


def _train_epoch(
    job: Fit, steps: TrainSteps, chunks: "_Chunks", callbacks: Any, epoch: int, per_epoch: int
) -> dict[str, float]:
    """One epoch's steps, chunk by chunk; the epoch's mean loss and metrics."""
    job.network.reset_metrics()
    reseed(job.network, job.seed, epoch)
    if job.train.augmentation:
        job.train.augmentation.reseed(job.seed, epoch)
    callbacks.on_epoch_begin(epoch)
    order = job.train.order(job.seed, epoch, job.trainer.shuffle)
    step, logs = 0, {}
    while step < per_epoch:
        last = min(step + chunks.size, per_epoch)
        callbacks.on_train_batch_begin(step)
        with chunks.timed(last - step):
            steps.run(order, step, last)
            logs = {name: float(value) for name, value in job.network.get_metrics_result().items()}
        callbacks.on_train_batch_end(last - 1, logs)
        step = last
        guard_loss(logs["loss"], epoch + 1, step)
        for listener in job.listeners:
            listener.on_chunk(epoch + 1, step, per_epoch, logs)
    return logs


class _Chunks:
    """How many steps to run at once: about CHUNK_SECONDS' worth, or a fixed number."""

    def __init__(self, fixed: int | None):
        self.fixed = fixed
        self.size = fixed or FIRST_CHUNK
        self._warm = False

    @contextmanager
    def timed(self, steps: int) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.learn(steps, time.perf_counter() - started)

    def learn(self, steps: int, seconds: float) -> None:
        # The first chunk's time is compilation, which says nothing about the next.
        if self._warm and not self.fixed:
            self.size = max(1, min(int(steps * CHUNK_SECONDS / max(seconds, 1e-6)), 16 * self.size))
        self._warm = True


def _watches_batches(callbacks: Sequence[Any]) -> bool:
    """Whether a callback has something to do at single batches, so that chunks must be one step long."""
    import keras

    hooks = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
    base = keras.callbacks.Callback
    return any(
        getattr(type(callback), hook) is not getattr(base, hook) and _needs(callback)
        for callback in callbacks
        for hook in hooks
    )


def _needs(callback: Any) -> bool:
    """ModelCheckpoint has a batch hook that does nothing while it saves by epoch."""
    return getattr(callback, "save_freq", None) != "epoch"

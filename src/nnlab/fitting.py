"""From splits to a trained network: preprocessing, feeds, compilation, the loop."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.construct import construct
from nnlab.data.corruption import Corruption, Part, build_corruption
from nnlab.data.preprocessing import adapt, apply, in_float32
from nnlab.data.splits import Splits
from nnlab.models.build import build_network, check_output, whole_model
from nnlab.models.targets import is_one_hot
from nnlab.plan import Plan
from nnlab.spec import DataSpec, Samples
from nnlab.training import replicas, runtime
from nnlab.training.augmentation import Augmentation, build_augmentation
from nnlab.training.callbacks import build_callbacks, check_callbacks
from nnlab.training.checkpoints import Checkpoints
from nnlab.training.compilation import compile_network, uses_xla
from nnlab.training.feed import Feed, InputFeed
from nnlab.training.history import History
from nnlab.training.judge import Judge
from nnlab.training.loop import Between, Fit, Listener, fit
from nnlab.training.steps import TestSteps
from nnlab.training.weights import sample_weights

if TYPE_CHECKING:
    import keras

EVALUATION_BATCH = 512


@dataclass(frozen=True)
class Prepared:
    """A compiled network with its adapted preprocessing, and what judges it."""

    plan: Plan
    spec: DataSpec
    preprocessing: list[Any]
    network: "keras.Sequential"
    corruption: Corruption | None
    augmentation: Augmentation | None
    _judges: dict[Any, Judge] = field(default_factory=dict)
    _watched: list[tuple[Samples, TestSteps]] = field(default_factory=list)

    def feed(self, samples: Samples, part: Part, weights: np.ndarray | None = None) -> Feed:
        """Samples ready for the network: spoilt otherwise in each part, augmented in training alone."""
        if self.spec.task != "reconstruction":
            augmentation = self.augmentation if part == "train" else None
            return Feed(samples, self.preprocessing, self._encode, weights, augmentation)
        spoilt = self.corruption and self.corruption.spoil(self.preprocessing, samples.x, part)
        return InputFeed(samples, self.preprocessing, self._encode, spoilt)

    def judging(self, samples: Samples, part: Part) -> TestSteps:
        """The steps that judge these samples; validation and test share their trace where both are alike.

        Where they are the very same samples they share all, and what was found last.
        """
        if known := [steps for watched, steps in self._watched if watched is samples]:
            return known[0]
        feed = self.feed(samples, part)
        judge = self._judges.setdefault(feed.signature(), Judge(self.network, feed))
        # Spoilt inputs are spoilt otherwise in each part.
        watched = self.plan.dataset.validation_split == "test" and self.corruption is None
        rounds = self.plan.trainer.epochs
        steps = TestSteps(judge, feed, EVALUATION_BATCH, watched=watched, rounds=rounds)
        if watched:
            self._watched.append((samples, steps))
        return steps

    def _encode(self, y: Any) -> Any:
        import tensorflow as tf

        if self.spec.task == "reconstruction":
            return tf.reshape(tf.cast(y, tf.float32), (-1, *self.network.output_shape[1:]))
        if is_one_hot(self.plan.loss.name, self.spec.task):
            return tf.one_hot(y, self.network.output_shape[-1])
        if self.spec.task == "classification":
            return y
        # Several of Keras's metrics (BinaryCrossentropy, F1Score) do not broadcast (n,) against (n, 1).
        return tf.cast(tf.reshape(y, (-1, 1)) if len(y.shape) == 1 else y, tf.float32)

    def whole(self) -> "keras.Sequential":
        """The model that takes raw samples; it shares the network's layers and optimizer."""
        model = whole_model(self.preprocessing, self.network, self.spec)
        model.compile(
            optimizer=self.network.optimizer,
            loss=construct(self.plan.loss),
            jit_compile=False,  # pyright: ignore[reportArgumentType]
        )
        return model

    def rebuild(self) -> "keras.Sequential":
        """The same model from its plan alone, with fresh weights."""
        with in_float32():
            blank = [construct(layer) for layer in self.plan.dataset.preprocessing]
        return whole_model(blank, self._network(), self.spec)

    def kernels(self) -> dict[str, np.ndarray]:
        """The trained matrices by name, as `dense/kernel`: weights that are more than one number a neuron."""
        own = f"{self.network.name}/"
        matrices = [weight for weight in self.network.trainable_weights if len(weight.shape) > 1]
        return {weight.path.removeprefix(own): np.asarray(weight) for weight in matrices}

    def _network(self) -> "keras.Sequential":
        shape, dtype = self.network.input_shape[1:], self.network.inputs[0].dtype
        return build_network(self.plan, self.spec, shape, dtype)


def prepare(plan: Plan, splits: Splits) -> Prepared:
    """Adapt the preprocessing on the training split, build and compile the network. Raises RequestError."""
    check_callbacks(plan.callbacks)
    strategy = replicas.distribute(plan)
    preprocessing = adapt(plan.dataset.preprocessing, splits.train.x)
    seen = apply(preprocessing, splits.train.x[:1])
    corruption = build_corruption(plan.dataset.corruption, preprocessing, splits.train.x, plan.seed)
    runtime.set_precision(plan.trainer)
    with strategy.scope():
        network = build_network(plan, splits.spec, seen.shape[1:], str(seen.dtype))
        check_output(splits.spec, tuple(network.outputs[0].shape[1:]), seen.shape[1:])
        compile_network(plan, network, len(splits.train))
    # After the network, whose first weights must not depend on it.
    augmentation = build_augmentation(plan.trainer.augmentation, splits.spec, splits.train.x[:1])
    return Prepared(plan, splits.spec, preprocessing, network, corruption, augmentation)


def judged(prepared: Prepared, samples: Samples) -> Samples:
    """What predictions are held against: of a reconstruction, what the network was shown and was to give back.

    Those are float32 of the preprocessed shape; the samples of other tasks stay as they are.
    """
    if prepared.spec.task != "reconstruction":
        return samples
    clean = apply(prepared.preprocessing, samples.x)
    if prepared.corruption is None:
        return Samples(clean, clean)
    return Samples(prepared.corruption.spoil(prepared.preprocessing, samples.x, "test"), clean)


def train(
    prepared: Prepared,
    splits: Splits,
    folder: Path,
    listeners: list[Listener],
    checkpoints: Checkpoints | None = None,
    between: Between | None = None,
) -> History:
    """Fit the network; it then holds the last epoch's weights, or the best where a callback restores them.

    checkpoints: where each epoch is kept, and where an interrupted training goes on from. between: see `Fit`.
    """
    plan = prepared.plan
    weights = sample_weights(plan.trainer, splits.spec, splits.train.y)
    return fit(
        Fit(
            network=prepared.network,
            train=prepared.feed(splits.train, "train", weights),
            validation=prepared.judging(splits.validation, "validation") if splits.validation else None,
            trainer=plan.trainer,
            seed=plan.seed,
            # Texts have any number of words, and XLA takes arrays of known shapes only.
            xla=not splits.spec.is_text and uses_xla(plan, prepared.network, len(splits.train)),
            callbacks=build_callbacks(plan.callbacks, folder, plan.trainer.epochs),
            listeners=listeners,
            checkpoints=checkpoints,
            between=between,
        )
    )


def evaluate(prepared: Prepared, samples: Samples) -> tuple[dict[str, float], np.ndarray]:
    """Loss and metrics by Keras's names, and the predictions, float32 (n, …): probabilities of classes."""
    import tensorflow as tf

    logs, outputs = prepared.judging(samples, "test").outputs()
    if prepared.plan.loss.arguments.get("from_logits"):
        outputs = tf.nn.softmax(outputs) if prepared.spec.task == "classification" else tf.sigmoid(outputs)
    elif prepared.spec.task == "binary":
        # A linear or ReLU head trained on 0 and 1 overshoots; such an output is no logit.
        outputs = tf.clip_by_value(outputs, 0.0, 1.0)
    return logs, outputs.numpy()

"""Many devices: each holds a copy of the network and takes its part of every batch (tf.distribute).

`mirrored`: those of this machine. `multi_worker`: those of every process of a cluster.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nnlab.errors import ConfigError, Problem
from nnlab.plan import Plan
from nnlab.training.cluster import place_of
from nnlab.training.feed import Feed

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

_ALONE = ("clipnorm", "clipvalue", "global_clipnorm", "gradient_accumulation_steps", "use_ema")
"""What Keras's optimizers do to the gradients of one device before they are added up."""


def distribute(plan: Plan) -> Any:
    """The strategy under whose `scope()` the network is built and compiled, so that each device gets a copy.

    Call it before anything is computed: a cluster finds together here, and waits for all its processes. Raises
    ConfigError where there are not at least two devices: GPUs, or else virtual CPUs.
    """
    import tensorflow as tf

    if plan.trainer.strategy is None:
        return tf.distribute.get_strategy()
    if plan.trainer.on_cluster:
        place_of(plan.trainer)
        return tf.distribute.MultiWorkerMirroredStrategy()
    gpus = tf.config.list_logical_devices("GPU")
    devices = [device.name for device in gpus or tf.config.list_logical_devices("CPU")]
    if len(devices) < 2:
        kind = "GPU" if gpus else "CPU"
        raise ConfigError(
            [Problem("trainer.strategy", f"'mirrored', and there is one {kind}", "null, or at least 2 GPUs")]
        )
    return tf.distribute.MirroredStrategy(devices)


def count_replicas(network: "keras.Model") -> int:
    """How many copies of the network there are."""
    return network.distribute_strategy.num_replicas_in_sync


def check_replicas(plan: Plan, network: "keras.Model", samples: int) -> None:
    """Refuse what would not give the result of one device. Raises ConfigError with every reason."""
    replicas = count_replicas(network)
    if replicas > 1 and (problems := list(_problems(plan, network, samples, replicas))):
        raise ConfigError(problems)


def _problems(plan: Plan, network: "keras.Model", samples: int, replicas: int) -> Iterator[Problem]:
    divided = f"a number that {replicas} devices divide"
    if plan.trainer.batch_size % replicas:
        yield Problem("trainer.batch_size", str(plan.trainer.batch_size), divided)
    if samples % replicas:
        allowed = f"{divided}: dataset.samples={samples - samples % replicas}"
        yield Problem("dataset.samples", f"{samples} samples to train on", allowed)
    if plan.trainer.precision == "mixed_float16":
        yield Problem("trainer.precision", "'mixed_float16' on many devices", "float32 or mixed_bfloat16")
    if plan.trainer.jit_compile is True:
        yield Problem("trainer.jit_compile", "true on many devices", "auto or false")
    if plan.trainer.execution == "eager":
        yield Problem("trainer.execution", "'eager' on many devices", "auto or stepwise")
    for name in _ALONE:
        if plan.optimizer.arguments.get(name):
            yield Problem(f"optimizer.{name}", "given, and done on each device alone", "null on many devices")
    for layer in network._flatten_layers(include_self=False):
        if type(layer).__name__ == "BatchNormalization" and not getattr(layer, "synchronized", False):
            yield Problem(
                "model", f"{layer.name} sees a part of each batch", "BatchNormalization: {synchronized: true}"
            )
    if any(variable.constraint is not None for variable in network.trainable_variables):
        yield Problem("model", "a constraint on weights", "none on many devices")


def build_metrics(network: "keras.Model", feed: Feed) -> None:
    """Make the metrics' variables, which are none of a compiled loop's, on every device."""
    import tensorflow as tf

    if count_replicas(network) == 1:
        return
    piece = next(feed.pieces(tf.range(feed.size), 0, 1, 1))
    x, y, *_ = feed.batch(piece.tensors, piece.order[:1])
    with network.distribute_strategy.scope():
        outputs = network(x, training=False)
        for judge in filter(None, (network._compile_loss, network._compile_metrics)):
            judge.build(y, outputs)


def unscaled(network: "keras.Model", loss: Any) -> Any:
    """A loss that Keras has divided by the number of devices, since it adds them up."""
    replicas = count_replicas(network)
    return loss if replicas == 1 else loss * replicas


def train_step(network: "keras.Model", batch: tuple["tf.Tensor", ...]) -> None:
    """Keras's own step, on each device with its part of the batch; gradients and metrics are added up."""
    import tensorflow as tf

    replicas = count_replicas(network)
    if replicas == 1:
        network.train_step(batch)
        return
    share = tf.shape(batch[0])[0] // replicas

    def take_part(*tensors: "tf.Tensor") -> None:
        first = share * _number()
        network.train_step(tuple(tensor[first : first + share] for tensor in tensors))

    network.distribute_strategy.run(take_part, args=batch)


def on_first(network: "keras.Model", judge: Any, batch: tuple["tf.Tensor", ...]) -> "tf.Tensor":
    """What `judge(*batch)` gives on the first device, where it leaves what it finds in the metrics."""
    import tensorflow as tf

    if count_replicas(network) == 1:
        return judge(*batch)

    def try_it(*tensors: "tf.Tensor") -> "tf.Tensor":
        return judge(*tensors) if tf.get_static_value(_number()) == 0 else tf.zeros([0])

    strategy = network.distribute_strategy
    return strategy.experimental_local_results(strategy.run(try_it, args=batch))[0]


def _number() -> "tf.Tensor":
    """Which of the copies is asking, from 0."""
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    assert context is not None, "only inside strategy.run"
    return context.replica_id_in_sync_group

"""Compiling: optimizer, loss and metrics as the plan names them, and whether XLA pays."""

from typing import TYPE_CHECKING

from nnlab.construct import construct
from nnlab.plan import Plan
from nnlab.training.replicas import check_replicas
from nnlab.training.schedules import in_steps, steps_per_epoch

if TYPE_CHECKING:
    import keras

# XLA beats oneDNN on small dense networks (measured 0.12 s against 0.37 s an epoch), and loses to it by far on
# convolutions.
XLA_LAYERS = frozenset(
    [
        "Activation",
        "BatchNormalization",
        "Dense",
        "Dropout",
        "ELU",
        "Flatten",
        "GaussianNoise",
        "Identity",
        "InputLayer",
        "LayerNormalization",
        "LeakyReLU",
        "ReLU",
        "Rescaling",
        "Reshape",
        "Softmax",
    ]
)
XLA_WORTH_STEPS = 1500
"""Training steps below which compiling costs more than it saves: a second against 0.4–0.8 ms a step."""


def compile_network(plan: Plan, network: "keras.Sequential", samples: int) -> None:
    """Compile the network; its steps are traced by nnlab's own loop, so Keras itself never uses XLA here.

    samples: how many there are to train on, which makes the length of the run.
    """
    steps = steps_per_epoch(plan.trainer, samples) * plan.trainer.epochs
    network.compile(
        optimizer=construct(in_steps(plan.optimizer, steps)),
        loss=construct(plan.loss),
        metrics=[construct(metric) for metric in plan.metrics],
        run_eagerly=plan.trainer.execution == "eager",
        jit_compile=False,  # pyright: ignore[reportArgumentType]
    )
    network.optimizer.build(network.trainable_variables)
    check_replicas(plan, network, samples)


def uses_xla(plan: Plan, network: "keras.Sequential", samples: int) -> bool:
    """Whether steps go through XLA: as the plan says, or where it pays. A pure function of plan and data size."""
    if plan.trainer.jit_compile != "auto":
        return plan.trainer.jit_compile
    if plan.trainer.execution == "eager":
        return False
    steps = steps_per_epoch(plan.trainer, samples)
    if plan.trainer.strategy:
        return False
    if plan.trainer.augmentation:  # Keras's moves of pictures are no XLA operations.
        return False
    dense = all(type(layer).__name__ in XLA_LAYERS for layer in network.layers)
    return dense and steps * plan.trainer.epochs >= XLA_WORTH_STEPS and plan.trainer.precision == "float32"

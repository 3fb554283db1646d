"""A training's state between two epochs, read from the living objects and written back into them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.training.callback_states import put_back, state_of
from nnlab.training.checkpoints import Checkpoint
from nnlab.training.history import History

if TYPE_CHECKING:
    import keras


def take(network: "keras.Model", callbacks: Sequence[Any], history: History) -> Checkpoint:
    """The state after the last epoch of `history`."""
    return Checkpoint(
        epoch=history.epochs,
        stopped=bool(network.stop_training),
        weights=_values(network.variables),
        optimizer=_values(network.optimizer.variables),
        callbacks={label: state_of(callback) for label, callback in _labelled(callbacks)},
        history=history,
    )


def restore(checkpoint: Checkpoint, network: "keras.Model", callbacks: Sequence[Any]) -> History:
    """Set network, optimizer and callbacks to the state; the history so far. Raises CheckpointError.

    Call it after the callbacks' `on_train_begin`, which resets them.
    """
    _assign(network.variables, checkpoint.weights, "weights")
    _assign(network.optimizer.variables, checkpoint.optimizer, "optimizer")
    for label, callback in _labelled(callbacks):
        put_back(callback, checkpoint.callbacks.get(label, {}))
    network.stop_training = checkpoint.stopped
    series = {name: list(values) for name, values in checkpoint.history.series.items()}
    return History(series, list(checkpoint.history.seconds))


def _labelled(callbacks: Sequence[Any]) -> list[tuple[str, Any]]:
    return [(f"{index} {type(callback).__name__}", callback) for index, callback in enumerate(callbacks)]


def _named(variables: Sequence[Any]) -> dict[str, Any]:
    return {f"{index} {variable.path}": variable for index, variable in enumerate(variables)}


def _values(variables: Sequence[Any]) -> dict[str, np.ndarray]:
    return {name: np.asarray(variable) for name, variable in _named(variables).items()}


def _assign(variables: Sequence[Any], values: dict[str, np.ndarray], what: str) -> None:
    named = _named(variables)
    foreign = next(iter(named.keys() ^ values.keys()), None)
    shapes = [name for name in named if foreign is None and tuple(named[name].shape) != values[name].shape]
    if wrong := foreign or next(iter(shapes), None):
        raise CheckpointError(f"checkpoint: {what} {wrong!r} does not fit the network; --restart begins anew")
    for name, variable in named.items():
        variable.assign(values[name])

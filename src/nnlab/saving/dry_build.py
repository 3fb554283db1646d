"""How large a described network would be, found by building it without a single weight."""

import copy
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nnlab.saving.configuration import MAX_VALUES
from nnlab.saving.refusal import Refusal

SLACK = 1 << 18


def inspect_size(configuration: dict[str, Any], stored: int, custom_objects: dict[str, Any]) -> None:
    """Refuse a network with far more weights than the `stored` numbers of its file, or giant layer outputs.

    configuration: inspected before. Raises Refusal; also when Keras cannot build the network at all.
    """
    with _without_weights():
        try:
            network = _build(configuration, custom_objects)
        except Exception as error:
            raise Refusal(
                f"a network that cannot be built: {str(error).strip().splitlines()[0][:200]}"
            ) from None
        weights = sum(math.prod(variable.shape) for variable in network.variables)
    if weights > stored + SLACK:
        raise Refusal(f"a network of {weights:,} weights in a file of {stored:,} numbers")
    for name, values in _outputs(network):
        if values > MAX_VALUES:
            raise Refusal(f"layer {name!r} makes {values:,} values of one sample; at most {MAX_VALUES:,}")


def _build(configuration: dict[str, Any], custom_objects: dict[str, Any]) -> Any:
    import keras

    described = copy.deepcopy(configuration)
    described.pop("compile_config", None)
    if described.get("module"):
        return keras.saving.deserialize_keras_object(described, custom_objects=custom_objects)
    cls = keras.Sequential if described["class_name"] == "Sequential" else keras.Model
    return cls.from_config(described["config"], custom_objects=custom_objects)


@contextmanager
def _without_weights() -> Iterator[None]:
    """Variables made inside have a shape and no memory.

    Keras notes them to be filled at the end of the next scope, so that note is torn off again.
    """
    import keras
    from keras.src.backend.common import global_state

    noted = list(global_state.get_global_attribute("uninitialized_variables") or [])
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        global_state.set_global_attribute("uninitialized_variables", noted)


def _outputs(network: Any) -> Iterator[tuple[str, int]]:
    """The number of values that each layer makes of one sample, where Keras can tell."""
    for layer in network.layers:
        try:
            shape = layer.output.shape
        except (AttributeError, ValueError):
            continue
        yield layer.name, math.prod(size or 1 for size in shape)

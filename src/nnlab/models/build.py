"""From a plan to Keras models: the network that is trained, and the whole model that is saved."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nnlab.construct import construct
from nnlab.errors import ConfigError, Problem
from nnlab.models.stack import preprocessed_spec, stack
from nnlab.models.targets import reconstruction_problem
from nnlab.objects import KerasObject
from nnlab.plan import Plan
from nnlab.spec import DataSpec

if TYPE_CHECKING:
    import keras


def build_network(plan: Plan, spec: DataSpec, shape: tuple[int, ...], dtype: str) -> "keras.Sequential":
    """The network for preprocessed samples of `shape` and `dtype`, not yet compiled. Raises ConfigError."""
    import keras

    descriptions = stack(plan.model, preprocessed_spec(spec, shape), plan.regularizer)
    layers: list[Any] = [keras.Input(shape, dtype=dtype)]
    for index, description in enumerate(descriptions):
        more = _output_dtype(plan, description, index == len(descriptions) - 1)
        with _told_of(index, description):
            layers.append(construct(description, **more))
    try:
        return keras.Sequential(layers, name="network")
    except (ValueError, TypeError):
        _add_one_by_one(layers, descriptions)
        raise


def _add_one_by_one(layers: Sequence[Any], descriptions: Sequence[KerasObject]) -> None:
    """Find out which layer it is that cannot be, which takes ten times as long. Raises ConfigError."""
    import keras

    network = keras.Sequential(layers[:1])
    for index, (layer, description) in enumerate(zip(layers[1:], descriptions, strict=True)):
        with _told_of(index, description):
            network.add(layer)


@contextmanager
def _told_of(index: int, description: KerasObject) -> Iterator[None]:
    """What Keras says is wrong, with the layer it is wrong with."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise ConfigError(
            [Problem("model", f"layer {index + 1}, {description.name}", _reason(error))]
        ) from None


def check_output(spec: DataSpec, output: tuple[int, ...], seen: tuple[int, ...]) -> None:
    """Raises ConfigError where a reconstruction's output is of another shape than the preprocessed samples."""
    if spec.task == "reconstruction" and (problem := reconstruction_problem(output, seen)):
        raise ConfigError([problem])


def _output_dtype(plan: Plan, description: KerasObject, is_last: bool) -> dict[str, Any]:
    """Probabilities stay float32 under mixed precision, where 8 bits of mantissa would blur them."""
    mixed = plan.trainer.precision != "float32"
    return {"dtype": "float32"} if mixed and is_last and "dtype" not in description.arguments else {}


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__


def whole_model(
    preprocessing: Sequence[Any], network: "keras.Sequential", spec: DataSpec
) -> "keras.Sequential":
    """The saved model: raw samples in, the same preprocessing and network layers inside, one flat list."""
    import keras

    inputs = keras.Input(spec.shape, dtype=spec.dtype, name="raw")
    return keras.Sequential([inputs, *preprocessing, *network.layers], name="model")

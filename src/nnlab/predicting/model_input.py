"""What a saved model takes, read from its description without Keras."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nnlab.spec import DataSpec, Task


@dataclass(frozen=True)
class ModelInput:
    """One raw sample: its shape, its dtype as a text, and the values that stand for black and white."""

    shape: tuple[int, ...]
    dtype: str
    low: float
    high: float

    @property
    def is_picture(self) -> bool:
        """Whether samples are grey, (h, w) or (h, w, 1), or coloured, (h, w, 3)."""
        return len(self.shape) == 2 or (len(self.shape) == 3 and self.shape[-1] in (1, 3))

    @property
    def is_text(self) -> bool:
        """Whether a sample is a text."""
        return self.dtype == "string" and not self.shape

    @property
    def is_grey(self) -> bool:
        """Whether samples are pictures without colours."""
        return self.is_picture and not (len(self.shape) == 3 and self.shape[-1] == 3)


def model_input(configuration: dict[str, Any]) -> ModelInput | None:
    """The input of an inspected model configuration; None where its shape is open or it has several inputs.

    White is what a Rescaling layer in front makes 1; without one, 255 for whole numbers and 1 for fractions.
    """
    if sum(layer.get("class_name") == "InputLayer" for layer in direct_layers(configuration)) > 1:
        return None
    found = list(_layers(configuration))
    inputs = [layer["config"] for layer in found if layer["class_name"] == "InputLayer"]
    # A nested network has an InputLayer of its own, behind the first.
    shape = inputs[0].get("batch_shape", [None, None])[1:] if inputs else [None]
    known = tuple(size for size in shape if isinstance(size, int))
    if not inputs or len(known) < len(shape):
        return None
    dtype = str(inputs[0].get("dtype") or "float32")
    scales = [layer["config"].get("scale") for layer in found if layer["class_name"] == "Rescaling"]
    scale = scales[0] if scales and isinstance(scales[0], int | float) and scales[0] > 0 else None
    high = float(round(1 / scale)) if scale and scale <= 1 else 255.0 if "int" in dtype else 1.0
    return ModelInput(known, dtype, 0.0, high)


def guessed_spec(configuration: dict[str, Any], wanted: ModelInput, name: str) -> DataSpec:
    """What can be said of the data of a model that comes without its run.

    A network of pictures that ends with a layer of pictures gives them back. Outputs under a softmax, or several
    under a sigmoid, are classes 0…k-1; one sigmoid is binary; all else is a number.
    """
    if wanted.is_picture and _ends_with_picture(direct_layers(configuration)):
        return DataSpec(name, "reconstruction", wanted.shape, wanted.dtype, target="input")
    outputs, activation = 1, "linear"
    for layer in _layers(configuration):
        outputs = layer["config"].get("units", outputs)
        activation = layer["config"].get("activation", activation)
        activation = "softmax" if layer["class_name"] == "Softmax" else activation
    task: Task = "regression"
    if activation in ("softmax", "sigmoid"):
        task = "classification" if outputs > 1 else "binary"
    classes = tuple(map(str, range(max(outputs, 2)))) if task != "regression" else ()
    return DataSpec(name, task, wanted.shape, wanted.dtype, classes, target="", outputs=outputs)


def direct_layers(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    """The described layers of a network in their order, those inside others left out."""
    config = configuration.get("config")
    layers = config.get("layers") if isinstance(config, dict) else None
    return [layer for layer in layers or [] if isinstance(layer, dict)]


def _ends_with_picture(layers: list[dict[str, Any]]) -> bool:
    last = layers[-1] if layers else {}
    name = str(last.get("class_name"))
    if name == "Reshape":
        return len(last["config"].get("target_shape", ())) > 1
    return name.endswith(("2D", "2DTranspose")) and "Global" not in name


def _layers(value: Any) -> Iterator[dict[str, Any]]:
    """Every described layer, outer before inner, first before last."""
    if isinstance(value, list):
        for item in value:
            yield from _layers(item)
    elif isinstance(value, dict):
        if "class_name" in value and isinstance(value.get("config"), dict):
            yield value
        for item in value.values():
            yield from _layers(item)

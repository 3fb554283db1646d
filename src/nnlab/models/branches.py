"""Layers made of layers: branches that go side by side and meet again, and the residual block."""

from collections.abc import Sequence
from typing import Any

import keras

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable("nnlab")
class Branches(keras.layers.Layer):
    """Sends its input through several chains of layers and merges what leaves them.

    branches: two or more lists of layers; an empty one passes the input on. merge: one of Keras's merging layers.
    """

    def __init__(
        self,
        branches: Sequence[Sequence[keras.layers.Layer]],
        merge: keras.layers.Layer,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.branches = [list(branch) for branch in branches]
        self.merge = merge

    def build(self, input_shape: Shape) -> None:
        """Make the weights of every layer."""
        shapes = [_build(branch, input_shape) for branch in self.branches]
        if not self.merge.built:
            self.merge.build(shapes)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """What the merging layer makes of every chain's output; `training` reaches the layers through Keras."""
        return self.merge([_pass(branch, inputs) for branch in self.branches])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The merged shape."""
        return self.merge.compute_output_shape([_output(branch, input_shape) for branch in self.branches])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, layers in Keras's serialised form."""
        branches = [
            [keras.saving.serialize_keras_object(layer) for layer in branch] for branch in self.branches
        ]
        merge = keras.saving.serialize_keras_object(self.merge)
        return {**super().get_config(), "branches": branches, "merge": merge}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Branches":
        """The layer that `get_config` describes."""
        return cls(**{key: _revived(value) for key, value in config.items()})


@keras.saving.register_keras_serializable("nnlab")
class Residual(Branches):
    """What its layers make of the input, plus the input itself (He et al. 2015, arXiv:1512.03385).

    layers: the chain F of y = F(x) + x. shortcut: layers for the second x, null to add it as it is; needed where F
    changes the shape.
    """

    def __init__(
        self,
        layers: Sequence[keras.layers.Layer],
        shortcut: Sequence[keras.layers.Layer] | None = None,
        **kwargs: Any,
    ):
        super().__init__([layers, shortcut or ()], keras.layers.Add(), **kwargs)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, layers in Keras's serialised form."""
        config = super().get_config()
        layers, shortcut = config.pop("branches")
        del config["merge"]
        return {**config, "layers": layers, "shortcut": shortcut or None}


def _build(layers: Sequence[keras.layers.Layer], shape: Shape) -> Shape:
    for layer in layers:
        if not layer.built:  # one that comes from a file has been
            layer.build(shape)
        shape = layer.compute_output_shape(shape)
    return shape


def _pass(layers: Sequence[keras.layers.Layer], inputs: Any) -> Any:
    for layer in layers:
        inputs = layer(inputs)
    return inputs


def _output(layers: Sequence[keras.layers.Layer], shape: Shape) -> Shape:
    for layer in layers:
        shape = layer.compute_output_shape(shape)
    return shape


def _revived(value: Any) -> Any:
    """Layers for their descriptions, in lists and lists of lists; any other value as it is."""
    if isinstance(value, list):
        return [_revived(item) for item in value]
    described = isinstance(value, dict) and "class_name" in value and "DTypePolicy" not in value["class_name"]
    return keras.saving.deserialize_keras_object(value) if described else value

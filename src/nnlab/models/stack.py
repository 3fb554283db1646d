"""The whole network as a list of layers: hidden ones, the head the task asks for, regularizers on weights."""

from dataclasses import replace

from nnlab.models.composites import each_layer
from nnlab.names import signature
from nnlab.objects import KerasObject, keras_object
from nnlab.plan import Network, Regularization
from nnlab.spec import DataSpec

HEAD_ACTIVATION = {
    "classification": "softmax",
    "binary": "sigmoid",
    "regression": "linear",
    "reconstruction": "linear",
}
_KERNELS = ("kernel_regularizer", "depthwise_regularizer", "pointwise_regularizer")
_TARGETS = {"kernel": _KERNELS, "bias": ("bias_regularizer",), "activity": ("activity_regularizer",)}


def head_units(spec: DataSpec) -> int:
    """How many outputs the task needs: one a class, one for binary, one a target or column to give back."""
    return {"classification": len(spec.classes), "binary": 1}.get(spec.task, spec.outputs)


def default_head(spec: DataSpec) -> dict[str, object] | None:
    """The arguments of the Dense layer that suits the task, or None where pictures are given back."""
    if spec.task == "reconstruction" and len(spec.shape) != 1:
        return None
    return {"units": head_units(spec), "activation": HEAD_ACTIVATION[spec.task]}


def stack(network: Network, spec: DataSpec, regularization: Regularization) -> tuple[KerasObject, ...]:
    """Every layer of the network in order, for preprocessed samples described by `spec`."""
    layers = (*network.hidden_layers(spec), *([network.head] if network.head else []))
    regular = (each_layer(layer, lambda inner: regularize(inner, regularization)) for layer in layers)
    return with_channel_axis(tuple(regular), spec.shape)


def with_channel_axis(layers: tuple[KerasObject, ...], shape: tuple[int, ...]) -> tuple[KerasObject, ...]:
    """Put a Reshape in front where the first layer slides over pictures and the picture is grey, 28×28."""
    needs_channels = bool(layers) and layers[0].name.endswith("2D") and len(shape) == 2
    return (keras_object("layer", "Reshape", target_shape=[*shape, 1]), *layers) if needs_channels else layers


def regularize(layer: KerasObject, regularization: Regularization) -> KerasObject:
    """The layer with the plan's regularizer on each weight that takes one and names none itself.

    Keras's OrthogonalRegularizer takes matrices only, so it goes on Dense kernels alone.
    """
    regularizer = regularization.regularizer
    if regularizer is None or (regularizer.name == "OrthogonalRegularizer" and layer.name != "Dense"):
        return layer
    accepted = signature(layer.where).arguments
    wanted = [name for target in regularization.apply_to for name in _TARGETS[target]]
    free = {name: regularizer for name in wanted if name in accepted and name not in layer.arguments}
    weighted = any(name in accepted for name in _KERNELS)
    return layer.but(**free) if free and weighted else layer


def preprocessed_spec(spec: DataSpec, shape: tuple[int, ...]) -> DataSpec:
    """`spec` as the network sees it, after preprocessing has given samples another shape."""
    return replace(spec, shape=shape)

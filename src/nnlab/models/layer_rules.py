"""The arithmetic of each layer that nnlab knows: from its arguments and the shape that reaches it to a Step.

Counts are per sample; one multiplication and one addition are two FLOPs.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

from nnlab.models.shapes import Shape, ShapeError, Step, format_shape

Rule = Callable[[dict[str, Any], Shape], Step]


def _need_axis(shape: Shape) -> None:
    if not shape:
        raise ShapeError("needs rows of numbers, and gets one value a sample")


def _dense(values: dict[str, Any], shape: Shape) -> Step:
    _need_axis(shape)
    units, bias = values["units"], bool(values["use_bias"])
    params = shape[-1] * units + units * bias
    text = f"{shape[-1]}·{units}" + f" + {units}" * bias
    return Step((*shape[:-1], units), params, 0, 2 * math.prod(shape) * units, text)


def _spatial(shape: Shape, rank: int, values: dict[str, Any]) -> tuple[Shape, int]:
    """The spatial part of a shape and the number of channels."""
    if len(shape) != rank + 1:
        raise ShapeError(f"needs {_AXES[rank]} and channels, and gets {format_shape(shape)}")
    if values.get("data_format") == "channels_first":
        return shape[1:], shape[0]
    return shape[:-1], shape[-1]


_AXES = {1: "steps", 2: "height, width", 3: "depth, height, width"}


def _tuple(value: Any, rank: int) -> Shape:
    return tuple(value) if isinstance(value, list | tuple) else (value,) * rank


def _join(spatial: Shape, channels: int, values: dict[str, Any]) -> Shape:
    return (channels, *spatial) if values.get("data_format") == "channels_first" else (*spatial, channels)


def _slide(size: Shape, window: Shape, strides: Shape, padding: str) -> Shape:
    """Sizes left after a window has slid over `size`."""
    if padding in ("same", "causal"):
        return tuple(math.ceil(n / s) for n, s in zip(size, strides, strict=True))
    out = tuple((n - k) // s + 1 for n, k, s in zip(size, window, strides, strict=True))
    if min(out) < 1:
        raise ShapeError(f"its window {format_shape(window)} is larger than its input {format_shape(size)}")
    return out


def _convolution(rank: int) -> Rule:
    def rule(values: dict[str, Any], shape: Shape) -> Step:
        size, channels = _spatial(shape, rank, values)
        kernel, dilation = _tuple(values["kernel_size"], rank), _tuple(values["dilation_rate"], rank)
        window = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
        out = _slide(size, window, _tuple(values["strides"], rank), values["padding"])
        filters, groups = values["filters"], values["groups"]
        if channels % groups:
            raise ShapeError(f"its {channels} input channels do not divide into {groups} groups")
        weights = math.prod(kernel) * (channels // groups) * filters
        bias = filters * bool(values["use_bias"])
        text = "·".join(map(str, (*kernel, channels // groups, filters))) + f" + {bias}" * bool(bias)
        return Step(_join(out, filters, values), weights + bias, 0, 2 * weights * math.prod(out), text)

    return rule


def _separable(values: dict[str, Any], shape: Shape) -> Step:
    step = _depthwise({**values, "use_bias": False}, shape)
    size, channels = _spatial(step.shape, 2, values)
    filters, bias = values["filters"], values["filters"] * bool(values["use_bias"])
    flops = step.flops + 2 * channels * filters * math.prod(size)
    text = f"{step.arithmetic} + {channels}·{filters}" + f" + {bias}" * bool(bias)
    return Step(_join(size, filters, values), step.params + channels * filters + bias, 0, flops, text)


def _depthwise(values: dict[str, Any], shape: Shape) -> Step:
    size, channels = _spatial(shape, 2, values)
    kernel = _tuple(values["kernel_size"], 2)
    out = _slide(size, kernel, _tuple(values["strides"], 2), values["padding"])
    filters = channels * values["depth_multiplier"]
    weights, bias = math.prod(kernel) * filters, filters * bool(values["use_bias"])
    text = "·".join(map(str, (*kernel, filters))) + f" + {bias}" * bool(bias)
    return Step(_join(out, filters, values), weights + bias, 0, 2 * weights * math.prod(out), text)


def _transposed(rank: int) -> Rule:
    def rule(values: dict[str, Any], shape: Shape) -> Step:
        size, channels = _spatial(shape, rank, values)
        kernel, strides = _tuple(values["kernel_size"], rank), _tuple(values["strides"], rank)
        grow = [
            n * s if values["padding"] == "same" else n * s + max(k - s, 0)
            for n, k, s in zip(size, kernel, strides, strict=True)
        ]
        weights = math.prod(kernel) * channels * values["filters"]
        bias = values["filters"] * bool(values["use_bias"])
        text = "·".join(map(str, (*kernel, channels, values["filters"]))) + f" + {bias}" * bool(bias)
        return Step(
            _join(tuple(grow), values["filters"], values),
            weights + bias,
            0,
            2 * weights * math.prod(size),
            text,
        )

    return rule


def _pooling(rank: int) -> Rule:
    def rule(values: dict[str, Any], shape: Shape) -> Step:
        size, channels = _spatial(shape, rank, values)
        pool = _tuple(values["pool_size"], rank)
        strides = _tuple(values["strides"] or values["pool_size"], rank)
        return Step(_join(_slide(size, pool, strides, values["padding"]), channels, values))

    return rule


def _global_pooling(rank: int) -> Rule:
    def rule(values: dict[str, Any], shape: Shape) -> Step:
        _, channels = _spatial(shape, rank, values)
        return Step(_join((1,) * rank, channels, values) if values["keepdims"] else (channels,))

    return rule


def _resized(rank: int, size_of: Callable[[dict[str, Any], Shape], Iterable[int]]) -> Rule:
    def rule(values: dict[str, Any], shape: Shape) -> Step:
        size, channels = _spatial(shape, rank, values)
        return Step(_join(tuple(size_of(values, size)), channels, values))

    return rule


def _pairs(value: Any, rank: int) -> list[tuple[int, int]]:
    return [(side, side) if isinstance(side, int) else (side[0], side[1]) for side in _tuple(value, rank)]


def _upsampled(values: dict[str, Any], size: Shape) -> list[int]:
    return [n * s for n, s in zip(size, _tuple(values["size"], len(size)), strict=True)]


def _padded(values: dict[str, Any], size: Shape) -> list[int]:
    sides = values["padding"] if len(size) > 1 else [values["padding"]]
    return [n + a + b for n, (a, b) in zip(size, _pairs(sides, len(size)), strict=True)]


def _cropped(values: dict[str, Any], size: Shape) -> list[int]:
    sides = values["cropping"] if len(size) > 1 else [values["cropping"]]
    out = [n - a - b for n, (a, b) in zip(size, _pairs(sides, len(size)), strict=True)]
    if min(out) < 1:
        raise ShapeError(f"crops everything from {format_shape(size)}")
    return out


def _flatten(values: dict[str, Any], shape: Shape) -> Step:
    return Step((math.prod(shape),))


def _reshape(values: dict[str, Any], shape: Shape) -> Step:
    target, total = [int(n) for n in values["target_shape"]], math.prod(shape)
    if target.count(-1) == 1:
        known = math.prod(n for n in target if n != -1)
        target = [total // known if n == -1 and known else n for n in target]
    if math.prod(target) != total:
        raise ShapeError(
            f"cannot make {format_shape(target)} ({math.prod(target)} numbers) "
            f"of {format_shape(shape)} ({total})"
        )
    return Step(tuple(target))


def _permute(values: dict[str, Any], shape: Shape) -> Step:
    dims = values["dims"]
    if sorted(dims) != list(range(1, len(shape) + 1)):
        raise ShapeError(f"dims {list(dims)} do not permute the axes of {format_shape(shape)}")
    return Step(tuple(shape[axis - 1] for axis in dims))


def _same(values: dict[str, Any], shape: Shape) -> Step:
    return Step(shape)


def _normalised(names: tuple[str, ...]) -> Rule:
    def rule(values: dict[str, Any], shape: Shape) -> Step:
        _need_axis(shape)
        axis = values["axis"]
        if not isinstance(axis, int):
            axis = axis[0] if len(axis) == 1 else -1
        size = shape[axis] if axis < 0 else shape[axis - 1]
        params, fixed = size * sum(bool(values[name]) for name in ("scale", "center")), size * len(names)
        return Step(shape, params + fixed, fixed, 4 * math.prod(shape), f"{(params + fixed) // size}·{size}")

    return rule


def _embedding(values: dict[str, Any], shape: Shape) -> Step:
    params = values["input_dim"] * values["output_dim"]
    return Step((*shape, values["output_dim"]), params, 0, 0, f"{values['input_dim']}·{values['output_dim']}")


def _recurrent(gates: int) -> Rule:
    def rule(values: dict[str, Any], shape: Shape) -> Step:
        if len(shape) != 2:
            raise ShapeError(f"needs steps and features, and gets {format_shape(shape)}")
        steps, features, units = *shape, values["units"]
        biases = (2 if values.get("reset_after") and gates == 3 else 1) * bool(values["use_bias"])
        params = gates * units * (features + units + biases)
        out = (steps, units) if values["return_sequences"] else (units,)
        text = f"{gates}·{units}·({features} + {units} + {biases})"
        return Step(out, params, 0, 2 * steps * gates * units * (features + units), text)

    return rule


def _encoded(values: dict[str, Any], shape: Shape) -> Step:
    _need_axis(shape)
    tokens = values["num_tokens"]
    return Step(
        (*shape, tokens) if values["output_mode"] == "one_hot" and shape[-1] != 1 else (*shape[:-1], tokens)
    )


def _words(values: dict[str, Any], shape: Shape) -> Step:
    length = values["output_sequence_length"]
    if shape:
        raise ShapeError(f"takes raw texts, one a sample, and gets {format_shape(shape)}")
    if values["output_mode"] != "int":
        return Step((values["max_tokens"],))
    if length is None:
        raise ShapeError("output_mode int needs output_sequence_length, so many words of each text")
    return Step((length,))


def _image(values: dict[str, Any], size: Shape) -> list[int]:
    return [values["height"], values["width"]]


_SAME = """Activation ActivityRegularization AlphaDropout Dropout ELU GaussianDropout GaussianNoise Identity
LeakyReLU Masking Normalization RandomBrightness RandomContrast RandomFlip RandomRotation RandomTranslation
RandomZoom ReLU Rescaling Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D UnitNormalization
MeanImputation PixelPermutation"""
RULES: dict[str, Rule] = {
    **dict.fromkeys(_SAME.split(), _same),
    **{f"Conv{rank}D": _convolution(rank) for rank in (1, 2, 3)},
    **{f"Conv{rank}DTranspose": _transposed(rank) for rank in (1, 2, 3)},
    **{f"{kind}Pooling{rank}D": _pooling(rank) for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{
        f"Global{kind}Pooling{rank}D": _global_pooling(rank)
        for kind in ("Max", "Average")
        for rank in (1, 2, 3)
    },
    **{f"UpSampling{rank}D": _resized(rank, _upsampled) for rank in (1, 2, 3)},
    **{f"ZeroPadding{rank}D": _resized(rank, _padded) for rank in (1, 2, 3)},
    **{f"Cropping{rank}D": _resized(rank, _cropped) for rank in (1, 2, 3)},
    "Resizing": _resized(2, _image),
    "CenterCrop": _resized(2, _image),
    "RandomCrop": _resized(2, _image),
    "Dense": _dense,
    "SeparableConv2D": _separable,
    "DepthwiseConv2D": _depthwise,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "BatchNormalization": _normalised(("mean", "variance")),
    "LayerNormalization": _normalised(()),
    "Embedding": _embedding,
    "SimpleRNN": _recurrent(1),
    "GRU": _recurrent(3),
    "LSTM": _recurrent(4),
    "CategoryEncoding": _encoded,
    "WordVectorization": _words,
}

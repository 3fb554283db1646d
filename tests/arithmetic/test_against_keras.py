"""Every rule of the arithmetic against the layer that Keras really builds."""

from typing import Any

import pytest

from nnlab.construct import construct
from nnlab.models.arithmetic import trace
from nnlab.models.layer_rules import RULES
from nnlab.objects import Reader

pytestmark = pytest.mark.slow
IMAGE, STEPS, VOLUME, ROW = (9, 8, 4), (10, 6), (6, 7, 8, 2), (12,)
BY_RANK = {1: STEPS, 2: IMAGE, 3: VOLUME}
SAME: dict[str, dict[str, Any]] = {
    "Activation": {"activation": "relu"},
    "Dropout": {"rate": 0.5},
    "AlphaDropout": {"rate": 0.5},
    "GaussianDropout": {"rate": 0.5},
    "GaussianNoise": {"stddev": 0.5},
    "Rescaling": {"scale": 0.5},
    "RandomBrightness": {"factor": 0.5},
    "RandomContrast": {"factor": 0.5},
    "RandomRotation": {"factor": 0.5},
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1},
    "RandomZoom": {"height_factor": 0.1},
    "SpatialDropout1D": {"rate": 0.5},
    "SpatialDropout2D": {"rate": 0.5},
    "SpatialDropout3D": {"rate": 0.5},
}
SHAPES = {"SpatialDropout1D": STEPS, "SpatialDropout3D": VOLUME, "MeanImputation": ROW, "Normalization": ROW}
CASES: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("Dense", {"units": 3}, ROW),
    ("Dense", {"units": 3, "use_bias": False}, STEPS),
    ("SeparableConv2D", {"filters": 5, "kernel_size": 3, "depth_multiplier": 2}, IMAGE),
    (
        "SeparableConv2D",
        {"filters": 5, "kernel_size": 2, "strides": 2, "padding": "same", "use_bias": False},
        IMAGE,
    ),
    ("DepthwiseConv2D", {"kernel_size": 3}, IMAGE),
    (
        "DepthwiseConv2D",
        {"kernel_size": 2, "depth_multiplier": 3, "padding": "same", "use_bias": False},
        IMAGE,
    ),
    ("Flatten", {}, IMAGE),
    ("Flatten", {}, ROW),
    ("Reshape", {"target_shape": [36, 8]}, IMAGE),
    ("Reshape", {"target_shape": [-1, 4]}, IMAGE),
    ("Permute", {"dims": [3, 1, 2]}, IMAGE),
    ("BatchNormalization", {}, IMAGE),
    ("BatchNormalization", {"axis": 1, "scale": False}, IMAGE),
    ("BatchNormalization", {"center": False, "scale": False}, ROW),
    ("LayerNormalization", {}, IMAGE),
    ("LayerNormalization", {"center": False}, ROW),
    ("Embedding", {"input_dim": 20, "output_dim": 3}, ROW),
    ("Resizing", {"height": 5, "width": 6}, IMAGE),
    ("CenterCrop", {"height": 5, "width": 6}, IMAGE),
    ("RandomCrop", {"height": 5, "width": 6}, IMAGE),
    ("CategoryEncoding", {"num_tokens": 7, "output_mode": "one_hot"}, ROW),
    ("CategoryEncoding", {"num_tokens": 7, "output_mode": "one_hot"}, (1,)),
    ("CategoryEncoding", {"num_tokens": 7}, ROW),
    ("CategoryEncoding", {"num_tokens": 7, "output_mode": "count"}, ROW),
    ("WordVectorization", {"max_tokens": 7, "output_sequence_length": 5}, ()),
    ("WordVectorization", {"max_tokens": 7, "output_mode": "count"}, ()),
]
for _name in ("SimpleRNN", "GRU", "LSTM"):
    CASES += [
        (_name, {"units": 5}, STEPS),
        (_name, {"units": 5, "return_sequences": True, "use_bias": False}, STEPS),
    ]
CASES.append(("GRU", {"units": 5, "reset_after": False}, STEPS))
for _rank, _shape in BY_RANK.items():
    CASES += [
        (f"Conv{_rank}D", {"filters": 6, "kernel_size": 3}, _shape),
        (
            f"Conv{_rank}D",
            {"filters": 6, "kernel_size": 2, "strides": 2, "padding": "same", "groups": 2},
            _shape,
        ),
        (f"Conv{_rank}D", {"filters": 6, "kernel_size": 2, "dilation_rate": 2, "use_bias": False}, _shape),
        (f"Conv{_rank}DTranspose", {"filters": 3, "kernel_size": 3}, _shape),
        (f"Conv{_rank}DTranspose", {"filters": 3, "kernel_size": 2, "strides": 3}, _shape),
        (f"Conv{_rank}DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}, _shape),
        (f"UpSampling{_rank}D", {"size": 3}, _shape),
        (f"ZeroPadding{_rank}D", {"padding": 2}, _shape),
        (f"Cropping{_rank}D", {"cropping": 1}, _shape),
    ]
    for _kind in ("Max", "Average"):
        CASES += [
            (f"{_kind}Pooling{_rank}D", {"pool_size": 2}, _shape),
            (f"{_kind}Pooling{_rank}D", {"pool_size": 3, "strides": 2, "padding": "same"}, _shape),
            (f"Global{_kind}Pooling{_rank}D", {}, _shape),
            (f"Global{_kind}Pooling{_rank}D", {"keepdims": True}, _shape),
        ]
CASES += [
    ("Conv1D", {"filters": 6, "kernel_size": 3, "padding": "causal"}, STEPS),
    ("Conv2D", {"filters": 6, "kernel_size": [2, 3], "strides": [1, 2]}, IMAGE),
    ("ZeroPadding2D", {"padding": [[1, 2], [0, 3]]}, IMAGE),
    ("ZeroPadding2D", {"padding": [1, 2]}, IMAGE),
    ("ZeroPadding1D", {"padding": [1, 2]}, STEPS),
    ("Cropping1D", {"cropping": [1, 2]}, STEPS),
    ("Cropping2D", {"cropping": [[1, 2], [0, 3]]}, IMAGE),
    ("UpSampling2D", {"size": [2, 3]}, IMAGE),
    ("GlobalMaxPooling2D", {"data_format": "channels_first"}, IMAGE),
    ("GlobalAveragePooling2D", {"data_format": "channels_first", "keepdims": True}, IMAGE),
]
# Their weights are statistics of the data, fitted before training and no part of the network's count.
FITTED = ("Normalization", "MeanImputation", "PixelPermutation", "WordVectorization")
_written = {name for name, _, _ in CASES}
CASES += [(name, SAME.get(name, {}), SHAPES.get(name, IMAGE)) for name in RULES if name not in _written]


def test_every_rule_has_a_case():
    assert {name for name, _, _ in CASES} == set(RULES)


@pytest.mark.parametrize(("name", "arguments", "shape"), CASES)
def test_shape_and_counts_are_those_of_keras(name: str, arguments: dict[str, Any], shape: tuple[int, ...]):
    reader = Reader()
    layer = reader.read("layer", {"name": name, **arguments}, "layer")
    assert layer is not None, reader.problems
    (row,) = trace([layer], shape)

    built = construct(layer)
    built.build((None, *shape))
    assert row.shape == tuple(built.compute_output_shape((None, *shape)))[1:]
    if name not in FITTED:
        assert row.params == built.count_params()
        assert row.fixed == sum(weight.shape.num_elements() for weight in built.non_trainable_weights)

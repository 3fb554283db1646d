"""Parameter counts that were published for the networks of the source documents, without Keras."""

from typing import Any

import pytest

from nnlab.checking.crosschecks import network_rows
from nnlab.cli.compose import compose_plan
from nnlab.models.arithmetic import Row, trace
from nnlab.models.shapes import ShapeError, format_shape
from nnlab.objects import KerasObject, Reader


def read(layers: list[Any]) -> tuple[KerasObject, ...]:
    reader = Reader()
    found = reader.read_list("layer", layers, "layers")
    assert reader.problems == []
    return found


def rows(layers: list[Any], shape: tuple[int, ...]) -> list[Row]:
    return trace(read(layers), shape)


def dense(*units: int) -> list[Any]:
    return [{"Dense": {"units": number}} for number in units]


def conv(filters: int, kernel: int, **arguments: Any) -> dict[str, Any]:
    return {"Conv2D": {"filters": filters, "kernel_size": kernel, **arguments}}


POOL = "MaxPooling2D"
CNN = [conv(32, 3), conv(64, 3), POOL, {"Dropout": {"rate": 0.25}}, "Flatten", *dense(128), *dense(10)]
SMALL = [conv(30, 5), POOL, conv(10, 3), POOL, {"Dropout": {"rate": 0.2}}, "Flatten", *dense(10)]
DENSE_IMDB = [*dense(100), "BatchNormalization", *dense(30), *dense(1)]
EMBEDDED = [
    {"Embedding": {"input_dim": 10000, "output_dim": 50}},
    {"Conv1D": {"filters": 16, "kernel_size": 4, "padding": "same"}},
    {"MaxPooling1D": {"pool_size": 2}},
    "Flatten",
    *dense(30, 1),
]


@pytest.mark.parametrize(("model", "params", "fixed"), [("vgg", 6_151_892, 0), ("alexnet", 4_334_824, 1_536)])
def test_published_counts_of_the_networks_for_cifar_100(model: str, params: int, fixed: int):
    plan = compose_plan(["dataset=cifar100", f"model={model}"])
    found = network_rows(plan, plan.dataset.spec())
    assert (sum(row.params for row in found), sum(row.fixed for row in found)) == (params, fixed)


def test_a_residual_network_of_one_filter_by_hand():
    """Weights of every convolution and four numbers a filter of its normalization; then the head."""
    plan = compose_plan(["dataset=mnist", "model=resnet", "model.filters=[1,2]", "model.blocks=1"])
    stem, first = 9 + 4, 2 * (9 + 4)
    second = (9 * 2 + 8) + (9 * 2 * 2 + 8) + (2 + 8)
    assert (
        sum(row.params for row in network_rows(plan, plan.dataset.spec()))
        == stem + first + second + 2 * 10 + 10
    )


@pytest.mark.parametrize(
    ("layers", "shape", "params", "fixed"),
    [
        (["Flatten", *dense(10)], (28, 28), 7_850, 0),
        (["Flatten", *dense(256, 10)], (28, 28), 203_530, 0),
        (["Flatten", *dense(64, 64, 10)], (28, 28), 55_050, 0),
        (["Flatten", *dense(100, 10)], (28, 28), 79_510, 0),
        (CNN, (28, 28, 1), 1_199_882, 0),
        (SMALL, (28, 28, 1), 6_000, 0),
        (dense(1), (13,), 14, 0),
        (DENSE_IMDB, (10000,), 1_003_561, 200),
    ],
)
def test_published_counts(layers: list[Any], shape: tuple[int, ...], params: int, fixed: int):
    found = rows(layers, shape)
    assert sum(row.params for row in found) == params
    assert sum(row.fixed for row in found) == fixed


def test_embedding_network_of_400_words():
    found = rows(EMBEDDED, (400,))
    assert [row.params for row in found] == [500_000, 3_216, 0, 0, 96_030, 31]
    assert sum(row.params for row in found) == 599_277


def test_each_count_is_spelled_out():
    found = {row.layer.name: row for row in rows(CNN, (28, 28, 1))}
    assert found["Conv2D"].arithmetic == "3·3·32·64 + 64"
    assert found["Flatten"].shape == (9216,)
    last = rows(CNN, (28, 28, 1))[-1]
    assert (last.arithmetic, last.params, last.flops) == ("128·10 + 10", 1290, 2 * 1280)


def test_an_unknown_layer_ends_what_can_be_said():
    found = rows([*dense(4), {"Attention": {}}, *dense(2)], (3,))
    assert [row.shape for row in found] == [(4,), None, None]
    assert [row.params for row in found] == [16, 0, 0]


@pytest.mark.parametrize(
    ("layers", "shape", "message"),
    [
        ([conv(8, 40)], (28, 28, 1), "layer 1, Conv2D: its window 40×40 is larger than its input 28×28"),
        ([conv(8, 3)], (28, 28), "layer 1, Conv2D: needs height, width and channels, and gets 28×28"),
        (
            ["Flatten", POOL],
            (4, 4, 1),
            "layer 2, MaxPooling2D: needs height, width and channels, and gets 16",
        ),
        ([{"Reshape": {"target_shape": [5]}}], (4,), "layer 1, Reshape: cannot make 5 (5 numbers) of 4 (4)"),
        (
            [{"Permute": {"dims": [1, 3]}}],
            (4, 5),
            "layer 1, Permute: dims [1, 3] do not permute the axes of 4×5",
        ),
        (
            [conv(4, 1, groups=2)],
            (4, 4, 3),
            "layer 1, Conv2D: its 3 input channels do not divide into 2 groups",
        ),
        ([{"LSTM": {"units": 2}}], (4,), "layer 1, LSTM: needs steps and features, and gets 4"),
        ([{"Cropping2D": {"cropping": 2}}], (4, 4, 1), "layer 1, Cropping2D: crops everything from 4×4"),
    ],
)
def test_what_does_not_fit_is_said(layers: list[Any], shape: tuple[int, ...], message: str):
    with pytest.raises(ShapeError) as caught:
        rows(layers, shape)
    assert str(caught.value) == message


def test_shapes_are_written_as_people_write_them():
    assert format_shape((28, 28, 1)) == "28×28×1"
    assert format_shape(()) == "a single number"

"""Layers made of layers: against the same network written by hand, saved and loaded, and in every mistake."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from nnlab.cli.compose import compose_plan
from nnlab.construct import construct
from nnlab.errors import ConfigError
from nnlab.models.arithmetic import trace
from nnlab.models.branches import Branches, Residual
from nnlab.models.build import build_network
from nnlab.objects import Reader
from nnlab.saving.models import save_models
from nnlab.saving.safety import load_model
from nnlab.seeds import reseed

PICTURE = (6, 6, 4)
CONV: dict[str, Any] = {"Conv2D": {"filters": 4, "kernel_size": 3, "padding": "same"}}
WIDE: dict[str, Any] = {"Conv2D": {"filters": 8, "kernel_size": 1, "strides": 2}}
NARROW: dict[str, Any] = {"Conv2D": {"filters": 3, "kernel_size": 1}}
DEEP: dict[str, Any] = {
    "Residual": {"layers": [CONV, {"Residual": {"layers": [CONV, "BatchNormalization"]}}]}
}
GATE: list[Any] = [
    {"GlobalAveragePooling2D": {"keepdims": True}},
    {"Conv2D": {"filters": 4, "kernel_size": 1}},
]
CASES: dict[str, tuple[Any, tuple[int, ...]]] = {
    "input added": ({"Residual": {"layers": [CONV, "BatchNormalization", "ReLU"]}}, PICTURE),
    "projected": ({"Residual": {"layers": [WIDE, "ReLU"], "shortcut": [WIDE]}}, (3, 3, 8)),
    "one in another": (DEEP, PICTURE),
    "side by side": (
        {"Branches": {"branches": [[CONV], [NARROW, "ReLU"], []], "merge": "Concatenate"}},
        (6, 6, 11),
    ),
    "stacked": ({"Branches": {"branches": [[CONV], []], "merge": {"Concatenate": {"axis": 1}}}}, (12, 6, 4)),
    "gated": ({"Branches": {"branches": [[], GATE], "merge": "Multiply"}}, PICTURE),
    "largest": ({"Branches": {"branches": [[CONV], [CONV]], "merge": "Maximum"}}, PICTURE),
}


def described(config: Any) -> Any:
    reader = Reader()
    found = reader.read("layer", config, "model.layers[0]")
    assert not reader.problems
    return found


@pytest.mark.parametrize("case", CASES)
def test_arithmetic_is_what_keras_builds(case: str):
    config, shape = CASES[case]
    layer = construct(described(config))
    output = layer(np.ones((2, *PICTURE), "float32"))
    (row,) = trace([described(config)], PICTURE)
    assert (
        row.shape == shape == tuple(output.shape[1:]) == tuple(layer.compute_output_shape((2, *PICTURE))[1:])
    )
    assert row.params == layer.count_params() > 0
    assert row.fixed == sum(int(np.prod(weight.shape)) for weight in layer.non_trainable_weights)
    inner = [inside for rows in row.branches.values() for inside in rows]
    assert row.flops == sum(inside.flops for inside in inner) > 0
    assert row.values == np.prod(shape) + sum(inside.values for inside in inner)


def test_a_residual_block_adds_its_input():
    x = np.random.default_rng(0).normal(size=(2, *PICTURE)).astype("float32")
    conv = keras.layers.Conv2D(4, 3, padding="same")
    np.testing.assert_allclose(Residual([conv])(x), np.asarray(conv(x)) + x, rtol=1e-6)


def test_training_reaches_the_layers_inside():
    x = np.ones((1, 200), "float32")
    drop = Branches([[keras.layers.Dropout(0.5)], []], keras.layers.Subtract())
    assert np.abs(drop(x, training=True)).min() == 1
    np.testing.assert_array_equal(drop(x, training=False), np.zeros_like(x))


def test_random_layers_inside_are_reseeded_by_seed_and_epoch():
    network = keras.Sequential([keras.Input((50,)), Residual([keras.layers.Dropout(0.5)])])
    drawn = []
    for seed, epoch in ((0, 0), (0, 1), (1, 0), (0, 0)):
        reseed(network, seed, epoch)
        drawn.append(np.asarray(network(np.ones((1, 50)), training=True)).tobytes())
    assert drawn[0] == drawn[3]
    assert len(set(drawn)) == 3


@pytest.mark.parametrize("case", CASES)
def test_every_format_keeps_it(case: str, tmp_path: Path):
    config = CASES[case][0]

    def build() -> keras.Sequential:
        return keras.Sequential([keras.Input(PICTURE), construct(described(config)), keras.layers.Flatten()])

    model, x = build(), np.random.default_rng(0).normal(size=(3, *PICTURE)).astype("float32")
    model.compile(optimizer="sgd", loss="mean_squared_error")
    verdicts = save_models(model, tmp_path, x, build)
    assert verdicts == dict.fromkeys(verdicts, "verified")
    for file in ("model.keras", "model.h5"):
        np.testing.assert_array_equal(load_model(tmp_path / file)(x), model(x))


WORDS = [
    "dataset=cifar10",
    "model=layers",
    "model.layers=[{Residual: {layers: [{Conv2D: {filters: 3, kernel_size: 1}}]}},Flatten]",
]


def test_the_plans_regularizer_reaches_the_layers_inside():
    plan = compose_plan([*WORDS, "regularizer=l2", "regularizer.l2=0.5"])
    network = build_network(plan, plan.dataset.spec(), (32, 32, 3), "float32")
    kernel = np.asarray(network.layers[0].branches[0][0].kernel)
    assert float(network.losses[0]) == pytest.approx(0.5 * (kernel**2).sum(), rel=1e-5)


def test_a_plan_with_branches_is_read_again_from_its_record():
    plan = compose_plan(WORDS)
    layers = plan.plain()["model"]["layers"]
    assert layers == [{"Residual": {"layers": [{"Conv2D": {"filters": 3, "kernel_size": 1}}]}}, "Flatten"]


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        (
            "{Residual: {layers: [{Conv2D: {filters: 0, kernel_size: 3}}]}}",
            "model.layers[0].layers[0].filters: 0; a whole number of at least 1",
        ),
        ("{Residual: {layers: Flatten}}", "model.layers[0].layers: 'Flatten'; a list of layers"),
        ("Residual", "model.layers[0].layers: missing; Residual needs it"),
        (
            "{Branches: {branches: [[],[Dens]], merge: Add}}",
            "model.layers[0].branches[1][0]: 'Dens'; the name of a Keras layer; did you mean 'Dense'?",
        ),
        (
            "{Branches: {branches: Flatten, merge: Add}}",
            "model.layers[0].branches: 'Flatten'; a list of lists of layers",
        ),
        (
            "{Branches: {branches: [[],[]], merge: Ad}}",
            "model.layers[0].merge: 'Ad'; the name of a Keras merge; did you mean 'Add'?",
        ),
        (
            "{Branches: {branches: [[]], merge: Add}}",
            "model.layers: layer 1, Branches: 1 branch; two or more",
        ),
        (
            "{Residual: {layers: [{Conv2D: {filters: 8, kernel_size: 3}}]}}",
            "model.layers: layer 1, Residual: its layers make 30×30×8 and 32×32×3 passes beside them; "
            "give it a shortcut that makes 30×30×8, such as a Conv2D with kernel_size 1",
        ),
        (
            "{Residual: {layers: [], shortcut: [Flatten,{Conv2D: {filters: 8, kernel_size: 3}}]}}",
            "model.layers: layer 1, Residual: shortcut: layer 2, Conv2D: "
            "needs height, width and channels, and gets 3072",
        ),
        (
            "{Branches: {branches: [[Flatten],[]], merge: Concatenate}}",
            "model.layers: layer 1, Branches: its branches make 3072, 32×32×3, which cannot be put side by side",
        ),
        (
            "{Branches: {branches: [[{MaxPooling2D: {}}],[]], merge: Add}}",
            "model.layers: layer 1, Branches: its branches make 16×16×3, 32×32×3, which Add cannot take together",
        ),
    ],
)
def test_a_mistake_inside_says_where(layer: str, line: str):
    with pytest.raises(ConfigError) as refused:
        compose_plan(["dataset=cifar10", "model=layers", f"model.layers=[{layer},Flatten]"])
    assert str(refused.value) == line

"""A dataset that is asked for a reconstruction: which can, which cannot, and what becomes of its classes."""

import sys
from typing import Any

import pytest

from nnlab.checking.crosschecks import network_rows
from nnlab.cli.compose import compose_plan
from nnlab.errors import ConfigError
from nnlab.plan import Dataset
from nnlab.spec import DataSpec, RawData

BACK = ("dataset.task=reconstruction", "model=layers", "model.layers=[]")


class Stubborn(Dataset):
    """A dataset that knows nothing of reconstructions."""

    def spec(self) -> DataSpec:
        return DataSpec("stubborn", "binary", (1,), "float32", classes=("no", "yes"))

    def load(self) -> RawData:
        raise NotImplementedError("checking never loads data")


def test_a_dataset_that_cannot_says_so(config: Any, monkeypatch: pytest.MonkeyPatch):
    from nnlab.checking.reading import read_plan

    monkeypatch.setattr(sys.modules["toylab"], "Stubborn", Stubborn, raising=False)
    changes = {"dataset": {**config()["dataset"], "name": "toylab.Stubborn", "task": "reconstruction"}}
    with pytest.raises(
        ConfigError, match=r"^dataset.task: 'reconstruction'; null: stubborn cannot be given back$"
    ):
        read_plan(config(changes))


def test_texts_cannot_be_given_back():
    words = ["dataset=imdb", "dataset.task=reconstruction", "model=mlp", "model.neurons=400"]
    with pytest.raises(
        ConfigError, match=r"^dataset.task: 'reconstruction'; null: imdb cannot be given back"
    ):
        compose_plan(words)


@pytest.mark.parametrize(
    ("dataset", "outputs"), [("mnist", 784), ("cifar10", 3072), ("boston", 13), ("diabetes", 8), ("xor", 2)]
)
def test_any_dataset_can_be_its_own_target(dataset: str, outputs: int):
    head = ["model.head=null"] if outputs > 100 else []
    spec = compose_plan([f"dataset={dataset}", *BACK, *head]).dataset.spec()
    assert (spec.task, spec.outputs, spec.target, spec.labels) == ("reconstruction", outputs, "input", ())


def test_a_table_gets_a_head_as_wide_as_itself():
    plan = compose_plan(["dataset=boston", "dataset.task=reconstruction", "model=mlp"])
    assert plan.model.head is not None
    assert plan.model.head.plain() == {"Dense": {"units": 13, "activation": "linear"}}
    assert (plan.loss.name, plan.metrics[0].name) == ("MeanSquaredError", "MeanAbsoluteError")


def test_pictures_are_measured_as_they_leave_the_preprocessing():
    smaller = "dataset.preprocessing=[{Reshape: {target_shape: [28,28,1]}},{Resizing: {height: 8, width: 8}}]"
    words = ["dataset.task=reconstruction", "model=autoencoder", smaller]
    assert compose_plan(words).model.name == "autoencoder"
    larger = "model.layers=[{Resizing: {height: 28, width: 28}}]"
    with pytest.raises(ConfigError, match="the network gives 28×28×1; a reconstruction gives 8×8×1"):
        compose_plan([*BACK[:2], smaller, larger, "model.head=null"])


@pytest.mark.parametrize("filters", ["[4]", "[4,3]", "[4,3,2]", "[4,3,2,2,2]"])
@pytest.mark.parametrize("code", ["null", "5"])
@pytest.mark.parametrize("dataset", ["mnist", "cifar10", "digits"])
def test_an_autoencoder_comes_back_to_any_size(dataset: str, filters: str, code: str):
    words = [
        f"dataset={dataset}",
        "dataset.task=reconstruction",
        f"model.filters={filters}",
        f"model.code={code}",
    ]
    assert compose_plan(["model=autoencoder", *words]).model.head is None


def count(*words: str) -> list[int]:
    plan = compose_plan(list(words))
    return [row.params for row in network_rows(plan, plan.dataset.spec())]


def test_the_document_s_autoencoder_by_arithmetic_and_by_hand():
    # 3·3·1·32+32 + 3·(3·3·32·32+32) + 3·3·32·1+1
    assert sum(found := count("experiments=ib/07_denoise")) == 320 + 3 * 9248 + 289 == 28_353
    # 3·3·1·32+32 + 3·3·32·16+16 + 3·3·16·16+16 + 3·3·16·32+32 + 3·3·32·1+1
    assert sum(count("experiments=ib/07_denoise_16")) == 320 + 4624 + 2320 + 4640 + 289 == 12_193
    down = "{Conv2D: {filters: 32, kernel_size: 3, padding: same}}, MaxPooling2D"
    up = "{Conv2DTranspose: {filters: 32, kernel_size: 3, strides: 2, padding: same}}"
    out = "{Conv2D: {filters: 1, kernel_size: 3, padding: same, activation: sigmoid}}"
    by_hand = f"model.layers=[{down}, {down}, {up}, {up}, {out}]"
    assert count("model=layers", "dataset.task=reconstruction", by_hand) == found


def test_an_autoencoder_of_rows_is_refused_with_its_layer():
    with pytest.raises(
        ConfigError, match="model: layer 1, Conv2D: needs height, width and channels, and gets 13"
    ):
        compose_plan(["dataset=boston", "dataset.task=reconstruction", "model=autoencoder"])

"""Every dataset is found by discovery, so a new one is tested without an edit here."""

import subprocess
import sys

import numpy as np
import pytest
from making import MakeDataset

from nnlab.checking.discovery import find, options
from nnlab.cli.folders import own_conf
from nnlab.data import shipped
from nnlab.data.inspection import inspect
from nnlab.data.published import Known, Published
from nnlab.data.splits import load_splits
from nnlab.errors import DataError
from nnlab.plan import Dataset

NAMES = options(Dataset)
KNOWN = [name for name in NAMES if issubclass(find(Dataset, name, "dataset"), Known)]
LOCAL = [name for name in KNOWN if not issubclass(find(Dataset, name, "dataset"), Published)]
REMOTE = sorted(set(KNOWN) - set(LOCAL))


def test_there_are_datasets():
    assert {"mnist", "cifar10", "digits", "boston", "diabetes"} <= set(KNOWN)
    assert {"csv", "npz", "image_folder"} <= set(NAMES) - set(KNOWN)


@pytest.mark.parametrize("name", NAMES)
def test_each_has_a_file_of_its_own_name_that_makes_it(dataset: MakeDataset, name: str):
    takes_path = "path" in find(Dataset, name, "dataset").model_fields
    made = dataset(name, **({"path": "x"} if takes_path else {}))
    assert made.name == name
    assert type(made).model_fields.keys() == made.plain().keys()
    assert (own_conf() / "dataset" / f"{name}.yaml").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("name", KNOWN)
def test_facts_agree_with_themselves(name: str):
    facts, kind = find(Dataset, name, "dataset").facts, find(Dataset, name, "dataset")  # type: ignore[attr-defined]
    assert facts.name == name
    assert len(set(facts.classes)) == len(facts.classes)
    assert (facts.task in ("classification", "binary")) == bool(facts.classes)
    if issubclass(kind, Published):
        arrays = kind.recipe.arrays
        assert arrays["x_train"].shape == (kind.counts[0], *facts.shape)
        assert arrays["x_test"].shape == (kind.counts[1], *facts.shape)


@pytest.mark.parametrize("name", LOCAL)
def test_datasets_that_are_always_here(dataset: MakeDataset, name: str):
    made = dataset(name)
    raw = made.load()
    inspect(raw, made.spec(), name)
    assert len(raw.train) == type(made).counts[0]
    assert raw.train.x.dtype == made.spec().dtype
    splits = load_splits(made, 0)
    wanted = len(raw.test) if raw.test else 0.2 * len(raw.train)
    assert abs(len(splits.test) - wanted) <= 1


def test_the_logistic_map_by_its_arithmetic(dataset: MakeDataset):
    once, thrice = (dataset("logistic_map", steps=steps).load() for steps in (1, 3))
    x = once.train.x[:, 0].astype(float)
    np.testing.assert_allclose(once.train.y, 4 * x * (1 - x), atol=1e-6)
    np.testing.assert_array_equal(once.train.x, thrice.train.x)
    assert once.test is not None
    assert once.test.y[[0, 50, 100, 200]].tolist() == [0, 0.75, 1, 0]
    assert thrice.test is not None
    assert thrice.test.y[50] == pytest.approx(0.75)


def test_the_published_numbers(dataset: MakeDataset):
    diabetes, boston, digits = (dataset(name).load().train for name in ("diabetes", "boston", "digits"))
    np.testing.assert_allclose(diabetes.x[0], [6, 148, 72, 35, 0, 33.6, 0.627, 50], rtol=1e-6)
    assert (int(diabetes.y[0]), int(diabetes.y.sum())) == (1, 268)
    np.testing.assert_allclose([boston.x[0, 0], boston.x[0, 12], boston.y[0]], [0.00632, 4.98, 24], rtol=1e-6)
    assert (digits.x.max(), digits.y[:10].tolist()) == (16, list(range(10)))


def test_a_shipped_table_that_was_changed_is_refused():
    with pytest.raises(
        DataError, match=r"boston\.csv: the numbers are not the published ones; install nnlab again"
    ):
        shipped.read_shipped("boston.csv", "0" * 16)


def test_specs_need_no_heavy_library():
    script = (
        "import sys\n"
        "from nnlab.checking.discovery import find, options\n"
        "from nnlab.plan import Dataset\n"
        "[getattr(find(Dataset, name, 'dataset'), 'facts', None) for name in options(Dataset)]\n"
        "print(*{'tensorflow', 'keras', 'pandas', 'sklearn', 'PIL', 'mlflow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long) if name == "cifar10" else name
        for name in REMOTE
        if name != "cifar100"
    ],
)
def test_published_data_can_really_be_had(dataset: MakeDataset, name: str):
    """Through whatever source answers here; every array is compared with its published hash on the way."""
    made = dataset(name)
    raw = made.load()
    inspect(raw, made.spec(), name)
    assert raw.test is not None
    assert (len(raw.train), len(raw.test)) == type(made).counts
    # These collections are balanced, except for MNIST's 6 742 ones and 5 421 fives.
    smallest = np.bincount(raw.train.y).min()
    assert smallest == (5421 if name == "mnist" else type(made).counts[0] // len(made.spec().classes))

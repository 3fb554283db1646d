"""Folds: what is held out, what a fold may learn from, and what the data cannot give."""

from typing import Any

import numpy as np
import pytest

from nnlab.cli.compose import compose_plan
from nnlab.data.folds import held_out
from nnlab.data.source import Source, load_source
from nnlab.data.splits import Splits, load_splits, split, without_fold
from nnlab.errors import DataError
from nnlab.plan import CrossValidation
from nnlab.spec import DataSpec, RawData, Samples

SPEC = DataSpec("toy", "binary", (2,), "float32", classes=("no", "yes"))


def cross(**keys: Any) -> CrossValidation:
    usual = {"name": "KFold", "folds": 5, "repeats": 1, "shuffle": True, "fold": None}
    return CrossValidation(**{**usual, "choose": None, "inner_folds": None, **keys})


def raw(samples: int = 30, yes: int = 10, groups: int | None = None) -> RawData:
    x = np.arange(2 * samples, dtype=np.float32).reshape(samples, 2)
    given = None if groups is None else np.array([f"patient {row % groups}" for row in range(samples)])
    return RawData(Samples(x, (np.arange(samples) < yes).astype(np.int64)), groups=given)


def cut(data: RawData, cv: CrossValidation, seed: int = 0) -> list[np.ndarray]:
    folds = range(1, cv.total + 1)
    return [held_out(data, SPEC, cv.model_copy(update={"fold": fold}), seed) for fold in folds]


@pytest.mark.parametrize("name", ["KFold", "StratifiedKFold", "GroupKFold", "StratifiedGroupKFold"])
def test_every_sample_is_held_out_once_a_repeat(name: str):
    folds = cut(raw(groups=10), cross(name=name, repeats=2))
    for repeat in (folds[:5], folds[5:]):
        assert sorted(np.concatenate(repeat)) == list(range(30))
    assert not np.array_equal(np.concatenate(folds[:5]), np.concatenate(folds[5:]))


def test_strata_keep_their_shares_and_groups_stay_together():
    data = raw(groups=10)
    assert data.groups is not None
    assert [int(data.train.y[rows].sum()) for rows in cut(data, cross(name="StratifiedKFold"))] == [2] * 5
    for rows in cut(data, cross(name="GroupKFold")):
        assert set(data.groups[rows]).isdisjoint(np.delete(data.groups, rows))


def test_folds_follow_the_seed_and_earlier_repeats_stay():
    same, other = cut(raw(), cross()), cut(raw(), cross(), seed=1)
    assert not np.array_equal(np.concatenate(same), np.concatenate(other))
    more = cut(raw(), cross(repeats=3))
    assert all(np.array_equal(*pair) for pair in zip(same, more, strict=False))
    assert np.array_equal(cut(raw(), cross(shuffle=False))[0], np.arange(6))


@pytest.mark.parametrize(
    ("keys", "data", "message"),
    [
        ({"folds": 31}, raw(), "cv.folds: 31 of 30 samples; at most 30"),
        ({"name": "GroupKFold"}, raw(groups=3), "cv.folds: 5 of 3 groups; at most 3"),
        (
            {"name": "StratifiedKFold"},
            raw(yes=4),
            "cv.folds: 5, and class 'yes' has 4 samples; at most 4, or cv=kfold",
        ),
    ],
)
def test_too_few_for_so_many_folds(keys: dict[str, Any], data: RawData, message: str):
    with pytest.raises(DataError) as caught:
        held_out(data, SPEC, cross(fold=1, **keys), 0)
    assert str(caught.value) == message


def diabetes(*words: str) -> Splits:
    plan = compose_plan(["dataset=diabetes", "cv=kfold", "cv.fold=2", *words])
    return load_splits(plan.dataset, plan.seed, plan.cv)


def test_a_fold_takes_the_place_of_the_test_set():
    found = diabetes("dataset.validation_split=0.25")
    assert found.test_rows is not None
    assert (len(found.test), len(found.train)) == (len(found.test_rows), 460)
    assert found.validation is not None
    assert len(found.test) + len(found.train) + len(found.validation) == 768
    watched = diabetes("dataset.validation_split=test")
    assert watched.validation is watched.test
    assert diabetes("dataset.validation_split=0", "dataset.samples=50").train.x.shape == (50, 8)
    assert diabetes().hash == load_splits(compose_plan(["dataset=diabetes"]).dataset, 0).hash


def test_a_source_s_own_test_set_is_left_out():
    plan = compose_plan(["dataset=diabetes", "cv=kfold", "cv.fold=1"])
    source = load_source(plan.dataset)
    train = source.raw.train
    own = RawData(train, test=Samples(train.x + 1000, train.y))
    found = split(Source(source.spec, own), plan.dataset, plan.seed, plan.cv)
    for part in (found.train, found.validation, found.test):
        assert part is not None
        assert part.x.max() < 1000


def test_what_a_choice_may_see_ends_before_the_fold():
    plan = compose_plan(["dataset=diabetes", "cv=kfold", "cv.fold=2"])
    assert plan.cv is not None
    source = load_source(plan.dataset)
    data = source.raw
    held = held_out(data, source.spec, plan.cv, plan.seed)
    seen = without_fold(source, plan.cv, plan.seed).raw
    assert len(seen.train) + len(held) == 768
    np.testing.assert_array_equal(seen.train.x, np.delete(data.train.x, held, axis=0))
    assert seen.test is None


def adapted_means(data: RawData) -> np.ndarray:
    """What a fold's Normalization has learned from."""
    from nnlab.data.preprocessing import adapt

    plan = compose_plan(["dataset=diabetes", "cv=kfold", "cv.fold=2"])
    splits = split(Source(plan.dataset.spec(), data), plan.dataset, plan.seed, plan.cv)
    (layer,) = adapt(plan.dataset.preprocessing, splits.train.x)
    return np.asarray(layer.mean).ravel()


@pytest.mark.slow
def test_preprocessing_learns_nothing_from_the_held_out_fold():
    """An outlier planted in the fold must not move what is learned; planted outside it does: a leak is seen."""
    plan = compose_plan(["dataset=diabetes", "cv=kfold", "cv.fold=2"])
    source = load_source(plan.dataset)
    data = source.raw
    assert plan.cv is not None
    held = held_out(data, source.spec, plan.cv, plan.seed)
    clean = adapted_means(data)
    for row, moved in ((held[3], False), (np.setdiff1d(np.arange(768), held)[0], True)):
        x = data.train.x.copy()
        x[row] = 1e6
        planted = adapted_means(RawData(Samples(x, data.train.y)))
        assert (not np.array_equal(planted, clean)) == moved


def test_a_reconstruction_is_cut_by_its_classes_too():
    plan = compose_plan(["dataset=digits", "dataset.task=reconstruction", "model=autoencoder"])
    source = load_source(plan.dataset)
    whole = source.raw
    parts = split(source, plan.dataset, 0, cross(name="StratifiedKFold", fold=2))
    assert parts.test_rows is not None
    counts = np.bincount(whole.train.y[parts.test_rows])
    assert counts.max() - counts.min() <= 3
    np.testing.assert_array_equal(parts.test.x, whole.train.x[parts.test_rows])
    assert parts.test.y is parts.test.x

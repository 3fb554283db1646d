"""The folds of a cross-validation: which samples are held out, a pure function of data, keys and seed."""

from typing import Any

import numpy as np

from nnlab.errors import DataError
from nnlab.plan import CrossValidation
from nnlab.spec import DataSpec, RawData


def held_out(raw: RawData, spec: DataSpec, cv: CrossValidation, seed: int) -> np.ndarray:
    """The rows of the source's training set that are the test set of `cv.fold`, ascending, int64.

    Folds 1 to `cv.folds` are one cut, the next as many another. Raises DataError where the data are too few.
    """
    assert cv.fold is not None, "a plan of all folds is carried out fold by fold"
    repeat, index = divmod(cv.fold - 1, cv.folds)
    strata = raw.train.y if cv.name.startswith("Stratified") else None
    groups = raw.groups if "Group" in cv.name else None
    _refuse_few(raw, spec, cv)
    splitter = _splitter(cv, seed, repeat)
    parts = splitter.split(np.zeros(len(raw.train)), strata, groups)
    return next(test for number, (_, test) in enumerate(parts) if number == index)


def _splitter(cv: CrossValidation, seed: int, repeat: int) -> Any:
    from sklearn import model_selection

    # Every repeat has its own random numbers, so that more repeats leave the earlier folds as they are.
    drawn = int(np.random.SeedSequence([seed, *b"cv", repeat]).generate_state(1)[0])
    kind = getattr(model_selection, cv.name)
    return kind(cv.folds, shuffle=cv.shuffle, random_state=drawn if cv.shuffle else None)


def _refuse_few(raw: RawData, spec: DataSpec, cv: CrossValidation) -> None:
    """scikit-learn only warns where a class is smaller than the number of folds."""
    if cv.folds > len(raw.train):
        raise DataError(f"cv.folds: {cv.folds} of {len(raw.train)} samples; at most {len(raw.train)}")
    if "Group" in cv.name:
        if raw.groups is None:
            raise DataError(f"dataset.groups: null with cv.name {cv.name!r}; what the groups are named by")
        if cv.folds > (count := len(np.unique(raw.groups))):
            raise DataError(f"cv.folds: {cv.folds} of {count} groups; at most {count}")
    elif cv.name == "StratifiedKFold":
        classes, sizes = np.unique(raw.train.y, return_counts=True)
        if cv.folds > sizes.min():
            rare = spec.classes[int(classes[sizes.argmin()])]
            allowed = f"at most {sizes.min()}, or cv=kfold"
            raise DataError(f"cv.folds: {cv.folds}, and class {rare!r} has {sizes.min()} samples; {allowed}")

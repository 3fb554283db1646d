"""On which samples a configuration was tested: what may be compared, and what is only nearly the same."""

import math
from collections.abc import Sequence

from nnlab.analysis.configurations import Configuration
from nnlab.analysis.flat_plans import FlatPlan, write_value
from nnlab.errors import RequestError

_TEST = ("dataset.task", "cv")
_OF_CUT = ("dataset.test_split", "dataset.shuffle", "dataset.stratify")
_OF_FOLDS = ("cv.folds", "cv.shuffle")
_OF_TARGETS = ("dataset.preprocessing", "dataset.corruption")
"""In a reconstruction the preprocessed inputs are the targets."""
_VALIDATION = ("dataset.validation_split", "dataset.shuffle", "dataset.stratify")
_LOSS = ("loss", "regularizer")


def refuse_other_tests(configurations: Sequence[Configuration]) -> None:
    """Raises RequestError unless all were tested on the same samples, or those that the seed draws of the same."""
    first, *others = configurations
    for other in others:
        if other.data_hash != first.data_hash:
            raise RequestError(
                f"RUN: {_data(first)} and {_data(other)} are of different data; runs on the same data, "
                "--filter picks some"
            )
        if keys := _differing([first, other], (*test_keys(first.plan), *test_keys(other.plan))):
            told = " and ".join(_told(keys[0], one.plan) for one in (first, other))
            raise RequestError(
                f"RUN: tested on different samples, {told}; runs with the same test set, --filter picks some"
            )


def test_keys(plan: FlatPlan) -> tuple[str, ...]:
    """The keys of a plan that decide which samples, and which targets, it was tested on."""
    if plan.get("cv"):
        keys = (*_TEST, *_OF_FOLDS)
    elif plan.get("dataset.test_split") == "given":
        keys = (*_TEST, "dataset.test_split")
    else:
        keys = (*_TEST, *_OF_CUT)
    return (*keys, *_OF_TARGETS) if plan.get("dataset.task") == "reconstruction" else keys


def validation_differences(configurations: Sequence[Configuration]) -> list[str]:
    """The keys by which the validation sets differ; their scores are then of different samples."""
    return _differing(configurations, _VALIDATION)


def loss_differences(configurations: Sequence[Configuration]) -> list[str]:
    """The keys by which `loss` is not the same measure in all of them."""
    keys = (key for one in configurations for key in one.plan if key.split(".")[0] in _LOSS)
    return _differing(configurations, tuple(keys))


def validates_on_test(configuration: Configuration) -> bool:
    """Whether its validation scores are test scores: of a fold too, where nothing acts on them and no leak is."""
    return configuration.plan.get("dataset.validation_split") == "test"


def is_drawn(plan: FlatPlan) -> bool:
    """Whether every seed has a test set of its own, cut from the data."""
    return (
        not plan.get("cv") and plan.get("dataset.test_split") != "given" and bool(plan.get("dataset.shuffle"))
    )


def tested_per_trained(configuration: Configuration) -> float:
    """Test samples for each training sample where repeats share their training samples; 0 where they do not.

    NaN where the test set is a count, and how many samples there were is not recorded.
    """
    plan = configuration.plan
    if configuration.has_folds:
        return 1 / (int(plan["cv.folds"]) - 1)
    if not is_drawn(plan):
        return 0.0
    share = plan["dataset.test_split"]
    if isinstance(share, float):
        return share / (1 - share)
    return int(share) / configuration.runs[0].scores.get("data/train", math.nan)


def _differing(configurations: Sequence[Configuration], keys: tuple[str, ...]) -> list[str]:
    first = configurations[0].plan
    known = dict.fromkeys(keys)
    return [key for key in known if any(one.plan.get(key) != first.get(key) for one in configurations)]


def _told(key: str, plan: FlatPlan) -> str:
    return f"{key}={write_value(plan.get(key))}"


def _data(configuration: Configuration) -> str:
    return f"{configuration.label} ({configuration.plan.get('dataset')}, {configuration.data_hash[:8]})"

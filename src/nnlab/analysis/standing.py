"""Where a configuration stands: its scores over all repeats, and what it costs."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.analysis.configurations import Configuration
from nnlab.analysis.operations import count_operations
from nnlab.analysis.spread import Spread, measure_spread
from nnlab.analysis.tested_samples import tested_per_trained
from nnlab.evaluation.resampling import corrected_interval

_LARGEST = 1e300
"""MLflow keeps an infinity as the largest float there is."""


@dataclass(frozen=True)
class Standing:
    """A row of a comparison; what was not measured is None.

    rank: from 1, None where nothing ranks it. best, last: validation at the best epoch (by its loss) and at the
    last. judged: of these, that of the weights that were tested. params: of the network. flops: of a sample
    forwards. seconds: of training, the mean. megabytes: the most that a run's process held in memory. flags: what
    a reader must know of it.
    """

    configuration: Configuration
    rank: int | None
    best: Spread | None
    last: Spread | None
    test: Spread | None
    judged: Spread | None
    params: int | None
    flops: int | None
    seconds: float | None
    megabytes: float | None
    flags: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What tells it from the others."""
        return self.configuration.label


def stand(configuration: Configuration, metric: str) -> Standing:
    """Sum a configuration up, not ranked yet. metric: without its split, `accuracy`."""
    best = spread_of(configuration, f"best/val_{metric}")
    last = spread_of(configuration, f"val/{metric}")
    test = spread_of(configuration, f"test/{metric}")
    params, megabytes = _largest(configuration, "model/params"), _largest(configuration, "memory/peak_mb")
    seconds = _finite(configuration, "time/fit_s")
    return Standing(
        configuration=configuration,
        rank=None,
        best=best,
        last=last,
        test=test,
        judged=best if restores_best(configuration) else last,
        params=None if params is None else int(params),
        flops=count_operations(configuration.runs[0]),
        seconds=float(seconds.mean()) if seconds.size else None,
        megabytes=megabytes,
        flags=tuple(_flags(configuration, metric, test)),
    )


def spread_of(configuration: Configuration, metric: str) -> Spread | None:
    """Mean, deviation and interval over the repeats that have the score; None where none has.

    The interval is wider where repeats share training samples (see `nnlab.analysis.paired`), and NaN where it is
    not recorded how many they share.
    """
    values = _finite(configuration, metric)
    if not values.size:
        return None
    spread, shared = measure_spread(values), tested_per_trained(configuration)
    if spread.n == 1 or not shared:
        return spread
    if math.isnan(shared):
        return Spread(spread.mean, spread.std, spread.n, math.nan, math.nan)
    low, high = corrected_interval(values, shared)  # type: ignore[arg-type]
    return Spread(spread.mean, spread.std, spread.n, low, high)


def finite_scores(configuration: Configuration, metric: str) -> np.ndarray:
    """The metric of every run, (n,) in the order of its units; NaN where it is missing or not finite."""
    values = configuration.scores(metric)
    return np.where(np.abs(values) < _LARGEST, values, np.nan)


def restores_best(configuration: Configuration) -> bool:
    """Whether a callback has put the best epoch's weights back before the test."""
    return any(key.endswith(".restore_best_weights") and value for key, value in configuration.plan.items())


def _finite(configuration: Configuration, metric: str) -> np.ndarray:
    values = finite_scores(configuration, metric)
    return values[~np.isnan(values)]


def _largest(configuration: Configuration, metric: str) -> float | None:
    values = _finite(configuration, metric)
    return float(values.max()) if values.size else None


def _flags(configuration: Configuration, metric: str, test: Spread | None) -> list[str]:
    counted = test.n if test else 0
    missing = configuration.n - counted
    flags = [f"leak: {configuration.leak}"] if configuration.leak else []
    return [
        *flags,
        *([f"{missing} of {configuration.n} runs have no finite test {metric}"] if missing else []),
    ]

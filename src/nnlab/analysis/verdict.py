"""Which of two configurations is better, and whether that is shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnlab.analysis.configurations import Configuration, Unit
from nnlab.analysis.disagreement import Disagreement
from nnlab.analysis.mcnemar import compare_items
from nnlab.analysis.metric import Metric
from nnlab.analysis.paired import Found, compare_pairs
from nnlab.analysis.recorded_answers import read_disagreement
from nnlab.analysis.standing import finite_scores
from nnlab.analysis.tested_samples import tested_per_trained
from nnlab.errors import RequestError, StorageError

SURE = 0.05
"""A difference is shown where the corrected p is below."""


@dataclass(frozen=True)
class Verdict:
    """What the test scores of two configurations say.

    found: None where they cannot be judged, then `reason` says why. p: Holm-corrected for all comparisons made
    with it, `comparisons` of them. unpaired: seeds or folds that only one of the two has, left out.
    """

    first: Configuration
    second: Configuration
    metric: Metric
    found: Found | None
    reason: str = ""
    p: float = math.nan
    comparisons: int = 1
    unpaired: int = 0

    @property
    def lead(self) -> float:
        """By how much the first is better, in the metric's unit; negative where it is worse. NaN if not judged."""
        if self.found is None:
            return math.nan
        return self.found.difference if self.metric.grows else -self.found.difference

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of `lead`, of this comparison alone."""
        if self.found is None:
            return math.nan, math.nan
        ends = self.found.low, self.found.high
        return ends if self.metric.grows else (-ends[1], -ends[0])

    @property
    def is_shown(self) -> bool:
        """Whether chance alone would hardly do it."""
        return self.p < SURE and self.lead != 0


def judge_pairs(pairs: Sequence[tuple[Configuration, Configuration]], metric: Metric) -> tuple[Verdict, ...]:
    """A verdict on the test scores of each pair; together they are what Holm's correction counts."""
    verdicts = [judge_pair(first, second, metric) for first, second in pairs]
    judged = [verdict.found.p for verdict in verdicts if verdict.found]
    corrected = iter(correct(judged))
    return tuple(
        replace(verdict, p=next(corrected), comparisons=len(judged)) if verdict.found else verdict
        for verdict in verdicts
    )


def judge_pair(first: Configuration, second: Configuration, metric: Metric) -> Verdict:
    """Compare what both have: the same seeds or folds, or two single runs on the same test samples."""
    if first.n == second.n == 1 and metric.name == "accuracy":
        return _judge_items(first, second, metric)
    scores = [
        dict(zip(one.units, finite_scores(one, f"test/{metric.name}"), strict=True))
        for one in (first, second)
    ]
    common = [unit for unit in scores[0] if unit in scores[1] and _both_finite(unit, *scores)]
    unpaired = first.n + second.n - 2 * len(common)
    if len(common) < 2:
        kind = "fold" if first.has_folds else "seed"
        return Verdict(first, second, metric, None, _too_few(len(common), kind), unpaired=unpaired)
    shared = max(tested_per_trained(first), tested_per_trained(second))
    if math.isnan(shared):
        told = "each seed has its own test set, and how many samples it left for training is not recorded"
        return Verdict(first, second, metric, None, told, unpaired=unpaired)
    differences = [scores[0][unit] - scores[1][unit] for unit in common]
    found = compare_pairs(differences, shared)
    return Verdict(first, second, metric, found, p=found.p, unpaired=unpaired)


def _judge_items(first: Configuration, second: Configuration, metric: Metric) -> Verdict:
    try:
        answers = read_disagreement(first.runs[0], second.runs[0])
    except (RequestError, StorageError) as error:
        return Verdict(first, second, metric, None, str(error).removeprefix("RUN: "))
    assert isinstance(answers, Disagreement), "an accuracy is of classes"
    right = [one.labels == answers.truth for one in (answers.first, answers.second)]
    found = compare_items(*right)
    return Verdict(first, second, metric, found, p=found.p)


def _both_finite(unit: Unit, *scores: dict[Unit, float]) -> bool:
    return all(math.isfinite(one[unit]) for one in scores)


def _too_few(common: int, kind: str) -> str:
    have = "no" if not common else str(common)
    return f"{have} {kind}{'s' * (common != 1)} in common; a paired test takes 2 or more, best 5"


def correct(values: Sequence[float]) -> list[float]:
    """Holm's correction of p values (Scandinavian Journal of Statistics 6, 1979), in their order."""
    order = np.argsort(np.asarray(values), kind="stable")
    corrected, largest = [0.0] * len(values), 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (len(values) - place) * float(values[index])))
        corrected[index] = largest
    return corrected

"""The networks of a comparison that have the score that ranks them, as its figures want them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.analysis.comparison import Comparison
from nnlab.analysis.configurations import Configuration
from nnlab.analysis.metric import Metric
from nnlab.analysis.sentences import short_name
from nnlab.analysis.standing import Standing, finite_scores, restores_best
from nnlab.analysis.tested_samples import validates_on_test
from nnlab.evaluation.figures.scoreboard import Scoreboard


@dataclass(frozen=True)
class RankedNetworks:
    """n networks, n ≥ 1. scores: of each its repeats, (r,) finite, as they are told. board: the same summed up."""

    standings: tuple[Standing, ...]
    scores: tuple[np.ndarray, ...]
    board: Scoreboard
    metric: Metric

    @property
    def configurations(self) -> list[Configuration]:
        """What was tried, in order."""
        return [one.configuration for one in self.standings]

    @property
    def score(self) -> str:
        """The score that ranks, without its unit."""
        return self.board.measure.partition(" (")[0]

    @property
    def experiment(self) -> str:
        """MLflow's experiment of all runs."""
        return ", ".join(dict.fromkeys(run.experiment for one in self.configurations for run in one.runs))


def rank_networks(comparison: Comparison) -> RankedNetworks | None:
    """Those that have a finite score of the part that ranks; None where none has.

    What is validated is drawn by validation: whoever looks at test scores over a key chooses by the test set.
    """
    scored = [(one, _scores(one.configuration, comparison)) for one in comparison.standings]
    standings = tuple(one for one, scores in scored if scores.size)
    scores = tuple(scores for _, scores in scored if scores.size)
    if not standings:
        return None
    board = Scoreboard(
        labels=_labels([one.configuration for one in standings]),
        mean=np.array([one.mean() for one in scores]),
        std=np.array([one.std(ddof=1) if len(one) > 1 else 0.0 for one in scores]),
        measure=f"{comparison.ranked_by} {write_metric(comparison.metric)}",
        grows=bool(comparison.metric.grows),
        left_out=len(comparison.standings) - len(standings),
        warning=_warning(comparison),
    )
    return RankedNetworks(standings, scores, board, comparison.metric)


def write_metric(metric: Metric) -> str:
    """The metric's name with its unit, `accuracy (%)`."""
    return f"{metric.name.replace('_', ' ')}{' (%)' if metric.is_share else ''}"


def _labels(configurations: Sequence[Configuration]) -> tuple[str, ...]:
    """As verdicts call them, where that is clear."""
    short = tuple(short_name(one) for one in configurations)
    return short if len(set(short)) == len(short) else tuple(one.label for one in configurations)


def _scores(configuration: Configuration, comparison: Comparison) -> np.ndarray:
    validated = "best/val_" if restores_best(configuration) else "val/"
    part = validated if comparison.ranked_by == "validation" else "test/"
    found = finite_scores(configuration, f"{part}{comparison.metric.name}")
    return comparison.metric.scale * found[np.isfinite(found)]


def _warning(comparison: Comparison) -> str:
    if comparison.ranked_by == "test":
        return "the best are flattered by the choice"
    leak = any(validates_on_test(one.configuration) for one in comparison.standings)
    return "validated on the test set: the best are flattered by the choice" if leak else ""

"""The whole comparison of several configurations: who stands where, and which differences are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from nnlab.analysis.choosing_metric import choose_metric
from nnlab.analysis.conditions import Condition, keep
from nnlab.analysis.configurations import Configuration, fold_runs
from nnlab.analysis.metric import Metric
from nnlab.analysis.sentences import say
from nnlab.analysis.standing import Standing, stand
from nnlab.analysis.tested_samples import refuse_other_tests, validates_on_test, validation_differences
from nnlab.analysis.verdict import Verdict, judge_pairs
from nnlab.errors import RunNotFoundError
from nnlab.tracking.rows import RunRow

Part = Literal["validation", "test"]


@dataclass(frozen=True)
class Question:
    """What is asked. metric: None for the task's usual one. select: the part of the data that ranks."""

    metric: str | None = None
    select: Part = "validation"
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Configurations, best first, and the verdicts on the first against each other.

    ranked_by: the part of the data that chose. warnings: what makes the table less than it seems. left_out: how
    many runs did not finish, by their state.
    """

    metric: Metric
    ranked_by: Part
    standings: tuple[Standing, ...]
    verdicts: tuple[Verdict, ...]
    warnings: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """The keys that tell the configurations apart."""
        return list(self.standings[0].configuration.values)

    @property
    def sentences(self) -> list[str]:
        """The verdicts in words."""
        return [say(verdict) for verdict in self.verdicts]


def compare(rows: Sequence[RunRow], question: Question, left_out: Mapping[str, int]) -> Comparison:
    """Compare finished single runs: the one way for the command and for a sweep's own tables.

    The configurations are ranked by validation, by test only where that is asked for or nothing else is there;
    then `warnings` say so. Raises RequestError for runs that cannot be compared, RunNotFoundError where none are
    left, and StorageError.
    """
    configurations = fold_runs(keep(rows, question.conditions))
    if not configurations:
        raise RunNotFoundError("RUN: none that has finished; see `nnlab runs`")
    refuse_other_tests(configurations)
    metric = choose_metric(configurations, question.metric)
    ranked_by, standings = _rank([stand(one, metric.name) for one in configurations], question.select, metric)
    pairs = [
        (standings[0].configuration, other.configuration) for other in standings[1:] if standings[0].rank
    ]
    return Comparison(
        metric=metric,
        ranked_by=ranked_by,
        standings=standings,
        verdicts=judge_pairs(pairs, metric),
        warnings=tuple(_warn(configurations, standings, ranked_by, question)),
        left_out=left_out,
    )


def _rank(standings: Sequence[Standing], select: Part, metric: Metric) -> tuple[Part, tuple[Standing, ...]]:
    """Best first, ranked from 1; those without the score that ranks come last, without a rank."""
    if not any(one.judged for one in standings):
        select = "test"
    ordered = sorted(standings, key=lambda one: _merit(one, select, metric))
    ranked = (replace(one, rank=place) for place, one in enumerate(ordered, 1) if _score(one, select))
    unranked = (one for one in ordered if not _score(one, select))
    return select, (*ranked, *unranked)


def _score(standing: Standing, select: Part) -> float | None:
    spread = standing.judged if select == "validation" else standing.test
    return None if spread is None else spread.mean


def _merit(standing: Standing, select: Part, metric: Metric) -> tuple[bool, float]:
    score = _score(standing, select)
    if score is None:
        return True, 0.0
    return False, -score if metric.grows else score


def _warn(
    configurations: Sequence[Configuration],
    standings: Sequence[Standing],
    ranked_by: Part,
    question: Question,
) -> list[str]:
    said: list[str] = []
    if ranked_by == "test":
        why = "as was asked" if question.select == "test" else "for nothing was validated"
        said.append(f"ranked by test, {why}: the first one's test score is flattered by the choice")
    elif leaks := sum(validates_on_test(one) for one in configurations):
        told = "all" if leaks == len(standings) else f"{leaks} of {len(standings)}"
        said.append(
            f"ranked by a validation on the test set ({told}): the test scores are flattered by the choice"
        )
    if ranked_by == "validation" and (keys := validation_differences(configurations)):
        said.append(f"validated on different samples ({', '.join(keys)}): the ranks compare unlike scores")
    if unranked := [one.label for one in standings if one.rank is None]:
        said.append(f"without {ranked_by}, so not ranked: {', '.join(unranked)}")
    return said

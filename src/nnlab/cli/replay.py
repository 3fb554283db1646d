"""nnlab replay RUN [--verify]: train a run again from its record, and say whether the bits are the same."""

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import yaml

from nnlab.cli.compose import tracking_from
from nnlab.cli.saying import say_aside
from nnlab.errors import ConfigError, Problem
from nnlab.plan import Plan
from nnlab.tracking.tags import THREADS

if TYPE_CHECKING:
    from nnlab.replaying.circumstances import Circumstance
    from nnlab.replaying.comparison import Verdict

_OWN = "trainer.threads"
"""The one key that a replay may change: it shows what becomes of the bits."""


def main(words: list[str]) -> int:
    """Train it again; with --verify 1 where the result is another, and 0 else. Raises NnlabError."""
    from nnlab.cli.summary import print_outcome
    from nnlab.job import carry_out
    from nnlab.replaying.circumstances import find_changes
    from nnlab.replaying.recorded_plan import check_data, check_replayable, recorded_plan, replay_tags
    from nnlab.tracking.runs import find_run

    options = _options(words)
    own = [word for word in options.overrides if word.partition("=")[0] == _OWN]
    tracking = tracking_from(word for word in options.overrides if word not in own)
    row = find_run(tracking, options.run)
    check_replayable(row)
    before, told = recorded_plan(row)
    plan = _renamed(before, f"{row.name}-replay").model_copy(update={"tracking": tracking, "rerun": True})
    plan = _with_threads(plan, own, row.tags.get(THREADS))
    if row.folder:
        os.chdir(row.folder.parents[2])
    check_data(plan, row)
    changes = find_changes(row, before.trainer, plan.trainer)
    for change in changes:
        say_aside(f"not as it was: {change}")
    outcome = carry_out(plan, [*told, *own], replay_tags(row))
    print_outcome(outcome, plan)
    if not options.verify:
        return 0
    from nnlab.replaying.comparison import compare
    from nnlab.replaying.results import own_results, recorded_results

    verdict = compare(recorded_results(row), own_results(outcome.folder))
    print("\n".join(describe(verdict, changes)))
    return 1 if verdict.decisive else 0


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nnlab replay", description=__doc__)
    parser.add_argument(
        "run", help="a finished run: `last`, an id or its beginning, or a name; see `nnlab runs`"
    )
    parser.add_argument(
        "--verify", action="store_true", help="compare every metric and weight with the record's"
    )
    parser.add_argument(
        "overrides", nargs="*", help=f"where the runs are: tracking=server tracking.uri=…; {_OWN}=N"
    )
    return parser.parse_intermixed_args(words)


def _renamed(plan: Plan, name: str) -> Plan:
    return plan.model_copy(update={"name": name})


def _with_threads(plan: Plan, words: Sequence[str], recorded: str | None) -> Plan:
    """The recorded number of threads, or what is typed. Raises ConfigError."""
    from nnlab.training.runtime import keep_threads

    trainer = keep_threads(plan.trainer, recorded)
    for word in words:
        value = yaml.safe_load(word.partition("=")[2])
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ConfigError([Problem(_OWN, str(value), "a whole number of at least 1")])
        trainer = plan.trainer.model_copy(update={"threads": value})
    return plan.model_copy(update={"trainer": trainer})


def describe(verdict: "Verdict", changes: "Sequence[Circumstance]") -> list[str]:
    """What a person reads: the answer, where the first difference is, and what the likely cause is."""
    compared = f"{verdict.points} metric points and {verdict.weights} weights compared"
    if verdict.answer == "same bits":
        return [f"same bits: {compared}"]
    cause = f"  likely cause: {_cause(verdict, changes)}"
    if verdict.decisive is None:
        assert verdict.largest is not None
        size = f"the largest difference is {verdict.largest.size:.2g}, {verdict.largest}"
        return [f"within tolerance: {compared}; {size}", f"  the first: {verdict.first}", cause]
    lines = [f"different: {compared}; {verdict.decisive}"]
    if verdict.first != verdict.decisive:
        lines.append(f"  the first bits that differ: {verdict.first}")
    return [*lines, cause]


def _cause(verdict: "Verdict", changes: "Sequence[Circumstance]") -> str:
    if not verdict.weights_differ:
        return "the weights are the same to the bit, so the metrics in the record were changed, or their code"
    if not verdict.series_differ:
        return "the metrics are the same to the bit, so the weights in the record were changed"
    if changes:
        return "; ".join(map(str, changes))
    return "none is known: plan, data, threads, versions, code and machine are as they were"

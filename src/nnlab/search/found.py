"""What a search has found: a row for each trial, the best, and the files in the parent's record."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.outcome import Outcome, outcome_of
from nnlab.record import writing
from nnlab.search.trials import PRUNED, REASON, RUN, WORDS
from nnlab.search.wanted import Search
from nnlab.sweeps.comparing import compare_runs, write_comparison
from nnlab.sweeps.summary import kept_scores, write_rows
from nnlab.tracking.listing import list_runs

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

AsYaml = Callable[[Sequence[str]], str]
"""The text of a file for conf/experiments/ that means the same as some overrides."""


@dataclass(frozen=True)
class Best:
    """A trial that no other beats. words: what it decided."""

    number: int
    values: tuple[float, ...]
    words: tuple[str, ...]
    outcome: Outcome | None


@dataclass(frozen=True)
class Found:
    """rows: of tables/summary.csv. best: one, or the Pareto front. counts: trials by state, in Optuna's words."""

    rows: tuple[dict[str, Any], ...]
    best: tuple[Best, ...]
    counts: Mapping[str, int]

    @property
    def finished(self) -> list[str]:
        """The runs that trained to an end."""
        return [row["run"] for row in self.rows if row["state"] == "FINISHED" and row["run"]]

    @property
    def unfinished(self) -> Counter[str]:
        """How many trials ended otherwise, by how."""
        return Counter(row["state"] for row in self.rows if row["state"] != "FINISHED")

    @property
    def ended(self) -> int:
        """Trials that need nothing more."""
        return sum(count for state, count in self.counts.items() if state not in ("RUNNING", "WAITING"))


def find(search: Search, study: "Study") -> Found:
    """What the study and the store say together. Raises WorkError for a store that cannot be read."""
    runs = {row.id: outcome_of(row) for row in list_runs(search.tracking) if row.status == "FINISHED"}
    trials = study.get_trials(deepcopy=False)
    best = _best(study, runs)
    numbers = {each.number for each in best}
    rows = [
        _row(search, trial, runs, trial.number in numbers) for trial in trials if trial.state.is_finished()
    ]
    counts: dict[str, int] = {}
    for trial in trials:
        counts[trial.state.name] = counts.get(trial.state.name, 0) + 1
    return Found(tuple(rows), best, counts)


def _best(study: "Study", runs: Mapping[str, Outcome]) -> tuple[Best, ...]:
    from optuna.trial import TrialState

    if not study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        return ()
    several = len(study.directions) > 1
    chosen = sorted(study.best_trials if several else [study.best_trial], key=lambda trial: trial.number)
    return tuple(
        Best(
            trial.number,
            tuple(trial.values),
            tuple(trial.user_attrs[WORDS]),
            runs.get(trial.user_attrs[RUN] or ""),
        )
        for trial in chosen
    )


def _row(search: Search, trial: "FrozenTrial", runs: Mapping[str, Outcome], best: bool) -> dict[str, Any]:
    run = trial.user_attrs.get(RUN)
    outcome = runs.get(run or "")
    metrics = [objective.metric for objective in search.objectives]
    values = dict(zip(metrics, trial.values, strict=True)) if trial.state.name == "COMPLETE" else {}
    state = {"COMPLETE": "FINISHED", "FAIL": "FAILED"}.get(trial.state.name, trial.state.name)
    return {
        "trial": trial.number,
        **dict(word.split("=", 1) for word in trial.user_attrs.get(WORDS, ())),
        "state": state,
        "best": best,
        **{metric: values.get(metric) for metric in metrics},
        **(kept_scores(outcome.scores) if outcome else {}),
        "seconds": round(outcome.seconds, 3) if outcome else None,
        "run": run,
        "reason": trial.user_attrs.get(REASON) or trial.user_attrs.get(PRUNED, ""),
    }


def write_found(search: Search, found: Found, as_yaml: AsYaml) -> list[Path]:
    """Write tables/ and config/, and say which folders: summary and comparison, best.yaml or one a best trial."""
    tables = write_rows(found.rows, search.folder)
    comparison = compare_runs(search.tracking, found.finished, found.unfinished)
    if not isinstance(comparison, str):
        write_comparison(comparison, search.folder)
    if not found.best:
        return [tables]
    config = search.folder / "config"
    with writing(config):
        config.mkdir(parents=True, exist_ok=True)
        for old in config.glob("best*.yaml"):
            old.unlink()
        for best in found.best:
            name = "best.yaml" if len(search.objectives) == 1 else f"best-{best.number}.yaml"
            words = [*search.request.words, *best.words]
            threads = search.request.plans([words])[0].trainer.threads
            (config / name).write_text(as_yaml([*words, f"trainer.threads={threads}"]), encoding="utf-8")
    return [tables, config]

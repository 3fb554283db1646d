"""What the folds of a cross-validation left, side by side."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.overlay import summarise
from nnlab.evaluation.resampling import corrected_interval, mean_and_deviation
from nnlab.outcome import DEVIATION, FOLDS, Outcome
from nnlab.plan import Tracking
from nnlab.record import FOLD_FILE
from nnlab.spec import Samples
from nnlab.stored import pick
from nnlab.tracking.runs import artifact, find_run
from nnlab.training.history import History

_INTERVAL = ("_low", "_high")


@dataclass(frozen=True)
class FoldResults:
    """By fold: the outcome, the series by Keras's names, the test rows (n,) in the source, the outputs (n, …).

    held: what the outputs are held against, where that is not what stands in those rows.
    """

    outcomes: tuple[Outcome, ...]
    series: tuple[dict[str, list[float]], ...]
    test_rows: tuple[np.ndarray, ...]
    outputs: tuple[np.ndarray, ...]
    held: tuple[Samples, ...]

    @property
    def rows(self) -> np.ndarray:
        """The test rows of all folds, fold after fold."""
        return np.concatenate(self.test_rows)

    @property
    def predictions(self) -> np.ndarray:
        """The predictions for `rows`, each by the network that had not seen the row."""
        return np.concatenate(self.outputs)

    def samples(self, source: Samples) -> Samples:
        """What `predictions` are held against; source: the samples that `rows` count."""
        if not self.held:
            return Samples(pick(source.x, self.rows), source.y[self.rows])
        parts = self.held
        return Samples(np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts]))

    @property
    def numbers(self) -> np.ndarray:
        """Which fold each of `rows` was tested in, from 1."""
        return np.repeat(np.arange(len(self.test_rows)) + 1, [len(rows) for rows in self.test_rows])

    def courses(self) -> dict[str, np.ndarray]:
        """Each series as (folds, epochs), NaN after a fold's last epoch."""
        longest = max(len(values) for series in self.series for values in series.values())
        names = dict.fromkeys(name for series in self.series for name in series)
        courses = {name: np.full((len(self.series), longest), np.nan) for name in names}
        for at, series in enumerate(self.series):
            for name, values in series.items():
                courses[name][at, : len(values)] = values
        return courses

    def history(self) -> History:
        """The mean course, over the folds that went on so long."""
        means = {name: summarise(values)[0].tolist() for name, values in self.courses().items()}
        epochs = len(next(iter(means.values())))
        each = sum(outcome.scores["time/fit_s"] for outcome in self.outcomes) / len(self.outcomes) / epochs
        return History(means, [each] * epochs)

    def means(self) -> dict[str, float]:
        """Each test score's mean, `NAME_std`, and the 95 % interval of the mean accuracy, without `test/`."""
        found: dict[str, float] = {}
        for name in _shared([outcome.scores for outcome in self.outcomes]):
            values = [outcome.scores[f"test/{name}"] for outcome in self.outcomes]
            found[name], found[name + DEVIATION] = mean_and_deviation(values)
            if name == "accuracy":
                interval = corrected_interval(values, self._tested_per_trained())
                found |= {name + end: value for end, value in zip(_INTERVAL, interval, strict=True)}
        return found

    def cost(self) -> dict[str, float]:
        """What all folds cost together, and what one network is like."""
        scores = [outcome.scores for outcome in self.outcomes]
        return {
            "time/fit_s": sum(each["time/fit_s"] for each in scores),
            "model/params": scores[0]["model/params"],
            "model/zero_weights": float(np.mean([each["model/zero_weights"] for each in scores])),
            "epochs": max(each["epochs"] for each in scores),
            FOLDS: len(scores),
        }

    def _tested_per_trained(self) -> float:
        samples, tested = len(np.unique(self.rows)), len(self.rows) / len(self.test_rows)
        return tested / (samples - tested)


def _shared(scores: Sequence[dict[str, float]]) -> list[str]:
    """The test scores that every fold has, but for intervals, whose means say nothing."""
    names = [name.removeprefix("test/") for name in scores[0] if name.startswith("test/")]
    return [
        name
        for name in names
        if not name.endswith(_INTERVAL) and all(f"test/{name}" in each for each in scores)
    ]


def read_folds(tracking: Tracking, outcomes: Sequence[Outcome]) -> FoldResults:
    """Read the tables of every fold, from its folder here or from the store. Raises StorageError."""
    tables = [_tables(tracking, outcome) for outcome in outcomes]
    kept = [np.load(folder / FOLD_FILE) for folder in tables]
    series = [json.loads((folder / "history.json").read_text(encoding="utf-8")) for folder in tables]
    return FoldResults(
        tuple(outcomes),
        tuple(series),
        tuple(arrays["rows"] for arrays in kept),
        tuple(arrays["predictions"] for arrays in kept),
        tuple(Samples(arrays["x"], arrays["y"]) for arrays in kept if "x" in arrays),
    )


def _tables(tracking: Tracking, outcome: Outcome) -> Path:
    here = outcome.folder / "tables"
    return here if here.is_dir() else artifact(find_run(tracking, str(outcome.run_id)), "tables")

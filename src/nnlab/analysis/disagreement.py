"""What two networks, A and B, make of the same test samples: pure functions of arrays."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

Kind = Literal["both right", "fixed", "broken", "same mistake", "other mistake"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""fixed: A is wrong and B right; broken: A is right and B wrong; both wrong, with one answer or with two."""


@dataclass(frozen=True)
class Answers:
    """What one classifier answers for n samples: labels (n,) int64, and the probability of each, (n,)."""

    labels: np.ndarray
    confidence: np.ndarray


@dataclass(frozen=True)
class Disagreement:
    """Two classifiers on the same n test samples. names: of the k classes. truth: (n,) int64 labels."""

    names: tuple[str, ...]
    truth: np.ndarray
    first: Answers
    second: Answers

    @property
    def kinds(self) -> np.ndarray:
        """Of each sample the place in KINDS, (n,)."""
        a, b = self.first.labels == self.truth, self.second.labels == self.truth
        same = self.first.labels == self.second.labels
        return np.select([a & b, ~a & b, a & ~b, same], [0, 1, 2, 3], 4)

    def indices(self, *kinds: Kind) -> np.ndarray:
        """The samples of these kinds, counted from 0 in the test set; those of which somebody is surest first."""
        chosen = np.flatnonzero(np.isin(self.kinds, [KINDS.index(kind) for kind in kinds]))
        surest = np.maximum(self.first.confidence, self.second.confidence)[chosen]
        return chosen[np.argsort(-surest, kind="stable")]

    def counts(self, label: int | None = None) -> dict[Kind, int]:
        """How many samples there are of each kind; label: of this true class alone."""
        kinds = self.kinds if label is None else self.kinds[self.truth == label]
        return dict(zip(KINDS, np.bincount(kinds, minlength=len(KINDS)).tolist(), strict=True))

    def per_class(self) -> list[dict[str, Any]]:
        """A row for each class that occurs: its name, how many samples it has, and the counts of each kind."""
        return [
            {"class": name, "samples": sum(counts.values()), **counts}
            for label, name in enumerate(self.names)
            if any((counts := self.counts(label)).values())
        ]


@dataclass(frozen=True)
class Closeness:
    """How far off two networks are on the same n test samples.

    measure: of a sample's error, "absolute error" say, in `unit` where that has a name. first, second: (n,) ≥ 0.
    """

    measure: str
    unit: str
    first: np.ndarray
    second: np.ndarray

    @property
    def gain(self) -> np.ndarray:
        """By how much B is closer than A, (n,); negative where A is."""
        return self.first - self.second

    def counts(self) -> dict[str, int]:
        """On how many samples B is closer, A is, and neither."""
        gain = self.gain
        return {
            "B closer": int((gain > 0).sum()),
            "A closer": int((gain < 0).sum()),
            "equally close": int((gain == 0).sum()),
        }


def compare_labels(
    names: tuple[str, ...], truth: np.ndarray, first: Answers, second: Answers
) -> Disagreement:
    """Two classifiers' answers side by side. Raises ValueError where they are not of equally many samples."""
    _refuse_lengths(truth, first.labels, second.labels, first.confidence, second.confidence)
    known = 1 + max(int(labels.max()) for labels in (truth, first.labels, second.labels))
    more = tuple(f"output {label}" for label in range(len(names), known))
    return Disagreement((*names, *more), truth, first, second)


def compare_numbers(truth: np.ndarray, first: np.ndarray, second: np.ndarray, unit: str = "") -> Closeness:
    """Two regressions by the absolute error of each sample, the mean over its outputs; all (n,) or (n, outputs).

    Raises ValueError where they are not of equally many samples.
    """
    _refuse_lengths(truth, first, second)
    errors = [np.abs(np.asarray(given, np.float64) - truth) for given in (first, second)]
    a, b = (error.reshape(len(error), -1).mean(axis=1) for error in errors)
    return Closeness("absolute error", unit, a, b)


def _refuse_lengths(*columns: np.ndarray) -> None:
    lengths = {len(column) for column in columns}
    if len(lengths) > 1 or 0 in lengths:
        raise ValueError(
            f"samples: {sorted(lengths)}; two networks are compared on the same ones, one or more"
        )


def tell_disagreement(found: Disagreement | Closeness) -> list[str]:
    """The counts in words, a line each thing that there is to say."""
    if isinstance(found, Closeness):
        return _tell_closeness(found)
    counts = found.counts()
    wrong = counts["same mistake"] + counts["other mistake"]
    mistakes = f" ({counts['same mistake']} with the same answer)" if wrong else ""
    return [
        f"of the same {len(found.truth)} test samples both have {counts['both right']} right",
        f"fixed (A wrong, B right) {counts['fixed']}, broken (A right, B wrong) {counts['broken']}",
        f"both wrong {wrong}{mistakes}",
    ]


def _tell_closeness(found: Closeness) -> list[str]:
    counts, unit = found.counts(), f" {found.unit}" if found.unit else ""
    return [
        f"of the same {len(found.first)} test samples B is closer on {counts['B closer']}, "
        f"A on {counts['A closer']}, equally close on {counts['equally close']}",
        f"mean {found.measure}: A {found.first.mean():.4g}{unit}, B {found.second.mean():.4g}{unit}",
    ]

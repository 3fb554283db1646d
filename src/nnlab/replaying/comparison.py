"""Two results held against each other: the same bits, nearly the same numbers, or the first that differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnlab.replaying.results import Results

RELATIVE, ABSOLUTE = 1e-3, 1e-6
"""What another order of the same float32 sums may make of a short training: 0.1 %, or as good as nothing."""
_ORDER = ("train/", "val/")
"""Of one epoch: what is trained comes before what is judged."""

Answer = Literal["same bits", "within tolerance", "different"]


@dataclass(frozen=True)
class Difference:
    """where: `train/loss in epoch 3`, `weight dense/kernel`. there, here: values in words.

    size: the absolute difference. share: of what is tolerated; above 1 the two are different.
    """

    where: str
    there: str
    here: str
    size: float
    share: float

    def __str__(self) -> str:
        return f"{self.where}: {self.there} in the record, {self.here} now"


@dataclass(frozen=True)
class Verdict:
    """first: the first difference in bits. decisive: the first beyond tolerance. largest: of those within it.

    points, weights: how many were compared. weights_differ, series_differ: whether any bit of theirs does.
    """

    points: int
    weights: int
    first: Difference | None
    decisive: Difference | None
    largest: Difference | None
    series_differ: bool
    weights_differ: bool

    @property
    def answer(self) -> Answer:
        """The whole in two words."""
        if self.decisive:
            return "different"
        return "within tolerance" if self.first else "same bits"


def compare(there: Results, here: Results) -> Verdict:
    """The verdict on a record and its replay: metrics by epoch, then weights."""
    points, weights = list(_points(there, here)), list(_arrays(there, here))
    found = [*points, *weights]
    return Verdict(
        points=sum(map(len, there.series.values())),
        weights=len(there.weights),
        first=next(iter(found), None),
        decisive=next((one for one in found if one.share > 1), None),
        largest=max(found, key=lambda one: one.share, default=None),
        series_differ=bool(points),
        weights_differ=bool(weights),
    )


def _points(there: Results, here: Results) -> Iterator[Difference]:
    keys = there.series.keys() | here.series.keys()
    steps = {(step, key) for key in keys for one in (there, here) for step in one.series.get(key, {})}
    for step, key in sorted(steps, key=lambda pair: (pair[0], _rank(pair[1]), pair[1])):
        before, now = (one.series.get(key, {}).get(step) for one in (there, here))
        if before != now:
            yield _number(f"{key} in epoch {step}", before, now)


def _rank(key: str) -> int:
    return next((rank for rank, prefix in enumerate(_ORDER) if key.startswith(prefix)), len(_ORDER))


def _number(where: str, there: float | None, here: float | None) -> Difference:
    if there is None or here is None:
        return Difference(where, _show(there), _show(here), np.inf, np.inf)
    size = abs(there - here)
    allowed = ABSOLUTE + RELATIVE * max(abs(there), abs(here))
    return Difference(where, _show(there), _show(here), size, size / allowed)


def _show(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.9g}"


def _arrays(there: Results, here: Results) -> Iterator[Difference]:
    for name in sorted(there.weights.keys() | here.weights.keys()):
        before, now = there.weights.get(name), here.weights.get(name)
        if before is None or now is None or before.shape != now.shape or before.dtype != now.dtype:
            yield Difference(f"weight {name}", _form(before), _form(now), np.inf, np.inf)
        elif before.tobytes() != now.tobytes():
            yield _array(f"weight {name}", before, now)


def _form(array: np.ndarray | None) -> str:
    return "nothing" if array is None else f"{array.dtype} {array.shape}"


def _array(where: str, there: np.ndarray, here: np.ndarray) -> Difference:
    before, now = there.astype(np.float64), here.astype(np.float64)
    distance = np.abs(before - now)
    place = np.unravel_index(int(np.argmax(distance)), distance.shape)
    allowed = ABSOLUTE + RELATIVE * float(np.max(np.abs(before)))
    at = f"{where}{list(map(int, place)) if place else ''}"
    size = float(distance[place])
    return Difference(at, _show(before[place]), _show(now[place]), size, size / allowed)

"""Figures of what two runs, A and B, disagree on: with the samples themselves where they are pictures or texts."""

from pathlib import Path

import numpy as np
import yaml

from nnlab.analysis.disagreement import Closeness, Disagreement, Kind, tell_disagreement
from nnlab.analysis.flat_plans import PLAN
from nnlab.analysis.recorded_answers import recorded_spec
from nnlab.checking.reading import read_plan
from nnlab.data.splits import load_splits
from nnlab.errors import DataError, NnlabError
from nnlab.evaluation.figures.answers import COLUMNS, Answered, Group, draw_pictures, draw_texts
from nnlab.evaluation.figures.canvas import shorten
from nnlab.evaluation.figures.changes import Change, draw_changes, draw_closeness
from nnlab.tracking import tags
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import artifact

_GROUPS: dict[str, tuple[Kind, ...]] = {
    "fixed:\nA is wrong,\nB is right": ("fixed",),
    "broken:\nA is right,\nB is wrong": ("broken",),
    "both wrong": ("same mistake", "other mistake"),
}


def draw_disagreement(
    found: Disagreement | Closeness, run: RunRow, labels: tuple[str, str], folder: Path
) -> list[Path]:
    """Draw every figure that fits into `folder`. run: either of the two. labels: what A and B are called.

    The samples are loaded again from the run's dataset; where that cannot be, the figures by class say so. Raises
    StorageError where a file cannot be written or the run kept no description of its data.
    """
    spec = recorded_spec(run)
    named = "; ".join(f"{letter}: {shorten(label, 50)}" for letter, label in zip("AB", labels, strict=True))
    if isinstance(found, Closeness):
        return [_draw_closeness(found, f"{named}\n{tell_disagreement(found)[0]}", spec.name, folder)]
    drawn, note = [], ""
    if (spec.is_image or spec.is_text) and (groups := _groups(found)):
        draw = draw_pictures if spec.is_image else draw_texts
        try:
            samples = load_test(run, found.truth)
        except NnlabError as error:
            note = f"\nthe samples cannot be shown: {shorten(str(error), 200)}"
        else:
            title = f"What two networks disagree on: {shorten(spec.name, 30)}"
            drawn.append(draw(groups, samples, title, named, folder / "disagreement.png"))
    return [*drawn, _draw_changes(found, named + note, spec.name, folder)]


def load_test(run: RunRow, truth: np.ndarray) -> np.ndarray:
    """The test samples of a recorded run, raw, as they were cut then. Raises NnlabError.

    truth: their labels, (n,), by which it is seen that they are the same.
    """
    plan = read_plan(yaml.safe_load(artifact(run, PLAN).read_text(encoding="utf-8")))
    splits = load_splits(plan.dataset, plan.seed, plan.cv)
    if splits.hash != run.tags.get(tags.DATA_HASH) or not np.array_equal(splits.test.y.reshape(-1), truth):
        raise DataError(f"dataset: {plan.dataset.name} has changed since run {run.id[:8]}; the same data")
    return splits.test.x


def _groups(found: Disagreement) -> list[Group]:
    """Those that hold samples, with the first of each."""
    made = [(name, found.indices(*kinds)) for name, kinds in _GROUPS.items()]
    return [
        Group(name, len(indices), [_answered(found, int(index)) for index in indices[:COLUMNS]])
        for name, indices in made
        if len(indices)
    ]


def _answered(found: Disagreement, index: int) -> Answered:
    first, second = (
        (found.names[given.labels[index]], float(given.confidence[index]))
        for given in (found.first, found.second)
    )
    return Answered(index, found.names[found.truth[index]], (first, second))


def _draw_changes(found: Disagreement, explanation: str, name: str, folder: Path) -> Path:
    classes = [Change(row["class"], row["samples"], row["fixed"], row["broken"]) for row in found.per_class()]
    title = f"What changes from A to B: {shorten(name, 30)}"
    told = f"{explanation}\n{'; '.join(tell_disagreement(found)[::2])}"
    return draw_changes(classes, title, told, folder / "changes_by_class.png")


def _draw_closeness(found: Closeness, explanation: str, name: str, folder: Path) -> Path:
    measure = f"{found.measure} ({found.unit})" if found.unit else found.measure
    title = f"Error of each test sample: {shorten(name, 30)}"
    return draw_closeness(found.first, found.second, measure, title, explanation, folder / "closeness.png")

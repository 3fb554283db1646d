"""Whether a cross-validation fits its data, as far as can be known without loading them."""

from collections.abc import Iterator

from nnlab.errors import Problem
from nnlab.plan import Plan
from nnlab.spec import DataSpec


def fold_problems(plan: Plan, spec: DataSpec) -> Iterator[Problem]:
    """Every contradiction between `cv` and the dataset, or inside `cv`."""
    cv = plan.cv
    if cv is None:
        return
    if cv.name.startswith("Stratified") and not spec.classes:
        allowed = f"{spec.name} has no classes: {cv.name.removeprefix('Stratified')}"
        yield Problem("cv.name", repr(cv.name), allowed)
    elif "Group" in cv.name and getattr(plan.dataset, "groups", None) is None:
        yield Problem("cv.name", repr(cv.name), "a dataset with dataset.groups=NAME (csv, npz), or KFold")
    if cv.repeats > 1 and not cv.shuffle:
        yield Problem("cv.repeats", f"{cv.repeats} equal cuts", "1, or cv.shuffle=true")
    if cv.fold is not None and cv.fold > cv.total:
        yield Problem("cv.fold", str(cv.fold), f"1 to {cv.total}, or null for all")

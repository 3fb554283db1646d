"""The plan of a finished run, as its record holds it, made ready to be trained again as a run of its own."""

import yaml

from nnlab.checking.reading import read_plan
from nnlab.data.splits import load_splits
from nnlab.errors import RequestError, StorageError
from nnlab.plan import Plan
from nnlab.tracking import tags
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import artifact

_PLAN, _WORDS = "config/plan.yaml", "config/overrides.yaml"


def check_replayable(row: RunRow) -> None:
    """Raises RequestError for what is no finished single run."""
    if tags.SWEEP in row.tags or tags.FOLDS in row.tags:
        kind = "a sweep" if tags.SWEEP in row.tags else "a cross-validation"
        raise RequestError(f"RUN: {row.name!r} is {kind}; one of its runs, see `nnlab runs`")
    if row.status != "FINISHED":
        hint = f"; `nnlab resume {row.id[:8]}` goes on with it" if row.status != "RUNNING" else ""
        raise RequestError(f"RUN: {row.name!r} is {row.status.lower()}; a finished run{hint}")


def recorded_plan(row: RunRow) -> tuple[Plan, list[str]]:
    """The plan, and the words that it was made of. Raises RequestError for a record without them."""
    try:
        plan, words = (
            yaml.safe_load(artifact(row, path).read_text(encoding="utf-8")) for path in (_PLAN, _WORDS)
        )
    except (StorageError, OSError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise RequestError(f"RUN: {row.name!r} has no plan in its record ({reason}); another run") from None
    return read_plan(plan), words


def check_data(plan: Plan, row: RunRow) -> None:
    """Raises RequestError where the data are not those that the run was trained on."""
    there, here = row.tags.get(tags.DATA_HASH), load_splits(plan.dataset, plan.seed, plan.cv).hash
    if there != here:
        raise RequestError(
            f"dataset: its samples are not those that {row.name!r} was trained on "
            f"(hash {there} in the record, {here} now); bring them back"
        )


def replay_tags(row: RunRow) -> dict[str, str]:
    """What marks a replay in the store; its identity is met by nobody: the run that is replayed has the name."""
    return {tags.REPLAYED: row.id, tags.IDENTITY: f"replay of {row.tags.get(tags.IDENTITY)}"}

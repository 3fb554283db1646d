"""What a plan asks for, carried out: the one door for the command line, sweeps and the laboratory."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from nnlab.cross_validation import cross_validate
from nnlab.outcome import Outcome
from nnlab.plan import Plan
from nnlab.run import run
from nnlab.training.compiled_code import kept_code
from nnlab.training.loop import Between
from nnlab.training.runtime import available_threads


def carry_out(
    plan: Plan,
    words: Sequence[str],
    tags: Mapping[str, str] | None = None,
    *,
    meet_finished: bool = False,
    between: Between | None = None,
    known: Path | None = None,
) -> Outcome:
    """Train what the plan describes and keep it: one network, or one for every fold.

    tags: more of them for the record, such as the run it belongs under. meet_finished: where the same is finished
    in the store, take it from there, unless `plan.rerun`; a cross-validation does so always. between: hears how a
    network goes, and may end it. known: the folder of the interrupted run to go on with. Raises as `run` does.
    """
    with kept_code(plan.trainer.threads or available_threads()):
        if plan.cv and plan.cv.fold is None:
            return cross_validate(plan, words, tags, known)
        met = meet_finished and not plan.rerun
        return run(plan, words, tags, meet_finished=met, between=between, known=known)

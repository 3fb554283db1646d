"""What a plan asks for, carried out: the one door for the command line, sweeps and the laboratory."""

from collections.abc import Mapping, Sequence

from nnlab.plan import Plan
from nnlab.run import Outcome, run


def carry_out(plan: Plan, words: Sequence[str], tags: Mapping[str, str] | None = None) -> Outcome:
    """Train what the plan describes and keep it, as `run` says."""
    return run(plan, words, tags)

"""Learning-rate schedules whose lengths are shares of the run: known once the data are."""

import math
from typing import Any

from nnlab.arguments import share_of_run
from nnlab.objects import KerasObject
from nnlab.plan import Trainer


def steps_per_epoch(trainer: Trainer, samples: int) -> int:
    """How many batches an epoch of so many samples has."""
    whole = math.ceil(samples / trainer.batch_size)
    return min(whole, trainer.steps_per_epoch or whole)


def in_steps(description: KerasObject, steps: int) -> KerasObject:
    """The description with every share of the run (`decay_steps: 80 %`) as a number of its `steps`, at least 1.

    steps: what the schedule counts in the whole run: batches in an optimizer, epochs in a callback.
    """
    return description.but(**{name: _counted(value, steps) for name, value in description.arguments.items()})


def _counted(value: Any, steps: int) -> Any:
    if isinstance(value, KerasObject):
        return in_steps(value, steps)
    share = share_of_run(value)
    return value if share is None else max(1, round(share * steps))

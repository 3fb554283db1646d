"""A cluster: processes on one or many machines that train one network, as TF_CONFIG tells each of them."""

import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import ConfigError, Problem, WorkError, show
from nnlab.plan import Trainer
from nnlab.training.checkpoints import Checkpoint, pack, unpack

if TYPE_CHECKING:
    import tensorflow as tf

VARIABLE = "TF_CONFIG"
_EXAMPLE = '{"cluster": {"worker": ["one:2222", "two:2222"]}, "task": {"type": "worker", "index": 0}}'


@dataclass(frozen=True)
class Place:
    """Which process this is, from 0, of how many. Number 0, TensorFlow's chief, keeps the record."""

    number: int
    processes: int

    @property
    def keeps_record(self) -> bool:
        """Whether this is the one that the run belongs to."""
        return self.number == 0


def place_of(trainer: Trainer) -> Place:
    """This process's place in its cluster, the only one in a cluster of one without `multi_worker`.

    TF_CONFIG is TensorFlow's own word: https://www.tensorflow.org/guide/distributed_training. Raises ConfigError
    where it is missing or wrong.
    """
    if not trainer.on_cluster:
        return Place(0, 1)
    text = os.environ.get(VARIABLE, "")
    try:
        return _place(json.loads(text))
    except (ValueError, LookupError, TypeError, AttributeError):
        given = f"and {VARIABLE} is {show(text)}" if text else f"and there is no {VARIABLE}"
        allowed = f"in the environment of each process, with its own index: {VARIABLE}='{_EXAMPLE}'"
        raise ConfigError([Problem("trainer.strategy", f"{trainer.strategy!r}, {given}", allowed)]) from None


def _place(config: Mapping[str, Any]) -> Place:
    """Raises ValueError, LookupError, TypeError or AttributeError for what is no cluster of two or more."""
    jobs, task = config["cluster"], config["task"]
    members = [(job, index) for job in ("chief", "worker") for index in range(len(jobs.get(job, ())))]
    if len(members) < 2 or jobs.keys() - {"chief", "worker"}:
        raise ValueError(config)
    return Place(members.index((task["type"], int(task["index"]))), len(members))


def agree(strategy: "tf.distribute.Strategy", found: Checkpoint | None) -> Checkpoint | None:
    """The checkpoint that the first process has found, in every process; None where it has none."""
    data = pack(found) if found else b""
    (size,) = _from_first(strategy, [len(data)])
    if not size:
        return None
    numbers = np.zeros(math.ceil(size / 4), np.int32)
    numbers.view(np.uint8)[: len(data)] = np.frombuffer(data, np.uint8)
    return unpack(_from_first(strategy, numbers).tobytes()[:size])


def _from_first(strategy: "tf.distribute.Strategy", numbers: Any) -> np.ndarray:
    """The int32 numbers (n,) of the first process, in every process; n must be the same in all."""
    import tensorflow as tf

    def add(own: tf.Tensor) -> Any:
        context: Any = tf.distribute.get_replica_context()
        first = tf.get_static_value(context.replica_id_in_sync_group) == 0
        # A copy: an argument of the function lies on no device yet.
        return context.all_reduce(
            tf.distribute.ReduceOp.SUM, tf.identity(own) if first else tf.zeros_like(own)
        )

    @tf.function(autograph=False)
    def share(own: tf.Tensor) -> Any:
        return strategy.experimental_local_results(strategy.run(add, args=(own,)))[0]

    return share(tf.constant(numbers, tf.int32)).numpy()


@contextmanager
def together() -> Iterator[None]:
    """Raises WorkError where another process of the cluster has ended inside the block."""
    import tensorflow as tf

    gone = (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.DeadlineExceededError)
    try:
        yield
    except gone as error:
        raise WorkError(
            f"{VARIABLE}: a process of the cluster is gone ({type(error).__name__}); "
            "the same words, typed again in each of them, go on from the last checkpoint"
        ) from None

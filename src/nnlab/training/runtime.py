"""TensorFlow, set up for one run: quiet, seeded, with the threads and the precision that the plan names."""

import gc
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nnlab.errors import ConfigError, Problem
from nnlab.plan import Trainer
from nnlab.training.lazy_modules import lazy_modules

NEW_OBJECTS = 100_000
"""After so many Python looks for cycles among them: every 700 cost a short run 2 % of its time."""


def import_tensorflow() -> None:
    """Import TensorFlow and Keras without their start-up chatter on stderr; the first call takes seconds."""
    if "tensorflow" in sys.modules and "keras" in sys.modules:
        return
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _silent_stderr(), waiting_collector(), lazy_modules():
        import keras
        import tensorflow
    tensorflow.get_logger().setLevel("ERROR")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")


def read_operations() -> None:
    """Have TensorFlow list its operations, for all processes that are forked from this one.

    Each would at its first operation, and at the first name that is none: 9 ms. No device is opened, no thread
    started.
    """
    with suppress(ImportError, AttributeError):
        from tensorflow.python.framework import op_def_registry

        op_def_registry.get("MatMul")
        op_def_registry.get("")


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """C++ libraries write to file descriptor 2 before they read any log level; exceptions still come through."""
    sys.stderr.flush()
    saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


@contextmanager
def waiting_collector() -> Iterator[None]:
    """What TensorFlow's import makes stays: Python's collector is never to look at these million objects.

    A short run went over them ten times (https://docs.python.org/3/library/gc.html#gc.freeze). What comes after
    them it looks at less often.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(NEW_OBJECTS)
        gc.enable()


def prepare(trainer: Trainer, seed: int) -> None:
    """Seed every generator, fix the threads, forget an earlier run's state. Raises ConfigError.

    A convolution's weights depend on the number of threads, so it is part of the plan; TensorFlow fixes it once a
    process.
    """
    import_tensorflow()
    import keras
    import tensorflow as tf

    keras.backend.clear_session()
    keras.config.set_dtype_policy("float32")
    _set_threads(trainer.threads or available_threads())
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)


def peak_megabytes() -> float:
    """The most that this process has held in memory since it began."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


def available_threads() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_threads(trainer: Trainer, recorded: str | None) -> Trainer:
    """The trainer with the threads that a run had, where this process would take another number of them."""
    if trainer.threads or not recorded or int(recorded) == available_threads():
        return trainer
    return trainer.model_copy(update={"threads": int(recorded)})


def _set_threads(threads: int) -> None:
    import tensorflow as tf

    # TensorFlow says 0 while nobody has chosen: it then uses every processor.
    if (tf.config.threading.get_intra_op_parallelism_threads() or available_threads()) == threads:
        return
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        used = tf.config.threading.get_intra_op_parallelism_threads() or available_threads()
        allowed = f"this process already works with {used}: start another one"
        raise ConfigError([Problem("trainer.threads", str(threads), allowed)]) from None


def set_precision(trainer: Trainer) -> None:
    """From here on, layers compute in the plan's precision; what was built before keeps its own."""
    import keras

    keras.config.set_dtype_policy(trainer.precision)

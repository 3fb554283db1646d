"""python -m benchmarks.spans FILE WORDS…: nnlab with these words, and into FILE where its time goes.

Functions of nnlab are wrapped in timers from outside; nnlab itself knows nothing of it. Time spent in a function
counts for the innermost one of the list, in the main thread alone: what goes on beside it costs a run nothing.
"""

import builtins
import importlib
import json
import sys
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

COMPILING, STEPS, REST = "tracing, compiling, first steps", "steps", "everything else"
MLFLOW = "waiting for MLflow's import"
"""It is imported beside the training, which a short one does not outlast."""
STAGES = {
    "nnlab.cli.train.compose_plan": "configuration",
    "nnlab.run.load_splits": "data",
    "nnlab.run.check_store": "asking the store",
    "nnlab.run.meet": "asking the store",
    "nnlab.run.meet_undelivered": "asking the store",
    "nnlab.training.runtime.import_tensorflow": "importing TensorFlow and Keras",
    "nnlab.training.runtime.prepare": "starting TensorFlow",
    "nnlab.run.prepare": "building the network",
    "nnlab.run.write_configuration": "noting plan, packages and git's state",
    "nnlab.run._train": "between the steps",
    "nnlab.training.steps.TrainSteps.__init__": "between the steps",
    "nnlab.training.steps.TrainSteps.run": STEPS,
    "nnlab.training.loop._validate": "validation",
    "nnlab.training.checkpoints.Checkpoints.save": "checkpoints",
    "nnlab.run.evaluate": "evaluation on the test set",
    "nnlab.run.judge": "scores",
    "nnlab.run.write_tables": "tables",
    "nnlab.run.save_models": "saving the model, loading it again",
    "nnlab.tracking.recorder.Recorder.run_id": MLFLOW,
    "nnlab.tracking.recorder.Recorder.model": "the MLflow model",
    "nnlab.figure_process.FigureProcess.wait": "waiting for the figures",
    "nnlab.tracking.recorder.Recorder.finish": "waiting for the store",
}
"""What is timed, and what its time is called."""


class Clock:
    """Seconds by stage; each moment counts for the stage that was entered last."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._entered = [REST]
        self._since = time.perf_counter()

    def enter(self, stage: str) -> None:
        """From now on time counts for `stage`."""
        self._charge()
        self._entered.append(stage)

    def leave(self) -> None:
        """From now on time counts for what was entered before."""
        self._charge()
        self._entered.pop()

    def _charge(self) -> None:
        now, stage = time.perf_counter(), self._entered[-1]
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now

    def timed(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """The function, timed where it is called in the main thread; the first of all steps compile."""

        @wraps(function)
        def call(*words: Any, **named: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                return function(*words, **named)
            first = stage == STEPS and COMPILING not in self.seconds
            self.enter(COMPILING if first else stage)
            try:
                return function(*words, **named)
            finally:
                self.leave()

        return call


def wrap(clock: Clock) -> None:
    """Time every function of STAGES that there is, an older nnlab may lack one; and what MLflow's import takes."""
    for name, stage in STAGES.items():
        owner, attribute = find_owner(name)
        function = getattr(owner, attribute, None)
        if isinstance(function, property) and function.fget:
            setattr(owner, attribute, property(clock.timed(function.fget, stage)))
        elif function:
            setattr(owner, attribute, clock.timed(function, stage))
    usual, mlflow = builtins.__import__, clock.timed(builtins.__import__, MLFLOW)
    builtins.__import__ = lambda name, *more, **named: (mlflow if name.startswith("mlflow") else usual)(
        name, *more, **named
    )


def find_owner(name: str) -> tuple[Any, str]:
    """The module or class that holds a dotted name, and the name in it."""
    path, _, attribute = name.rpartition(".")
    try:
        return importlib.import_module(path), attribute
    except ModuleNotFoundError:
        module, _, owner = path.rpartition(".")
        return getattr(importlib.import_module(module), owner), attribute


def main(file: Path, words: list[str]) -> None:
    """Run nnlab, and end as it does. The file holds the moments, by time.time(), and the seconds by stage."""
    began, clock = time.time(), Clock()
    clock.enter("importing nnlab's own modules")
    nnlab: Any = importlib.import_module("nnlab.__main__")
    wrap(clock)
    clock.leave()
    command = nnlab.main

    def run() -> int:
        code = command(words)
        clock.enter(REST)
        found = {"began": began, "ended": time.time(), "stages": clock.seconds}
        file.write_text(json.dumps(found), encoding="utf-8")
        return code

    nnlab.main = run
    # An older nnlab has no way of its own to end.
    getattr(nnlab, "console", lambda: sys.exit(run()))()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

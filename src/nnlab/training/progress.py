"""How training is shown: a live bar in a terminal, one line an epoch in a file, or nothing."""

import sys
from typing import Any, Literal

from nnlab.training.loop import Listener


def choose_progress(kind: Literal["auto", "bar", "lines", "none"], epochs: int) -> "Progress":
    """The display the plan names; `auto` is a bar where stderr is a terminal, and lines elsewhere."""
    if kind == "auto":
        kind = "bar" if sys.stderr.isatty() else "lines"
    return {"bar": Bar, "lines": Lines, "none": Progress}[kind](epochs)


class Progress(Listener):
    """Shows nothing; the others say what they show. Use as a context manager around training."""

    def __init__(self, epochs: int):
        self.epochs = epochs

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: Any) -> None:
        """Leave the terminal as it was."""

    def on_chunk(self, epoch: int, step: int, steps: int, logs: dict[str, float]) -> None:
        """Nothing to show."""

    def on_epoch(self, epoch: int, logs: dict[str, float], seconds: float) -> None:
        """Nothing to show."""


class Lines(Progress):
    """One line an epoch on stderr."""

    def on_epoch(self, epoch: int, logs: dict[str, float], seconds: float) -> None:
        """Print the epoch's line."""
        print(describe_epoch(epoch, self.epochs, logs, seconds), file=sys.stderr, flush=True)


class Bar(Progress):
    """A bar of the running epoch, above it a line for each finished one."""

    def __init__(self, epochs: int):
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        super().__init__(epochs)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[steps]}"),
            TextColumn("{task.fields[scores]}"),
            TimeRemainingColumn(),
        )
        self.display = RichProgress(*columns, console=Console(stderr=True, highlight=False), transient=True)
        self.task = self.display.add_task(f"epoch 1/{epochs}", total=None, steps="", scores="compiling …")

    def __enter__(self) -> "Bar":
        self.display.start()
        return self

    def __exit__(self, *_: Any) -> None:
        """Take the bar away; the lines stay."""
        self.display.stop()

    def on_chunk(self, epoch: int, step: int, steps: int, logs: dict[str, float]) -> None:
        """Move the bar."""
        name = f"epoch {epoch}/{self.epochs}"
        self.display.update(
            self.task,
            description=name,
            completed=step,
            total=steps,
            steps=f"{step}/{steps} steps",
            scores=describe_scores(logs),
        )

    def on_epoch(self, epoch: int, logs: dict[str, float], seconds: float) -> None:
        """Print the epoch's line above the bar."""
        self.display.console.print(describe_epoch(epoch, self.epochs, logs, seconds))


def describe_epoch(epoch: int, epochs: int, logs: dict[str, float], seconds: float) -> str:
    """`epoch 2/5   loss 0.1203  accuracy 0.9641  val_loss 0.1011  val_accuracy 0.9702   1.3 s`."""
    return f"epoch {epoch:>{len(str(epochs))}}/{epochs}   {describe_scores(logs)}   {seconds:.1f} s"


def describe_scores(logs: dict[str, float]) -> str:
    """Names and values, the learning rate left out: it has its own series."""
    return "  ".join(f"{name} {value:.4g}" for name, value in logs.items() if name != "learning_rate")

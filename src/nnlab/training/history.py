"""What an epoch left behind: one series a metric, and which epoch was best."""

import math
from dataclasses import dataclass, field


@dataclass
class History:
    """Series by Keras's names (`loss`, `val_accuracy`), one value an epoch, and each epoch's seconds."""

    series: dict[str, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def add(self, logs: dict[str, float], seconds: float) -> None:
        """Append one epoch."""
        for name, value in logs.items():
            self.series.setdefault(name, []).append(float(value))
        self.seconds.append(seconds)

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.seconds)

    @property
    def judge(self) -> str:
        """The series that ranks epochs: the validation loss, or the loss where nothing is validated."""
        return "val_loss" if "val_loss" in self.series else "loss"

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest judging loss, counted from 1; 0 before the first. NaN never wins."""
        values = self.series.get(self.judge, [])
        finite = [(value, epoch) for epoch, value in enumerate(values, 1) if math.isfinite(value)]
        return min(finite)[1] if finite else 0

    def at(self, epoch: int) -> dict[str, float]:
        """Every series' value at an epoch, counted from 1."""
        return {name: values[epoch - 1] for name, values in self.series.items() if len(values) >= epoch}


def tracked_name(name: str) -> str:
    """Keras's name as it is tracked: `loss` → `train/loss`, `val_accuracy` → `val/accuracy`."""
    return f"val/{name[4:]}" if name.startswith("val_") else f"train/{name}"

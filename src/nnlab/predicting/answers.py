"""The network's output in words."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.errors import DataError
from nnlab.evaluation.probabilities import as_probabilities, percent
from nnlab.spec import DataSpec

_SHOWN = 8


@dataclass(frozen=True)
class Answer:
    """What the network says of one sample: ranked classes, plain numbers, or a picture's file."""

    name: str
    note: str
    ranked: tuple[tuple[str, float], ...] = ()
    values: tuple[float, ...] = ()
    unit: str = ""
    written: Path | None = None

    def line(self) -> str:
        """`three.png: 3 99.2 %, then 8 0.5 % (dark on light: inverted)`."""
        note = f" ({self.note})" if self.note else ""
        if self.written:
            return f"{self.name}: given back as {self.written}{note}"
        if not self.ranked:
            unit = f" {self.unit}" if self.unit else ""
            return f"{self.name}: {_numbers(self.values)}{unit}{note}"
        said = ", then ".join(f"{label} {percent(probability)}" for label, probability in self.ranked[:2])
        return f"{self.name}: {said}{note}"

    def plain(self) -> dict[str, Any]:
        """The same for `--json`."""
        if self.written:
            return {"file": self.name, "picture": str(self.written), "note": self.note}
        if not self.ranked:
            return {"file": self.name, "values": list(self.values), "unit": self.unit, "note": self.note}
        pairs = [
            {"class": label, "probability": round(probability, 6)} for label, probability in self.ranked[:2]
        ]
        return {
            "file": self.name,
            **pairs[0],
            "runner_up": pairs[1] if len(pairs) > 1 else None,
            "note": self.note,
        }


def answer(output: np.ndarray, spec: DataSpec, name: str, note: str = "") -> Answer:
    """Word the output for one sample, shape (outputs,) or any. Raises DataError where it is not finite."""
    output = finite_output(output, name)
    if spec.task not in ("classification", "binary"):
        return Answer(name, note, values=tuple(map(float, output.flat)), unit=spec.unit)
    probabilities = as_probabilities(output.reshape(1, -1))[0]
    return Answer(name, note, _rank(_labels(spec, len(probabilities)), probabilities))


def finite_output(output: np.ndarray, name: str) -> np.ndarray:
    """The output as float64. Raises DataError where it is not finite."""
    output = np.asarray(output, np.float64)
    if not np.isfinite(output).all():
        raise DataError(
            f"{name}: the network answers {output.flat[np.argmin(np.isfinite(output))]}; a finite number"
        )
    return output


def _labels(spec: DataSpec, outputs: int) -> list[str]:
    return [spec.classes[index] if index < len(spec.classes) else str(index) for index in range(outputs)]


def _rank(labels: list[str], probabilities: np.ndarray) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-probabilities, kind="stable")
    return tuple((labels[index], float(probabilities[index])) for index in order)


def _numbers(values: tuple[float, ...]) -> str:
    if len(values) <= _SHOWN:
        return ", ".join(f"{value:.4g}" for value in values)
    return f"{len(values)} values from {min(values):.4g} to {max(values):.4g}"

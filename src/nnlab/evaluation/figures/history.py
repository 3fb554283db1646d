"""The course of training, epoch by epoch."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import BLUE, RED, shorten
from nnlab.evaluation.figures.chart import DOTTED, Chart, Look, Panel, divide
from nnlab.evaluation.figures.legend import Entry, list_inside
from nnlab.evaluation.figures.scale import Scale, limits_of, number_ticks

_VALIDATION = "val_"
_RATES = ("learning_rate", "lr")
_EPOCHS, _VALUES = 8, 7
"""The most steps on the scales."""


def draw_history(history: Mapping[str, Sequence[float]], name: str, path: Path, leak: bool = False) -> Path:
    """One panel for the loss and one for each metric: training, validation, and the best epoch marked.

    The best epoch is the one of lowest validation loss, or of lowest training loss without validation.
    leak: validation was on the test set, and the figure says so.
    """
    panels = list_panels(history)
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    width, height = max(5.2, 4.0 * columns), 0.5 + 2.9 * rows
    chart = Chart(width, height, f"Training history: {shorten(name, 40)}")
    scales = [_scales(history, panel) for panel in panels]
    left = 0.4 + max(vertical.widest for _, vertical in scales)
    boxes = divide(width, height, (rows, columns), (left, 0.55, 0.15, 0.65 if leak else 0.45))
    best = find_best_epoch(history)
    for box, panel, (across, up) in zip(boxes, panels, scales, strict=False):
        entries = _draw_panel(drawn := chart.panel(box, across, up), _series(history, panel), best)
        if panel == panels[0]:
            list_inside(drawn, entries)
    if leak:
        chart.panels[0].title("validation is the test set: a leak", RED)
    return chart.save(path)


def list_panels(history: Mapping[str, Sequence[float]]) -> list[str]:
    """What is worth a panel, the loss first: every series but a learning rate that never changes."""
    names = dict.fromkeys(name.removeprefix(_VALIDATION) for name, values in history.items() if len(values))
    moving = [name for name in names if name not in _RATES or len(set(history[name])) > 1]
    return sorted(moving, key=lambda name: (name != "loss", name in _RATES))


def find_best_epoch(history: Mapping[str, Sequence[float]]) -> int | None:
    """The epoch, from 1, of the lowest finite validation loss (or else training loss); None without any."""
    losses = np.asarray(history.get("val_loss") or history.get("loss") or [], np.float64)
    finite = np.where(np.isfinite(losses), losses, np.inf)
    return int(finite.argmin()) + 1 if np.isfinite(finite).any() else None


def _series(history: Mapping[str, Sequence[float]], name: str) -> dict[str, Sequence[float]]:
    series = {"training": history.get(name), "validation": history.get(_VALIDATION + name)}
    return {label: values for label, values in series.items() if values}


def _scales(history: Mapping[str, Sequence[float]], name: str) -> tuple[Scale, Scale]:
    shown = list(_series(history, name).values())
    longest = max(map(len, shown))
    first, last = (0.5, 1.5) if longest == 1 else (1 - 0.02 * longest, longest + 0.02 * longest)
    low, high = limits_of(np.concatenate([np.asarray(values, np.float64) for values in shown]))
    across = Scale(first, last, "epoch", number_ticks(first, last, _EPOCHS, whole=True))
    written = shorten(name.replace("_", " "), 40)
    return across, Scale(low, high, written, number_ticks(low, high, _VALUES), grid=True)


def _draw_panel(panel: Panel, shown: Mapping[str, Sequence[float]], best: int | None) -> list[Entry]:
    """Draw the lines and the best epoch; what each is."""
    entries: list[Entry] = []
    for label, values in shown.items():
        look = Look(RED if label == "validation" else BLUE, mark="o" if len(values) <= 20 else "", size=3.5)
        panel.line(np.arange(1, len(values) + 1), values, look)
        entries.append((look, label if np.isfinite(values).any() else f"{label}: never finite"))
    if best is not None:
        panel.line([best, best], [panel.y.low, panel.y.high], DOTTED)
        entries.append((DOTTED, f"best epoch: {best}"))
        _mark_best(panel, shown, best)
    return entries


def _mark_best(panel: Panel, shown: Mapping[str, Sequence[float]], best: int) -> None:
    values = list(shown.values())[-1]
    if best <= len(values):
        color = RED if "validation" in shown else BLUE
        panel.line(
            [best], [values[best - 1]], Look(color, width=0, mark="o", size=8, hollow=True), clipped=False
        )

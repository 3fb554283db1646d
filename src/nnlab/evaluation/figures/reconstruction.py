"""Samples with what a network gave back for them, and how far off it was."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import BLUE, GREY, RED, shorten
from nnlab.evaluation.figures.chart import Chart, Look
from nnlab.evaluation.figures.legend import Entry, list_inside
from nnlab.evaluation.figures.scale import Scale, decade_ticks, numbered
from nnlab.evaluation.figures.sheet import Caption, Sheet, as_pictures
from nnlab.evaluation.judgement import Restored

COLUMNS = 8
BINS = 50
_FAINT = 0.75


def draw_reconstructions(restored: Restored, name: str, path: Path) -> Path:
    """The first test pictures: as the network was shown them, what it gave back, and what it was to give back."""
    captions: list[Caption] = [((f"MSE {restored.mse[at]:.4f}", GREY),) for at in restored.first]
    head = (f"What the network gives back: {shorten(name, 40)}", "the first pictures of the test set")
    return _draw_rows(restored, restored.first, captions, head, path)


def draw_extremes(restored: Restored, name: str, path: Path) -> Path:
    """The test pictures that came back best, and those that came back worst."""
    half = COLUMNS // 2
    chosen = (*restored.best[:half], *reversed(restored.worst[:half]))
    words = ["best"] * len(restored.best[:half]) + ["worst"] * len(restored.worst[:half])
    captions: list[Caption] = [
        ((f"{word}: MSE {restored.mse[at]:.4f}", BLUE if word == "best" else RED),)
        for word, at in zip(words, chosen, strict=True)
    ]
    head = (f"Best and worst given back: {shorten(name, 40)}", "by mean squared error, of the whole test set")
    return _draw_rows(restored, chosen, captions, head, path)


def draw_errors(columns: Mapping[str, np.ndarray], name: str, path: Path) -> Path:
    """How many test samples have which error, on a logarithmic axis: of the outputs, and of spoilt inputs."""
    found = [("given back", columns["mse"], BLUE)]
    if "input_mse" in columns:
        found.append(("as shown to the network", columns["input_mse"], GREY))
    edges = _edges(np.concatenate([values for _, values, _ in found]))
    low, high = float(edges[0]), float(edges[-1])
    counted = [np.histogram(np.clip(values, low, high), edges)[0] for _, values, _ in found]
    ends, ticks = np.log10([low, high]), decade_ticks(low, high)
    across = Scale(float(ends[0]), float(ends[1]), "mean squared error of a sample", ticks)
    top = 1.05 * float(max(counts.max() for counts in counted))
    up = numbered(0, max(top, 1), "test samples")
    left = 0.4 + up.widest
    chart = Chart(6.4, 3.4, f"Error of each test sample: {shorten(name, 40)}")
    panel = chart.panel((left, 0.55, 6.4 - left - 0.15, 2.4), across, up)
    entries: list[Entry] = []
    for (label, values, color), counts in zip(found, counted, strict=True):
        sides = np.log10(edges[:-1]), np.log10(edges[1:])
        panel.bars(sides, (np.zeros(len(counts)), counts), color, alpha=_FAINT)
        panel.points.append(panel.place(np.log10(edges[1:]), counts))
        entries.append((Look(color, width=6, alpha=_FAINT), f"{label}: mean {values.mean():.4g}"))
    list_inside(panel, entries)
    return chart.save(path)


def _edges(values: np.ndarray) -> np.ndarray:
    """Edges of bins that are equally wide on a logarithmic axis; errors of 0 are drawn with the smallest."""
    positive = values[values > 0]
    if not len(positive):
        return np.array([1e-9, 1e-8])
    low, high = float(positive.min()), float(positive.max())
    return np.logspace(np.log10(low * 0.999), np.log10(high * 1.001), BINS + 1)


def _draw_rows(
    restored: Restored, chosen: Sequence[int], captions: Sequence[Caption], head: tuple[str, str], path: Path
) -> Path:
    places = list(chosen)
    white = restored.white or float(restored.targets.max())
    black = 0.0 if restored.white else float(restored.targets.min())
    rows = {"shown": restored.shown, "given back": restored.outputs, "wanted": restored.targets}
    if not restored.spoilt:
        rows = {"shown": restored.targets, "given back": restored.outputs}
    pictures = {word: as_pictures(values[places], black, white) for word, values in rows.items()}
    sheet = Sheet(len(places), len(rows), pictures["shown"].shape[1:], lines=1, left=0.85)
    sheet.title(*head)
    for row, (word, drawn) in enumerate(pictures.items()):
        sheet.name_row(row, word)
        for column, picture in enumerate(drawn):
            sheet.put(row, column, picture, captions[column] if word == "given back" else ())
    return sheet.save(path)

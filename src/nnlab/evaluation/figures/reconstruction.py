"""Samples with what a network gave back for them, and how far off it was."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import BLUE, GREY, RED, new_figure, put_legend, save_figure, shorten
from nnlab.evaluation.figures.sheet import Caption, Sheet, as_pictures
from nnlab.evaluation.judgement import Restored

COLUMNS = 8
BINS = 50


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
    figure = new_figure(6.4, 3.4, f"Error of each test sample: {shorten(name, 40)}")
    axes = figure.subplots()
    edges = _edges(np.concatenate([values for _, values, _ in found]))
    for label, values, color in found:
        axes.hist(values, edges, color=color, alpha=0.75, label=f"{label}: mean {values.mean():.4g}")
    # Powers of ten would be set as formulas, which nnlab's style leaves as plain text.
    axes.set(xscale="log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_formatter(lambda value, _: "")
    axes.set(xlabel="mean squared error of a sample", ylabel="test samples")
    put_legend(axes, *axes.get_legend_handles_labels(), loc="best", fontsize=8)
    return save_figure(figure, path)


def _edges(values: np.ndarray) -> list[float]:
    """Edges of bins that are equally wide on a logarithmic axis; errors of 0 are drawn with the smallest."""
    positive = values[values > 0]
    if not len(positive):
        return [1e-9, 1e-8]
    low, high = float(positive.min()), float(positive.max())
    return np.logspace(np.log10(low * 0.999), np.log10(high * 1.001), BINS + 1).tolist()


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

"""Test texts that the network got wrong, with how they begin."""

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import GREY, INK, RED, count_of, new_figure, save_figure, shorten
from nnlab.evaluation.judgement import ClassOutcome
from nnlab.evaluation.probabilities import percent
from nnlab.spec import DataSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUOTES, LETTERS, LINES = 10, 130, 3
_WIDTH, _HEAD, _LINE, _GAP, _MARGIN = 9.0, 0.62, 0.155, 0.13, 0.15
"""Inches: the figure, its head, a line of text, the space between two texts, the edge."""


def quote(text: str, length: int) -> str:
    """How a text begins, on one line, without the marks of HTML."""
    return shorten(re.sub(r"<[^<>]{0,40}>", " ", text[: 4 * length]), length)


def draw_text_mistakes(outcome: ClassOutcome, spec: DataSpec, texts: np.ndarray, path: Path) -> Path | None:
    """The mistakes of which the network was surest: true → predicted, its probability, and the text's beginning.

    texts: objects (n,), the test set's. None where there are no mistakes. Raises StorageError.
    """
    chosen = [int(index) for index in outcome.mistakes[:QUOTES]]
    if not chosen:
        return None
    height = _HEAD + len(chosen) * ((LINES + 1) * _LINE + _GAP) + _MARGIN
    figure = new_figure(_WIDTH, height, arranged=False)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, _WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    total = f"{count_of(len(outcome.mistakes), 'mistake')} in {count_of(len(outcome.truth), 'test sample')}"
    _write_head(axes, spec, f"true → predicted class, and its probability; {total}")
    for place, index in enumerate(chosen):
        y = _HEAD + place * ((LINES + 1) * _LINE + _GAP)
        _write_mistake(axes, y, outcome, index, str(texts[index]))
    return save_figure(figure, path)


def _write_head(axes: "Axes", spec: DataSpec, explanation: str) -> None:
    title = f"Most confident mistakes: {shorten(spec.name, 40)}"
    axes.text(_MARGIN, 0.13, title, fontsize=11, fontweight="bold", va="top")
    axes.text(_MARGIN, 0.36, explanation, fontsize=8.5, color=GREY, va="top")


def _write_mistake(axes: "Axes", y: float, outcome: ClassOutcome, index: int, text: str) -> None:
    names = f"{outcome.names[outcome.truth[index]]} → {outcome.names[outcome.predicted[index]]}"
    said = f"{shorten(names, 60)}  {percent(float(outcome.confidence[index]))}"
    axes.text(_MARGIN, y, said, fontsize=8.5, color=RED, va="top")
    axes.text(_WIDTH - _MARGIN, y, f"test sample {index}", fontsize=8, color=GREY, va="top", ha="right")
    beginning = quote(text, LETTERS * LINES + 1)
    lines = textwrap.wrap(beginning, LETTERS, max_lines=LINES, placeholder=" …")
    axes.text(_MARGIN, y + _LINE, "\n".join(lines), fontsize=8.5, color=INK, va="top", linespacing=1.25)

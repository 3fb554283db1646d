"""Test samples that two networks, A and B, answer: pictures or texts in groups, with what each of them said."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.evaluation.figures.canvas import (
    BLUE,
    GREY,
    INK,
    RED,
    drawing,
    explain,
    new_figure,
    save_figure,
    shorten,
)
from nnlab.evaluation.figures.quotes import quote
from nnlab.evaluation.figures.sheet import LETTERS, Caption, Sheet, as_pictures
from nnlab.evaluation.probabilities import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS, QUOTED = 5, 4
"""So many pictures of each group are shown, or so many texts."""
_LINE_LETTERS = 130
_WIDTH, _HEAD, _NAME, _TEXT, _COLUMN, _MARGIN = 9.0, 0.72, 0.27, 0.6, 2.3, 0.15
"""Inches: the figure, its head, a group's name, a text with what was said of it, each word of that, the edge."""


@dataclass(frozen=True)
class Answered:
    """One test sample: its place, its true class, and what A and B said with which probability."""

    index: int
    truth: str
    said: tuple[tuple[str, float], tuple[str, float]]

    @property
    def caption(self) -> Caption:
        """Truth, A's answer and B's, each on a line; blue is right and red is wrong."""
        return (f"true: {shorten(self.truth, LETTERS - 6)}", INK), self._line("A", 0), self._line("B", 1)

    def _line(self, letter: str, place: int) -> tuple[str, str]:
        name, chance = self.said[place]
        share = percent(chance)
        kept = shorten(name, LETTERS - len(share) - 5)
        return f"{letter}: {kept}  {share}", BLUE if name == self.truth else RED


@dataclass(frozen=True)
class Group:
    """Samples of one kind, the most telling first. count: how many there are in all."""

    name: str
    count: int
    samples: Sequence[Answered]


def draw_pictures(
    groups: Sequence[Group], images: np.ndarray, title: str, explanation: str, path: Path
) -> Path:
    """A row of test pictures for each group that has any; images: (n, …), all of the test set. StorageError."""
    filled = [group for group in groups if group.samples]
    with drawing():
        shape = as_pictures(images[:1], 0, 1).shape[1:]
        sheet = Sheet(COLUMNS, len(filled), shape, lines=3, left=1.05)
        sheet.title(shorten(title, 80), explanation)
        for row, group in enumerate(filled):
            sheet.name_row(row, f"{group.name}\n({group.count})")
            chosen = [sample.index for sample in group.samples[:COLUMNS]]
            pictures = as_pictures(images[chosen], 0, float(images.max()))
            for column, (picture, sample) in enumerate(zip(pictures, group.samples, strict=False)):
                sheet.put(row, column, picture, sample.caption)
        return sheet.save(path)


def draw_texts(groups: Sequence[Group], texts: np.ndarray, title: str, explanation: str, path: Path) -> Path:
    """How some test texts of each group begin, below what A and B said; texts: (n,), all of the test set.

    Raises StorageError.
    """
    filled = [group for group in groups if group.samples]
    shown = [(group, sample) for group in filled for sample in group.samples[:QUOTED]]
    height = _HEAD + len(filled) * _NAME + len(shown) * _TEXT + _MARGIN
    with drawing():
        figure = new_figure(_WIDTH, height, shorten(title, 80), arranged=False)
        explain(figure, explanation)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, _WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        y = _HEAD
        for group in filled:
            axes.text(_MARGIN, y, f"{group.name} ({group.count})", fontsize=9.5, fontweight="bold", va="top")
            y += _NAME
            for sample in group.samples[:QUOTED]:
                _write_text(axes, y, sample, str(texts[sample.index]))
                y += _TEXT
        return save_figure(figure, path)


def _write_text(axes: "Axes", y: float, sample: Answered, text: str) -> None:
    place = _MARGIN
    for words, color in sample.caption:
        axes.text(place, y, words, fontsize=8.5, color=color, va="top")
        place += _COLUMN
    axes.text(
        _WIDTH - _MARGIN, y, f"test sample {sample.index}", fontsize=8, color=GREY, va="top", ha="right"
    )
    lines = textwrap.wrap(quote(text, 2 * _LINE_LETTERS), _LINE_LETTERS, max_lines=2, placeholder=" …")
    axes.text(_MARGIN, y + 0.155, "\n".join(lines), fontsize=8.5, va="top", linespacing=1.25)

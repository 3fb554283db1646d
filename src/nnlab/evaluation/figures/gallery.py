"""Test images with what the network made of them."""

from pathlib import Path

import numpy as np

from nnlab.evaluation.figures.canvas import BLUE, INK, RED, count_of, shorten
from nnlab.evaluation.figures.sheet import LETTERS, Caption, Sheet, as_pictures, fit_words
from nnlab.evaluation.judgement import ClassOutcome
from nnlab.evaluation.probabilities import percent
from nnlab.spec import DataSpec

COLUMNS, ROWS = 6, 4


def draw_samples(outcome: ClassOutcome, spec: DataSpec, images: np.ndarray, path: Path) -> Path:
    """The first test images with their true class, and the predicted class and its probability."""
    chosen = np.arange(min(len(images), COLUMNS * ROWS))
    title = f"{count_of(len(chosen), 'test image').capitalize()}: {shorten(spec.name, 40)}"
    right = int((outcome.truth == outcome.predicted)[chosen].sum())
    explanation = f"true class above predicted class and its probability; {right} right, mistakes in red"
    captions = [_caption_sample(outcome, int(index)) for index in chosen]
    return _draw_sheet(images, chosen, captions, (title, explanation), path)


def draw_mistakes(outcome: ClassOutcome, spec: DataSpec, images: np.ndarray, path: Path) -> Path | None:
    """The mistakes of which the network was surest: true → predicted, and the probability; None if none."""
    chosen = outcome.mistakes[: COLUMNS * ROWS]
    if not len(chosen):
        return None
    title = f"Most confident mistakes: {shorten(spec.name, 40)}"
    total = f"{count_of(len(outcome.mistakes), 'mistake')} in {count_of(len(outcome.truth), 'test sample')}"
    captions = [_caption_mistake(outcome, int(index)) for index in chosen]
    return _draw_sheet(
        images, chosen, captions, (title, f"true → predicted class, and its probability; {total}"), path
    )


def _draw_sheet(
    images: np.ndarray, chosen: np.ndarray, captions: list[Caption], head: tuple[str, str], path: Path
) -> Path:
    pictures = as_pictures(images[chosen], 0, float(images.max()))
    columns = min(len(chosen), COLUMNS)
    sheet = Sheet(columns, -(-len(chosen) // columns), pictures.shape[1:])
    sheet.title(*head)
    for place, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        sheet.put(*divmod(place, columns), picture, caption)
    return sheet.save(path)


def _caption_sample(outcome: ClassOutcome, index: int) -> Caption:
    predicted = int(outcome.predicted[index])
    chance = percent(float(outcome.probabilities[index, predicted]))
    right = predicted == outcome.truth[index]
    truth = shorten(outcome.names[outcome.truth[index]], LETTERS)
    return (truth, INK), (
        f"{shorten(outcome.names[predicted], LETTERS - len(chance) - 2)}  {chance}",
        BLUE if right else RED,
    )


def _caption_mistake(outcome: ClassOutcome, index: int) -> Caption:
    truth, predicted = outcome.names[outcome.truth[index]], outcome.names[outcome.predicted[index]]
    keep = fit_words((truth, predicted), " → ")
    chance = percent(float(outcome.confidence[index]))
    return (f"{shorten(truth, keep[0])} → {shorten(predicted, keep[1])}", INK), (chance, RED)

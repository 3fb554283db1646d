"""The page's figures: of all experiments of a source that name the same one, and the runs' own pictures."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.analysis.histories import pad, read_history
from nnlab.analysis.spread import measure_spread
from nnlab.errors import StorageError
from nnlab.evaluation.figures.overlay import Curve, Measure, draw_overlay
from nnlab.evaluation.figures.ranked import Scored, draw_bars, draw_sizes
from nnlab.folder import slug
from nnlab.laboratory.figure_lines import FigureLine
from nnlab.laboratory.row import Row
from nnlab.tracking.rows import RunRow
from nnlab.tracking.runs import artifact

COLORS = 96
"""Colours of a picture on the page: enough for lines and digits, and a quarter of the bytes."""
ZERO_WEIGHTS = "model/zero_weights"
SHOWN = "Experiments"
"""The text inside a figure's PNG that names the experiments it shows."""


@dataclass(frozen=True)
class Drawn:
    """A figure of the page: its file, and the sentence under it."""

    path: Path
    caption: str


def draw_source(rows: Sequence[Row], folder: Path) -> list[Drawn]:
    """Every figure that the headers of a source's experiments ask for and whose runs are there, into `folder`.

    A figure that was drawn before stays where it shows an experiment whose runs are not in this store: one that
    shows less never takes its place. Raises StorageError.
    """
    grouped: dict[FigureLine, list[Row]] = {}
    for row in rows:
        for line in row.experiment.header.figures:
            grouped.setdefault(line, []).append(row)
    drawn = [_draw_group(line, group, folder) for line, group in grouped.items()]
    return [*filter(None, drawn), *_pictures(rows, folder)]


def _draw_group(line: FigureLine, rows: list[Row], folder: Path) -> Drawn | None:
    named = f"{rows[0].experiment.source} {line.title} {line.measure}"
    path = folder / f"{slug(named.lower())}.png"
    there = {row.experiment.name: row for row in rows if row.runs}
    lost = read_shown(path) - set(there)
    fresh = bool(there) and not any(row.experiment.name in lost for row in rows)
    if fresh:
        _DRAW[line.kind](line, list(there.values()), path)
        shrink(path, list(there))
    elif not path.exists():
        return None
    earlier = "" if fresh else " Drawn from earlier runs."
    return Drawn(path, _caption(line, rows, read_shown(path)) + earlier)


def _caption(line: FigureLine, rows: list[Row], shown: Collection[str]) -> str:
    missing = [row.experiment.name for row in rows if row.experiment.name not in shown]
    late = f" Not in it yet: {', '.join(missing)}." if missing else ""
    leak = any(row.experiment.leak for row in rows if row.experiment.name in shown)
    return f"{line.title}: {line.measure}.{' Validation is on the test set.' if leak else ''}{late}"


def _draw_curves(line: FigureLine, rows: list[Row], path: Path) -> None:
    curves = [_curve(line, row) for row in rows]
    share = line.scores[0].is_share and not line.normalised
    name = line.name if len(line.splits) > 1 else str(line.scores[0])
    draw_overlay(curves, Measure(name, line.normalised, line.log, share), line.title, path)


def _curve(line: FigureLine, row: Row) -> Curve:
    series = [_series(history, line) for history in map(read_history, row.runs)]
    values = [pad([lines[at] for lines in series]) for at in range(len(line.splits))]
    longest = max(part.shape[1] for part in values)
    validation = values[1] if len(values) > 1 and values[1].shape[1] else None
    return Curve(row.experiment.title, np.arange(1, longest + 1), values[0], validation)


def _series(history: dict[str, list[float]], line: FigureLine) -> list[list[float]]:
    names = [("val_" if split == "validation" else "") + line.name.replace(" ", "_") for split in line.splits]
    return [history.get(name, []) for name in names]


def _draw_parameters(line: FigureLine, rows: list[Row], path: Path) -> None:
    metric, unit = line.scores[0].metric, 100 if line.scores[0].is_share else 1
    networks = list(_scored(rows, metric, unit))
    draw_sizes(networks, f"{line.scores[0]}{' (%)' if unit == 100 else ''}", line.title, path)


def _draw_weights(line: FigureLine, rows: list[Row], path: Path) -> None:
    networks = list(_scored(rows, ZERO_WEIGHTS, 100))
    draw_bars(networks, "weights smaller than 0.001 (% of all)", line.title, path)


def _scored(rows: Iterable[Row], metric: str, unit: float) -> Iterable[Scored]:
    for row in rows:
        values = [unit * run.scores[metric] for run in row.runs if metric in run.scores]
        if values:
            spread = measure_spread(values)
            yield Scored(row.experiment.title, spread.mean, spread.std, row.parameters or 1)


_DRAW = {"curves": _draw_curves, "parameters": _draw_parameters, "weights": _draw_weights}


def _pictures(rows: Sequence[Row], folder: Path) -> Iterable[Drawn]:
    for row in rows:
        for picture in row.experiment.header.pictures:
            path = folder / f"{slug(row.experiment.name)}-{picture.name}.png"
            if row.runs:
                _copy(row.runs[0], f"plots/{picture.name}.png", path)
            if path.exists():
                yield Drawn(path, f"{row.experiment.name}: {picture.caption}.")


def _copy(run: RunRow, name: str, path: Path) -> None:
    try:
        source = artifact(run, name)
    except StorageError:
        if path.exists():  # put there by hand, as what `nnlab predict --show` draws
            return
        raise
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(source.read_bytes())
    shrink(path)


def shrink(path: Path, shown: Iterable[str] = ()) -> None:
    """Write a PNG again with COLORS colours, and the names of the experiments that it shows.

    The same pixels give the same bytes.
    """
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    with Image.open(path) as image:
        # The usual median cut makes the one red word among a thousand blue ones grey.
        small = image.convert("RGB").quantize(
            COLORS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    said = PngInfo()
    if names := " ".join(shown):
        said.add_text(SHOWN, names)
    small.save(path, "PNG", optimize=True, pnginfo=said)


def read_shown(path: Path) -> set[str]:
    """The names of the experiments that a figure of the page shows; none where there is no figure."""
    from PIL import Image

    if not path.exists():
        return set()
    with Image.open(path) as image:
        return set(str(image.info.get(SHOWN, "")).split())

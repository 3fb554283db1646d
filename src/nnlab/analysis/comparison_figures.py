"""Every figure that a comparison has: curves, keys, importance and costs, all by the score that ranks."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from nnlab.analysis.comparison import Comparison
from nnlab.analysis.histories import History, pad, read_history
from nnlab.analysis.hyperparameters import read_keys
from nnlab.analysis.importance import share_variance
from nnlab.analysis.metric import Metric
from nnlab.analysis.ranked_networks import RankedNetworks, rank_networks
from nnlab.evaluation.figures.by_key import draw_by_key
from nnlab.evaluation.figures.importance import draw_importance
from nnlab.evaluation.figures.learning import draw_learning
from nnlab.evaluation.figures.overlay import Curve, Measure
from nnlab.evaluation.figures.parallel import draw_parallel
from nnlab.evaluation.figures.pareto import Cost, draw_pareto
from nnlab.evaluation.figures.varied import Varied

CURVES = 60
"""So many networks have a curve."""
_WIDE = 30
"""Positive values that are so many times apart are drawn on a logarithmic axis."""


def draw_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Draw every figure that fits into `folder`, which is made if needed, and list the files.

    Curves of the metric and of the loss, the score over each key, all keys at once, the importance of each, and
    what parameters and time buy; of a single network its curves. Raises StorageError for a file that cannot be
    written.
    """
    networks = rank_networks(comparison)
    if networks is None:
        return []
    drawn = _draw_curves(networks, folder)
    if len(networks.standings) > 1:
        keys = read_keys(networks.configurations)
        drawn += [*_draw_keys(networks, keys, folder), *_draw_importance(networks, keys, folder)]
        drawn += _draw_costs(networks, folder)
    return drawn


def _draw_curves(networks: RankedNetworks, folder: Path) -> list[Path]:
    shown = networks.board.order[:CURVES]
    histories = {place: [read_history(run) for run in networks.configurations[place].runs] for place in shown}
    title, drawn = f"Learning curves: {networks.experiment}", []
    for name in dict.fromkeys((networks.metric.name, "loss")):
        series = _series(name, histories.values())
        curves = {
            place: _curve([lines[series] for lines in runs if lines.get(series)])
            for place, runs in histories.items()
            if any(lines.get(series) for lines in runs)
        }
        if curves:
            path = folder / f"learning_{name}.png"
            drawn.append(
                draw_learning(networks.board, curves, _measure(series, curves.values()), title, path)
            )
    return drawn


def _series(name: str, runs: Iterable[Sequence[History]]) -> str:
    """Keras's name of what is drawn: validation where any run has it."""
    validated = any(f"val_{name}" in lines for each in runs for lines in each)
    return f"val_{name}" if validated else name


def _curve(lines: Sequence[Sequence[float]]) -> Curve:
    values = pad(lines)
    return Curve("", np.arange(1, values.shape[1] + 1), values)


def _measure(series: str, curves: Iterable[Curve]) -> Measure:
    name, validated = series.removeprefix("val_"), series.startswith("val_")
    words = f"{'validation' if validated else 'training'} {name.replace('_', ' ')}"
    every = np.concatenate([curve.values.ravel() for curve in curves])
    finite = every[np.isfinite(every)]
    wide = finite.size > 0 and finite.min() > 0 and finite.max() > _WIDE * finite.min()
    share = Metric(name).is_share
    return Measure(words, log=bool(wide) and not share, percent=share)


def _draw_keys(networks: RankedNetworks, keys: Sequence[Varied], folder: Path) -> list[Path]:
    if not keys:
        return []
    over, at_once = (
        f"{networks.score.capitalize()} over each key",
        f"{networks.score.capitalize()} over all keys",
    )
    return [
        draw_by_key(networks.board, keys, f"{over}: {networks.experiment}", folder / "score_by_key.png"),
        draw_parallel(networks.board, keys, f"{at_once}: {networks.experiment}", folder / "parallel.png"),
    ]


def _draw_importance(networks: RankedNetworks, keys: Sequence[Varied], folder: Path) -> list[Path]:
    shares = share_variance(keys, networks.scores)
    if shares is None:
        return []
    runs = sum(len(scores) for scores in networks.scores)
    said = (
        f"how much of the variance of {networks.score} goes with each key alone, whatever the others are; "
        f"{runs} runs of {len(networks.scores)} networks\n"
        "analysis of variance, Hays's ω²: 0 % is no more than chance would give"
    )
    title = f"Importance of each key: {networks.experiment}"
    return [draw_importance(shares, said, title, folder / "importance.png")]


def _draw_costs(networks: RankedNetworks, folder: Path) -> list[Path]:
    """Where networks differ in them, and all are known."""
    found = {
        "parameters": ("parameters", [one.params for one in networks.standings]),
        "time": ("training time (s)", [one.seconds for one in networks.standings]),
    }
    return [
        draw_pareto(
            networks.board,
            Cost(name, np.array(amounts, np.float64)),
            f"{networks.score.capitalize()} against {kind}: {networks.experiment}",
            folder / f"pareto_{kind}.png",
        )
        for kind, (name, amounts) in found.items()
        if all(amounts) and len(set(amounts)) > 1
    ]

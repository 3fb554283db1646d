"""Small judged sets that several tests share, and a way to look at a figure instead of its file."""

import importlib

import numpy as np
import pytest

from nnlab.spec import DataSpec, Samples

MODULES = (
    "answers",
    "by_feature",
    "by_key",
    "calibration",
    "changes",
    "confusion",
    "curves",
    "history",
    "importance",
    "learning",
    "overlay",
    "parallel",
    "pareto",
    "per_class",
    "prediction",
    "quotes",
    "regression",
    "sheet",
)


@pytest.fixture
def classified():
    """Make (spec, test, predictions) of n random samples of k classes; `pull` is how good the network is."""

    def make(k, n=200, pull=2.0, seed=0, names=None, shape=(6, 5)):
        random = np.random.default_rng(seed)
        y = (
            np.concatenate([np.arange(k), random.integers(0, k, n - k)])
            if n >= k
            else random.integers(0, k, n)
        )
        strength = np.exp(np.eye(k)[y] * pull + random.normal(size=(n, k)))
        spec = DataSpec(
            "things", "classification", shape, "uint8", names or tuple(f"class {i}" for i in range(k))
        )
        x = random.integers(0, 256, (n, *shape)).astype(np.uint8)
        return spec, Samples(x, y), (strength / strength.sum(axis=1, keepdims=True)).astype(np.float32)

    return make


@pytest.fixture
def figures(monkeypatch):
    """Every figure as it is saved, by the file's name."""
    kept = {}
    for module in MODULES:
        found = importlib.import_module(f"nnlab.evaluation.figures.{module}")
        save = found.save_figure

        def keep(figure, path, pictures=(), save=save):
            kept[path.name] = figure
            figure.pasted = [picture for _, _, picture in pictures]
            return save(figure, path, pictures)

        monkeypatch.setattr(found, "save_figure", keep)
    return kept

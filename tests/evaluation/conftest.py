"""Small judged sets that several tests share, and a way to look at a figure instead of its file."""

import importlib

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from nnlab.evaluation.figures import canvas, lettering, sheet
from nnlab.evaluation.figures.chart import Chart
from nnlab.spec import DataSpec, Samples

MODULES = (
    "answers",
    "by_key",
    "changes",
    "importance",
    "learning",
    "overlay",
    "parallel",
    "pareto",
    "prediction",
    "quotes",
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
    """Every figure as it is saved, by the file's name: matplotlib's, or a Chart.

    What a sheet puts together is in the `lettered`, texts, and `pasted`, pictures, of an empty figure.
    """
    kept, onto = {}, {"lettered": [], "pasted": []}

    def keep(figure, path, save):
        figure.lettered, figure.pasted = [one.text for one in onto["lettered"]], list(onto["pasted"])
        onto.update(lettered=[], pasted=[])
        kept[path.name] = figure
        return save()

    def write_all(picture, letterings):
        onto["lettered"] += letterings
        return lettering.write_all(picture, letterings)

    def enlarge(*arguments, enlarge=sheet.enlarge):
        picture = enlarge(*arguments)
        onto["pasted"].append(np.asarray(picture))
        return picture

    for module in MODULES:
        found = importlib.import_module(f"nnlab.evaluation.figures.{module}")
        save = found.save_figure
        monkeypatch.setattr(
            found,
            "save_figure",
            lambda figure, path, save=save: keep(figure, path, lambda: save(figure, path)),
        )
    monkeypatch.setattr(sheet, "enlarge", enlarge)
    monkeypatch.setattr(sheet, "write_all", write_all)
    monkeypatch.setattr(
        sheet,
        "save_picture",
        lambda picture, path: keep(Figure(), path, lambda: canvas.save_picture(picture, path)),
    )
    save_chart = Chart.save
    monkeypatch.setattr(
        Chart, "save", lambda chart, path: kept.update({path.name: chart}) or save_chart(chart, path)
    )
    return kept


@pytest.fixture
def words():
    """All that is written in a figure that `figures` kept."""

    def read(figure):
        if isinstance(figure, Chart):
            return [one.text for one in figure.letterings if one.text.strip()]
        drawn = [text.get_text() for text in figure.findobj(Text) if text.get_text().strip()]
        return drawn + getattr(figure, "lettered", [])

    return read

"""One whole run on texts, from the words of its samples to the answer for one that is typed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.data.sources.imdb import Imdb
from nnlab.spec import RawData, Samples

COUNT = "dataset.preprocessing=[{WordVectorization: {max_tokens: 12, output_mode: count}}]"
IDS = "dataset.preprocessing=[{WordVectorization: {max_tokens: 12, output_sequence_length: 6, keep: end}}]"
NETWORKS = {
    "count": ("model=perceptron", COUNT),
    "int": ("model=text_conv", "model.words=12", "model.filters=[4]", "model.dropout=0", IDS),
}


@pytest.fixture
def few_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reviews of which each says all in its last words; two test reviews lie."""
    random = np.random.default_rng(0)

    def draw(count: int) -> Samples:
        y = np.arange(count) % 2
        filler = random.choice(["the film", "an actor", "a plot"], (count, 3))
        words = np.array(["so bad, awful", "so good, fine"])[y]
        x = np.array([" ".join((*row, said)) for row, said in zip(filler, words, strict=True)], object)
        return Samples(x, y.astype(np.int64))

    test = draw(40)
    test.y[:2] = 1 - test.y[:2]
    monkeypatch.setattr(Imdb, "read", lambda _: RawData(draw(160), None, test))


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["int", pytest.param("count", marks=pytest.mark.long)])
def test_texts_are_learned_kept_and_predicted(
    nnlab: Callable[..., Any], here: Path, few_reviews: None, mode: str
):
    train = ("trainer.epochs=20", "trainer.batch_size=16", "optimizer.learning_rate=0.05")
    done = nnlab("name=texts", "dataset=imdb", *NETWORKS[mode], *train, "trainer.progress=none")
    assert done.code == 0, done.err
    assert "test accuracy 0.9500" in done.out
    assert "warning" not in done.err, "every format is verified, MLflow's model is logged"

    (folder,) = (here / "outputs").glob("*/*")
    mistakes = json.loads((folder / "tables/mistakes.json").read_text(encoding="utf-8"))
    assert sorted(row["index"] for row in mistakes) == [0, 1]
    assert all("so bad, awful" in row["text"] or "so good, fine" in row["text"] for row in mistakes)
    assert (folder / "plots/mistakes.png").stat().st_size > 5000

    (here / "x.txt").write_text("A film, SO GOOD!", encoding="utf-8")
    answered = nnlab("predict", "texts", "x.txt")
    assert answered.out.startswith("x.txt: positive "), answered.err

"""Data that stay on the disk train to the same bits as data in memory, whatever the plan does with them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnlab.data.splits import load_splits
from nnlab.fitting import evaluate, prepare, train
from nnlab.identity import identify
from nnlab.plan import Plan
from nnlab.stored import StoredArray
from nnlab.training import pieces, runtime

ROWS = 90
RANDOM = np.random.default_rng(0)


def write_npz(folder: Path, save: Any = np.savez) -> list[str]:
    x, y = RANDOM.integers(0, 255, (ROWS, 6, 6), np.uint8), np.arange(ROWS) % 3
    save(folder / "own.npz", x_train=x, y_train=y, x_test=x[::9] // 2, y_test=y[::9])
    given = ["dataset.x_test=x_test", "dataset.y_test=y_test", "dataset.test_split=given"]
    return ["dataset=npz", f"dataset.path={folder}/own.npz", *given]


def write_packed(folder: Path) -> list[str]:
    return write_npz(folder, np.savez_compressed)


def write_doubles(folder: Path) -> list[str]:
    x = RANDOM.normal(size=(ROWS, 7))
    np.savez(folder / "own.npz", x_train=x, y_train=x[:, :2])
    normal = "dataset.preprocessing=[Normalization]"
    return ["dataset=npz", f"dataset.path={folder}/own.npz", normal, "trainer.batch_size=7"]


def write_table(folder: Path) -> list[str]:
    rows = [f"{a},{b},{'abc'[n % 3]}" for n, (a, b) in enumerate(RANDOM.normal(size=(ROWS, 2)))]
    (folder / "own.csv").write_text("\n".join(["a,b,y", *rows]) + "\n")
    return ["dataset=csv", f"dataset.path={folder}/own.csv", "dataset.target=y", "trainer.jit_compile=true"]


def write_pictures(folder: Path) -> list[str]:
    for number in range(ROWS):
        path = folder / "photos" / "abc"[number % 3] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(RANDOM.integers(0, 255, (9, 8, 3), np.uint8)).save(path)
    return ["dataset=image_folder", f"dataset.path={folder}/photos", "dataset.image_size=[8,8]"]


def trained(plan: Plan, folder: Path) -> tuple[Any, ...]:
    runtime.prepare(plan.trainer, plan.seed)
    splits = load_splits(plan.dataset, plan.seed, plan.cv)
    for part in (splits.train, splits.validation, splits.test):
        assert part is None or isinstance(part.x, StoredArray) == (plan.dataset.plain()["streaming"] is True)
    prepared = prepare(plan, splits)
    history = train(prepared, splits, folder, [])
    logs, predictions = evaluate(prepared, splits.test)
    identity = identify(plan, splits.hash, 1)
    return identity, history.series, logs, predictions, prepared.network.get_weights()


CASES: dict[str, tuple[Callable[[Path], list[str]], list[str]]] = {
    "an npz in place": (write_npz, ["trainer.class_weight={0: 3.0, 1: 0.5}", "model.dropout=0.5"]),
    "a packed npz, not shuffled": (write_packed, ["trainer.shuffle=false", "trainer.steps_per_epoch=3"]),
    "numbers, normalised": (write_doubles, []),
    "a fold of a table, by XLA": (write_table, ["cv=stratified", "cv.folds=3", "cv.fold=2"]),
    "pictures, augmented": (write_pictures, ["trainer.augmentation=[{RandomFlip: {mode: horizontal}}]"]),
    "pictures, smaller once": (
        write_pictures,
        ["dataset.preprocessing=[{Resizing: {height: 2, width: 2}}]"],
    ),
}
QUICK, LONG = "an npz in place", "pictures, augmented"


def marks(case: str) -> list[pytest.MarkDecorator]:
    """How the time that a case takes is said."""
    return [
        mark for mark, said in ((pytest.mark.slow, case != QUICK), (pytest.mark.long, case == LONG)) if said
    ]


@pytest.mark.parametrize("case", [pytest.param(case, marks=marks(case)) for case in CASES])
def test_the_bits_are_those_of_data_in_memory(
    case: str, plan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "cache"))
    monkeypatch.setattr(pieces, "BLOCK_BYTES", 4000)
    write, words = CASES[case]
    given = [*write(tmp_path), *words]
    on_disk, in_memory = (
        trained(plan(*given, f"dataset.streaming={word}"), tmp_path) for word in ("true", "false")
    )
    assert on_disk[:3] == in_memory[:3]
    np.testing.assert_array_equal(on_disk[3], in_memory[3])
    for streamed, held in zip(on_disk[4], in_memory[4], strict=True):
        np.testing.assert_array_equal(streamed, held)

"""What each key of each dataset changes."""

from pathlib import Path

import numpy as np
from witnesses import Tools, witness

from nnlab.stored import StoredArray


@witness("dataset.name")
def _(tools: Tools) -> None:
    assert tools.plan("dataset=boston").dataset.spec().shape == (13,)
    assert tools.plan("dataset=digits").dataset.spec().shape == (8, 8)


@witness("dataset.preprocessing")
def _(tools: Tools) -> None:
    prepared, _, data = tools.train(tools.plan("dataset.preprocessing=[{Rescaling: {scale: 0.5}}]"))
    feed = prepared.feed(data.train, "train")
    x, *_ = feed.batch(feed.tensors(), np.arange(3))
    np.testing.assert_array_equal(np.asarray(x), data.train.x[:3] * 0.5)


@witness("dataset.validation_split", "dataset.test_split", "dataset.samples")
def _(tools: Tools) -> None:
    found = tools.splits("dataset.test_split=797", "dataset.validation_split=0.25", "dataset.samples=60")
    assert found.validation is not None
    assert (len(found.test), len(found.validation), len(found.train)) == (797, 250, 60)
    assert tools.splits("dataset.validation_split=0").validation is None
    assert tools.splits("dataset.validation_split=test").leak


@witness("dataset.stratify")
def _(tools: Tools) -> None:
    counts = [
        np.bincount(tools.splits(f"dataset.stratify={word}", "dataset.test_split=0.5").test.y)
        / np.bincount(tools.splits("dataset.validation_split=0").train.y)
        for word in ("true", "false")
    ]
    assert np.ptp(counts[0]) < 0.02 < np.ptp(counts[1])


@witness("dataset.shuffle")
def _(tools: Tools) -> None:
    words = ("dataset.stratify=false", "dataset.test_split=100")
    whole = tools.plan().dataset.load().train
    last = tools.splits(*words, "dataset.shuffle=false").test
    np.testing.assert_array_equal(last.x, whole.x[-100:])
    assert not np.array_equal(tools.splits(*words, "dataset.shuffle=true").test.x, last.x)


def write_table(path: Path, rows: int, separator: str = ",") -> None:
    lines = [["a", "b", "y"], *([str(n), str(-n), str(n % 3)] for n in range(rows))]
    path.write_text("\n".join(separator.join(line) for line in lines) + "\n")


@witness("dataset.csv.path", "dataset.csv.target", "dataset.csv.features")
def _(tools: Tools) -> None:
    write_table(tools.folder / "own.csv", 30)
    own = ("dataset=csv", "dataset.path=own.csv")
    labels = tools.splits(*own, "dataset.target=y")
    assert (labels.spec.task, labels.spec.features) == ("classification", ("a", "b"))
    numbers = tools.splits(*own, "dataset.target=y", "dataset.task=regression", "dataset.features=[b]")
    assert (numbers.spec.task, numbers.spec.features, numbers.train.y.dtype) == (
        "regression",
        ("b",),
        np.float32,
    )
    assert numbers.train.x.max() <= 0
    assert tools.splits(*own, "dataset.target=a").spec.task == "regression"


@witness("dataset.csv.delimiter", "dataset.csv.test_path", "dataset.csv.validation_path")
def _(tools: Tools) -> None:
    for name, rows in (("train", 30), ("validation", 6), ("test", 9)):
        write_table(tools.folder / f"{name}.csv", rows, ";")
    found = tools.splits(
        *("dataset=csv", "dataset.path=train.csv", "dataset.target=y", "dataset.delimiter=';'"),
        *("dataset.test_path=test.csv", "dataset.test_split=given"),
        *("dataset.validation_path=validation.csv", "dataset.validation_split=given"),
    )
    assert found.validation is not None
    assert (len(found.train), len(found.validation), len(found.test)) == (30, 6, 9)


@witness(
    *(f"dataset.npz.{axis}_{part}" for axis in "xy" for part in ("train", "validation", "test")),
    "dataset.npz.path",
)
def _(tools: Tools) -> None:
    parts = {"a": 30, "b": 6, "c": 9}
    arrays = {f"{axis}{name}": rows for name, rows in parts.items() for axis in "xy"}
    values = {
        name: np.full((rows, 2), 3, np.uint8) if name[0] == "x" else np.arange(rows) % 2
        for name, rows in arrays.items()
    }
    np.savez(tools.folder / "own.npz", **values)
    names = dict(zip(("train", "validation", "test"), parts, strict=True))
    words = [f"dataset.{axis}_{part}={axis}{name}" for part, name in names.items() for axis in "xy"]
    own = ("dataset=npz", "dataset.path=own.npz", *words)
    given = ("dataset.test_split=given", "dataset.validation_split=given")
    found = tools.splits(*own, *given)
    assert found.validation is not None
    assert (len(found.train), len(found.validation), len(found.test)) == (30, 6, 9)
    assert (found.spec.task, found.train.x.dtype) == ("binary", np.uint8)
    assert tools.plan(*own, *given, "dataset.task=classification").dataset.spec().task == "classification"


@witness("dataset.npz.data_format")
def _(tools: Tools) -> None:
    pictures = np.arange(12 * 3 * 4 * 5, dtype=np.uint8).reshape(12, 3, 4, 5)
    np.savez(tools.folder / "own.npz", x_train=pictures, y_train=np.arange(12) % 2)
    words = ("dataset=npz", "dataset.path=own.npz", "dataset.data_format=channels_first")
    prepared, _, _ = tools.train(tools.plan(*words))
    assert prepared.network.input_shape == (None, 4, 5, 3)
    np.testing.assert_array_equal(prepared.preprocessing[0](pictures), pictures.transpose(0, 2, 3, 1))


@witness("dataset.image_folder.path", "dataset.image_folder.image_size", "dataset.image_folder.color")
def _(tools: Tools) -> None:
    from PIL import Image

    for name, colour in (("blue", (0, 0, 255)), ("red", (255, 0, 0))):
        (tools.folder / "own" / name).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (9, 7), colour).save(tools.folder / "own" / name / f"{number}.png")
    own = ("dataset=image_folder", "dataset.path=own", "dataset.image_size=[4,6]")
    splits = ("dataset.test_split=2", "dataset.validation_split=2")
    coloured = tools.splits(*own, *splits)
    assert coloured.spec.classes == ("blue", "red")
    assert coloured.train.x.shape[1:] == (4, 6, 3)
    np.testing.assert_array_equal(coloured.train.x[:, 0, 0, 0], 255 * coloured.train.y)
    assert tools.splits(*own, *splits, "dataset.color=grayscale").train.x.shape[1:] == (4, 6)


@witness("dataset.task")
def _(tools: Tools) -> None:
    words = ("dataset.task=reconstruction", "model=autoencoder", "model.filters=[2]")
    prepared, _, data = tools.train(tools.plan(*words))
    feed = prepared.feed(data.train, "train")
    x, y = feed.batch(feed.tensors(), np.arange(3))
    np.testing.assert_array_equal(np.asarray(x), data.train.x[:3] * np.float32(0.0625))
    np.testing.assert_array_equal(np.asarray(y)[..., 0], np.asarray(x))


@witness("dataset.corruption")
def _(tools: Tools) -> None:
    words = ("dataset.task=reconstruction", "model=autoencoder", "model.filters=[2]")
    prepared, _, data = tools.train(tools.plan(*words, "dataset.corruption=[{GaussianNoise: {stddev: 0.5}}]"))
    feed = prepared.feed(data.train, "train")
    x, y = (np.asarray(part) for part in feed.batch(feed.tensors(), np.arange(len(data.train))))
    np.testing.assert_array_equal(y[..., 0], data.train.x * np.float32(0.0625))
    assert 0.45 < (x - y[..., 0]).std() < 0.55


@witness("dataset.logistic_map.steps")
def _(tools: Tools) -> None:
    x = tools.plan("dataset=logistic_map").dataset.load().train.x[:, 0].astype(np.float64)
    twice = tools.plan("dataset=logistic_map", "dataset.steps=2").dataset.load().train.y
    once = 4 * x * (1 - x)
    np.testing.assert_allclose(twice, 4 * once * (1 - once), atol=1e-5)


@witness("dataset.csv.groups", "dataset.npz.groups")
def _(tools: Tools) -> None:
    write_table(tools.folder / "own.csv", 30)
    values = {"x_train": np.ones((30, 2)), "y_train": np.arange(30) % 2, "who": np.arange(30) % 7}
    np.savez(tools.folder / "own.npz", **values)
    for source, groups, whom in (("csv", "a", np.arange(30)), ("npz", "who", np.arange(30) % 7)):
        target = ["dataset.target=y"] if source == "csv" else []
        words = (f"dataset={source}", f"dataset.path=own.{source}", *target, "cv=grouped", "cv.fold=1")
        found = tools.splits(*words, f"dataset.groups={groups}", "dataset.validation_split=0")
        assert found.test_rows is not None
        assert set(whom[found.test_rows]).isdisjoint(np.delete(whom, found.test_rows))
        assert found.spec.features == (("b",) if source == "csv" else ())


@witness("cv.name", "cv.folds", "cv.repeats", "cv.shuffle", "cv.fold")
def _(tools: Tools) -> None:
    def tested(*words: str, fold: int = 2) -> list[int]:
        found = tools.splits("cv=kfold", f"cv.fold={fold}", "dataset.validation_split=0", *words).test_rows
        assert found is not None
        return found.tolist()

    assert len(tested()) == 360
    assert len(tested("cv.folds=10")) == 180
    assert tested("cv.shuffle=false") == list(range(360, 720))
    assert len({tuple(rows) for rows in (tested(fold=1), tested(), tested("cv.repeats=2", fold=7))}) == 3
    assert tested() != tested("cv.name=StratifiedKFold")


@witness("dataset.csv.streaming", "dataset.npz.streaming", "dataset.image_folder.streaming")
def _(tools: Tools) -> None:
    """Where the inputs are; test_streamed_bits.py sees that nothing else changes, for all three."""
    tools.patch.setenv("NNLAB_DATA", str(tools.folder))
    write_table(tools.folder / "own.csv", 30)
    own = ("dataset=csv", "dataset.path=own.csv", "dataset.target=y")
    kinds = [type(tools.splits(*own, f"dataset.streaming={word}").train.x) for word in ("true", "false")]
    assert kinds == [StoredArray, np.ndarray]

"""Rung 2: every option of every config group composes alone, discovered by walking, without TensorFlow."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CONF = Path(__file__).parents[2] / "conf"
LEAST = {
    "dataset": 10,
    "cv": 6,
    "model": 9,
    "optimizer": 14,
    "regularizer": 5,
    "callbacks": 8,
    "trainer": 4,
    "tracking": 2,
}
# What an option cannot do without: the user's own data has no default, and texts are no pictures.
NEEDS = {
    "dataset=imdb": ["model=text_conv"],
    "model=text_conv": ["dataset=imdb"],
    "model=autoencoder": ["dataset.task=reconstruction"],
    "model=vgg": ["dataset=cifar10"],
    "cv=grouped": ["dataset=csv", "dataset.path=own.csv", "dataset.target=y", "dataset.groups=a"],
    "cv=nested": ["cv.choose={optimizer.learning_rate:[0.1,0.01]}"],
    "dataset=csv": ["dataset.path=own.csv", "dataset.target=y"],
    "dataset=npz": ["dataset.path=own.npz"],
    "dataset=image_folder": ["dataset.path=own"],
    "callbacks=swap_ema": ["optimizer.use_ema=true"],
}
NOT_OPTIONS = {"schemas", "hydra", "experiments"}
"""Folders of conf/ that are not options of the plan; experiments have their own test."""
PROGRAM = """
import json, sys
from nnlab.cli.compose import compose_plan
found = {}
for words in json.load(sys.stdin):
    try:
        found[words[0]] = compose_plan(words).plain()
    except Exception as error:
        found[words[0]] = str(error)
heavy = [name for name in ("tensorflow", "keras", "mlflow", "sklearn", "matplotlib") if name in sys.modules]
print(json.dumps([heavy, found]))
"""


def options() -> dict[str, list[str]]:
    groups = sorted(path for path in CONF.iterdir() if path.is_dir() and path.name not in NOT_OPTIONS)
    return {group.name: sorted(path.stem for path in group.glob("*.yaml")) for group in groups}


OPTIONS = [f"{group}={name}" for group, names in options().items() for name in names]


def write_own_data(folder: Path) -> None:
    import numpy as np
    from PIL import Image

    rows = [f"{n},{n % 2},{n % 3}\n" for n in range(9)]
    (folder / "own.csv").write_text("".join(["a,b,y\n", *rows]))
    np.savez(folder / "own.npz", x_train=np.ones((9, 2), np.float32), y_train=np.arange(9) % 3)
    for name in ("cats", "dogs"):
        (folder / "own" / name).mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(folder / "own" / name / "1.png")


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("own")
    write_own_data(folder)
    asked = [[option, *NEEDS.get(option, [])] for option in OPTIONS]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    heavy, found = json.loads(done.stdout)
    return heavy, found


def test_every_group_is_walked():
    assert set(options()) == set(LEAST), "a new config group gets its least number of options in LEAST"
    assert {group: len(names) >= LEAST[group] for group, names in options().items()} == dict.fromkeys(
        LEAST, True
    )


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_composes_alone(option: str, composed: tuple[list[str], dict[str, Any]]):
    plan = composed[1][option]
    assert isinstance(plan, dict), plan
    group, name = option.split("=")
    if group in ("dataset", "model"):
        assert plan[group]["name"] == name


def test_composing_imports_nothing_heavy(composed: tuple[list[str], dict[str, Any]]):
    assert len(composed[1]) == len(OPTIONS)
    assert composed[0] == []

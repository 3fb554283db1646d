"""The wheel, away from the checkout: conf/ and experiments/ travel inside it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="hatchling builds the wheel: make setup installs it")
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([*pip, *build], check=True, capture_output=True, cwd=folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.mark.slow
def test_configuration_travels_whole_and_once(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    own = {str(path.relative_to(ROOT / "conf")) for path in (ROOT / "conf").rglob("*.yaml")}
    assert len(own) > 40
    assert own <= {name.removeprefix("nnlab/conf/") for name in names}
    for path in (ROOT / "experiments").rglob("*.yaml"):
        inside = f"nnlab/conf/experiments/{path.relative_to(ROOT / 'experiments')}"
        assert names.count(inside) == 1
    assert not [name for name in names if name.startswith(("tests/", "conf/", "experiments/"))]


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_folder_with_a_user_s_own_conf(wheel: Path, tmp_path: Path):
    site, work = tmp_path / "site", tmp_path / "work"
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "install", "--no-deps", "--target", str(site), str(wheel)],
        check=True,
        capture_output=True,
    )
    (work / "conf/optimizer").mkdir(parents=True)
    (work / "conf/optimizer/x.yaml").write_text("name: SGD\nlearning_rate: 0.5\n")
    done = subprocess.run(
        [sys.executable, "-m", "nnlab", "check", "dataset=digits", "model=perceptron", "optimizer=x"],
        capture_output=True,
        text=True,
        cwd=work,
        env={**os.environ, "PYTHONPATH": str(site)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert yaml.safe_load(done.stdout)["optimizer"] == {"SGD": {"learning_rate": 0.5}}
    where = "import nnlab.cli.folders as folders; print(folders.own_conf())"
    found = subprocess.run(
        [sys.executable, "-c", where],
        capture_output=True,
        text=True,
        check=True,
        cwd=work,
        env={**os.environ, "PYTHONPATH": str(site)},
    )
    assert found.stdout.strip() == str(site / "nnlab/conf")

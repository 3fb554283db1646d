"""`nnlab lab`: what it refuses, and a laboratory of one's own from the first run to the page."""

from pathlib import Path

import pytest

from nnlab.cli import lab
from nnlab.errors import ConfigError, FetchError, RequestError

TINY = """\
# @package _global_
# yaml-language-server: $schema=../../conf/schemas/plan.json
# Does a perceptron learn anything in {epochs} epochs?
#   python -m nnlab +experiments=tiny/{name}
# Published: test accuracy 1 %; 650 parameters.
# Figure: All (loss)
defaults:
  - override /dataset: {dataset}
  - override /model: perceptron
  - override /optimizer: sgd

optimizer:
  learning_rate: {rate}
trainer:
  epochs: {epochs}
  steps_per_epoch: 3
"""


@pytest.fixture
def laboratory(tmp_path, monkeypatch):
    """An empty folder with an experiment in ./conf/experiments/tiny/; give the folder of the experiments."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lab, "groups", lambda: {"experiments": sorted(known(folder))})
    folder = tmp_path / "conf/experiments/tiny"
    folder.mkdir(parents=True)
    write(folder, "one")
    return folder


def known(folder: Path) -> list[str]:
    return [f"tiny/{file.stem}" for file in folder.glob("*.yaml")]


def write(folder: Path, name: str, epochs: int = 2, dataset: str = "digits", rate: float = 0.1) -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(TINY.format(name=name, epochs=epochs, dataset=dataset, rate=rate), encoding="utf-8")
    return file


def test_a_source_that_is_none_is_refused_with_those_there_are(laboratory):
    with pytest.raises(
        RequestError, match=r"SOURCE: 'tinny'; one of tiny, or SOURCE/NAME; did you mean 'tiny'\?"
    ):
        lab.main(["tinny"])


def test_the_mistakes_of_all_headers_and_plans_are_told_at_once(laboratory):
    file = laboratory / "two.yaml"
    file.write_text(write(laboratory, "two").read_text("utf-8").replace("Published", "Publishd"), "utf-8")
    write(laboratory, "three", epochs=0)
    with pytest.raises(ConfigError) as caught:
        lab.main([])
    told = str(caught.value)
    assert "trainer.epochs: 0; a number of at least 1" in told
    assert "experiments/tiny/two.yaml, line 5: '# Publishd: " in told
    assert "did you mean 'Published'?" in told


@pytest.mark.parametrize("words", [["--seeds", "0"], ["--sed", "3"]])
def test_wrong_flags_end_with_two(laboratory, words, capsys):
    with pytest.raises(SystemExit) as ended:
        lab.main(words)
    assert ended.value.code == 2
    assert "nnlab lab: error: " in capsys.readouterr().err


@pytest.mark.slow
def test_a_laboratory_of_ones_own_runs_goes_on_and_runs_nothing_twice(laboratory, tmp_path, capfd):
    write(laboratory, "two", dataset="boston", rate=1e12)
    assert lab.main(["--seeds", "2"]) == 1

    said = capfd.readouterr().err
    assert "first runs: 2\n[1/2] tiny/one seed 0: test accuracy " in said
    assert "[2/2] tiny/two seed 0: failed: " in said
    assert "the training has diverged" in said
    assert "repeats: 1\n[1/1] tiny/one seed 1: test accuracy " in said
    page = (tmp_path / "docs/laboratory.md").read_text(encoding="utf-8")
    assert "2 experiments: 1 beaten, 1 failed." in page or "2 experiments: 1 met, 1 failed." in page
    assert "(2)" in page
    assert (tmp_path / "docs/laboratory/tiny-all-loss.png").is_file()
    assert "# Reached: test accuracy " in (laboratory / "one.yaml").read_text(encoding="utf-8")

    (laboratory / "two.yaml").unlink()
    assert lab.main(["--seeds", "2"]) == 0
    assert capfd.readouterr().err == "reading the experiments\n"
    assert len(list((tmp_path / "outputs/digits-classification").iterdir())) == 2


@pytest.mark.long
@pytest.mark.slow
def test_every_network_of_a_sweep_is_run_once_and_told(laboratory, tmp_path, capfd):
    file = write(laboratory, "one")
    section = "sweep:\n  optimizer: [sgd, adam]\n  trainer.batch_size: [32, 64]\n"
    file.write_text(file.read_text(encoding="utf-8") + section, encoding="utf-8")
    assert lab.main(["tiny"]) == 0
    said = capfd.readouterr().err
    assert "first runs: 4" in said
    assert "[1/4] tiny/one optimizer=sgd trainer.batch_size=32: test accuracy " in said
    assert "repeats" not in said
    page = (tmp_path / "docs/laboratory.md").read_text(encoding="utf-8")
    assert "(best of 4 by validation)" in page
    assert "| optimizer | trainer.batch_size | parameters | validation | test | time |" in page
    assert page.count(" | 650 | accuracy ") == 4


@pytest.mark.slow
def test_quick_leaves_store_headers_and_documents_alone(laboratory, tmp_path, capfd):
    before = (laboratory / "one.yaml").read_text(encoding="utf-8")
    assert lab.main(["tiny/one", "--quick"]) == 0
    assert "quick.md: 1 experiment, 1 of them with runs" in capfd.readouterr().out
    assert (laboratory / "one.yaml").read_text(encoding="utf-8") == before
    assert not (tmp_path / "docs").exists()
    assert not (tmp_path / "mlflow.db").exists()


@pytest.mark.long
@pytest.mark.slow
def test_published_experiments_of_every_kind_run_quickly(tmp_path, monkeypatch, capfd):
    """Numbers, classes of two and of ten, folds, pictures given back; each with its figures and saved models."""
    monkeypatch.chdir(tmp_path)
    names = [
        "ib/01_boston",
        "ib/02_6_xor",
        "ib/05_logistic_map",
        "ib/06_diabetes",
        "ib/07_denoise",
        "mlp/first",
    ]
    assert lab.main(["--quick", *names]) == 0
    assert "quick.md: 6 experiments, 6 of them with runs" in capfd.readouterr().out
    page = (tmp_path / "outputs/laboratory/quick.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in page for name in names)


def test_data_that_cannot_be_had_is_a_row_that_says_so(laboratory, tmp_path, monkeypatch, capfd):
    from nnlab.data.sources.digits import Digits

    def refuse(self):
        raise FetchError("digits: no source delivered it (nowhere: no answer)")

    monkeypatch.setattr(Digits, "load", refuse)
    assert lab.main([]) == 0
    page = (tmp_path / "docs/laboratory.md").read_text(encoding="utf-8")
    assert "| 650 = |" in page
    assert "**parameters only**: digits: no source delivered it (nowhere: no answer)" in page
    assert capfd.readouterr().err == "reading the experiments\n"

"""What the command line says to mistakes, word for word, and that it says it before TensorFlow is there."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RATE = "error: optimizer.learning_rte: unknown argument of Adam; did you mean 'learning_rate'?"
BATCH = "error: trainer.batch_size: 0; a number of at least 1"
FLAGS = (
    "--cfg, -c, --info, -i, --package, -p, --shell-completion, -sc, --multirun, -m, --help, -h, --hydra-help"
)
MORE = ", --resolve, --version, --dry-run, --retry-failed"
OWN = "Hydra's own settings are not part of a plan; a key of the plan; see `nnlab --help`"


def test_three_mistakes_are_three_lines(nnlab: Any):
    done = nnlab("modle=cnn", "optimizer.learning_rte=0.1", "trainer.batch_size=0")
    assert done == (2, "", f"error: modle: unknown key; did you mean 'model'?\n{RATE}\n{BATCH}\n")


def test_a_bad_choice_hides_no_other_mistake(nnlab: Any):
    done = nnlab("model=cnnn", "optimizer.learning_rte=0.1", "+trainer.batch_size=0")
    families = "alexnet, autoencoder, cnn, layers, mlp, perceptron, resnet, text_conv, vgg"
    model = f"error: model: 'cnnn'; one of {families}; did you mean 'cnn'?"
    assert done == (2, "", f"{model}\n{RATE}\n{BATCH}\n")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--foo"], f"--foo: unknown flag; one of {FLAGS}{MORE}"),
        (
            ["--multrun"],
            f"--multrun: unknown flag; one of {FLAGS}{MORE}; did you mean '--multirun'?",
        ),
        (["--cfg"], "--cfg: no value; one of job, hydra, all"),
        (["--cfg", "jb"], "--cfg: 'jb'; one of job, hydra, all"),
        (["--info=x"], "--info: 'x'; one of all, config, defaults, defaults-tree, plugins, searchpath"),
        (["--package"], "--package: no value; a value"),
        (["--resolve"], "--resolve: alone; only beside --cfg"),
        (["--cfg", "job", "modle=cnn"], "modle: unknown key; did you mean 'model'?"),
        (["hydra.searchpath=[/tmp]"], f"hydra.searchpath: {OWN}"),
        (["+hydra.run.dir=/tmp"], f"hydra.run.dir: {OWN}"),
        (["hydra/launcher@x=y"], "hydra/launcher@x: y; only beside -m"),
        (["model=mlp", "model=cnn"], "model: given twice; once"),
        (
            ["optimizer=adam,sgd"],
            "optimizer: several values; one, or -m to train each; a list is written [a,b]",
        ),
        (
            ["seed=1", "seed"],
            "seed: cannot be read; KEY=VALUE; quote what the shell or Hydra would take apart",
        ),
        (["model._target_=os.system"], "model._target_: "),
        (["~model"], "model: missing; a section, or an option of conf/model/"),
        (["+experiments=cnn/dropuot"], "experiments: 'cnn/dropuot'; one of "),
    ],
)
def test_one_mistake_is_one_line(words: list[str], line: str, nnlab: Any):
    done = nnlab(*words)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    whole = not line.endswith(("one of ", ": "))
    assert done.err == f"error: {line}\n" if whole else done.err.startswith(f"error: {line}")


def test_a_refusal_is_quick_and_needs_no_tensorflow(tmp_path: Path):
    program = (
        "import sys, time; start = time.perf_counter()\n"
        "from nnlab.__main__ import main; code = main(['modle=cnn', 'trainer.batch_size=0'])\n"
        "print(code, time.perf_counter() - start < 3, 'tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout == "2 True False\n"
    assert list(tmp_path.iterdir()) == []


def own(folder: Path, file: str, text: str) -> Path:
    path = folder / "conf" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_broken_yaml_of_one_s_own_names_file_and_line(nnlab: Any, tmp_path: Path):
    path = own(tmp_path, "dataset/mine.yaml", "name: digits\nshuffle: [true\nstratify: true\n")
    done = nnlab("check", "dataset=mine")
    assert done.code == 2
    assert done.err.startswith(f"error: {path}, line 3: ")
    assert len(done.err.splitlines()) == 1


def test_a_key_written_twice_names_file_and_line(nnlab: Any, tmp_path: Path):
    path = own(tmp_path, "trainer/mine.yaml", "defaults: [default]\nepochs: 3\nepochs: 4\n")
    done = nnlab("check", "trainer=mine")
    assert (done.code, done.err) == (2, f"error: {path}, line 3: found duplicate key epochs\n")


def test_options_of_one_s_own_are_found(nnlab: Any, tmp_path: Path):
    own(tmp_path, "dataset/mine.yaml", "defaults: [digits]\nsamples: 50\n")
    own(tmp_path, "optimizer/x.yaml", "name: SGD\nlearning_rate: 0.5\n")
    done = nnlab("check", "dataset=mine", "optimizer=x", "model=perceptron")
    assert (done.code, done.err) == (0, "")
    assert "samples: 50" in done.out
    assert "SGD: {learning_rate: 0.5}" in done.out


def test_what_a_key_of_one_s_own_should_be_is_suggested(nnlab: Any, tmp_path: Path):
    own(tmp_path, "optimizer/x.yaml", "name: SGD\nlearning_rte: 0.5\n")
    done = nnlab("check", "optimizer=x")
    line = "optimizer.learning_rte: unknown argument of SGD; did you mean 'learning_rate'?"
    assert (done.code, done.err) == (2, f"error: {line}\n")
    done = nnlab("check", "optimizer=y")
    assert ", x; did you mean" in done.err or done.err.endswith(", x\n")

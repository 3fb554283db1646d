"""Commands that answer and train nothing: check, explain, --cfg, --help, completion, --version."""

from typing import Any

import pytest
import yaml

from nnlab import __version__
from nnlab.checking.reading import read_plan
from nnlab.cli.compose import compose_plan


@pytest.mark.parametrize(
    "words",
    [
        ["dataset=digits"],
        ["model=cnn", "regularizer=l1_l2", "callbacks=[early_stopping,lr_schedule]"],
        ["dataset=boston", "metrics=[RootMeanSquaredError]", "optimizer=muon", "name='a: [b]'"],
        ["dataset=digits", "trainer.class_weight={0: 2.0}", "model.head.activation=linear"],
        ["optimizer.learning_rate={name: CosineDecay, initial_learning_rate: 0.1, decay_steps: 40}"],
    ],
)
def test_check_prints_a_plan_that_is_read_back_as_it_was(words: list[str], nnlab: Any):
    done = nnlab("check", *words)
    assert (done.code, done.err) == (0, "")
    assert read_plan(yaml.safe_load(done.out)) == compose_plan(words)


@pytest.mark.parametrize("command", ["check", "explain"])
def test_a_command_of_overrides_says_what_it_does(command: str, nnlab: Any):
    done = nnlab(command, "--help", "model=cnn")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"nnlab {command}: ")


def test_cfg_shows_the_configuration(nnlab: Any):
    done = nnlab("--cfg", "job", "dataset=digits", "seed=5")
    assert done.code == 0
    config = yaml.safe_load(done.out)
    assert config["seed"] == 5
    assert config["dataset"]["name"] == "digits"
    assert read_plan(config) == compose_plan(["dataset=digits", "seed=5"])


def test_a_part_of_the_configuration_can_be_asked_for(nnlab: Any):
    done = nnlab("--cfg", "job", "--package", "trainer", "trainer.epochs=9")
    assert yaml.safe_load(done.out)["epochs"] == 9
    assert "dataset" not in done.out


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_shows_commands_groups_and_keys(flag: str, nnlab: Any):
    done = nnlab(flag)
    assert done.code == 0
    for text in (
        "nnlab check    [overrides]",
        "optimizer: adadelta, ",
        "batch_size: 128",
        "-sc install=bash",
    ):
        assert text in done.out
    assert "hydra:" not in done.out


def test_completion_can_be_installed_and_asked(nnlab: Any, monkeypatch: pytest.MonkeyPatch):
    assert "complete -o nospace" in nnlab("-sc", "install=bash").out
    line = "nnlab optimizer=ada"
    monkeypatch.setenv("COMP_LINE", line)
    monkeypatch.setenv("COMP_POINT", str(len(line)))
    assert "optimizer=adam" in nnlab("-sc", "query=bash").out.split()


def test_the_version(nnlab: Any):
    assert nnlab("--version") == (0, f"nnlab {__version__}\n", "")


def test_explain_does_the_arithmetic_of_the_documents_cnn(nnlab: Any):
    done = nnlab("explain", "model=cnn")
    assert done.code == 0
    # 3·3·1·32+32, 3·3·32·64+64, 12·12·64·128+128, 128·10+10
    for number in ("320", "18 496", "1 179 776", "1 290"):
        assert number in done.out
    assert "parameters   1 199 882: 4.8 MB" in done.out
    assert "FLOPs a sample forwards" in done.out


def test_explain_shows_what_spoils_the_inputs_before_the_network(nnlab: Any):
    noise = "dataset.corruption=[{GaussianNoise: {stddev: 0.5}}]"
    done = nnlab("explain", "model=autoencoder", "dataset.task=reconstruction", noise)
    rows = [line.split()[1] for line in done.out.splitlines() if line.startswith("│")]
    assert rows[:5] == ["raw", "Rescaling", "preprocessed", "GaussianNoise", "Reshape"]
    assert "GaussianNoise (spoils)" in done.out
    assert "parameters   28 353: 0.1 MB" in done.out


def test_explain_s_memory_follows_the_batch(nnlab: Any):
    small = nnlab("explain", "model=mlp", "model.neurons=1000", "trainer.batch_size=100").out
    # flattened pixels 784, hidden 1000, outputs 10: 4 bytes each
    assert f"activations  {4 * 100 * (784 + 1000 + 10) / 1e6:.1f} MB for a batch of 100" in small


def test_explain_refuses_what_training_would_refuse(nnlab: Any):
    done = nnlab("explain", "model=cnn", "model.kernel_size=29")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: model: layer ")

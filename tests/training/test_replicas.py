"""Two devices give the result of one, within what the order of additions leaves; what would not is refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
from contextlib import suppress
from pathlib import Path
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from nnlab.cli.compose import compose_plan
from nnlab.data.splits import load_splits
from nnlab.errors import NnlabError
from nnlab.fitting import evaluate, prepare, train
from nnlab.training import runtime
from nnlab.training.checkpoints import Checkpoints

class Break(Exception):
    pass

class BreakAfterOne:
    def on_chunk(self, epoch, *_):
        if epoch == 2:
            raise Break
    def on_epoch(self, *_):
        pass

def trained(*words, checkpoints=None, listeners=()):
    plan = compose_plan([*json.loads(sys.argv[1]), *words])
    runtime.prepare(plan.trainer, plan.seed)
    splits = load_splits(plan.dataset, plan.seed, plan.cv)
    prepared = prepare(plan, splits)
    history = train(prepared, splits, Path(sys.argv[2]), list(listeners), checkpoints)
    logs, outputs = evaluate(prepared, splits.test)
    return prepared.network.distribute_strategy.num_replicas_in_sync, history.series, logs, outputs.tolist()

try:
    found = [trained(f"trainer.strategy={word}") for word in ("mirrored", "null")]
    if sys.argv[3] == "resume":
        kept = Checkpoints(Path(sys.argv[2]) / "checkpoints", lambda line: None)
        with suppress(Break):
            trained("trainer.strategy=mirrored", checkpoints=kept, listeners=[BreakAfterOne()])
        found[1] = trained("trainer.strategy=mirrored", checkpoints=kept)
    print(json.dumps(found))
except NnlabError as error:
    print(json.dumps(str(error)))
"""
USUAL = ["dataset=digits", "trainer.epochs=2", "trainer.progress=none"]
BATCHES = "model.layers=[Flatten,{Dense:{units:8,activation:relu}},BatchNormalization]"
CASES = {
    "an mlp": ["model=mlp", "optimizer=adamw", "trainer.batch_size=32"],
    "pictures, augmented": [
        "model=layers",
        f"{BATCHES.replace('BatchNormalization', '{BatchNormalization:{synchronized:true}}')}",
        "trainer.augmentation=[{RandomTranslation:{height_factor:0.1,width_factor:0.1}}]",
        "trainer.class_weight={0: 3.0}",
        "metrics=[accuracy,SparseTopKCategoricalAccuracy]",
        "trainer.batch_size=50",
        "regularizer=l2",
    ],
    "a fold, with callbacks": [
        "model=mlp",
        "trainer.batch_size=40",
        "cv=stratified",
        "cv.folds=3",
        "cv.fold=2",
        "callbacks=[reduce_lr,early_stopping]",
        "callbacks.reduce_lr.patience=0",
        "callbacks.reduce_lr.min_delta=10",
    ],
}
QUICK = "an mlp"


def told(words: list[str], folder: Path, samples: int = 150, then: str = "") -> object:
    command = [
        sys.executable,
        "-c",
        SCRIPT,
        json.dumps([*USUAL, f"dataset.samples={samples}", *words]),
        str(folder),
        then,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case if case == QUICK else pytest.param(case, marks=pytest.mark.long) for case in CASES]
)
def test_two_devices_give_the_result_of_one(case: str, tmp_path: Path):
    mirrored, alone = told(CASES[case], tmp_path)  # type: ignore[misc]
    assert (mirrored[0], alone[0]) == (2, 1)
    for name, values in alone[1].items():
        assert mirrored[1][name] == pytest.approx(values, rel=1e-3, abs=1e-4), name
    assert mirrored[2] == pytest.approx(alone[2], rel=1e-3, abs=1e-4)
    for own, other in zip(mirrored[3], alone[3], strict=True):
        assert own == pytest.approx(other, abs=1e-3)


@pytest.mark.long
@pytest.mark.slow
def test_an_interrupted_training_goes_on_to_the_same_bits(tmp_path: Path):
    words = ["model=mlp", "model.dropout=0.5", "trainer.batch_size=50"]
    straight, gone_on = told(words, tmp_path, then="resume")  # type: ignore[misc]
    assert gone_on == straight


@pytest.mark.long
@pytest.mark.slow
def test_what_would_differ_is_refused(tmp_path: Path):
    words = ["model=layers", BATCHES, "optimizer.clipnorm=1", "trainer.batch_size=25"]
    message = str(told(words, tmp_path, 151))
    for part in (
        "trainer.batch_size: 25; a number that 2 devices divide",
        "dataset.samples: 151 samples to train on; a number that 2 devices divide: dataset.samples=150",
        "optimizer.clipnorm: given, and done on each device alone; null on many devices",
        "sees a part of each batch; BatchNormalization: {synchronized: true}",
    ):
        assert part in message

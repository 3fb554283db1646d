"""The JSON Schemas in conf/schemas: up to date, true of every YAML, false of the usual mistakes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from nnlab.checking.schema import schemas, text_of
from nnlab.cli.schema import main
from nnlab.errors import RequestError, StorageError

ROOT = Path(__file__).parents[2]
CONF = ROOT / "conf"
SCHEMAS = schemas()
MODELINE = "# yaml-language-server: $schema="


def yaml_files() -> list[Path]:
    """Every YAML that a user may open: conf/ without Hydra's own settings, and experiments/."""
    own = [path for path in sorted(CONF.glob("*/*.yaml")) if path.parent.name not in ("hydra", "experiments")]
    return [CONF / "config.yaml", *own, *sorted((ROOT / "experiments").glob("*/*.yaml"))]


@cache
def validator(name: str) -> Validator:
    registry: Registry[Any] = Registry().with_resources(
        (file, Resource(contents=schema, specification=DRAFT7)) for file, schema in SCHEMAS.items()
    )
    return Draft7Validator({"$ref": name}, registry=registry)


def as_json(value: Any) -> Any:
    """YAML's values as an editor compares them: keys are texts."""
    return json.loads(json.dumps(value))


def accepts(name: str, value: Any) -> bool:
    return validator(name).is_valid(as_json(value))


def test_the_files_are_up_to_date():
    for name, schema in SCHEMAS.items():
        assert (CONF / "schemas" / name).read_text(encoding="utf-8") == text_of(schema), "run `make schema`"
    assert {path.name for path in (CONF / "schemas").iterdir()} == set(SCHEMAS)


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_each_file_is_a_small_schema(name: str):
    Draft7Validator.check_schema(SCHEMAS[name])
    assert len(text_of(SCHEMAS[name])) < 500_000


def test_there_is_yaml_to_check():
    assert len(yaml_files()) > 40


@pytest.mark.parametrize("path", yaml_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_yaml_names_its_schema_and_keeps_it(path: Path):
    text = path.read_text(encoding="utf-8")
    # Hydra wants `# @package` before every other comment.
    first = next(line for line in text.splitlines() if not line.startswith("# @package"))
    assert first.startswith(MODELINE), f"{path}: its first line names no schema: {MODELINE}…"
    schema = (path.parent / first.removeprefix(MODELINE)).resolve()
    assert schema.parent == CONF / "schemas"
    assert schema.name == (f"{path.parent.name}.json" if path.parent.parent == CONF else "plan.json")

    errors = [
        f"{error.json_path}: {error.message}"
        for error in validator(schema.name).iter_errors(as_json(yaml.safe_load(text)))
    ]
    assert errors == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (
            "optimizer.json",
            {
                "name": "SGD",
                "learning_rate": {"name": "CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 9},
            },
        ),
        ("optimizer.json", {"learning_rate": 1.0}),
        ("optimizer.json", {"name": "ownlab.optimizers.Mine", "anything": 1}),
        ("model.json", {"name": "mlp", "neurons": 64}),
        (
            "model.json",
            {
                "name": "layers",
                "layers": ["Flatten", {"Dense": {"units": 3, "kernel_regularizer": {"L2": {"l2": 0.1}}}}],
            },
        ),
        ("model.json", {"head": {"units": "auto", "activation": "sigmoid"}}),
        ("dataset.json", {"validation_split": 0.2}),
        ("callbacks.json", {"stop": {"name": "EarlyStopping", "patience": 3}}),
        (
            "plan.json",
            {"metrics": ["accuracy", {"TopKCategoricalAccuracy": {"k": 3}}], "loss": "MeanSquaredError"},
        ),
    ],
)
def test_what_is_right_is_accepted(name: str, value: Any):
    assert accepts(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trainer.json", {"batch_size": 0}),
        ("trainer.json", {"batchsize": 3}),
        ("trainer.json", {"shuffle": "yes"}),
        ("trainer.json", {"class_weight": "balancd"}),
        ("tracking.json", {"timeout": 601}),
        ("dataset.json", {"name": "mnits"}),
        ("dataset.json", {"name": "mnist", "validation_split": 1.5}),
        ("dataset.json", {"name": "mnist", "validaton_split": 0.1}),
        ("dataset.json", {"validaton_split": 0.1}),
        ("dataset.json", {"name": "mnist", "preprocessing": [{"Rescaling": {}}]}),
        ("model.json", {"name": "mpl"}),
        ("model.json", {"name": "mlp", "neurons": [0]}),
        ("model.json", {"name": "mlp", "activation": "rleu"}),
        ("model.json", {"name": "mlp", "head": {"unit": 3}}),
        ("model.json", {"name": "layers", "layers": ["Flaten"]}),
        ("model.json", {"name": "layers", "layers": [{"Dense": {"unit": 3}}]}),
        ("model.json", {"name": "layers", "layers": [{"Dropout": {"rate": 1}}]}),
        ("optimizer.json", {"name": "adam"}),
        ("optimizer.json", {"name": "Adam", "learning_rte": 0.1}),
        ("optimizer.json", {"name": "Adam", "learning_rate": -1}),
        ("optimizer.json", {"name": "Adam", "learning_rate": None}),
        ("optimizer.json", {"name": "LossScaleOptimizer", "inner_optimizer": "Adm"}),
        ("optimizer.json", {"learning_rte": 0.1}),
        ("regularizer.json", {"name": "L2", "l2": -1}),
        ("regularizer.json", {"name": "L2", "apply_to": ["kernl"]}),
        ("callbacks.json", {"stop": {"name": "EarlyStoping"}}),
        ("callbacks.json", {"stop": {"name": "EarlyStopping", "mode": "mni"}}),
        ("callbacks.json", {"stop": {"name": "LearningRateScheduler"}}),
        ("plan.json", {"seed": -1}),
        ("plan.json", {"loss": "mse"}),
        ("plan.json", {"metrics": ["acuracy"]}),
        ("plan.json", {"trainer": {"epochs": 0}}),
        ("plan.json", {"debg": True}),
    ],
)
def test_a_usual_mistake_is_marked(name: str, value: Any):
    assert not accepts(name, value)


def test_the_command_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([str(tmp_path / "new")]) == 0
    written = capsys.readouterr().out.split()
    assert [Path(path).name for path in written] == sorted(SCHEMAS)
    assert all(json.loads(Path(path).read_text(encoding="utf-8")) for path in written)


def test_two_folders_are_one_too_many():
    with pytest.raises(RequestError, match="schema: a b; one folder, or none for conf/schemas"):
        main(["a", "b"])


def test_a_file_in_the_folder_s_place_is_said(tmp_path: Path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(StorageError, match=r"taken: File exists; a folder that can be written"):
        main([str(tmp_path / "taken")])

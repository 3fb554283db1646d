"""JSON Schema of the plan and of every config group, from the types that check them.

A YAML file names its schema in its first line; an editor then completes keys and marks mistakes.
What only shows when parts are held against each other stays with `nnlab check`.
"""

import json
from pathlib import Path
from typing import Any

from nnlab.checking.discovery import find, options
from nnlab.checking.object_schema import (
    DOTTED,
    Schema,
    any_of,
    argument_schemas,
    named,
    object_definitions,
    or_null,
    reference,
)
from nnlab.checking.reading import SWEEP
from nnlab.errors import StorageError
from nnlab.plan import CrossValidation, Dataset, Network, Plan, Regularization, Section, Tracking, Trainer

DRAFT = "http://json-schema.org/draft-07/schema#"
_DEFAULTS: Schema = {"type": "array", "description": "Hydra's list of the files this one is made of"}
_LAYERS: Schema = {"type": "array", "items": reference("layer")}


def schemas() -> dict[str, Schema]:
    """File name → schema: objects.json (the Keras grammar), one a config group, and plan.json."""
    groups = {
        "dataset": _choice(Dataset),
        "cv": _cross_validation(),
        "model": _choice(Network),
        "optimizer": named("optimizer", {"defaults": _DEFAULTS}),
        "regularizer": named("regularizer", {"apply_to": _apply_to(), "defaults": _DEFAULTS}, nameless=True),
        "callbacks": _callbacks(),
        "trainer": _section(Trainer),
        "tracking": _section(Tracking),
    }
    files = {f"{name}.json": schema for name, schema in groups.items()}
    files |= {"plan.json": _plan(list(groups)), "objects.json": {"$defs": object_definitions()}}
    return {name: {"$schema": DRAFT, **schema} for name, schema in sorted(files.items())}


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into `folder`, made where it is missing. Raises StorageError."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas().items():
            written.append(folder / name)
            written[-1].write_text(text_of(schema), encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"{error.filename or folder}: {error.strerror}; a folder that can be written"
        ) from None
    return written


def text_of(schema: Schema) -> str:
    """The schema as its file holds it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _section(kind: type[Section]) -> Schema:
    """A section's keys with types and ranges; none is required, for a file may hold only what differs."""
    schema = kind.model_json_schema()
    properties = {key: _without_title(value) for key, value in schema["properties"].items()}
    return {
        "type": "object",
        "description": schema.get("description", ""),
        "properties": {**properties, **_grammar(kind), "defaults": _DEFAULTS},
        "additionalProperties": False,
    }


def _cross_validation() -> Schema:
    schema = _section(CrossValidation)
    return {**schema, "properties": {**schema["properties"], "name": or_null(schema["properties"]["name"])}}


def _without_title(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "title"}


def _grammar(kind: type[Section]) -> dict[str, Schema]:
    """The keys that hold Keras objects, in the grammar in which they are written."""
    found = {
        "preprocessing": _LAYERS,
        "corruption": or_null({**_LAYERS, "minItems": 1}),
        "layers": _LAYERS,
        "augmentation": or_null(_LAYERS),
        "head": _head(),
        "activation": reference("activation"),
        "output_activation": reference("activation"),
    }
    return {key: schema for key, schema in found.items() if key in kind.model_fields}


def _head() -> Schema:
    """Arguments of Dense, each of which may be left to the task."""
    properties = {
        key: any_of([{"const": "auto"}, value]) for key, value in argument_schemas("layer", "Dense").items()
    }
    written = {
        "type": "object",
        "properties": {"name": {"type": "string"}, **properties},
        "additionalProperties": False,
    }
    recorded = {"type": "object", "properties": {"Dense": reference("layer.Dense")}, "required": ["Dense"]}
    return any_of([{"type": "null"}, written, recorded])


def _choice(base: type[Section]) -> Schema:
    """A section whose `name` decides which other keys there are."""
    kinds = {name: _section(find(base, name, "name")) for name in options(base)}
    every = sorted({key for schema in kinds.values() for key in schema["properties"]})
    branches = [
        {
            "if": {"properties": {"name": {"const": name}}, "required": ["name"]},
            "then": _nullable_texts(schema),
        }
        for name, schema in kinds.items()
    ]
    unnamed = {"if": {"not": {"required": ["name"]}}, "then": {"propertyNames": {"enum": every}}}
    return {
        "type": "object",
        "properties": {"name": any_of([{"enum": list(kinds)}, DOTTED])},
        "allOf": [*branches, unnamed],
    }


def _nullable_texts(schema: Schema) -> Schema:
    """Texts that a user must give (the path of a table) stand as null in the option's file."""
    properties = {
        key: or_null(value) if value.get("type") == "string" and key != "name" else value
        for key, value in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def _apply_to() -> Schema:
    kinds = Regularization.model_json_schema()["properties"]["apply_to"]["items"]
    return any_of([kinds, {"type": "array", "items": kinds, "minItems": 1}])


def _callbacks() -> Schema:
    return {
        "type": "object",
        "properties": {"defaults": _DEFAULTS},
        "additionalProperties": reference("callback.named"),
    }


def _plan(groups: list[str]) -> Schema:
    """The whole plan, as conf/config.yaml and the files of experiments/ hold it."""
    metric = any_of([{"const": "accuracy"}, reference("metric")])
    found: dict[str, Any] = {
        **{key: _without_title(value) for key, value in _simple_keys().items()},
        **{name: {"$ref": f"{name}.json"} for name in groups},
        "cv": or_null({"$ref": "cv.json"}),
        "loss": or_null(reference("loss")),
        "metrics": any_of([{"type": "null"}, metric, {"type": "array", "items": metric}]),
    }
    return {
        "type": "object",
        "properties": {
            **{key: found[key] for key in Plan.model_fields},
            "defaults": _DEFAULTS,
            "hydra": {"type": "object"},
            SWEEP: _sweep(),
        },
        "additionalProperties": False,
    }


def _sweep() -> Schema:
    """Keys with their values, and the words that pair them, tie them to a choice, or draw from them."""
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 2}
    kinds = {"choice": {"type": "array"}, **dict.fromkeys(("range", "log", "int", "int_log"), numbers)}
    axis = any_of(
        [
            {"type": "array", "minItems": 1},
            {"type": "object", "properties": kinds, "additionalProperties": False, "maxProperties": 1},
        ]
    )
    axes: Schema = {"type": "object", "additionalProperties": axis}
    paired: Schema = {"type": "object", "additionalProperties": {"type": "array", "minItems": 1}}
    words: Schema = {
        "zip": any_of([{"type": "null"}, paired, {"type": "array", "items": paired}]),
        "when": or_null({"type": "object", "additionalProperties": axes}),
        "samples": or_null({"type": "integer", "minimum": 1}),
    }
    description = (
        "What `nnlab -m` tries, by key: a list of values, or one of choice, range, log, int, int_log"
    )
    return or_null({**axes, "properties": words, "description": description})


def _simple_keys() -> dict[str, Schema]:
    """The keys of the plan that hold plain values."""
    properties = Plan.model_json_schema()["properties"]
    simple = ("name", "experiment_name", "seed", "trusted_packages", "rerun", "debug")
    return {key: properties[key] for key in simple}

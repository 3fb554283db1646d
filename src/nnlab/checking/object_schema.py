"""JSON Schema of the Keras grammar: every class of every namespace with its arguments, for editors.

Draft 7, which yaml-language-server understands; objects.json holds what the other files point to.
"""

from collections.abc import Iterable
from typing import Any

from nnlab.arguments import POSITIVE, nested, rule_for
from nnlab.names import NAMESPACES, Argument, members, signature

Schema = dict[str, Any]
DOTTED: Schema = {"type": "string", "pattern": r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$"}
"""A class outside Keras, package.module.Class, of which nothing is known here."""


def reference(definition: str) -> Schema:
    """A pointer to a definition of objects.json."""
    return {"$ref": f"objects.json#/$defs/{definition}"}


def object_definitions() -> dict[str, Schema]:
    """`layer` (any spelling), `layer.named` (`name:` beside arguments), `layer.Dense` (its arguments) …"""
    found: dict[str, Schema] = {}
    for kind in NAMESPACES:
        if kind == "activation":
            found[kind] = {"anyOf": [{"enum": sorted(members(kind))}, DOTTED]}
            continue
        found[kind] = {"anyOf": [_names(kind), reference(f"{kind}.named"), _single_key(kind)]}
        found[f"{kind}.named"] = named(kind, {})
        found |= {f"{kind}.{name}": class_schema(kind, name) for name in sorted(members(kind))}
    return {name: _local(schema) for name, schema in found.items()}


def class_schema(kind: str, name: str) -> Schema:
    """One class: its arguments, types and ranges; `name` beside them is the class's own."""
    read = signature(members(kind)[name])
    required = sorted(argument.name for argument in read.arguments.values() if argument.required)
    return {
        "type": "object",
        "properties": {"name": {"type": "string"}, **argument_schemas(kind, name)},
        **({"required": required} if required else {}),
        "additionalProperties": read.takes_anything,
    }


def argument_schemas(kind: str, name: str) -> dict[str, Schema]:
    """The arguments of a class by name, the class's own instance name left out."""
    read = signature(members(kind)[name])
    arguments = [argument for argument in read.arguments.values() if argument.name != "name"]
    return {argument.name: _argument(kind, read.module, argument) for argument in arguments}


def named(kind: str, beside: dict[str, Schema], nameless: bool = False) -> Schema:
    """An object written `name: Class` with its arguments and the keys of `beside`.

    Without a name every argument of the kind may stand there: an experiment writes only what differs.
    nameless: whether `name: null` means that there is none.
    """
    names = sorted(members(kind))
    every = {argument for name in names for argument in argument_schemas(kind, name)}
    allowed = {"enum": [*names, None] if nameless else names}
    unnamed = {"propertyNames": {"enum": sorted({"name", *every, *beside})}}
    branches = [_branch(name, _beside(kind, name, beside)) for name in names]
    nothing = {"required": ["name"]}
    return {
        "type": "object",
        "properties": {"name": {"anyOf": [allowed, DOTTED]}},
        "allOf": [*branches, {"if": {"not": nothing}, "then": unnamed}],
    }


def _beside(kind: str, name: str, beside: dict[str, Schema]) -> Schema:
    if not beside:
        return reference(f"{kind}.{name}")
    properties = {"name": {}, **argument_schemas(kind, name), **beside}
    return {"properties": properties, "additionalProperties": False}


def _branch(name: str, schema: Schema) -> Schema:
    return {"if": {"properties": {"name": {"const": name}}, "required": ["name"]}, "then": schema}


def _names(kind: str) -> Schema:
    return {"anyOf": [{"enum": sorted(members(kind))}, DOTTED]}


def _single_key(kind: str) -> Schema:
    names = sorted(members(kind))
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {name: or_null(reference(f"{kind}.{name}")) for name in names},
        "patternProperties": {DOTTED["pattern"]: {"type": ["object", "null"]}},
        "additionalProperties": False,
    }


def _listed(schema: Schema, depth: int) -> Schema:
    """The schema in lists, `depth` deep."""
    return schema if depth == 0 else {"type": "array", "items": _listed(schema, depth - 1)}


def _argument(kind: str, module: str, argument: Argument) -> Schema:
    inner = nested(argument.name, module)
    rule = rule_for(kind, argument)
    if argument.name == "learning_rate":
        schema: Schema = {"anyOf": [POSITIVE.schema, reference("schedule")]}
    elif inner:
        schema = _listed(reference(inner[0]), inner[1])
    else:
        schema = dict(rule.schema) if rule else {}
    if schema and not argument.required and not isinstance(argument.default, int | float | tuple):
        schema = or_null(schema)
    return {**schema, "default": _plain(argument.default)} if _is_shown(schema, argument) else schema


def _is_shown(schema: Schema, argument: Argument) -> bool:
    """A default is shown where the source writes it out; draft 7 ignores what stands beside `$ref`."""
    return argument.default is not None and "$ref" not in schema


def _plain(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def or_null(schema: Schema) -> Schema:
    """The schema, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def _local(schema: Any) -> Any:
    """The same with pointers inside objects.json kept inside it."""
    if isinstance(schema, dict):
        return {
            key: value.removeprefix("objects.json") if key == "$ref" else _local(value)
            for key, value in schema.items()
        }
    return [_local(item) for item in schema] if isinstance(schema, list) else schema


def any_of(schemas: Iterable[Schema]) -> Schema:
    """One of several schemas."""
    return {"anyOf": list(schemas)}

"""nnlab schema: write the JSON Schemas with which editors complete and check the YAML."""

from pathlib import Path

from nnlab.checking.schema import write_schemas
from nnlab.errors import RequestError


def main(words: list[str]) -> int:
    """Write them into the folder that is named, or into ./conf/schemas. Raises RequestError, StorageError."""
    if len(words) > 1 or any(word.startswith("-") for word in words):
        raise RequestError(f"schema: {' '.join(words)}; one folder, or none for conf/schemas")
    for path in write_schemas(Path(words[0] if words else "conf/schemas")):
        print(path)
    return 0

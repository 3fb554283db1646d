"""The user's own YAML, measured before it is composed: a few lines of aliases can unfold to millions."""

import math
from collections.abc import Iterator

import yaml

from nnlab.cli.folders import user_conf
from nnlab.errors import Problem

LARGEST_FILE = 2**20
MOST_VALUES = 100_000
DEEPEST = 50


def oversized() -> Iterator[Problem]:
    """Each file of ./conf that is too large, too deep, or unfolds to too much; Hydra says what else is wrong."""
    folder = user_conf()
    for path in sorted(folder.glob("**/*.yaml")) if folder else ():
        if not path.is_file():
            continue
        if (size := path.stat().st_size) > LARGEST_FILE:
            yield Problem(str(path), f"{size} bytes", f"at most {LARGEST_FILE}")
            continue
        try:
            values, depth = measure(path.read_bytes())
        except yaml.YAMLError:
            continue
        if depth > DEEPEST:
            yield Problem(str(path), f"nested deeper than {DEEPEST}", "a plan needs a few levels")
        elif values > MOST_VALUES:
            yield Problem(str(path), f"its aliases unfold to more than {MOST_VALUES} values", "written out")


def measure(text: bytes) -> tuple[float, int]:
    """How many values a YAML text unfolds to (infinite where an alias holds itself), and how deep it nests.

    Read event by event: nothing is built, and nothing recurses. Raises yaml.YAMLError.
    """
    sizes: dict[str, float] = {}
    open_nodes: list[tuple[str | None, float]] = [(None, 0)]
    deepest = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, 1))
            deepest = max(deepest, len(open_nodes) - 1)
            if deepest > DEEPEST:
                break
            continue
        if isinstance(event, yaml.AliasEvent):
            anchor, size = None, sizes.get(event.anchor or "", math.inf)
        elif isinstance(event, yaml.ScalarEvent):
            anchor, size = event.anchor, 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_nodes.pop()
        else:
            continue
        if anchor:
            sizes[anchor] = size
        parent, so_far = open_nodes[-1]
        open_nodes[-1] = (parent, so_far + size)
    return open_nodes[0][1], deepest

"""The order of the layers: who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "nnlab"
ORDER = [
    {"errors"},
    {"names", "signals"},
    {"arguments"},
    {"objects"},
    {"spec", "stored"},
    {"plan"},
    {"construct", "seeds", "identity", "folder", "replacing"},
    {"data", "models"},
    {"checking"},
    {"training", "evaluation", "tracking", "saving"},
    {"predicting"},
    {"fitting", "record", "outcome", "claim", "figure_process"},
    {"choosing", "fold_results", "reaping"},
    {"run", "following"},
    {"cross_validation"},
    {"job"},
    {"analysis", "replaying"},
    {"sweeps"},
    {"search"},
    {"laboratory"},
    {"cli"},
    {"__main__"},
]
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
MAY_IMPORT_HYDRA = ("cli", "sweeps")
FILES = sorted(SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[str]:
    """What a file imports, at its top or inside a function; imports for types alone do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {id(inner) for node in ast.walk(tree) if is_type_checking(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: import by full name, so that the room stands in it"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def test_every_room_has_its_place():
    rooms = {room_of(path) for path in FILES} - {"__init__"}
    assert rooms <= set(RANK), (
        f"{sorted(rooms - set(RANK))}: a new room gets its place in ORDER and in CONTRIBUTING.md"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_nobody_imports_upwards(path: Path):
    own = room_of(path)
    for name in imports(path):
        package, _, rest = name.partition(".")
        room = rest.split(".")[0]
        if package == "nnlab" and room in RANK and room != own:
            assert RANK[room] < RANK.get(own, len(ORDER)), (
                f"{path.name} ({own}) imports {name}: lower layers must not know higher ones, or a change to "
                "a command could break the plan, and a config error would cost what a training costs"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_the_command_line_knows_hydra(path: Path):
    foreign = {name.split(".")[0] for name in imports(path)}
    assert room_of(path) in MAY_IMPORT_HYDRA or not foreign & {"hydra", "omegaconf"}, (
        f"{path.name} imports hydra: below the command line a plan is plain values, so that it is checked, "
        "trained and replayed from its record without Hydra"
    )


def test_the_check_sees_imports_inside_functions():
    found = set(imports(SOURCE / "construct.py"))
    assert {"importlib", "nnlab.objects.KerasObject"} <= found
    assert any(name.startswith("hydra") for name in imports(SOURCE / "cli" / "compose.py"))

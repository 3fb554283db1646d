"""nnlab data: which datasets there are, fetching them, and looking whether they are sound."""

import argparse
import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from nnlab.checking.discovery import find, options
from nnlab.cli.compose import compose_plan
from nnlab.data.cache import cache_folder
from nnlab.data.fingerprints import fingerprint_data
from nnlab.data.inspection import inspect
from nnlab.data.published import Known, Published
from nnlab.errors import RequestError
from nnlab.models.shapes import format_sample
from nnlab.names import suggest
from nnlab.plan import Dataset
from nnlab.spec import DataSpec, RawData, Samples

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

FEW_CLASSES = 10
_PARTS = ("train", "validation", "test")


def main(words: list[str]) -> int:
    """`list`, `fetch NAME…` or `check NAME… [dataset.KEY=VALUE…]`.

    Raises RequestError, DataError, FetchError and StorageError.
    """
    chosen = _parser().parse_args(words)
    return chosen.action(chosen)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise RequestError(f"{self.prog.removeprefix('nnlab ')}: {message}; see `{self.prog} --help`")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="nnlab data", description="Which datasets there are; fetch them; look whether they are sound."
    )
    actions = parser.add_subparsers(required=True, metavar="list | fetch | check")
    _action(actions, "list", _list, "every dataset, and whether it is here")
    fetch = _action(actions, "fetch", _fetch, "have datasets in nnlab's cache")
    fetch.add_argument("names", nargs="+", metavar="NAME")
    check = _action(
        actions, "check", _check, "read datasets whole: hash, counts, ranges, the first bad value"
    )
    check.add_argument("names", nargs="+", metavar="NAME", help="a dataset, or dataset.KEY=VALUE")
    return parser


def _action(
    actions, name: str, action: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text, description=text)
    parser.set_defaults(action=action)
    return parser


def _list(_: argparse.Namespace) -> int:
    table = _table("dataset", "task", "train", "test", "shape", "classes", "MB", "where")
    kinds = {name: find(Dataset, name, "dataset") for name in options(Dataset)}
    for name, kind in kinds.items():
        table.add_row(name, *(_described(kind) if issubclass(kind, Known) else [*[""] * 6, "your files"]))
    console = _console()
    console.print(table)
    for name, kind in kinds.items():
        if issubclass(kind, Published):
            titles = ", else ".join(origin.title for origin in kind.recipe.origins)
            console.print(f"{name}: from the cache, else {titles}", soft_wrap=True)
    console.print(f"cache: {cache_folder()}", soft_wrap=True)
    return 0


def _described(kind: type[Known]) -> list[str]:
    facts, (train, test) = kind.facts, kind.counts
    return [
        facts.task,
        f"{train:,}".replace(",", " "),
        f"{test:,}".replace(",", " ") if test else "–",
        format_sample(facts),
        str(len(facts.classes) or "–"),
        f"{_bytes(kind) / 1e6:.1f}",
        _where(kind),
    ]


def _bytes(kind: type[Known]) -> int:
    """What the arrays take in memory; what is shipped or computed is a few numbers a sample."""
    if issubclass(kind, Published):
        facts = kind.recipe.arrays.values()
        return sum(math.prod(fact.shape) * np.dtype(fact.dtype).itemsize for fact in facts)
    return sum(kind.counts) * math.prod(kind.facts.shape) * np.dtype(kind.facts.dtype).itemsize


def _where(kind: type[Known]) -> str:
    if not issubclass(kind, Published):
        return "always here"
    return "in the cache" if kind.is_here() else "not here"


def _fetch(chosen: argparse.Namespace) -> int:
    for name in chosen.names:
        kind = _known(name)
        if not issubclass(kind, Published):
            print(f"{name}: always here, nothing to fetch")
            continue
        start = time.monotonic()
        kind.read()
        print(
            f"{name}: in {cache_folder() / name}, every array as published ({time.monotonic() - start:.1f} s)"
        )
    return 0


def _known(name: str) -> type[Known]:
    names = [option for option in options(Dataset) if issubclass(find(Dataset, option, "dataset"), Known)]
    if name in names:
        kind = find(Dataset, name, "dataset")
        if issubclass(kind, Known):
            return kind
    if name in options(Dataset):
        raise RequestError(f"data fetch: {name!r} reads your own files; one of {', '.join(names)}")
    meant = suggest(name, names)
    raise RequestError(
        f"data fetch: {name!r}; one of {', '.join(names)}" + (f"; did you mean {meant!r}?" if meant else "")
    )


def _check(chosen: argparse.Namespace) -> int:
    names = [word for word in chosen.names if "=" not in word]
    overrides = [word for word in chosen.names if "=" in word]
    if not names:
        raise RequestError(f"data check: no dataset named; one of {', '.join(options(Dataset))}")
    for name in names:
        _check_one(compose_plan([f"dataset={name}", *overrides]).dataset)
    return 0


def _check_one(dataset: Dataset) -> None:
    spec, raw = dataset.spec(), dataset.load()
    inspect(raw, spec, str(getattr(dataset, "path", dataset.name)))
    console = _console()
    console.print(f"{dataset.name}: {spec.task}, sound, content hash {fingerprint_data(raw)}", soft_wrap=True)
    console.print(_parts_table(raw, spec))
    if spec.task in ("classification", "binary"):
        console.print(_classes_table(raw, spec))
        if len(spec.classes) > FEW_CLASSES:
            console.print(f"(the rarest and the most frequent of {len(spec.classes)} classes)")


def _parts_table(raw: RawData, spec: DataSpec) -> "Table":
    table = _table("part", "samples", "inputs", "from … to", "targets", "from … to")
    for name, part in _parts(raw):
        x, y = part.x, part.y
        inputs = format_sample(spec) if spec.is_text else f"{format_sample(spec)} {x.dtype}"
        table.add_row(name, str(len(part)), inputs, _range(x), f"{y.dtype}", _range(y))
    return table


def _parts(raw: RawData) -> list[tuple[str, Samples]]:
    parts = ((name, getattr(raw, name)) for name in _PARTS)
    return [(name, part) for name, part in parts if part is not None]


def _range(values: np.ndarray) -> str:
    if values.dtype.kind in "biuf":
        return f"{values.min():g} … {values.max():g}"
    lengths = [len(text) for text in values.ravel().tolist()]
    return f"{min(lengths)} … {max(lengths)} letters"


def _classes_table(raw: RawData, spec: DataSpec) -> "Table":
    """Samples of each class; where there are many classes, only the rarest and the most frequent ones."""
    from rich.markup import escape

    parts = _parts(raw)
    counts = [np.bincount(part.y, minlength=len(spec.classes)) for _, part in parts]
    rows = _rows(counts[0])
    table = _table("class", *(name for name, _ in parts))
    for row in rows:
        table.add_row(escape(spec.classes[row]), *(str(count[row]) for count in counts))
    return table


def _rows(counts: np.ndarray) -> Sequence[int]:
    if len(counts) <= FEW_CLASSES:
        return range(len(counts))
    order = np.argsort(counts, kind="stable")
    return [int(row) for row in (*order[: FEW_CLASSES // 2], *order[-FEW_CLASSES // 2 :])]


def _table(*columns: str) -> "Table":
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column in table.columns:
        column.no_wrap = True
        column.justify = "right" if column.header in ("samples", "classes", "MB", *_PARTS) else "left"
    return table


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False)

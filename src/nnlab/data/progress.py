"""What a download says while it goes on: a bar in a terminal, plain lines elsewhere. Always on stderr."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LINE_EVERY = 10.0
_LOOK_EVERY = 0.2


def say(text: str) -> None:
    """One line on stderr, at once."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def watched(folder: Path, megabytes: float, text: str) -> Iterator[None]:
    """Show how the files below `folder` grow towards `megabytes` while the block runs.

    Clients such as pip and npm hide their progress from a pipe; their files cannot hide.
    """
    over = threading.Event()
    show = _bar if sys.stderr.isatty() else _lines
    thread = threading.Thread(target=show, args=(over, folder, megabytes, text), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def megabytes_below(folder: Path) -> float:
    """The size of all files below a folder that other processes may be changing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total / 1e6


def _lines(over: threading.Event, folder: Path, megabytes: float, text: str) -> None:
    say(text)
    last = time.monotonic()
    while not over.wait(_LOOK_EVERY):
        if time.monotonic() - last >= LINE_EVERY:
            last = time.monotonic()
            say(f"{text}: {min(megabytes_below(folder), megabytes):.0f} of {megabytes:.0f} MB")


def _bar(over: threading.Event, folder: Path, megabytes: float, text: str) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} MB"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(text, total=megabytes)
        while not over.wait(_LOOK_EVERY):
            progress.update(task, completed=min(megabytes_below(folder), megabytes))

"""Texts as people have them: a file each, a column of a table, or typed."""

import sys
from pathlib import Path

from nnlab.data.tables import Column, column_index, read_header
from nnlab.errors import DataError

TYPED = Path("-")
MOST_BYTES = 1_000_000


def read_text(path: Path) -> str:
    """The text in a file, or, for `-`, what is typed or piped. Raises DataError."""
    name = "what was typed" if path == TYPED else str(path)
    if path == TYPED and sys.stdin.isatty():
        print("type a text; Ctrl-D on a new line ends it", file=sys.stderr)
    try:
        with sys.stdin.buffer if path == TYPED else path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{name}: cannot be read ({error.strerror}); a text file") from None
    if len(content) > MOST_BYTES:
        raise DataError(f"{name}: more than {MOST_BYTES // 10**6} MB; one text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = f"byte 0x{content[error.start]:02x} at {error.start}"
        raise DataError(f"{name}: {byte} is no UTF-8; a text in UTF-8") from None
    if not text.strip():
        raise DataError(f"{name}: no words; a text")
    return text


def read_texts(path: Path, features: tuple[str, ...]) -> list[str]:
    """The texts of a .csv file, one a row: its only column, or the one that is called as in training.

    features: how training called it. Raises DataError.
    """
    names = read_header(path, ",")
    index = (
        0 if len(names) == 1 else column_index(path, names, features[0] if features else "text", str(path))
    )
    texts = list(Column(path, ",", index))
    if not texts:
        raise DataError(f"{path}: no rows below the header; at least one")
    return texts

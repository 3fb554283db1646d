"""The course of a finished run, as it left it."""

import json
from pathlib import Path


def read_curve(folder: Path, series: str) -> list[float]:
    """A value for each epoch, from tables/history.json; none where the folder is not here."""
    try:
        table = json.loads((folder / "tables" / "history.json").read_text(encoding="utf-8"))
        return [float(value) for value in table.get(series, ())]
    except (OSError, ValueError, AttributeError, TypeError):
        return []

"""Datasets from their own conf/dataset/NAME.yaml with some keys changed; an empty cache a test."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from making import MakeDataset

from nnlab.checking.discovery import find
from nnlab.cli.folders import own_conf
from nnlab.objects import Reader
from nnlab.plan import Dataset


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("NNLAB_DATA", str(folder))
    return folder


@pytest.fixture
def dataset() -> MakeDataset:
    """`dataset("csv", path=…)`: as conf/dataset/csv.yaml has it, but for the keys given."""

    def build(name: str, **changes: Any) -> Any:
        values = yaml.safe_load((own_conf() / "dataset" / f"{name}.yaml").read_text(encoding="utf-8"))
        values |= changes
        reader = Reader()
        values["preprocessing"] = reader.read_list("layer", values["preprocessing"], "dataset.preprocessing")
        assert not reader.problems
        return find(Dataset, name, "dataset").model_validate(values)

    return build

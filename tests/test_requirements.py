"""The pinned requirements: whole, hashed, within pyproject.toml, and without any registry's address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WANTED = {
    "run.txt": PROJECT["dependencies"],
    "dev.txt": [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]],
}


def pins(text: str) -> dict[str, set[str]]:
    """Package → its pinned versions: several where Python versions differ."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\\n]+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


@pytest.mark.parametrize("file", WANTED)
def test_every_dependency_is_pinned_within_its_range(file: str):
    pinned = pins((ROOT / "requirements" / file).read_text(encoding="utf-8"))
    for line in WANTED[file]:
        wanted = Requirement(line)
        versions = pinned.get(canonicalize_name(wanted.name))
        assert versions, f"{line} is not in requirements/{file}: run `make lock`"
        assert all(wanted.specifier.contains(version) for version in versions), f"{line}: run `make lock`"


@pytest.mark.parametrize("file", WANTED)
def test_every_pin_is_hashed_and_names_no_registry(file: str):
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if "==" in entry]
    assert len(entries) > 100
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "index-url" not in text


def test_what_development_uses_is_what_running_uses():
    run, dev = (pins((ROOT / "requirements" / file).read_text(encoding="utf-8")) for file in WANTED)
    assert run.items() <= dev.items()

"""The soak in short: as many kills as there are kinds."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fatal_writes import WRITES

ROOT = Path(__file__).parents[2]
KINDS = 1 + len(WRITES)


@pytest.mark.long
@pytest.mark.slow
def test_kills_of_every_kind_lose_double_and_change_nothing(tmp_path: Path):
    """In a process of its own, which forks: it must not have started TensorFlow."""
    page = tmp_path / "page.md"
    page.write_text("# Before\n\n## The soak\nold\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", "--kills", str(KINDS), "--output", str(page)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Before\n\n## The soak\n\nMade by `python -m benchmarks.soak --kills ")
    found = dict(re.findall(r"^\| (.+) \| (\d+) \|$", text, re.MULTILINE))
    kills = [
        int(found[f"kills {kind}"]) for kind in ("at a random moment", *(f"in {kind}" for kind in WRITES))
    ]
    assert len(kills) == KINDS
    assert min(kills) >= 1
    wrong = ("metric", "runs whose", "times")
    assert [name for name in found if name.startswith(wrong) and found[name] != "0"] == []
    assert list(tmp_path.iterdir()) == [page]

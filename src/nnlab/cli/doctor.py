"""`nnlab doctor`: what is wrong with this installation, and how to mend it."""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rich.console import Console
from rich.text import Text

from nnlab.cli.compose import tracking_from
from nnlab.data.cache import cache_folder
from nnlab.errors import NnlabError
from nnlab.plan import Tracking
from nnlab.tracking.address import database, redact, store_uri
from nnlab.tracking.probe import check_folder, check_store
from nnlab.tracking.store import newest_schema, schema_of

ROOM = 2.0
"""Gigabytes: every published dataset, a store and some models."""
DEVICES_LIMIT = 60
_ASK_TENSORFLOW = """
import json, tensorflow as tf
print(json.dumps({"gpus": len(tf.config.list_physical_devices("GPU")), "cuda": tf.test.is_built_with_cuda()}))
"""


@dataclass(frozen=True)
class Finding:
    """What one check found. mend: what to do about it, None when all is well. wrong: runs will fail."""

    topic: str
    found: str
    mend: str | None = None
    wrong: bool = True


def main(words: list[str]) -> int:
    """Print every finding; 0 when nothing is wrong, 1 otherwise. Raises NnlabError for bad words."""
    parser = argparse.ArgumentParser(prog="nnlab doctor", description="What is wrong, and how to mend it.")
    parser.add_argument("overrides", nargs="*", help="which store to look at: tracking=server tracking.uri=…")
    findings = examine(tracking_from(parser.parse_args(words).overrides))
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    for finding in findings:
        console.print(line(finding))
    bad = sum(1 for finding in findings if finding.mend and finding.wrong)
    console.print(f"{bad} wrong" if bad else "nothing is wrong")
    return 1 if bad else 0


def examine(tracking: Tracking) -> list[Finding]:
    """Every check's findings, in order; the slow one, TensorFlow's start, goes on beside the others."""
    checks: list[Callable[[], Iterator[Finding]]] = [
        check_python,
        check_versions,
        check_compiled,
        lambda: check_tracking(tracking),
        check_data,
        check_disk,
        check_devices,
    ]
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(lambda: list(checks[-1]()))
        quick = [finding for check in checks[:-1] for finding in check()]
        return [*quick, *slow.result()]


def line(finding: Finding) -> Text:
    """One finding as a line: a mark, the topic, what was found, and how to mend it."""
    marks = {True: ("WRONG", "bold red"), False: ("slow ", "yellow")}
    mark, style = marks[finding.wrong] if finding.mend else ("ok   ", "green")
    mend = f"; {finding.mend}" if finding.mend else ""
    return Text.assemble((mark, style), " ", (f"{finding.topic:<9}", "bold"), f"{finding.found}{mend}")


def check_python() -> Iterator[Finding]:
    """Python's version against what nnlab asks for."""
    wanted = SpecifierSet(importlib.metadata.metadata("nnlab")["Requires-Python"])
    fits = wanted.contains(platform.python_version(), prereleases=True)
    mend = None if fits else f"nnlab needs Python {wanted}: make its environment with one of these"
    yield Finding("python", f"{platform.python_version()} on {platform.platform()}", mend)


def check_versions() -> Iterator[Finding]:
    """Every package that nnlab asks for: there, and in the range that it asks for."""
    wanted = [Requirement(text) for text in importlib.metadata.requires("nnlab") or []]
    needed = [one for one in wanted if one.marker is None or one.marker.evaluate()]
    bad = [finding for one in needed if (finding := _version(one))]
    yield from bad
    if not bad:
        shown = ", ".join(
            f"{name} {importlib.metadata.version(name)}" for name in ("tensorflow", "keras", "mlflow")
        )
        yield Finding("packages", f"{len(needed)} in their ranges: {shown} …")


def _version(wanted: Requirement) -> Finding | None:
    try:
        found = importlib.metadata.version(wanted.name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(
            "packages", f"{wanted.name} is missing", f"pip install '{wanted.name}{wanted.specifier}'"
        )
    if wanted.specifier.contains(found, prereleases=True):
        return None
    return Finding(
        "packages",
        f"{wanted.name} {found} is not {wanted.specifier}",
        f"pip install '{wanted.name}{wanted.specifier}'",
    )


def check_compiled() -> Iterator[Finding]:
    """Whether TensorFlow's Python is byte-compiled: without, every start takes seconds longer."""
    spec = importlib.util.find_spec("tensorflow")
    if spec is None or spec.origin is None:
        return
    deep = Path(spec.origin).parent / "python" / "framework" / "ops.py"
    if Path(importlib.util.cache_from_source(str(deep))).exists():
        yield Finding("bytecode", "TensorFlow is byte-compiled")
    else:
        mend = f"{sys.executable} -m compileall -q {Path(spec.origin).parents[1]}"
        yield Finding(
            "bytecode", "TensorFlow is not byte-compiled, each start takes seconds longer", mend, wrong=False
        )


def check_tracking(tracking: Tracking) -> Iterator[Finding]:
    """The store: reachable or writable, and with the schema of the installed MLflow."""
    try:
        check_store(tracking)
        file, address = database(tracking), redact(store_uri(tracking))
        schema = schema_of(file) if file else None
    except NnlabError as error:
        found, _, mend = str(error).rpartition("; ")
        yield Finding("store", found or mend, mend)
        return
    if file is None:
        yield Finding("store", f"{address} answers")
    elif schema is None:
        yield Finding("store", f"{file} does not exist yet; the first run makes it")
    else:
        yield Finding("store", f"{file}, schema {schema}, writable" if schema == newest_schema() else address)


def check_data() -> Iterator[Finding]:
    """The cache of datasets: what is in it, and that it can be written."""
    folder = cache_folder()
    try:
        check_folder(folder, "NNLAB_DATA")
        names = sorted(
            entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")
        )
    except (NnlabError, OSError) as error:
        yield Finding("data", str(error), "set NNLAB_DATA to a folder that can be written")
        return
    yield Finding("data", f"{folder}: {', '.join(names) if names else 'nothing fetched yet'}")


def check_disk() -> Iterator[Finding]:
    """Room in the working folder, where runs are kept, and in the cache."""
    for topic, folder in (("disk", Path.cwd()), ("disk", _existing(cache_folder()))):
        free = shutil.disk_usage(folder).free / 1e9
        mend = None if free >= ROOM else f"{ROOM:g} GB at least: free some, or work in another folder"
        yield Finding(topic, f"{free:.1f} GB free in {folder}", mend)


def _existing(folder: Path) -> Path:
    return next(parent for parent in (folder, *folder.parents) if parent.exists())


def check_devices() -> Iterator[Finding]:
    """Threads and GPUs. TensorFlow starts in a process of its own, so that a crash of it is a finding too."""
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    settings = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    try:
        asked = subprocess.run(
            [sys.executable, "-c", _ASK_TENSORFLOW],
            capture_output=True,
            timeout=DEVICES_LIMIT,
            env=settings,
            check=False,
        )
    except subprocess.TimeoutExpired:
        yield Finding(
            "devices",
            f"TensorFlow does not start within {DEVICES_LIMIT} s",
            "see bytecode above",
        )
        return
    if asked.returncode:
        last = asked.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [
            f"code {asked.returncode}"
        ]
        yield Finding(
            "devices",
            f"TensorFlow does not start: {last[0][:200]}",
            "reinstall it: pip install --force-reinstall tensorflow",
        )
        return
    answer = json.loads(asked.stdout.decode().strip().splitlines()[-1])
    gpus = f"{answer['gpus']} GPUs" if answer["gpus"] else "no GPU"
    yield Finding(
        "devices", f"{threads} CPU threads, {gpus}{'' if answer['cuda'] else ' (a TensorFlow without CUDA)'}"
    )

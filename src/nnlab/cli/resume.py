"""nnlab resume RUN | --sweep S: go on with what was interrupted, in its own record and to the same bits."""

import argparse
import os
import shutil
from pathlib import Path
from typing import Any

import yaml

from nnlab.cli.compose import tracking_from
from nnlab.errors import ConfigError, Problem, RequestError, StorageError, show
from nnlab.plan import Plan, Tracking
from nnlab.tracking.rows import RunRow
from nnlab.tracking.tags import SWEEP


def main(words: list[str]) -> int:
    """Train the rest of a run or a sweep; 0 at once where it is finished. Raises NnlabError."""
    from nnlab.cli.resumed_sweep import resume_sweep
    from nnlab.tracking.runs import LAST, find_run

    options = _options(words)
    own = [word for word in options.overrides if word.lstrip("+").startswith("tracking")]
    tracking = tracking_from(own)
    if options.sweep is not None:
        return resume_sweep(tracking, options.sweep)
    foreign = [word for word in options.overrides if word not in own]
    if options.run == LAST and (folder := _unrecorded(tracking)):
        return _go_on(tracking, folder, foreign, folder.name, options.restart)
    row = find_run(tracking, options.run)
    if SWEEP in row.tags:
        return resume_sweep(tracking, row.id)
    if row.status == "FINISHED":
        print(f"{row.name} ({row.id[:8]}) is finished: there is nothing to go on with")
        return 0
    return _go_on(tracking, _folder(row), foreign, f"{row.name} ({row.id[:8]})", options.restart)


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nnlab resume", description=__doc__)
    parser.add_argument("run", nargs="?", help="`last`, an id or its beginning, or a name; see `nnlab runs`")
    parser.add_argument("--sweep", metavar="S", help="a sweep: `last`, or what names its parent run")
    parser.add_argument("--restart", action="store_true", help="leave its checkpoints, begin with epoch 1")
    parser.add_argument("overrides", nargs="*", help="where the runs are: tracking=server tracking.uri=…")
    options = parser.parse_intermixed_args(words)
    if options.sweep is not None and options.run is not None:
        options.overrides.insert(0, options.run)
    elif options.sweep is None and options.run is None:
        parser.error("RUN or --sweep S: one of them; see `nnlab runs`")
    return options


def _unrecorded(tracking: Tracking) -> Path | None:
    """The folder of a run that is newer than all in the store, and was killed before it came there."""
    from nnlab.claim import find_unrecorded
    from nnlab.tracking.listing import list_runs

    newest = next(iter(list_runs(tracking, 1)), None)
    return find_unrecorded(newest.started.timestamp() if newest and newest.started else 0.0)


def _folder(row: RunRow) -> Path:
    if row.folder is None:
        place = row.tags.get("nnlab.folder", "no folder")
        raise StorageError(
            f"{place}: not here; run {row.id[:8]} goes on where its folder with checkpoints lies"
        )
    return row.folder


def _plan(folder: Path) -> Plan:
    """The recorded plan. Raises StorageError where it is gone, ConfigError where nnlab has moved on."""
    from nnlab.checking.reading import read_plan

    file = folder / "config" / "plan.yaml"
    try:
        return read_plan(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise StorageError(f"{file}: {error}; a run goes on with the plan it began with") from None


def _check_words(plan: Plan, words: list[str]) -> None:
    """A run keeps its plan: words may repeat it and change nothing. Raises ConfigError with what would change."""
    problems = []
    for word in words:
        key, _, value = word.lstrip("+").partition("=")
        recorded = _value(plan.plain(), key)
        if yaml.safe_load(value) != recorded:
            allowed = f"{show(recorded)}: a run goes on with its own plan, `nnlab {word}` trains another"
            problems.append(Problem(key, value, allowed))
    if problems:
        raise ConfigError(problems)


def _value(plain: Any, key: str) -> Any:
    for part in key.split("."):
        plain = plain.get(part) if isinstance(plain, dict) else None
    return plain


def _go_on(tracking: Tracking, folder: Path, words: list[str], title: str, restart: bool) -> int:
    """Go on where the folder is. words: see `_check_words`. title: of the run, for an error."""
    from nnlab.claim import hold
    from nnlab.cli.summary import print_outcome
    from nnlab.job import carry_out
    from nnlab.training.checkpoints import FOLDER

    os.chdir(folder.parents[2])
    plan = _plan(folder).model_copy(update={"tracking": tracking})
    _check_words(plan, words)
    with hold(folder) as held:
        if not held:
            raise RequestError(f"RUN: {title} is running; one process at a time")
        if restart:
            shutil.rmtree(folder / FOLDER, ignore_errors=True)
    typed = yaml.safe_load((folder / "config" / "overrides.yaml").read_text(encoding="utf-8"))
    print_outcome(carry_out(plan, typed), plan)
    return 0

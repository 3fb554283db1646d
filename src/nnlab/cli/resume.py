"""nnlab resume RUN | --sweep S: go on with what was interrupted, in its own record and to the same bits."""

import argparse
import os
import shutil
from pathlib import Path
from typing import Any

import yaml

from nnlab.claim import hold_alone
from nnlab.cli.compose import tracking_from
from nnlab.cli.saying import say_aside
from nnlab.errors import ConfigError, Problem, StorageError, show
from nnlab.plan import Plan, Tracking
from nnlab.tracking.abandoned import finish_record
from nnlab.tracking.ending import is_interrupted, is_undelivered
from nnlab.tracking.journal import NAME, read_events, read_start
from nnlab.tracking.tags import SWEEP, THREADS
from nnlab.training.checkpoints import FOLDER as CHECKPOINTS


def main(words: list[str]) -> int:
    """Train the rest of a run or a sweep; 0 at once where it is finished. Raises NnlabError."""
    from nnlab.cli.resumed_sweep import find_folder, resume_sweep

    options = _options(words)
    own = [word for word in options.overrides if word.lstrip("+").startswith("tracking")]
    tracking = tracking_from(own)
    folder = find_folder(tracking, options.sweep) if options.sweep else _find(tracking, options.run)
    if folder is None:
        return 0
    if SWEEP in read_start(folder / NAME).get("tags", {}):
        return resume_sweep(tracking, folder)
    os.chdir(folder.parents[2])
    with hold_alone(folder):
        if not is_interrupted(folder):
            return _deliver(tracking, folder)
        if options.restart:
            shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    plan = _plan(folder, tracking)
    _check_words(plan, [word for word in options.overrides if word not in own])
    return _go_on(plan, folder)


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nnlab resume", description=__doc__)
    parser.add_argument("run", nargs="?", help="`last`, an id, a name (see `nnlab runs`), or its folder")
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


def _find(tracking: Tracking, text: str) -> Path | None:
    """A run's folder, named itself or by its run; None for one that has finished elsewhere, which is said.

    Raises RunNotFoundError, and StorageError where it is not here.
    """
    from nnlab.tracking.runs import LAST, find_run

    if read_start(Path(text) / NAME):
        return Path(text).resolve()
    if text == LAST and (folder := _unrecorded(tracking)):
        return folder
    row = find_run(tracking, text)
    if row.folder is None and row.status == "FINISHED":
        _say_finished(f"{row.name} ({row.id[:8]})")
        return None
    if row.folder is None:
        place = row.tags.get("nnlab.folder", "no folder")
        raise StorageError(
            f"{place}: not here; run {row.id[:8]} goes on where its folder with checkpoints lies"
        )
    return row.folder


def _deliver(tracking: Tracking, folder: Path) -> int:
    """A run that ended well, though its store may not have heard so."""
    missing = is_undelivered(folder)
    if missing:
        finish_record(tracking, folder)
    _say_finished(_title(folder), "; the store knows it now" if missing else "")
    return 0


def _title(folder: Path) -> str:
    bound = [event.body["run_id"] for event in read_events(folder / NAME) if event.kind == "bound"]
    return f"{read_start(folder / NAME)['name']} ({bound[-1][:8] if bound else folder.name})"


def _say_finished(title: str, more: str = "") -> None:
    print(f"{title} is finished: there is nothing to go on with{more}")


def _plan(folder: Path, tracking: Tracking) -> Plan:
    """The recorded plan. Raises StorageError where it is gone, ConfigError where nnlab has moved on."""
    from nnlab.checking.reading import read_plan
    from nnlab.training.runtime import keep_threads

    file = folder / "config" / "plan.yaml"
    try:
        plan = read_plan(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise StorageError(f"{file}: {error}; a run goes on with the plan it began with") from None
    trainer = keep_threads(plan.trainer, read_start(folder / NAME)["tags"].get(THREADS))
    return plan.model_copy(update={"tracking": tracking, "trainer": trainer, "rerun": False})


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


def _go_on(plan: Plan, folder: Path) -> int:
    from nnlab.cli.summary import print_outcome
    from nnlab.job import carry_out
    from nnlab.reaping import reap

    words = yaml.safe_load((folder / "config" / "overrides.yaml").read_text(encoding="utf-8"))
    print_outcome(carry_out(plan, words, known=folder), plan)
    reap(plan.tracking, say_aside, folder)
    return 0

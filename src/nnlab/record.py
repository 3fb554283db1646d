"""What a run leaves behind, file by file and metric by metric: names here are the names everywhere."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from nnlab import __version__
from nnlab.data.splits import Splits
from nnlab.evaluation import Judgement
from nnlab.plan import Plan
from nnlab.replacing import storage_error
from nnlab.tracking import tags
from nnlab.tracking.address import redact
from nnlab.tracking.environment import environment_tags, git_state, requirements
from nnlab.tracking.recorder import Recorder
from nnlab.training.history import History, tracked_name

LEAK = "validated on the test set"


class MetricsListener:
    """Puts every epoch's numbers into the record, at the epoch's number as step."""

    def __init__(self, recorder: Recorder):
        self.recorder = recorder

    def on_chunk(self, epoch: int, step: int, steps: int, logs: dict[str, float]) -> None:
        """A chunk is not worth a point."""

    def on_epoch(self, epoch: int, logs: dict[str, float], seconds: float) -> None:
        """Record the epoch."""
        named = {tracked_name(name): value for name, value in logs.items()}
        self.recorder.metrics({**named, "time/epoch_s": seconds}, step=epoch)


def run_tags(identity: str, splits: Splits) -> dict[str, str]:
    """The tags a run starts with."""
    found = {tags.IDENTITY: identity, tags.DATA_HASH: splits.hash, tags.VERSION: __version__}
    leak = {tags.LEAK: LEAK} if splits.leak else {}
    return {**found, **leak, **environment_tags(Path.cwd())}


def write_configuration(folder: Path, plan: Plan, splits: Splits, words: Sequence[str]) -> None:
    """config/plan.yaml, config/overrides.yaml, config/spec.json and environment/*: enough to do it again."""
    with writing(folder):
        config, environment = _folder(folder, "config"), _folder(folder, "environment")
        (config / "plan.yaml").write_text(redact(_yaml(plan.plain())), encoding="utf-8")
        (config / "overrides.yaml").write_text(redact(_yaml(list(words))), encoding="utf-8")
        (config / "spec.json").write_text(json.dumps(dataclasses.asdict(splits.spec)), encoding="utf-8")
        (environment / "requirements.txt").write_text(requirements(), encoding="utf-8")
        if git := git_state(Path.cwd()):
            (environment / "git.diff").write_text(redact(git.diff), encoding="utf-8")


def write_tables(
    folder: Path, judgement: Judgement, history: History, weights: Sequence[Mapping[str, Any]]
) -> None:
    """tables/NAME.json, predictions.parquet, history.json and weights.json (of `tabulate_weights`)."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    with writing(folder):
        tables = _folder(folder, "tables")
        for name, table in {**judgement.tables, "history": history.series, "weights": weights}.items():
            (tables / f"{name}.json").write_text(json.dumps(table, indent=1), encoding="utf-8")
        columns = {name: _column(values) for name, values in judgement.predictions.items()}
        parquet.write_table(pa.table(columns), tables / "predictions.parquet")


def _column(values: np.ndarray) -> Any:
    return values.tolist() if values.dtype.kind in "OU" else values


def final_scores(history: History, tested: Mapping[str, float], judgement: Judgement) -> dict[str, float]:
    """The numbers a run is compared by: `test/…`, `best/…` and its epoch."""
    scores = {f"test/{name}": value for name, value in {**judgement.scores, **tested}.items()}
    if best := history.best_epoch:
        scores["best/epoch"] = best
        scores |= {
            f"best/{name}": value for name, value in history.at(best).items() if name != "learning_rate"
        }
    return scores


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """A full disk or a closed folder is said in one line."""
    try:
        yield
    except OSError as error:
        raise storage_error(Path(error.filename or folder), error) from None


def _folder(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir(exist_ok=True)
    return path


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110)

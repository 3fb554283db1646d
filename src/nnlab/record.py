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
from nnlab.models.arithmetic import Row, count_flops
from nnlab.plan import Plan
from nnlab.replacing import storage_error
from nnlab.spec import DataSpec, Samples
from nnlab.tracking import tags
from nnlab.tracking.address import redact
from nnlab.tracking.environment import GitState, environment_tags, requirements
from nnlab.tracking.recorder import Recorder
from nnlab.training.history import History, tracked_name

LEAK = "validated on the test set"
FOLD_FILE = "fold.npz"


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


def run_tags(plan: Plan, identity: str, data_hash: str, git: GitState | None) -> dict[str, str]:
    """The tags a run starts with; git: of the working folder."""
    found = {tags.IDENTITY: identity, tags.DATA_HASH: data_hash, tags.VERSION: __version__}
    leak = {tags.LEAK: LEAK} if plan.watches_test else {}
    fold = {tags.FOLD: str(plan.cv.fold)} if plan.cv and plan.cv.fold else {}
    return {**found, **leak, **fold, **environment_tags(git)}


def write_configuration(
    folder: Path, plan: Plan, spec: DataSpec, words: Sequence[str], git: GitState | None
) -> None:
    """config/plan.yaml, config/overrides.yaml, config/spec.json and environment/*: enough to do it again."""
    with writing(folder):
        config, environment = _folder(folder, "config"), _folder(folder, "environment")
        (config / "plan.yaml").write_text(redact(_yaml(plan.plain())), encoding="utf-8")
        (config / "overrides.yaml").write_text(redact(_yaml(list(words))), encoding="utf-8")
        (config / "spec.json").write_text(json.dumps(dataclasses.asdict(spec)), encoding="utf-8")
        (environment / "requirements.txt").write_text(requirements(), encoding="utf-8")
        if git:
            (environment / "git.diff").write_text(redact(git.diff), encoding="utf-8")


def write_tables(folder: Path, judgement: Judgement, tables: Mapping[str, Any]) -> None:
    """tables/NAME.json, those of the judgement and `tables` besides, and tables/predictions.parquet."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    with writing(folder):
        for name, table in {**judgement.tables, **tables}.items():
            write_table(folder, name, table)
        columns = {name: _column(values) for name, values in judgement.predictions.items()}
        # Of probabilities hardly two are alike: a dictionary of them is larger than they are.
        repeated: Any = [name for name, values in judgement.predictions.items() if values.dtype.kind != "f"]
        file = _folder(folder, "tables") / "predictions.parquet"
        parquet.write_table(pa.table(columns), file, use_dictionary=repeated)


def write_table(folder: Path, name: str, table: Any) -> None:
    """tables/NAME.json."""
    with writing(folder):
        text = json.dumps(table, indent=1)
        (_folder(folder, "tables") / f"{name}.json").write_text(text, encoding="utf-8")


def with_columns(judgement: Judgement, **columns: np.ndarray) -> Judgement:
    """The judgement with more columns, (n,) each, before those of its predictions."""
    return dataclasses.replace(judgement, predictions={**columns, **judgement.predictions})


def write_fold(folder: Path, rows: np.ndarray, samples: Samples | None, predictions: np.ndarray) -> None:
    """tables/fold.npz: a fold's predictions (n, …) as they left the network, and their rows in the source (n,).

    samples: what they are held against, where that is not what stands in those rows.
    """
    held = {} if samples is None else {"x": samples.x, "y": samples.y}
    with writing(folder):
        file = _folder(folder, "tables") / FOLD_FILE
        np.savez_compressed(file, allow_pickle=False, rows=rows, predictions=predictions, **held)


def _column(values: np.ndarray) -> Any:
    return values.tolist() if values.dtype.kind in "OU" else values


def final_scores(history: History, tested: Mapping[str, float]) -> dict[str, float]:
    """The numbers a run is compared by: `test/…`, `best/…` and its epoch."""
    scores = {f"test/{name}": value for name, value in tested.items()}
    if best := history.best_epoch:
        scores["best/epoch"] = best
        scores |= {
            f"best/{name}": value for name, value in history.at(best).items() if name != "learning_rate"
        }
    return scores


def last_scores(history: History) -> dict[str, float]:
    """`val/…`, the validation of the last epoch, as the record's curves end."""
    last = history.at(history.epochs)
    return {tracked_name(name): value for name, value in last.items() if name.startswith("val_")}


def describe_operations(rows: Sequence[Row]) -> dict[str, float]:
    """`model/flops`: operations of one sample forwards; nothing where arithmetic does not reach."""
    flops = count_flops(rows)
    return {} if flops is None else {"model/flops": flops}


def count_samples(splits: Splits) -> dict[str, float]:
    """`data/train`, `data/val` and `data/test`: how many samples the three sets have."""
    parts = {"train": splits.train, "val": splits.validation, "test": splits.test}
    return {f"data/{name}": len(part) if part else 0 for name, part in parts.items()}


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

"""Optuna's part: where a study lies, who proposes its trials, who prunes them."""

import random
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.errors import WorkError
from nnlab.search.settings import KEY, SearchSettings
from nnlab.search.space import Value
from nnlab.search.wanted import Search
from nnlab.tracking.address import read_variables, redact

if TYPE_CHECKING:
    from optuna import Study
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler
    from optuna.storages import BaseStorage

JOURNAL = "study.journal"
_LOCK_SECONDS = 5
"""After so long the lock of a process that was killed while it wrote a line is taken away."""


def open_storage(settings: SearchSettings, folder: Path) -> "BaseStorage":
    """The database that is asked for, or a journal in the sweep's folder. Raises WorkError, RequestError."""
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileSymlinkLock

    if settings.storage is None:
        file = folder / JOURNAL
        lock = JournalFileSymlinkLock(str(file), grace_period=_LOCK_SECONDS)
        return JournalStorage(JournalFileBackend(str(file), lock))
    try:
        return RDBStorage(read_variables(settings.storage, f"{KEY}.storage"))
    except (ImportError, ValueError, OSError) as error:
        raise _unusable(settings.storage, error) from None
    except Exception as error:
        if not type(error).__module__.startswith("sqlalchemy"):
            raise
        raise _unusable(settings.storage, error) from None


def _unusable(storage: str, error: Exception) -> WorkError:
    first = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return WorkError(redact(f"{KEY}.storage: {storage}: {first}; null for a file of the sweep's own"))


def mend_journal(folder: Path) -> None:
    """Drop what a killed process left half written: it would spoil the line after it. Hold the ledger for it."""
    file = folder / JOURNAL
    if file.is_file() and (content := file.read_bytes()) and not content.endswith(b"\n"):
        with open(file, "r+b") as opened:
            opened.truncate(content.rfind(b"\n") + 1)


def load_study(settings: SearchSettings, folder: Path, name: str) -> "Study | None":
    """The study that was begun before, or None. Raises as `open_storage` does."""
    import optuna

    if settings.storage is None and not (folder / JOURNAL).is_file():
        return None
    try:
        return optuna.load_study(study_name=name, storage=open_storage(settings, folder))
    except KeyError:
        return None


def begin_study(search: Search) -> "Study":
    """The study of a search, gone on with or begun. Raises as `open_storage` does."""
    import optuna

    study = optuna.create_study(
        study_name=search.name,
        storage=open_storage(search.settings, search.folder),
        directions=[objective.direction for objective in search.objectives],
        pruner=make_pruner(search.settings, search.epochs),
        load_if_exists=True,
    )
    if study.metric_names is None:
        study.set_metric_names([objective.metric for objective in search.objectives])
    return study


def quiet() -> None:
    """What Optuna says about its own workings is not for a user; what is wrong comes as an exception."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", module="optuna")
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)


def make_sampler(settings: SearchSettings, seed: int, number: int) -> "BaseSampler":
    """Who proposes trial `number`: seeded by it, so that a search gone on with is the straight one.

    A sampler keeps nothing but its random numbers from one trial to the next: it reads the study.
    """
    from optuna import samplers

    own, startup = random.Random(f"{seed} {number}").getrandbits(31), settings.startup
    match settings.sampler:
        case "tpe":
            return samplers.TPESampler(n_startup_trials=startup, constant_liar=True, seed=own)
        case "cmaes":
            return samplers.CmaEsSampler(n_startup_trials=startup, warn_independent_sampling=False, seed=own)
        case "gp":
            return samplers.GPSampler(n_startup_trials=startup, seed=own)
        case "nsgaii":
            return samplers.NSGAIISampler(population_size=max(2, startup), seed=own)
        case _:
            return samplers.RandomSampler(seed=own)


def make_fixed(values: Mapping[str, Value]) -> "BaseSampler":
    """Who proposes these values and no others."""
    from optuna.samplers import BaseSampler

    class Fixed(BaseSampler):
        def infer_relative_search_space(self, study: Any, trial: Any) -> dict[str, Any]:
            return {}

        def sample_relative(self, study: Any, trial: Any, search_space: Any) -> dict[str, Any]:
            return {}

        def sample_independent(self, study: Any, trial: Any, param_name: str, param_distribution: Any) -> Any:
            return values[param_name]

    return Fixed()


def make_pruner(settings: SearchSettings, epochs: int) -> "BasePruner":
    """Who says which runs are not worth their later epochs. epochs: of the longest run."""
    from optuna import pruners

    warmup = settings.warmup
    match settings.pruner:
        case "median":
            return pruners.MedianPruner(n_startup_trials=settings.startup, n_warmup_steps=warmup)
        case "hyperband":
            return pruners.HyperbandPruner(min_resource=warmup, max_resource=max(warmup, epochs))
        case "asha":
            return pruners.SuccessiveHalvingPruner(min_resource=warmup)
        case _:
            return pruners.NopPruner()

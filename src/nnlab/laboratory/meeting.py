"""Which runs of a store belong to which experiments: found by identity, without reading any data."""

from collections.abc import Iterable, Sequence

from nnlab.laboratory.experiment import Experiment, Trial
from nnlab.plan import Tracking
from nnlab.tracking import tags
from nnlab.tracking.listing import list_runs
from nnlab.tracking.rows import RunRow

CHEAP = 300
"""Seconds: what a first run may have taken for its experiment to be worth repeating."""
SEEDS = 3


class Archive:
    """The finished runs of a store, by identity, and the data and threads that they were made with."""

    def __init__(self, runs: Iterable[RunRow]):
        finished = [run for run in runs if run.status == "FINISHED" and tags.IDENTITY in run.tags]
        # Newest first: the first of several runs of one identity is kept.
        self._runs = {run.tags[tags.IDENTITY]: run for run in reversed(finished)}
        self._made_with = {(run.tags[tags.DATA_HASH], int(run.tags["nnlab.threads"])) for run in finished}

    def find(self, trial: Trial) -> Trial:
        """The trial with its run, whichever data and number of threads the store's runs were made with."""
        identities = (trial.identify(data_hash, threads) for data_hash, threads in sorted(self._made_with))
        found = next((identity for identity in identities if identity in self._runs), None)
        return trial.met(self._runs[found] if found else None)


def read_archive(tracking: Tracking) -> Archive:
    """The finished runs of a store. Raises RequestError and TrackingError as `list_runs` does."""
    return Archive(list_runs(tracking))


def meet_trials(experiment: Experiment, archive: Archive, seeds: int | None) -> list[Trial]:
    """An experiment's trials from seed 0 on, with the runs that there are; the first one, then its repeats.

    seeds: how many; None for SEEDS where the first run took less than CHEAP seconds, for that one alone otherwise.
    Of a sweep, every network once.
    """
    if experiment.variants:
        return [archive.find(Trial(experiment, 0, variant=variant)) for variant in experiment.variants]
    first = archive.find(Trial(experiment, 0))
    wanted = seeds if seeds is not None else SEEDS if is_cheap(first) else 1
    return [first, *(archive.find(Trial(experiment, seed)) for seed in range(1, wanted))]


def is_cheap(first: Trial) -> bool:
    """Whether a first run is there and took so little time that its experiment is repeated."""
    return first.run is not None and seconds_of([first.run]) < CHEAP


def seconds_of(runs: Sequence[RunRow]) -> float:
    """The mean time of runs, from the first key pressed to the last file kept."""
    return sum(run.scores.get("time/total_s", run.seconds or 0.0) for run in runs) / len(runs)


def cpu_seconds_of(runs: Sequence[RunRow]) -> int | None:
    """The mean processor time of runs, whole seconds; None where one of them did not note it."""
    spent = [run.scores.get("time/cpu_s") for run in runs]
    known = [seconds for seconds in spent if seconds is not None]
    return round(sum(known) / len(known)) if len(known) == len(spent) else None

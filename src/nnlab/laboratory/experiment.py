"""An experiment of experiments/<source>/, and one run of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nnlab.checking.crosschecks import network_rows
from nnlab.identity import identify
from nnlab.laboratory.claims import Score
from nnlab.laboratory.header import Header
from nnlab.laboratory.verdict import main_claim, main_score
from nnlab.plan import Plan
from nnlab.tracking.rows import RunRow


@dataclass(frozen=True)
class Variant:
    """One point of an experiment's sweep. choices: its own words, `optimizer=sgd`; words: all that compose it."""

    choices: tuple[str, ...]
    words: tuple[str, ...]
    plan: Plan


@dataclass(frozen=True)
class Experiment:
    """A file of experiments/, read and composed. words: the overrides that compose it. plan: of its first run.

    variants: every network of its `sweep:` section, which then are run in place of the plan.
    """

    name: str
    file: Path
    header: Header
    plan: Plan
    words: tuple[str, ...]
    variants: tuple[Variant, ...] = ()

    @property
    def source(self) -> str:
        """The document it comes from: the folder's name."""
        return self.name.split("/")[0]

    @property
    def title(self) -> str:
        """Its name inside its source."""
        return self.name.partition("/")[2]

    @property
    def leak(self) -> bool:
        """Whether the test set is watched during training."""
        return self.plan.dataset.validation_split == "test"

    def score_of(self, scores: Mapping[str, float]) -> Score | None:
        """What to tell first of a run, from its metrics: the main published score, else the test set's."""
        main = main_claim(self.header.published)
        return main.score if main and main.score.metric in scores else main_score(scores)

    def count_parameters(self) -> int:
        """The network's parameters by arithmetic. Raises DataError where the data must be read and cannot."""
        return sum(row.params for row in network_rows(self.plan, self.plan.dataset.spec()))


@dataclass(frozen=True)
class Trial:
    """One run of an experiment, wanted or there. run: the finished one, None where there is none yet.

    variant: which network of a sweep, None for an experiment that is none.
    """

    experiment: Experiment
    seed: int
    run: RunRow | None = None
    variant: Variant | None = None

    @property
    def plan(self) -> Plan:
        """The plan with the trial's seed."""
        return (self.variant or self.experiment).plan.model_copy(update={"seed": self.seed})

    @property
    def words(self) -> tuple[str, ...]:
        """The overrides that compose the plan."""
        return (*(self.variant or self.experiment).words, f"seed={self.seed}")

    @property
    def title(self) -> str:
        """The trial as a line of progress names it."""
        choices = self.variant.choices if self.variant else (f"seed {self.seed}",)
        return " ".join([self.experiment.name, *choices])

    def identify(self, data_hash: str, threads: int) -> str:
        """The identity of its run on data of this fingerprint, with so many threads unless the plan says."""
        return identify(self.plan, data_hash, self.plan.trainer.threads or threads)

    def met(self, run: RunRow | None) -> "Trial":
        """The same trial with the run that it has."""
        return replace(self, run=run)

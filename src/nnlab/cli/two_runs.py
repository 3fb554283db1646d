"""Two single runs in a comparison: what they disagree on, said and drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.analysis.comparison import Comparison
from nnlab.analysis.disagreement import Closeness, Disagreement, tell_disagreement
from nnlab.analysis.recorded_answers import read_disagreement
from nnlab.errors import RequestError, StorageError
from nnlab.tracking.rows import RunRow


@dataclass(frozen=True)
class TwoRuns:
    """Two runs, A and B, by what they are called; found: on the same samples, else why there is nothing to say."""

    first: RunRow
    labels: tuple[str, str]
    found: Disagreement | Closeness | str

    @property
    def lines(self) -> list[str]:
        """What there is to say."""
        if isinstance(self.found, str):
            return [f"not compared sample by sample: {self.found}"]
        return [f"A {self.labels[0]}, B {self.labels[1]}", *tell_disagreement(self.found)]

    def draw(self, folder: Path) -> list[Path]:
        """What they disagree on, as figures. Raises StorageError."""
        from nnlab.analysis.disagreement_figures import draw_disagreement

        return (
            []
            if isinstance(self.found, str)
            else draw_disagreement(self.found, self.first, self.labels, folder)
        )


def find_two(rows: Sequence[RunRow], comparison: Comparison) -> TwoRuns | None:
    """The two runs of a comparison, A the one that comes first; None where it is of one run, or of more."""
    compared = {run.id for standing in comparison.standings for run in standing.configuration.runs}
    pair = [row for row in rows if row.id in compared]
    if len(pair) != 2:
        return None
    labels = (_label(pair[0], comparison), _label(pair[1], comparison))
    try:
        return TwoRuns(pair[0], labels, read_disagreement(*pair))
    except (RequestError, StorageError) as error:
        return TwoRuns(pair[0], labels, str(error))


def _label(run: RunRow, comparison: Comparison) -> str:
    """What tells a run from the other: its configuration, or its seed and fold in the same one."""
    configurations = [standing.configuration for standing in comparison.standings]
    own = next(one for one in configurations if run in one.runs)
    if len(configurations) > 1:
        return own.label
    seed, fold = own.units[own.runs.index(run)]
    return f"seed={seed} cv.fold={fold}" if fold else f"seed={seed}"

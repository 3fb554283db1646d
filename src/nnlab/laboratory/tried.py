"""Every network that a sweep has tried, as a table: the best by validation first."""

from collections.abc import Iterator
from pathlib import Path

from nnlab.folder import slug
from nnlab.laboratory.claims import Score
from nnlab.laboratory.experiment import Trial
from nnlab.laboratory.row import Row, validation_score


def tell_tried(row: Row, folder: Path) -> str:
    """The table of a sweep's networks, kept in `folder` once all have run; empty where none has. Raises OSError.

    A store that does not hold all of them gets the table that was kept.
    """
    path = folder / f"{slug(row.experiment.name)}-tried.md"
    if row.tried and len(row.tried) == len(row.experiment.variants):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(format_tried(row) + "\n", encoding="utf-8")
    elif not path.exists():
        return format_tried(row) if row.tried else ""
    return path.read_text(encoding="utf-8")


def format_tried(row: Row) -> str:
    """The table in Markdown, folded away under a line that says how many networks there are."""
    wanted = len(row.experiment.variants)
    missing = f"; {wanted - len(row.tried)} of {wanted} not run yet" if len(row.tried) < wanted else ""
    title = f"{row.experiment.name}: every network tried, {len(row.tried)}, best by validation first{missing}"
    table = "\n".join(_lines(row))
    return f"<details><summary>{title}</summary>\n\n{table}\n\n</details>"


def _lines(row: Row) -> Iterator[str]:
    keys = list(dict.fromkeys(key for trial in row.tried for key in _choices(trial)))
    yield f"| {' | '.join([*keys, 'parameters', 'validation', 'test', 'time'])} |"
    yield f"|{'---|' * len(keys)}---:|---:|---:|---:|"
    for trial in row.tried:
        cells = [*(_choices(trial).get(key, "") for key in keys), *_numbers(trial)]
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _choices(trial: Trial) -> dict[str, str]:
    words = trial.variant.choices if trial.variant else ()
    return {key: value for key, _, value in (word.partition("=") for word in words)}


def _numbers(trial: Trial) -> list[str]:
    """Parameters, validation and test score, seconds of a trial that has run."""
    assert trial.run
    scores = trial.run.scores
    found = (validation_score(trial.run), trial.experiment.score_of(scores))
    parameters = f"{scores.get('model/params', 0):,.0f}".replace(",", " ")
    return [parameters, *(_tell(score, scores) for score in found), f"{trial.run.seconds or 0:.0f} s"]


def _tell(score: Score | None, scores: dict[str, float]) -> str:
    return f"{score.name} {score.tell(scores[score.metric])}" if score else ""

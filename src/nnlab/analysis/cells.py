"""A comparison as columns of text, for every format that people read."""

from collections.abc import Callable
from dataclasses import dataclass

from nnlab.analysis.comparison import Comparison
from nnlab.analysis.flat_plans import belongs, write_value
from nnlab.analysis.metric import Metric
from nnlab.analysis.sentences import is_of_items
from nnlab.analysis.spread import Spread
from nnlab.analysis.standing import Standing

NOTHING = "–"
_PREFIXES = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True)
class Column:
    """A name and a cell for each configuration. is_number: stands to the right. spare: left out first if there is
    no room, the highest first; 0 for never.
    """

    name: str
    cells: tuple[str, ...]
    is_number: bool = True
    spare: int = 0


def columns_of(comparison: Comparison) -> list[Column]:
    """Rank, the keys that differ, repeats, validation, test, costs; without columns in which nothing stands."""
    metric = comparison.metric
    made = [
        _column(comparison, "#", lambda one: str(one.rank or NOTHING)),
        *(_key(comparison, key) for key in comparison.keys),
        _column(comparison, "n", lambda one: str(one.configuration.n)),
        _column(comparison, "best val", lambda one: tell_mean(one.best, metric), 3),
        _column(comparison, "last val", lambda one: tell_mean(one.last, metric), 2),
        _column(comparison, "test", lambda one: tell_mean(one.test, metric)),
        _column(comparison, "std", lambda one: _tell_std(one.test, metric), 1),
        _column(comparison, "95 %", lambda one: tell_interval(one.test, metric)),
        _column(comparison, "params", lambda one: _tell_count(one.params), 4),
        _column(comparison, "FLOPs", lambda one: _tell_short(one.flops), 6),
        _column(comparison, "s", lambda one: NOTHING if one.seconds is None else f"{one.seconds:.3g}", 5),
        _column(
            comparison, "MB", lambda one: NOTHING if one.megabytes is None else f"{one.megabytes:.0f}", 7
        ),
    ]
    return [column for column in made if set(column.cells) != {NOTHING}]


def title_of(comparison: Comparison) -> str:
    """What the numbers are, and what ranks them."""
    runs = sum(one.configuration.n for one in comparison.standings)
    unit = " in %" if comparison.metric.is_share else ""
    counted = f"{_count(len(comparison.standings), 'configuration')}, {_count(runs, 'run')}"
    return f"{comparison.metric.name}{unit}, ranked by {comparison.ranked_by}; {counted}"


def notes_of(comparison: Comparison) -> list[str]:
    """What a reader must know of single configurations, of single runs, and of those that did not finish."""
    notes = [f"{one.label}: {flag}" for one in comparison.standings for flag in one.flags]
    if any(is_of_items(one) for one in comparison.verdicts):
        notes.append("one run each: another seed may say otherwise")
    counted = (f"{count} {state.lower().replace('_', ' ')}" for state, count in comparison.left_out.items())
    return [*notes, f"left out: {', '.join(counted)}"] if comparison.left_out else notes


def tell_mean(spread: Spread | None, metric: Metric) -> str:
    """The mean, per cent of a share."""
    return NOTHING if spread is None else _tell(spread.mean, metric)


def tell_interval(spread: Spread | None, metric: Metric) -> str:
    """`96.8–97.2`; nothing of a single run, and where it is not known."""
    if spread is None or spread.n == 1 or spread.low != spread.low:
        return NOTHING
    between = " to " if spread.low < 0 else "–"
    return f"{_tell(spread.low, metric)}{between}{_tell(spread.high, metric)}"


def _tell_std(spread: Spread | None, metric: Metric) -> str:
    return NOTHING if spread is None or spread.n == 1 else _tell(spread.std, metric)


def _tell(value: float, metric: Metric) -> str:
    text = f"{100 * value:.2f}" if metric.is_share else f"{value:.4g}"
    return text.replace("-", "−")


def _tell_count(count: int | None) -> str:
    return NOTHING if count is None else f"{count:,}".replace(",", " ")


def _tell_short(count: int | None) -> str:
    """`24.0 M`."""
    if count is None:
        return NOTHING
    least, prefix = next((pair for pair in _PREFIXES if count >= pair[0]), (1, ""))
    return f"{count / least:.3g} {prefix}".rstrip()


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _column(comparison: Comparison, name: str, tell: Callable[[Standing], str], spare: int = 0) -> Column:
    return Column(name, tuple(tell(one) for one in comparison.standings), spare=spare)


def _key(comparison: Comparison, key: str) -> Column:
    plans = [one.configuration.plan for one in comparison.standings]
    cells = tuple(write_value(plan.get(key)) if belongs(key, plan, plans) else NOTHING for plan in plans)
    return Column(key, cells, is_number=False)

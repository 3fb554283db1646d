"""A verdict in words: who beats whom by how much, or what could not have been seen."""

import math
from typing import Any

from nnlab.analysis.configurations import Configuration
from nnlab.analysis.flat_plans import write_value
from nnlab.analysis.metric import Metric, digits
from nnlab.analysis.verdict import SURE, Verdict

_MINUS = "−"


def say(verdict: Verdict) -> str:
    """One sentence.

    `cnn beats mlp by 1.4 points (95 % 1.2–1.6, n = 5, p = 0.002)`, or `not shown: …; 5 seeds can't tell a
    difference under 0.3 points`.
    """
    found = verdict.found
    first, second = short_name(verdict.first), short_name(verdict.second)
    if found is None:
        return f"not judged: {first} and {second}: {verdict.reason}{_unpaired(verdict)}"
    if not verdict.lead:
        return f"not shown: {first} and {second} are {_equal(verdict)}{_unpaired(verdict)}"
    if verdict.lead < 0:
        first, second = second, first
    told = f"by {_amount(abs(verdict.lead), verdict)} ({_evidence(verdict)})"
    if verdict.is_shown:
        return f"{first} beats {second} {told}{_unpaired(verdict)}"
    return f"not shown: {first} leads {second} {told}{_limit(verdict)}{_unpaired(verdict)}"


def short_name(configuration: Configuration) -> str:
    """What tells it from the others, in short: `cnn`, `neurons=[64] Adam`."""
    label = configuration.label
    own = [pair for pair in configuration.values.items() if pair[1] is not None or f"{pair[0]}=null" in label]
    if not own or label.endswith(")") or "…" in label:
        return label
    return " ".join(_short(key, value) for key, value in own)


def _short(key: str, value: Any) -> str:
    told = write_value(value)
    return told if isinstance(value, str) else f"{key.rpartition('.')[2]}={told}"


def tell_p(p: float) -> str:
    """`p = 0.041`, `p < 0.001`."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}" if p < 0.9995 else "p = 1"


def tell_difference(value: float, width: float, metric: Metric) -> str:
    """A difference, without its unit, in as many digits as a half interval of `width` leaves."""
    return f"{value * metric.scale:.{digits(width * metric.scale)}f}".replace("-", _MINUS)


def _amount(value: float, verdict: Verdict) -> str:
    told = tell_difference(value, _width(verdict) or value, verdict.metric)
    return _with_unit(told, verdict.metric)


def _with_unit(told: str, metric: Metric) -> str:
    return "1 point" if told == "1" and metric.is_share else f"{told} {metric.unit}"


def _width(verdict: Verdict) -> float:
    low, high = verdict.interval
    return (high - low) / 2


def _evidence(verdict: Verdict) -> str:
    assert verdict.found is not None
    counted = f"{verdict.found.n} test samples" if is_of_items(verdict) else f"n = {verdict.found.n}"
    corrected = f" corrected for {verdict.comparisons} comparisons" if verdict.comparisons > 1 else ""
    return f"{_told_interval(verdict)}{counted}, {tell_p(verdict.p)}{corrected}"


def _told_interval(verdict: Verdict) -> str:
    """The interval as seen by whoever leads; nothing where all differences are the same."""
    low, high = sorted(end if verdict.lead > 0 else -end for end in verdict.interval)
    if low == high:
        return "every time, "
    low_told, high_told = (tell_difference(end, _width(verdict), verdict.metric) for end in (low, high))
    between = " to " if low < 0 else "–"
    return f"95 % {low_told}{between}{high_told}, "


def _equal(verdict: Verdict) -> str:
    assert verdict.found is not None
    if is_of_items(verdict):
        same = verdict.found.effect is None
        return "right and wrong on the same test samples" if same else "right equally often"
    counted = f"n = {verdict.found.n}"
    return (
        f"equal in every one ({counted})" if verdict.found.effect is None else f"equal on average ({counted})"
    )


def _limit(verdict: Verdict) -> str:
    """What so few repeats cannot tell."""
    found = verdict.found
    assert found is not None
    if found.test == "sign test":
        least = math.ceil(1 - math.log2(SURE))
        return f"; without any spread it takes {least} {_kind(verdict)} to be sure"
    if found.detectable is None:
        return ""
    what = f"{found.n} test samples" if is_of_items(verdict) else f"{found.n} {_kind(verdict)}"
    least = tell_difference(found.detectable, found.detectable, verdict.metric)
    return f"; {what} can't tell a difference under {_with_unit(least, verdict.metric)}"


def _kind(verdict: Verdict) -> str:
    return "folds" if verdict.first.has_folds else "seeds"


def is_of_items(verdict: Verdict) -> bool:
    """Whether it is of two single runs: what another seed would say is not known."""
    return verdict.found is not None and verdict.found.test.startswith("McNemar")


def _unpaired(verdict: Verdict) -> str:
    if not verdict.unpaired or verdict.found is None:
        return ""
    return f"; {verdict.unpaired} runs without a partner of the same {_kind(verdict)[:-1]} left out"

"""Which score several configurations are compared by."""

from collections.abc import Sequence

from nnlab.analysis.configurations import Configuration
from nnlab.analysis.metric import Metric
from nnlab.analysis.tested_samples import loss_differences
from nnlab.errors import RequestError
from nnlab.names import suggest

_FIRST = ("accuracy", "mae", "rmse", "mse", "r2", "loss")
_ENDS = ("_low", "_high")


def choose_metric(configurations: Sequence[Configuration], asked: str | None) -> Metric:
    """The metric that is asked for, or the usual one: validated where possible, an accuracy before others.

    Raises RequestError for one that the runs do not have, whose better end is not known, or that is not the same
    measure in all of them.
    """
    known = _tested(configurations)
    differing = loss_differences(configurations)
    if asked is not None:
        return _asked(asked.removeprefix("test/").removeprefix("val/"), known, differing)
    usable = [name for name in known if name != "loss" or not differing]
    if not usable:
        raise RequestError("--metric: none; no test score that all runs have, and whose better end is known")
    return Metric(min(usable, key=lambda name: _preference(name, configurations)))


def _tested(configurations: Sequence[Configuration]) -> list[str]:
    """Test scores that every configuration has, without their split."""
    sets = [
        {name.removeprefix("test/") for run in one.runs for name in run.scores if name.startswith("test/")}
        for one in configurations
    ]
    names = sorted(set.intersection(*sets))
    return [name for name in names if not name.endswith(_ENDS) and Metric(name).grows is not None]


def _asked(name: str, known: Sequence[str], differing: Sequence[str]) -> Metric:
    if name not in known:
        meant = suggest(name, known)
        hint = f"; did you mean {meant!r}?" if meant else ""
        raise RequestError(f"--metric: {name!r}; one of {', '.join(known)}{hint}")
    if name == "loss" and differing:
        others = ", ".join(one for one in known if one != "loss")
        told = f"'loss' is not the same measure in all of them, {differing[0]} differs"
        raise RequestError(f"--metric: {told}; one of {others}")
    return Metric(name)


def _preference(name: str, configurations: Sequence[Configuration]) -> tuple[bool, int, str]:
    validated = all(f"val/{name}" in run.scores for one in configurations for run in one.runs)
    return not validated, _FIRST.index(name) if name in _FIRST else len(_FIRST), name

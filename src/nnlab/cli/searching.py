"""`nnlab -m hydra/sweeper=optuna`: a search in place of every combination."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from nnlab.cli.compose import Bases, compose_plans
from nnlab.cli.experiment_yaml import as_experiment
from nnlab.cli.folders import own_conf
from nnlab.cli.multirun import DRY_RUN, RETRY_FAILED, read_launcher, spread
from nnlab.cli.saying import say_aside
from nnlab.cli.summary import describe_test
from nnlab.errors import ConfigError, Problem, RequestError
from nnlab.names import suggest
from nnlab.plan import Plan, Tracking
from nnlab.search.found import Best, Found
from nnlab.search.settings import KEY, SearchSettings, read_search_settings
from nnlab.search.space import search_space
from nnlab.search.wanted import Request, Search, look_up
from nnlab.sweeps.workers import Workers
from nnlab.tracking.address import REDACTED

if TYPE_CHECKING:
    from optuna import Study

GROUP = "hydra/sweeper"


def read_sweeper(words: Sequence[str]) -> tuple[SearchSettings | None, list[str]]:
    """How to search, None for every combination; and the other words. Raises ConfigError."""
    pairs = [word.lstrip("+").partition("=") for word in words]
    typed = {key.removeprefix(f"{KEY}."): value for key, _, value in pairs if key.startswith(f"{KEY}.")}
    rest = [
        word
        for word, (key, _, _) in zip(words, pairs, strict=True)
        if key != GROUP and not key.startswith(f"{KEY}.")
    ]
    choice = next((value for key, _, value in pairs if key == GROUP), None)
    if choice is None:
        if typed:
            allowed = f"only beside {GROUP}=optuna"
            raise ConfigError(Problem(f"{KEY}.{key}", value, allowed) for key, value in typed.items())
        return None, rest
    folder = own_conf() / GROUP
    options = sorted(path.stem for path in folder.glob("*.yaml"))
    if choice not in options:
        allowed = f"one of {', '.join(options)}; without it every combination"
        raise ConfigError([Problem(GROUP, choice, allowed, suggest(choice, options))])
    values = yaml.safe_load((folder / f"{choice}.yaml").read_text(encoding="utf-8"))
    return read_search_settings(
        {**values, **{key: yaml.safe_load(text) for key, text in typed.items()}}
    ), rest


def read_request(words: Sequence[str], tracking: Tracking | None = None) -> Request | None:
    """What a command line asks to search, None where it asks for every combination.

    words: as `read_words` gives them. tracking: in the place of the words'. Raises ConfigError.
    """
    settings, others = read_sweeper(words)
    if settings is None:
        return None
    launcher, rest = read_launcher(others)
    found = spread(rest, searched=True)
    bases: Bases = {}

    def compose(jobs: Sequence[Sequence[str]]) -> list[Plan]:
        plans = compose_plans(jobs, bases)
        return [plan.model_copy(update={"tracking": tracking}) for plan in plans] if tracking else plans

    space = search_space(found.space, found.axes, found.given)
    return Request(tuple(words), tuple(found.words), space, settings, launcher, compose)


def search(wanted: Search, flags: Collection[str], workers: Workers) -> int:
    """Say what is left to try, try it unless `--dry-run`, say what is best; 1 where no trial ended well."""
    from nnlab.cli.board import choose_board
    from nnlab.cli.comparison_table import say_comparison
    from nnlab.reaping import reap
    from nnlab.search.searching import carry_out_search, count_left, peek
    from nnlab.sweeps.comparing import compare_runs

    study, retry = peek(wanted), RETRY_FAILED in flags
    left = count_left(wanted, study, retry)
    say_aside(describe_outlook(study, left))
    if DRY_RUN in flags:
        return 0
    with choose_board(wanted.folder / "logs", left, lambda job: _own(job.words, wanted)) as board:
        found = carry_out_search(wanted, [board], retry, as_experiment, workers)
    reap(wanted.tracking, say_aside, wanted.folder)
    say_comparison(compare_runs(wanted.tracking, found.finished, found.unfinished), wanted.name)
    for line in describe_found(wanted, found):
        print(line)
    well = "" if found.best else ", none of which ended well"
    say_aside(f"{found.ended} trials{well}; {wanted.folder / 'tables' / 'summary.csv'}")
    return 0 if found.best else 1


def resume_search(
    command: Sequence[str], folder: Path, flags: Collection[str], tracking: Tracking, workers: Workers
) -> int:
    """Try what is left of a search; the exit code of `nnlab -m`.

    folder: its own. Raises RequestError where its command means another search by now.
    """
    if hidden := [word for word in command if REDACTED in word]:
        raise RequestError(f"{hidden[0]}: the password is not in the record; type the command again")
    request = read_request(command, tracking)
    wanted = look_up(request) if request else None
    if wanted is None or wanted.folder != folder:
        allowed = "type the command again, which begins a new search"
        raise RequestError(f"{folder}: the configuration, or the data, are others by now; {allowed}")
    return search(wanted, flags, workers)


def describe_outlook(study: "Study | None", left: int) -> str:
    """`20 trials: 12 done (9 complete, 1 failed, 2 pruned), 8 to do`."""
    trials = study.get_trials(deepcopy=False) if study else []
    ended = [trial.state.name.lower() for trial in trials if trial.state.is_finished()]
    ended = ["failed" if state == "fail" else state for state in ended]
    states = ", ".join(f"{ended.count(state)} {state}" for state in sorted(set(ended)))
    done = f"{len(ended)} done ({states}), " if ended else ""
    return f"{len(ended) + left} trials: {done}{left} to do"


def describe_found(wanted: Search, found: Found) -> list[str]:
    """The best by validation with its test scores, or the Pareto front; and what is to be thought of them."""
    if not found.best:
        return []
    metrics = " and ".join(objective.metric for objective in wanted.objectives)
    several = len(wanted.objectives) > 1
    head = [f"{len(found.best)} trials that no other beats by {metrics}:"] if several else []
    told = [*head, *(_describe(wanted, best, metrics) for best in found.best)]
    complete = found.counts.get("COMPLETE", 0) + found.counts.get("PRUNED", 0)
    warning = f"  warning: as the best of {complete} its validation flatters it; its test score chose nothing"
    return [
        *told,
        warning,
        f"  {wanted.folder / 'config'} holds what to copy into conf/experiments/ to run it",
    ]


def _describe(wanted: Search, best: Best, metrics: str) -> str:
    """`best by best/val_loss: trial 13, 0.2134 (optimizer=sgd); test accuracy 0.9500, loss 0.2301`."""
    several = len(wanted.objectives) > 1
    values = ", ".join(f"{value:.4g}" for value in best.values)
    head = "  " if several else f"best by {metrics}: "
    tested = f"; {describe_test(best.outcome)}" if best.outcome else ""
    return f"{head}trial {best.number}, {values} ({' '.join(best.words)}){tested}"


def _own(words: Sequence[str], wanted: Search) -> str:
    """What a trial has decided, of all its words."""
    return " ".join(words[len(wanted.request.words) :])

"""nnlab lab: run the published experiments, those that have not run yet, and write the laboratory's page."""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from nnlab.checking.reading import SWEEP, read_plan
from nnlab.cli.compose import compose_config, compose_plans, tracking_from
from nnlab.cli.folders import conf_folders, groups
from nnlab.cli.multirun import expand
from nnlab.cli.saying import say_aside
from nnlab.errors import ConfigError, Problem, RequestError
from nnlab.laboratory.carrying import Order, carry_out_order
from nnlab.laboratory.experiment import Experiment, Variant
from nnlab.laboratory.header import read_header
from nnlab.laboratory.publishing import Page, publish
from nnlab.names import suggest
from nnlab.plan import Tracking
from nnlab.reaping import reap

PAGE, QUICK_PAGE = Path("docs/laboratory.md"), Path("outputs/laboratory/quick.md")
QUICK = ("trainer.epochs=2", "trainer.steps_per_epoch=8")
"""Two epochs of eight batches: whether everything runs, not how well."""
QUICK_STORE = (
    "tracking.uri=sqlite:///outputs/laboratory/quick.db",
    "tracking.artifacts=outputs/laboratory/quick",
)


def main(words: list[str]) -> int:
    """Run what is missing, then write the page; 1 if a run failed. Raises NnlabError."""
    options = _options(words)
    overrides = [word for word in options.words if "=" in word]
    if options.quick:
        overrides += [*QUICK, *([] if _names_store(overrides) else QUICK_STORE)]
    say_aside("reading the experiments")
    experiments = read_experiments(overrides, sweeps=not options.quick)
    chosen = choose([word for word in options.words if "=" not in word], experiments)
    tracking = _tracking(overrides)
    order = Order(chosen, 1 if options.quick else options.seeds, tracking)
    troubles = carry_out_order(order, say_aside)
    path = options.page or (QUICK_PAGE if options.quick else PAGE)
    reap(tracking, say_aside)
    page = Page(path, tracking, options.seeds, troubles, quick=options.quick)
    print(publish(chosen if options.quick else experiments, page))
    return 1 if any(trouble.kind == "failed" for trouble in troubles.values()) else 0


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="nnlab lab",
        description="Run the published experiments that have not run yet, then write docs/laboratory.md.",
        epilog="Ctrl-C ends it; the same command goes on where it stopped.",
    )
    parser.add_argument(
        "--quick", action="store_true", help="two epochs of a few batches: does everything run?"
    )
    parser.add_argument("--seeds", type=int, metavar="N", help="so many runs of each, whatever they cost")
    parser.add_argument("--page", type=Path, metavar="FILE", help=f"where the page goes (default {PAGE})")
    parser.add_argument(
        "words", nargs="*", metavar="SOURCE", help="mlp, mlp/first … (all); or KEY=VALUE for each run"
    )
    options = parser.parse_intermixed_args(words)
    if options.seeds is not None and options.seeds < 1:
        parser.error(f"--seeds: {options.seeds}; a whole number of at least 1")
    return options


def _names_store(overrides: Iterable[str]) -> bool:
    return any(word.lstrip("+").startswith("tracking") for word in overrides)


def _tracking(overrides: Iterable[str]) -> Tracking:
    return tracking_from(word for word in overrides if _names_store([word]))


def read_experiments(overrides: Sequence[str], sweeps: bool = True) -> list[Experiment]:
    """Every experiment there is, read and composed; `sweeps`: with every network of its `sweep:` section.

    Raises ConfigError with the mistakes of all of them.
    """
    found, problems = [], []
    for name in groups().get("experiments", []):
        try:
            found.append(_read(name, overrides, sweeps))
        except ConfigError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise ConfigError(problems)
    return found


def _read(name: str, overrides: Sequence[str], sweeps: bool) -> Experiment:
    file = next(path for folder in conf_folders() if (path := folder / f"experiments/{name}.yaml").is_file())
    words = (f"experiments={name}", *overrides)
    problems: list[Problem] = []
    header = None
    try:
        header = read_header(file.read_text(encoding="utf-8"), name)
    except ConfigError as error:
        problems += error.problems
    except UnicodeDecodeError:
        problems.append(Problem(str(file), "no UTF-8", "a text file in UTF-8"))
    config = compose_config(words)
    plan = read_plan(config)
    if header is None:
        raise ConfigError(problems)
    variants = _variants(words) if sweeps and config[SWEEP] else ()
    return Experiment(name, file.resolve(), header, plan, words, variants)


def _variants(words: tuple[str, ...]) -> tuple[Variant, ...]:
    """Every network of a sweep."""
    jobs = expand(words)
    own = [tuple(word for word in job if word not in words) for job in jobs]
    return tuple(map(Variant, own, map(tuple, jobs), compose_plans(jobs)))


def choose(names: Sequence[str], experiments: Sequence[Experiment]) -> list[Experiment]:
    """The experiments of these sources or names; all where none is given. Raises RequestError."""
    known = dict.fromkeys([*(one.source for one in experiments), *(one.name for one in experiments)])
    for name in names:
        if name not in known:
            sources = ", ".join(sorted(one for one in known if "/" not in one))
            meant = suggest(name, known)
            raise RequestError(
                f"SOURCE: {name!r}; one of {sources}, or SOURCE/NAME"
                + f"; did you mean {meant!r}?" * bool(meant)
            )
    return [one for one in experiments if not names or {one.source, one.name} & set(names)]

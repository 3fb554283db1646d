"""nnlab [overrides]: train one network, or with -m one for every combination of the listed values."""

import sys
from collections.abc import Iterator
from typing import Any

from nnlab.cli.compose import compose_plan, read_words, search_path
from nnlab.cli.flags import ONLY_WITH_MULTIRUN
from nnlab.cli.folders import own_conf
from nnlab.cli.saying import say_aside
from nnlab.errors import RequestError
from nnlab.names import suggest

_CFG = ("job", "hydra", "all")
_INFO = ("all", "config", "defaults", "defaults-tree", "plugins", "searchpath")
_VALUE_FLAGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("--cfg", "-c"), _CFG),
    **dict.fromkeys(("--info", "-i"), _INFO),
    **dict.fromkeys(("--package", "-p", "--shell-completion", "-sc"), ()),
}
"""Flags that take a value, and the values there are; any where none are listed."""
_FLAGS = (
    *_VALUE_FLAGS,
    "--multirun",
    "-m",
    "--help",
    "-h",
    "--hydra-help",
    "--resolve",
    "--version",
    *ONLY_WITH_MULTIRUN,
)


def main(words: list[str]) -> int:
    """Check whole, then train. Raises ConfigError before anything has started."""
    flags, overrides = _split(words)
    if {"--version"} & set(flags):
        return _print_version()
    if {"-m", "--multirun"} & set(flags):
        from nnlab.cli.multirun import multirun

        return multirun(overrides, flags)
    if set(flags) & set(ONLY_WITH_MULTIRUN):
        raise RequestError(f"{flags[0]}: alone; only beside -m")
    if flags:
        return _ask_hydra(flags, overrides)
    return _train(overrides)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Flags (with their values) and overrides. Raises RequestError for a flag nobody knows."""
    flags: list[str] = []
    overrides: list[str] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            overrides.append(word)
            continue
        flag = word.split("=")[0]
        if flag not in _FLAGS:
            meant = suggest(flag, _FLAGS)
            raise RequestError(
                f"{flag}: unknown flag; one of {', '.join(_FLAGS)}"
                + f"; did you mean {meant!r}?" * bool(meant)
            )
        flags.append(word)
        if flag in _VALUE_FLAGS:
            flags += _value(word, rest)
    return flags, overrides


def _value(word: str, rest: Iterator[str]) -> list[str]:
    """What belongs to a flag as the word after it. Raises RequestError for a value the flag does not take."""
    flag, equals, value = word.partition("=")
    given = value if equals else next(rest, None)
    choices = _VALUE_FLAGS[flag]
    if given is None or (choices and given not in choices):
        allowed = f"one of {', '.join(choices)}" if choices else "a value"
        raise RequestError(f"{flag}: {'no value' if given is None else repr(given)}; {allowed}")
    return [] if equals else [given]


def _print_version() -> int:
    from nnlab import __version__

    print(f"nnlab {__version__}")
    return 0


def _train(overrides: list[str]) -> int:
    plan = compose_plan(overrides)
    from nnlab.training.cluster import place_of

    place = place_of(plan.trainer)
    if not place.keeps_record:
        from nnlab.following import follow

        follow(plan)
        print(f"process {place.number + 1} of {place.processes}: trained along; the first one has the record")
        return 0
    from nnlab.cli.summary import print_outcome
    from nnlab.job import carry_out
    from nnlab.reaping import reap

    outcome = carry_out(plan, overrides)
    print_outcome(outcome, plan)
    reap(plan.tracking, say_aside, outcome.folder)
    return 0


def _ask_hydra(flags: list[str], overrides: list[str]) -> int:
    """Let Hydra answer: --help, --cfg, --info, shell completion. Raises RequestError."""
    named = {flag.split("=")[0] for flag in flags}
    if named <= {"--help", "-h"}:
        from nnlab.cli.helping import help_text

        print(help_text(overrides))
        return 0
    if named <= {"--resolve"}:
        raise RequestError("--resolve: alone; only beside --cfg")
    good: list[str] = []
    if overrides and not {"--hydra-help", "-sc", "--shell-completion"} & named:
        compose_plan(overrides)
        good = read_words(overrides)[0]
    _run_hydra([*flags, *search_path(), *good], lambda _config: None)
    return 0


def _run_hydra(words: list[str], task: Any) -> None:
    import hydra

    former = sys.argv
    sys.argv = [former[0], *words]
    try:
        hydra.main(version_base="1.3", config_path=str(own_conf()), config_name="config")(task)()
    finally:
        sys.argv = former

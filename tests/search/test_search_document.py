"""docs/search.md: its keys are the sweeper's, its spaces are read, its command can be typed."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from nnlab.cli.compose import read_words
from nnlab.cli.folders import own_conf
from nnlab.cli.searching import read_request
from nnlab.search.wanted import Request, look_up

Ask = Callable[..., Request]
TEXT = (Path(__file__).parents[2] / "docs" / "search.md").read_text(encoding="utf-8")
AXES = re.findall(r"^\| `([\w.]+: [\[{][^`]*)` \| `([^`]*)` \|", TEXT, re.MULTILINE)


def test_the_keys_are_those_of_the_sweeper():
    named = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", TEXT, re.MULTILINE))
    values = yaml.safe_load((own_conf() / "hydra" / "sweeper" / "optuna.yaml").read_text(encoding="utf-8"))
    assert {key: yaml.safe_load(text) for key, text in named.items()} == values


def test_there_are_spaces_to_read():
    assert len(AXES) == 6


@pytest.mark.parametrize(("section", "typed"), AXES)
def test_what_is_written_is_what_is_typed(section: str, typed: str, ask: Ask):
    (key,) = yaml.safe_load(section)
    word = typed if typed.startswith(f"{key}=") else f"{key}={typed}"
    written, told = ask(sweep=f"{{{section}}}").space, ask(word).space
    assert [each.distribution for each in written.parameters] == [
        each.distribution for each in told.parameters
    ]


@pytest.mark.parametrize("section", re.findall(r"^\| `((?:zip|when): [^`]*)` \| \|", TEXT, re.MULTILINE))
def test_paired_and_conditional_keys_are_read(section: str, ask: Ask):
    assert ask("optimizer=sgd,adam", sweep=f"{{{section}}}").space.parameters


def test_the_command_asks_for_a_search(here: Path):
    (command,) = re.findall(r"^    (nnlab -m .*?[^\\])\n", TEXT.replace("\\\n", " "), re.MULTILINE)
    good, problems = read_words(shlex.split(command)[2:])
    assert problems == []
    request = read_request(good)
    assert request is not None
    assert len(look_up(request).probes) == 8

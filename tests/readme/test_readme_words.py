"""What the README says is there: every option, command, file and picture; nothing is trained."""

import re
import shlex

import pytest
from readme_commands import README, ROOT, Command, as_pattern, commands

from nnlab.__main__ import commands as known_commands
from nnlab.cli.compose import compose_plan, read_words
from nnlab.cli.multirun import expand, read_launcher
from nnlab.errors import ConfigError

TRAINING = ("train", "check", "explain")
COMPOSED = [
    (command, words[1:] if words[0] in TRAINING else words)
    for command in commands()
    for words in [[word for word in shlex.split(command.line)[1:] if word != "-m"]]
    if command.line.startswith("nnlab ") and (words[0] in TRAINING or words[0] not in known_commands())
]


def test_the_readme_has_commands_of_every_kind():
    typed = " ".join(command.line for command in commands())
    assert len(COMPOSED) >= 7
    assert all(
        word in typed for word in ("make run", "make test", "-m", "runs", "ui", "predict", "csv", "npz")
    )


@pytest.mark.parametrize(("command", "words"), COMPOSED, ids=[command.line for command, _ in COMPOSED])
def test_every_option_exists(command, words, workplace, monkeypatch):
    monkeypatch.chdir(workplace)
    if command.code == 0:
        assert all(compose_plan(job) for job in expand(words))
        return
    with pytest.raises(ConfigError) as caught:
        compose_plan(words)
    assert [f"error: {problem}" for problem in caught.value.problems] == list(command.shown)


def test_every_launcher_and_key_of_one_exists():
    page = (ROOT / "docs" / "many-machines.md").read_text(encoding="utf-8")
    lines = re.findall(r"^nnlab -m … (.*hydra/launcher=.*)$", page, re.MULTILINE)
    assert {read_launcher(read_words(line.split())[0])[0].launcher for line in lines} == {
        "ray",
        "submitit_slurm",
    }


def test_the_table_has_every_command():
    named = set(re.findall(r"^\| `nnlab ([a-z]+)", README, re.MULTILINE))
    assert named == set(known_commands()) - {"train"}


def test_every_dataset_has_its_source():
    table = README.split("| dataset | where it comes from")[1].split("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    there = {path.stem for path in (ROOT / "conf/dataset").glob("*.yaml")}
    assert named == there - {"csv", "npz", "image_folder"}


def test_links_lead_somewhere_and_pictures_are_small():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert "docs/images/mistakes.png" in links
    for link in links:
        assert (ROOT / link).is_file(), link
    assert all(path.stat().st_size < 200_000 for path in (ROOT / "docs/images").iterdir())


def test_the_readme_is_short():
    assert len(README.splitlines()) < 210


def test_numbers_may_differ_and_words_may_not():
    command = Command("nnlab", ("run 1fca6c6f · 15.6 s", "…", "4 of 4 runs finished"))
    said = "before\n  run  abcdef12 · 3.0 s\nepoch 1\n 2 of 2 runs finished\n"
    assert command.missing_from(said) is None
    assert command.missing_from(said.replace("finished", "failed")) == "4 of 4 runs finished"
    assert command.missing_from("4 of 4 runs finished\nrun 1fca6c6f · 15.6 s\n") == "4 of 4 runs finished"
    assert not re.fullmatch(as_pattern("accuracy 0.97"), "loss 0.97")

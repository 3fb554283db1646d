"""A reader who types everything that the README shows, from top to bottom, in a folder of their own."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from readme_commands import ROOT, Command, commands

pytestmark = pytest.mark.slow

LIMIT = 600
"""Seconds for one command; MNIST may have to be fetched first."""
SELF = ("make run", "make test")
"""Here only what they would do: one trains for minutes, the other runs these tests."""


@pytest.mark.long
def test_everything_the_readme_shows_happens(workplace):
    for command in commands():
        code, output = type_in(command, workplace)
        assert code == command.code, f"$ {command.line}\n{output}"
        missing = command.missing_from(output)
        assert missing is None, f"$ {command.line}\nthe README shows:\n{missing}\nit said:\n{output}"
    with Image.open(workplace / "seen.png") as picture:
        assert picture.width > 300


@pytest.mark.parametrize(
    ("line", "does"), [("make run", "-m nnlab model=cnn dataset=mnist"), ("make test", "-m pytest")]
)
def test_the_two_commands_do_what_they_should(line, does, workplace):
    code, output = type_in(Command(line, ()), workplace)
    assert code == 0
    assert does in output


def type_in(command: Command, folder: Path) -> tuple[int, str]:
    """Exit code and everything said."""
    line = command.line
    if line.startswith("make "):
        # The environment is there: it is what these tests run in.
        dry = "-n " if line in SELF else ""
        line = line.replace("make ", f"make {dry}-f {shlex.quote(f'{ROOT}/Makefile')} -o .venv/.ready ", 1)
    if line == "nnlab ui":
        return look_at_page(folder)
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    return done.returncode, done.stdout


def look_at_page(folder: Path) -> tuple[int, str]:
    """`nnlab ui`, ended with Ctrl-C as soon as it says where it is."""
    page = subprocess.Popen(["nnlab", "ui"], cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True)
    assert page.stdout
    said = ""
    while "Ctrl-C" not in said and (line := page.stdout.readline()):
        said += line
    page.send_signal(signal.SIGINT)
    return page.wait(30), said


def environment() -> dict[str, str]:
    """What `source .venv/bin/activate` leaves, for every command."""
    scripts = str(Path(sys.prefix) / "bin")
    # A reader's make knows nothing of the make that may run these tests, nor of where CI keeps its environment.
    foreign = ("VENV", "ARGS", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL")
    kept = {key: value for key, value in os.environ.items() if key not in foreign}
    return {**kept, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "160"}

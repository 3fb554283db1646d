"""A command's process ends at once: what it printed is out, what is to be put in order is."""

import subprocess
import sys
from typing import Any

PROGRAM = """
import atexit
import nnlab.__main__ as command

class Held:
    def __del__(self):
        print("taken apart")

held = Held()

def main():
    atexit.register(print, "put in order")
    print("done")
    {end}

command.main = main
command.console()
"""


def ended(end: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    program = PROGRAM.format(end=end)
    return subprocess.run([sys.executable, "-c", program], text=True, check=False, **options)


def test_the_process_ends_at_once_with_the_command_s_code():
    found = ended("return 3", capture_output=True)
    assert found.returncode == 3
    assert found.stdout == "done\nput in order\n"


def test_a_command_that_leaves_by_itself_ends_the_usual_way():
    found = ended("raise SystemExit(4)", capture_output=True)
    assert found.returncode == 4
    assert found.stdout == "done\nput in order\ntaken apart\n"

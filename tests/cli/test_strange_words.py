"""Words on the command line that are no command and no override."""

import os
import subprocess
import sys

import pytest

from nnlab.__main__ import main


def complaint(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 2
    return capsys.readouterr().err


def test_a_misspelt_command_is_recognised(capsys: pytest.CaptureFixture[str]):
    said = complaint(["chekc"], capsys)
    assert said.startswith("error: 'chekc': no command; one of check, compare, data, doctor, explain, lab, ")
    assert said.endswith("or KEY=VALUE; did you mean 'check'?\n")


def test_a_key_too_long_for_a_file_name_is_refused_in_a_short_line(capsys: pytest.CaptureFixture[str]):
    said = complaint(["check", "a" * 10_000 + "=1"], capsys)
    assert said == f"error: '{'a' * 56}…: a key of 10000 characters; 1 to 200\n"


def test_a_long_word_without_a_value_is_not_repeated_whole(capsys: pytest.CaptureFixture[str]):
    said = complaint(["check", "a" * 10_000], capsys)
    assert len(said) < 200
    assert "cannot be read; KEY=VALUE" in said


@pytest.mark.parametrize("word", ["", "="])
def test_an_empty_word_is_shown(word: str, capsys: pytest.CaptureFixture[str]):
    assert complaint(["check", word], capsys).startswith("error: '': ")


def test_a_count_too_large_for_a_tensor_is_refused(capsys: pytest.CaptureFixture[str]):
    said = complaint(["check", "dataset=digits", f"trainer.batch_size={10**29}"], capsys)
    assert said == f"error: trainer.batch_size: {10**29}; a number below 2147483648\n"


def test_a_terminal_without_unicode_gets_escapes():
    words = [sys.executable, "-m", "nnlab", "explain", "dataset=digits"]
    plain = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, env=plain, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "8\\xd78" in done.stdout

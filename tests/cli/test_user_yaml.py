"""Hostile files in ./conf: refused in a line, with nothing run and no memory filled."""

from pathlib import Path

import pytest

from nnlab.__main__ import main
from nnlab.cli.user_yaml import measure


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, content: str | bytes) -> None:
    file = Path("conf") / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def complaint(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 2
    return capsys.readouterr().err


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_aliases_are_counted_as_they_unfold():
    # 1 mapping + 2 keys + (1 list + 2 scalars) + a list of two such lists
    assert measure(b"a: &a [1, 2]\nb: [*a, *a]") == (1 + 2 + 3 + 1 + 2 * 3, 2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bomb(9), "its aliases unfold to more than 100000 values; written out"),
        ("name: mlp\nself: &s {a: *s}", "its aliases unfold to more than 100000 values; written out"),
        ("[" * 5000, "nested deeper than 50; a plan needs a few levels"),
        ("# " + "x" * 2**20, "1048578 bytes; at most 1048576"),
    ],
)
def test_an_oversized_file_is_refused(
    content: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]
):
    write("model/evil.yaml", content)
    assert complaint(["check", "model=evil"], capsys) == f"error: {here}/conf/model/evil.yaml: {said}\n"


def test_a_file_that_is_not_utf8_is_refused(capsys: pytest.CaptureFixture[str]):
    write("model/bin.yaml", b"\xff\xfe\x00bad")
    assert complaint(["check", "model=bin"], capsys).startswith("error: config: cannot be composed ('utf-8' ")


@pytest.mark.parametrize("word", ["hydra/launcher=evil", "hydra.launcher._target_=os.system"])
def test_a_launcher_of_the_user_s_is_refused(word: str, capsys: pytest.CaptureFixture[str]):
    write("hydra/launcher/evil.yaml", "_target_: os.system\ncommand: touch canary")
    assert (
        complaint(["-m", word], capsys)
        == f"error: {word.split('=')[0]}: would run code; a config is data only\n"
    )
    assert not Path("canary").exists()

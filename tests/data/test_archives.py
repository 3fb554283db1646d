import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from nnlab.data.archives import read_members
from nnlab.errors import DataError


def tarred(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return held.getvalue()


def make(path: Path, files: dict[str, bytes]) -> Path:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    elif path.suffix == ".deb":
        data = tarred({f"./{name}": content for name, content in files.items()}, "w:xz")
        header = b"%-16s%-12d%-6d%-6d%-8s%-10d`\n"
        parts = (b"debian-binary", b"2.0\n"), (b"control.tar.xz", b"odd"), (b"data.tar.xz", data)
        body = (
            header % (name, 0, 0, 0, b"100644", len(part)) + part + b"\n" * (len(part) % 2)
            for name, part in parts
        )
        path.write_bytes(b"!<arch>\n" + b"".join(body))
    elif path.suffix == ".tgz":
        path.write_bytes(tarred(files))
    else:
        path.write_bytes(files[path.name])
    return path


KINDS = ["a.whl", "a.tgz", "a.deb"]


@pytest.mark.parametrize("name", KINDS)
def test_only_wanted_members_are_read(tmp_path: Path, name: str):
    path = make(tmp_path / name, {"usr/x": b"1", "usr/y": b"2", "z": b"3"})
    assert read_members(path, {"usr/x", "z", "absent"}) == {"usr/x": b"1", "z": b"3"}


def test_a_plain_file_is_its_own_member(tmp_path: Path):
    path = make(tmp_path / "x.gz", {"x.gz": b"1"})
    assert read_members(path, {"x.gz"}) == {"x.gz": b"1"}
    assert read_members(path, {"y.gz"}) == {}


@pytest.mark.parametrize("name", KINDS)
def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path, name: str):
    path = make(tmp_path / name, {"bomb": bytes(3_000_000)})
    assert path.stat().st_size < 10_000
    with pytest.raises(DataError, match="bomb: unpacks to more than 1 MB; a file of the published size"):
        read_members(path, {"bomb"}, limit=1_000_000)


def test_a_tar_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.data.archives.ARCHIVE_LIMIT", 2_000_000)
    path = make(tmp_path / "a.tgz", {"filler": bytes(3_000_000), "x": b"1"})
    with pytest.raises(DataError, match="filler: the archive unpacks to more than 2 MB"):
        read_members(path, {"x"})


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("damage", ["truncated", "text", "empty"])
def test_damaged_archives_are_refused_by_name(tmp_path: Path, name: str, damage: str):
    path = make(tmp_path / name, {"x": bytes(range(256)) * 40})
    content = path.read_bytes()
    path.write_bytes(
        {"truncated": content[: len(content) // 2], "text": b"<html>not found</html>", "empty": b""}[damage]
    )
    with pytest.raises(DataError, match=str(path)):
        read_members(path, {"x"})

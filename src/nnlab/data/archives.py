"""Named members out of untrusted archives (zip, tar, Debian package), in bounded memory."""

import tarfile
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO

from nnlab.errors import DataError

MEMBER_LIMIT = 256_000_000
"""Bytes a single member may unpack to; the largest real one is CIFAR-100's training set, 155 MB."""
ARCHIVE_LIMIT = 1_000_000_000
"""Bytes a whole tar may unpack to on the way to its members."""


def read_members(path: Path, wanted: Collection[str], limit: int = MEMBER_LIMIT) -> dict[str, bytes]:
    """The members of an archive by their paths in it; a file that is no archive is its own only member.

    Members that are absent are left out. Raises DataError for broken archives and for members
    above `limit` bytes.
    """
    try:
        if path.suffix in (".whl", ".zip"):
            return _from_zip(path, wanted, limit)
        if path.suffix == ".deb":
            return _from_debian(path, wanted, limit)
        if path.suffix == ".tgz" or path.name.endswith(".tar.gz"):
            with path.open("rb") as file:
                return _from_tar(file, "r|gz", wanted, limit)
        return {path.name: _bounded(path.open("rb"), path.name, limit)} if path.name in wanted else {}
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise DataError(f"{path}: cannot be unpacked ({error}); a whole archive") from None


def _from_zip(path: Path, wanted: Collection[str], limit: int) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        present = [name for name in archive.namelist() if name in wanted]
        return {name: _bounded(archive.open(name), name, limit) for name in present}


def _from_tar(file: IO[bytes], mode: str, wanted: Collection[str], limit: int) -> dict[str, bytes]:
    """Stream through a tar; nothing but the wanted members is kept."""
    found: dict[str, bytes] = {}
    seen = 0
    with tarfile.open(fileobj=file, mode=mode) as archive:  # pyright: ignore[reportCallIssue, reportArgumentType]
        for member in archive:
            seen += member.size
            if seen > ARCHIVE_LIMIT:
                raise DataError(
                    f"{member.name}: the archive unpacks to more than {ARCHIVE_LIMIT // 10**6} MB; less"
                )
            name = member.name.removeprefix("./")
            if name in wanted and (content := archive.extractfile(member)) is not None:
                found[name] = _bounded(content, name, limit)
    return found


def _from_debian(path: Path, wanted: Collection[str], limit: int) -> dict[str, bytes]:
    """A .deb is an `ar` archive: 60-byte headers, and the files in data.tar.*."""
    with path.open("rb") as file:
        if file.read(8) != b"!<arch>\n":
            raise DataError(f"{path}: is no Debian package; an ar archive")
        while header := file.read(60):
            name, size = header[:16].decode("ascii", "replace").strip().rstrip("/"), header[48:58].strip()
            if not size.isdigit():
                break
            if name.startswith("data.tar"):
                return _from_tar(file, "r|" + name.removeprefix("data.tar").removeprefix("."), wanted, limit)
            file.seek(int(size) + int(size) % 2, 1)
    raise DataError(f"{path}: holds no data.tar; a whole Debian package")


def _bounded(content: IO[bytes], name: str, limit: int) -> bytes:
    with content:
        read = content.read(limit + 1)
    if len(read) > limit:
        raise DataError(f"{name}: unpacks to more than {limit // 10**6} MB; a file of the published size")
    return read

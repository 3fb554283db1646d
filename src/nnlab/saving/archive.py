"""The .keras file: a zip archive of a description and an HDF5 file of weights, read without unpacking it."""

import zipfile
from pathlib import Path, PurePosixPath

from nnlab.saving.refusal import Refusal

CONFIGURATION = "config.json"
WEIGHTS = "model.weights.h5"
MAX_MEMBERS = 1000
SLACK = 64 << 20
MAX_EXPANSION = 20


def read_archive(path: Path) -> tuple[bytes, bytes]:
    """The description and the weights file of a .keras archive, once its members are known to be harmless.

    Raises Refusal, and zipfile.BadZipFile for a damaged archive.
    """
    with zipfile.ZipFile(path) as archive:
        _inspect_members(archive, path.stat().st_size)
        if damaged := archive.testzip():
            raise zipfile.BadZipFile(f"{damaged} fails its checksum")
        return archive.read(CONFIGURATION), archive.read(WEIGHTS)


def _inspect_members(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(names) > MAX_MEMBERS or len(set(names)) < len(names):
        raise Refusal("an archive with too many members, or two of one name")
    for name in names:
        _inspect_name(name)
    declared = sum(member.file_size for member in members)
    if declared > MAX_EXPANSION * size + SLACK:
        raise Refusal(f"a zip bomb: {declared / 1e6:,.0f} MB packed into {size / 1e6:,.1f} MB")
    for needed in (CONFIGURATION, WEIGHTS):
        if needed not in names:
            raise Refusal(f"no {needed} in the archive: no Keras model")


def _inspect_name(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise Refusal(f"a member that would be written outside: {name[:80]!r}")
    known = name in (CONFIGURATION, WEIGHTS, "metadata.json")
    # Vocabularies are Keras's only assets; a pickle or a program has no business here.
    if not known and not (
        path.parts[0] == "assets" and (name.endswith("/") or path.suffix in ("", ".txt", ".npy"))
    ):
        raise Refusal(f"a member that no Keras model has: {name[:80]!r}")

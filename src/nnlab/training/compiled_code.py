"""What XLA has compiled, kept on this machine for the next run of the same network, which is spared a second.

TensorFlow writes and reads such files itself, in place and without a lock (see its source,
compiler/jit/device_executable_persistor.h): no place for several processes, or for one that may be killed. So each
has a folder of its own: links to what is known go in before, and what is new comes out afterwards, whole, with its
checksum in its name.
"""

import hashlib
import importlib.metadata
import os
import platform
import shutil
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nnlab.data.cache import user_folder

KEPT = 64
"""Files of some 0.3 MB, of all networks and numbers of threads: few enough to check each before every run."""
_SETTING = "TF_XLA_FLAGS"
_FLAG = "--tf_xla_persistent_cache_directory="
_CPU = Path("/proc/cpuinfo")
_GPUS = "nvidia[0-9]*"


@contextmanager
def kept_code(threads: int) -> Iterator[None]:
    """Let the block's runs use what was compiled before, and keep what they compile.

    Enter it before TensorFlow starts. threads: TensorFlow's, for which XLA divides the work. Does nothing with a
    GPU, or where the user has flags of their own, or no folder can be written.
    """
    shelf = find_shelf(threads)
    own = shelf / f".{os.getpid()}"
    if not _may_keep(own) or not _fill(shelf, own):
        yield
        return
    os.environ[_SETTING] = f"{_FLAG}{own}"
    try:
        yield
    except Exception as error:
        if type(error).__module__.startswith("tensorflow"):  # what was read may be its reason
            _remove([*own.glob("*.pb"), *shelf.glob("*.pb.*")])
        raise
    finally:
        _empty(own, shelf)


def find_shelf(threads: int) -> Path:
    """The folder for code that this processor runs, made by this TensorFlow, for so many threads."""
    about = [platform.node(), platform.machine(), *_abilities(), os.environ.get("XLA_FLAGS", "")]
    versions = [importlib.metadata.version(name) for name in ("tensorflow", "numpy")]
    key = hashlib.sha256("\n".join([*about, *versions, str(threads)]).encode()).hexdigest()[:16]
    return user_folder() / "compiled" / key


def _abilities() -> list[str]:
    """The processor's name and instruction sets, without which the code might not run."""
    with suppress(OSError):
        lines = _CPU.read_text(encoding="utf-8", errors="replace").splitlines()
        return sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))})
    return [platform.processor()]


def _may_keep(own: Path) -> bool:
    # TensorFlow divides its flags at spaces and reads quotes in them: it would write somewhere else.
    if set(str(own)) & set(" \t\n\"'\\"):
        return False
    given, alone = os.environ.get(_SETTING), (None, f"{_FLAG}{own}")
    return hasattr(os, "fork") and given in alone and not any(Path("/dev").glob(_GPUS))


def _fill(shelf: Path, own: Path) -> bool:
    """Make this process's folder, with links to everything on the shelf; whether that went well."""
    try:
        _sweep(shelf)
        own.mkdir(mode=0o700, parents=True)
        for file in shelf.glob("*.pb.*"):
            with suppress(FileNotFoundError):
                # Two processes that compiled the same at once have each put it here, and not to the byte.
                if file.suffix == _checksum(file) and not (own / file.stem).exists():
                    os.link(file, own / file.stem)
                else:
                    file.unlink()
    except OSError:
        shutil.rmtree(own, ignore_errors=True)
        return False
    return True


def _sweep(shelf: Path) -> None:
    """Remove the folders of processes that are gone."""
    for folder in shelf.glob(".*"):
        try:
            os.kill(int(folder.name[1:]), 0)
        except (ProcessLookupError, ValueError):
            shutil.rmtree(folder, ignore_errors=True)
        except PermissionError:
            pass


def _empty(own: Path, shelf: Path) -> None:
    """Put on the shelf what is new, as a whole; the oldest of too many goes."""
    with suppress(OSError):
        for file in own.glob("*.pb"):
            if file.stat().st_nlink > 1:
                continue
            file.replace(shelf / f"{file.name}{_checksum(file)}")
        files = sorted(shelf.parent.glob("*/*.pb.*"), key=lambda file: file.stat().st_mtime, reverse=True)
        _remove(files[KEPT:])
    shutil.rmtree(own, ignore_errors=True)


def _checksum(file: Path) -> str:
    """As a name ends with it: `.1c291ca3`."""
    return f".{zlib.crc32(file.read_bytes()):08x}"


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)

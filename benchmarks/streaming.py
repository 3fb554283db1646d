"""python -m benchmarks.streaming: peak memory of one epoch on data that stay on the disk; docs/streaming.md.

A folder of small pictures, an .npz file and a table are made, and a small network is trained on each for an
epoch: streamed, held in memory, and on a thousand of its samples, which is what a run needs without its data.
"""

import argparse
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from benchmarks.machine import describe_machine
from benchmarks.process import measure

PAGE = Path(__file__).parents[1] / "docs" / "streaming.md"
CLASSES = 10
FEW = 1000
TRAINING = (
    "model=mlp",
    "model.neurons=32",
    "trainer.epochs=1",
    "trainer.batch_size=256",
    "trainer.progress=none",
)
_BLOCK = 50_000


@dataclass(frozen=True)
class Case:
    """Made data: what they are called, the words that train on them, and the MB of all inputs as one array."""

    title: str
    words: tuple[str, ...]
    megabytes: float


def make_pictures(folder: Path, files: int) -> Case:
    """So many PNG files of 16×16 in folders of ten classes."""
    from PIL import Image

    random, place = np.random.default_rng(0), folder / "pictures"
    for number in range(files):
        path = place / str(number % CLASSES) / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 255, (16, 16, 3), np.uint8)).save(path, compress_level=1)
    words = ("dataset=image_folder", f"dataset.path={place}", "dataset.image_size=[32,32]")
    return Case(f"a folder of {files} PNG files, 32×32", words, files * 32 * 32 * 3 / 1e6)


def make_npz(folder: Path, gigabytes: float) -> Case:
    """Pictures of 28×28 and their labels, uncompressed, as numpy.savez writes them."""
    samples, random, path = int(gigabytes * 1e9 / 784), np.random.default_rng(0), folder / "arrays.npz"
    header = {"descr": "|u1", "fortran_order": False, "shape": (samples, 28, 28)}
    with zipfile.ZipFile(path, "w") as archive:
        with archive.open("x_train.npy", "w", force_zip64=True) as file:
            npy.write_array_header_1_0(file, header)
            for start in range(0, samples, _BLOCK):
                rows = min(_BLOCK, samples - start)
                file.write(random.integers(0, 255, (rows, 784), np.uint8).data)
        with archive.open("y_train.npy", "w") as file:
            npy.write_array(file, np.arange(samples) % CLASSES)
    words = ("dataset=npz", f"dataset.path={path}")
    return Case(f"an npz of {samples} pictures, 28×28", words, samples * 784 / 1e6)


def make_table(folder: Path, rows: int) -> Case:
    """So many rows of 16 numbers and a class."""
    random, path = np.random.default_rng(0), folder / "table.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join([*(f"x{column}" for column in range(16)), "y"]) + "\n")
        for start in range(0, rows, _BLOCK):
            block = random.normal(size=(min(_BLOCK, rows - start), 16))
            labelled = np.column_stack([block, np.arange(len(block)) % CLASSES])
            np.savetxt(file, labelled, fmt=["%.5f"] * 16 + ["%d"], delimiter=",")
    words = ("dataset=csv", f"dataset.path={path}", "dataset.target=y")
    return Case(f"a csv of {rows} rows, 16 columns", words, rows * 64 / 1e6)


def peak(case: Case, folder: Path, *words: str) -> float:
    """MB of resident memory at the peak of one epoch. Raises SystemExit where it fails."""
    command = [sys.executable, "-m", "nnlab", *case.words, *TRAINING, "rerun=true", *words]
    found = measure(command, folder)
    if found.code:
        raise SystemExit(f"{' '.join(command)}\n{found.output}")
    print(f"{case.title} {' '.join(words)}: {found.megabytes:.0f} MB, {found.seconds:.0f} s", flush=True)
    return found.megabytes


def row(case: Case, folder: Path) -> str:
    """One line of the table."""
    splits = [f"dataset.{key}={FEW}" for key in ("samples", "validation_split", "test_split")]
    few = peak(case, folder, "dataset.streaming=true", *splits)
    streamed = peak(case, folder, "dataset.streaming=true")
    held = peak(case, folder, "dataset.streaming=false")
    return f"| {case.title} | {case.megabytes:.0f} | {few:.0f} | {streamed:.0f} | {held:.0f} |"


def write_page(rows: Sequence[str], arguments: str) -> str:
    """The page: what was measured, where, and by which command."""
    return f"""# Data larger than memory

`python -m benchmarks.streaming{arguments}` wrote this page:
the peak of resident memory, in MB, of one epoch of a small network, from the start of the process to its end, with
tracking, evaluation, figures and saving.

| data | inputs as one array | {FEW} samples | streamed | in memory |
|---|---:|---:|---:|---:|
{chr(10).join(rows)}

*{FEW} samples* trains, validates and tests on so few of them: what a run needs without data, TensorFlow first.
What *streamed* adds to it is the pieces that are read ahead, and what each sample has besides its inputs: its
target, its place in the file and in the epoch's order, its prediction in the test set. That is some hundreds of
bytes a sample, so that rows of a few numbers gain little, and pictures nearly all of their size.

Streaming changes no bit of the result: `tests/training/test_streamed_bits.py` compares.

{describe_machine()}
"""


def main() -> int:
    """Make the data, measure, write the page."""
    options = _options()
    made: list[Callable[[Path], Case]] = [
        lambda folder: make_pictures(folder, options.files),
        lambda folder: make_npz(folder, options.gigabytes),
        lambda folder: make_table(folder, options.rows),
    ]
    rows = []
    for make in made:
        with tempfile.TemporaryDirectory(prefix="nnlab-streaming-", dir=options.folder) as name:
            rows.append(row(make(Path(name)), Path(name)))
    arguments = f" --files {options.files} --gigabytes {options.gigabytes:g} --rows {options.rows}"
    options.output.write_text(write_page(rows, arguments), encoding="utf-8")
    print(f"written to {options.output}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streaming", description=__doc__)
    parser.add_argument("--files", type=int, default=200_000, help="pictures in the folder (default 200000)")
    parser.add_argument("--gigabytes", type=float, default=2.0, help="inputs of the npz (default 2)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the table (default 1000000)")
    parser.add_argument(
        "--folder", type=Path, default=None, help="where the data are made (default: temporary)"
    )
    parser.add_argument("--output", type=Path, default=PAGE, help="default docs/streaming.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

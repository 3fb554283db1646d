"""CIFAR-100 from its publisher's file, put into the cache by hand: a small one of the same make."""

import hashlib
import io
import pickle
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from nnlab.data.cache import ArrayFact
from nnlab.data.sources.cifar100 import Cifar100
from nnlab.errors import FetchError

PurePickler: Any = vars(pickle)["_Pickler"]
"""The pickler that is written in Python, and can therefore be told how to write a type."""
LABELS = {"train": [99, 0, 42], "test": [7, 19]}
PLANES = np.repeat(np.array([[10, 20, 30]], np.uint8), 1024, axis=1)
"""One photograph as the file has it: 1024 red values, then green, then blue."""


class Python2(PurePickler):
    """Writes bytes as the strings of Python 2, by which the publisher's file was made."""

    def save_string(self, content: bytes) -> None:
        short = len(content) < 256
        self.write((b"U" if short else b"T") + len(content).to_bytes(1 if short else 4, "little") + content)
        self.memoize(content)

    dispatch: ClassVar = PurePickler.dispatch | {bytes: save_string}


def member(part: str) -> bytes:
    """`cifar-100-python/train`: the pickle's own keys; the coarse labels would be the wrong ones."""
    fine = LABELS[part]
    written = io.BytesIO()
    Python2(written, 2).dump(
        {
            b"filenames": [b"%d.png" % label for label in fine],
            b"batch_label": part.encode(),
            b"fine_labels": fine,
            b"coarse_labels": [label // 5 for label in fine],
            b"data": PLANES + np.arange(len(fine), dtype=np.uint8)[:, None],
        }
    )
    return written.getvalue()


@pytest.fixture
def put_by_hand(cache: Path, monkeypatch: pytest.MonkeyPatch):
    """Put cifar-100-python.tar.gz into the cache; the recipe expects its few photographs, and these MD5s."""

    def put(md5: dict[str, str]) -> None:
        (cache / "cifar100").mkdir(parents=True)
        with tarfile.open(cache / "cifar100/cifar-100-python.tar.gz", "w:gz") as archive:
            for part in LABELS:
                content = member(part)
                found = tarfile.TarInfo(f"cifar-100-python/{part}")
                found.size = len(content)
                archive.addfile(found, io.BytesIO(content))
        monkeypatch.setattr(
            Cifar100, "recipe", replace(Cifar100.recipe, arrays=facts(), origins=(expecting(md5),))
        )

    return put


def facts() -> dict[str, ArrayFact]:
    images = {f"x_{part}": ArrayFact("uint8", (len(LABELS[part]), 32, 32, 3), None) for part in LABELS}
    return images | {f"y_{part}": ArrayFact("uint8", (len(LABELS[part]),), None) for part in LABELS}


def expecting(md5: dict[str, str]):
    return replace(Cifar100.recipe.origins[0], md5=md5, address="http://127.0.0.1:9/")


def test_the_file_gives_photographs_and_their_fine_labels(dataset, put_by_hand):
    put_by_hand({part: hashlib.md5(member(part)).hexdigest() for part in LABELS})
    raw = dataset("cifar100").load()
    assert (raw.train.y.tolist(), raw.test.y.tolist()) == (LABELS["train"], LABELS["test"])
    assert (raw.train.x.shape, raw.train.x.dtype) == ((3, 32, 32, 3), np.uint8)
    assert raw.train.x[2, 31, 0].tolist() == [12, 22, 32]
    assert Cifar100.facts.classes[raw.train.y[2]] == "leopard"


def test_a_file_that_was_changed_is_not_read(dataset, put_by_hand):
    put_by_hand(dict(Cifar100.recipe.origins[0].md5 or {}))
    with pytest.raises(
        FetchError, match=r"file put by hand: cifar-100-python/train has md5 .* and not 16019d7e"
    ):
        dataset("cifar100").load()

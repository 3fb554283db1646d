import hashlib
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.data.cache import ArrayFact, read_cached
from nnlab.data.fetching import Recipe, fetch
from nnlab.data.fingerprints import bytes_hash
from nnlab.data.origins import Origin, OriginError
from nnlab.errors import FetchError, StorageError

CONTENT = bytes(range(8))
ARRAY = np.frombuffer(CONTENT, np.uint8)
FACTS = {"x": ArrayFact("uint8", (8,), bytes_hash(ARRAY))}


@dataclass(frozen=True)
class Shelf(Origin):
    """An origin that has its file at once, or a reason why not."""

    content: bytes = CONTENT
    reason: str = ""
    seconds: float = 0.0
    label: str = "shelf"
    calls: tuple[list[str], ...] = ([],)

    @property
    def title(self) -> str:
        return self.label

    def deliver(self, folder: Path) -> None:
        self.calls[0].append(self.label)
        (folder / "partial").write_bytes(b"half of it")
        time.sleep(self.seconds)
        if self.reason:
            raise OriginError(self.reason)
        (folder / "toy.bin").write_bytes(self.content)


def shelf(**keys: object) -> Shelf:
    return replace(Shelf(1.0, {"x": "toy.bin"}, ("toy.bin",)), calls=([],), **keys)  # type: ignore[arg-type]


def recipe(*origins: Origin, fact: ArrayFact = FACTS["x"]) -> Recipe:
    return Recipe("toy", {"x": fact}, origins, lambda members: {"x": np.frombuffer(members["x"], np.uint8)})


def left_behind(cache: Path) -> set[str]:
    return {path.name for path in (cache / "toy").iterdir()} - {".lock"}


def test_the_second_time_comes_from_the_cache(cache: Path):
    origin = shelf()
    for _ in range(2):
        np.testing.assert_array_equal(fetch(recipe(origin))["x"], ARRAY)
    assert origin.calls[0] == ["shelf"]
    assert left_behind(cache) == {"x.npy", "hashes.json"}


def test_the_next_origin_is_asked_and_it_is_said_why(cache: Path, capfd: pytest.CaptureFixture[str]):
    fetch(recipe(shelf(label="closed", reason="no answer"), shelf(label="open")))
    said = capfd.readouterr().err.splitlines()
    assert said == [
        "toy: fetching 1 MB from closed",
        "toy: closed: no answer",
        "toy: fetching 1 MB from open",
        "toy: checking and decoding",
    ]


def test_no_origin_delivers(cache: Path):
    wrong = shelf(label="wrong", content=CONTENT[::-1])
    short = shelf(label="short", content=CONTENT[:5])
    with pytest.raises(FetchError) as error:
        fetch(recipe(shelf(label="closed", reason="no answer"), wrong, short))
    text = str(error.value)
    assert text.startswith("toy: no source delivered it (closed: no answer; wrong: x has sha256 ")
    assert "short: x is uint8 (5,) and not uint8 (8,)" in text
    assert f"by hand: put toy.bin from closed: \n  into {cache / 'toy'} and run the command again" in text
    assert left_behind(cache) == set()


def test_hashes_of_file_and_member_are_compared_before_decoding():
    def explode(members: object) -> dict[str, np.ndarray]:
        raise AssertionError("decoded what was not known")

    for origin, text in [
        (shelf(sha256="0" * 64), "toy.bin has sha256 .* and not 0000000000000000…"),
        (shelf(md5={"x": "0" * 32}), f"toy.bin has md5 {hashlib.md5(CONTENT).hexdigest()} and not 0000"),
        (replace(shelf(), members={"x": "other.bin"}), "other.bin is not in it"),
        (replace(shelf(), files=("other.bin",)), "it did not deliver other.bin"),
    ]:
        with pytest.raises(FetchError, match=text):
            fetch(replace(recipe(origin), decode=explode))


def test_a_file_put_by_hand_is_taken_before_any_origin(cache: Path):
    (cache / "toy").mkdir(parents=True)
    (cache / "toy" / "toy.bin").write_bytes(CONTENT)
    origin = shelf(reason="no answer")
    np.testing.assert_array_equal(fetch(recipe(origin))["x"], ARRAY)
    assert origin.calls[0] == []


def test_a_wrong_file_put_by_hand_is_said_and_the_origins_are_asked(
    cache: Path, capfd: pytest.CaptureFixture[str]
):
    (cache / "toy").mkdir(parents=True)
    (cache / "toy" / "toy.bin").write_bytes(b"12345678")
    fetch(recipe(shelf()))
    assert "toy: file put by hand: x has sha256" in capfd.readouterr().err


def damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "flipped":
        content[-1] ^= 1
    path.write_bytes(
        {"flipped": bytes(content), "truncated": bytes(content[:-3]), "empty": b"", "text": b"text"}[how]
    )


@pytest.mark.parametrize("how", ["flipped", "truncated", "empty", "text"])
@pytest.mark.parametrize("published", [True, False])
def test_a_damaged_cache_is_noticed_and_mended(
    cache: Path, capfd: pytest.CaptureFixture[str], how: str, published: bool
):
    made = recipe(shelf(), fact=FACTS["x"] if published else ArrayFact("uint8", (8,), None))
    fetch(made)
    damage(cache / "toy" / "x.npy", how)
    capfd.readouterr()
    np.testing.assert_array_equal(fetch(made)["x"], ARRAY)
    said = capfd.readouterr().err
    assert f"toy: nnlab's cache: {cache / 'toy' / 'x.npy'}" in said
    assert "fetching it again" in said


def test_a_damaged_cache_that_cannot_be_mended_is_in_the_error(cache: Path):
    fetch(recipe(shelf()))
    damage(cache / "toy" / "x.npy", "flipped")
    with pytest.raises(FetchError, match=r"nnlab's cache: .*x.npy has sha256 .*; shelf: no answer"):
        fetch(recipe(shelf(reason="no answer")))


def test_a_pickle_in_the_cache_is_not_opened(cache: Path):
    fetch(recipe(shelf()))
    np.save(cache / "toy" / "x.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(FetchError, match="Object arrays cannot be loaded"):
        fetch(recipe(shelf(reason="no answer")))


def test_two_at_once_fetch_once():
    origin = shelf(seconds=0.3)
    threads = [threading.Thread(target=fetch, args=(recipe(origin),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert origin.calls[0] == ["shelf"]


def test_what_a_kill_left_behind_is_swept_away(cache: Path):
    (cache / "toy" / ".fetch-dead").mkdir(parents=True)
    (cache / "toy" / ".fetch-dead" / "partial").write_bytes(b"1")
    (cache / "toy" / ".x.npy.1.tmp").write_bytes(b"1")
    fetch(recipe(shelf()))
    assert left_behind(cache) == {"x.npy", "hashes.json"}


def test_an_interrupted_fetch_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupt(self: Shelf, folder: Path) -> None:
        (folder / "partial").write_bytes(b"half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(Shelf, "deliver", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch(recipe(shelf()))
    assert left_behind(cache) == set()
    assert read_cached("toy", FACTS) is None


def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "file"))
    with pytest.raises(StorageError, match=r"file/toy: the cache cannot be written \(.*\); set NNLAB_DATA"):
        fetch(recipe(shelf()))

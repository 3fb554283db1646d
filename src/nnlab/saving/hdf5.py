"""HDF5 files, looked at without following anything that leads out of them."""

from typing import TYPE_CHECKING, Any

from nnlab.saving.refusal import Refusal

if TYPE_CHECKING:
    import h5py

MAX_OBJECTS = 100_000
SLACK = 1 << 20
MAX_EXPANSION = 20


def inspect_hdf5(file: "h5py.File", size: int) -> int:
    """Refuse links out of the file, data kept elsewhere, and arrays far larger than the file of `size` bytes.

    Returns how many numbers the file holds. Raises Refusal.
    """
    import h5py

    datasets = [found for name in _names(file) if isinstance(found := file[name], h5py.Dataset)]
    for dataset in datasets:
        _inspect_dataset(dataset)
    declared = sum(int(dataset.size or 0) * dataset.dtype.itemsize for dataset in datasets)
    if declared > MAX_EXPANSION * size + SLACK:
        raise Refusal(f"arrays that claim {declared / 1e6:,.0f} MB in a file of {size / 1e6:,.1f} MB")
    return sum(int(dataset.size or 0) for dataset in datasets)


def _names(file: "h5py.File") -> list[str]:
    """Every name in the file, none of which leads out of it.

    Links are only noted while HDF5 walks: an exception in the middle of its walk would be lost.
    """
    import h5py

    links: list[tuple[str, Any]] = []

    def note(name: str, link: Any) -> bool | None:
        links.append((name, link))
        return True if len(links) > MAX_OBJECTS else None

    if file.visititems_links(note):
        raise Refusal(f"more than {MAX_OBJECTS} HDF5 objects")
    for name, link in links:
        if not isinstance(link, h5py.HardLink):
            raise Refusal(f"an HDF5 link that leads away: {name[:80]!r}")
    return [name for name, _ in links]


def _inspect_dataset(dataset: "h5py.Dataset") -> None:
    name = str(dataset.name)
    if dataset.external:
        raise Refusal(f"HDF5 data kept in another file: {name[:80]!r}")
    if dataset.is_virtual:
        raise Refusal(f"HDF5 data put together from other files: {name[:80]!r}")
    # "V" is how Keras stores bfloat16; objects could hold references or anything else.
    if dataset.dtype.kind not in "biufSVU" or dataset.shape is None:
        raise Refusal(f"HDF5 data that are no numbers: {name[:80]!r}")


def text_attribute(file: "h5py.File", name: str) -> str | None:
    """A text attached to the file, or None. Raises Refusal for anything else under that name."""
    value = file.attrs.get(name)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if value is None or isinstance(value, str):
        return value
    raise Refusal(f"{name} is no text")

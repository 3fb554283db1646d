"""CIFAR-10: 60 000 colour photographs of ten things, 32×32 (Krizhevsky 2009)."""

from typing import ClassVar

from nnlab.data import cifar
from nnlab.data.cache import ArrayFact
from nnlab.data.fetching import Recipe
from nnlab.data.origins import Download, Package
from nnlab.data.published import Published
from nnlab.spec import DataSpec

_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_BATCHES = {**{f"train_{index}": f"data_batch_{index}" for index in range(1, 6)}, "test": "test_batch"}
_MD5 = {
    "train_1": "c99cafc152244af753f735de768cd75f",
    "train_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "train_3": "54ebc095f3ab1f0389bbae665268c751",
    "train_4": "634d18415352ddfa80567beed471001a",
    "train_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test": "40351d587109b95175f43aff81a1287e",
}


class Cifar10(Published):
    """Ten kinds of animals and vehicles; x uint8 (32, 32, 3), red, green, blue."""

    facts: ClassVar[DataSpec] = DataSpec(
        "cifar10", "classification", (32, 32, 3), "uint8", classes=_CLASSES, target="object"
    )
    counts: ClassVar[tuple[int, int]] = (50000, 10000)
    recipe: ClassVar[Recipe] = Recipe(
        "cifar10",
        {
            "x_train": ArrayFact("uint8", (50000, 32, 32, 3), "47af8b02cfcfb6cd"),
            "y_train": ArrayFact("uint8", (50000,), "2b7cd2f244873176"),
            "x_test": ArrayFact("uint8", (10000, 32, 32, 3), "f9b1e2130bab680d"),
            "y_test": ArrayFact("uint8", (10000,), "cec8a24a1e92aa2e"),
        },
        (
            Download(
                170.5,
                {key: f"cifar-10-batches-py/{name}" for key, name in _BATCHES.items()},
                ("cifar-10-python.tar.gz",),
                md5=_MD5,
                address=cifar.ADDRESS,
            ),
            Package(
                173.0,
                {key: f"package/demo/cifar10/{name}" for key, name in _BATCHES.items()},
                ("convnetjs-0.1.4.tgz",),
                sha256="669e7b8b78088455ae829590d6278bd3908227d66bd58d3987b326c3e23f0407",
                md5=_MD5,
                registry="npm",
                name="convnetjs",
                version="0.1.4",
            ),
        ),
        cifar.decoder(b"labels"),
    )

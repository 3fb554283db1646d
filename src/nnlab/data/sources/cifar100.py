"""CIFAR-100: 60 000 colour photographs of a hundred things (Krizhevsky 2009). No package has it."""

from typing import ClassVar

from nnlab.data import cifar
from nnlab.data.cache import ArrayFact
from nnlab.data.fetching import Recipe
from nnlab.data.origins import Download
from nnlab.data.published import Published
from nnlab.spec import DataSpec

_CLASSES = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can
castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin
elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster
man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck
pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk
skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger
tractor train trout tulip turtle wardrobe whale
willow_tree wolf woman worm"""


class Cifar100(Published):
    """A hundred kinds of things; x uint8 (32, 32, 3), red, green, blue."""

    facts: ClassVar[DataSpec] = DataSpec(
        "cifar100", "classification", (32, 32, 3), "uint8", classes=tuple(_CLASSES.split()), target="object"
    )
    counts: ClassVar[tuple[int, int]] = (50000, 10000)
    # The arrays' own hashes are not published; the members' MD5 is, and is compared before they are read.
    recipe: ClassVar[Recipe] = Recipe(
        "cifar100",
        {
            "x_train": ArrayFact("uint8", (50000, 32, 32, 3), None),
            "y_train": ArrayFact("uint8", (50000,), None),
            "x_test": ArrayFact("uint8", (10000, 32, 32, 3), None),
            "y_test": ArrayFact("uint8", (10000,), None),
        },
        (
            Download(
                169.0,
                {"train": "cifar-100-python/train", "test": "cifar-100-python/test"},
                ("cifar-100-python.tar.gz",),
                md5={"train": "16019d7e3df5f24257cddd939b257f8d", "test": "f0ef6b0ae62326f3e7ffdfab6717acfc"},
                address=cifar.ADDRESS,
            ),
        ),
        cifar.decoder(b"fine_labels"),
    )

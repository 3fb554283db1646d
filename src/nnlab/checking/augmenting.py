"""Which layers can augment which samples: random ones that keep a sample's shape."""

from collections.abc import Iterator

from nnlab.errors import Problem
from nnlab.models.arithmetic import trace
from nnlab.models.shapes import ShapeError, format_shape
from nnlab.names import members, signature
from nnlab.objects import KerasObject
from nnlab.plan import Plan
from nnlab.spec import DataSpec

_KEY = "trainer.augmentation"
_OF_PICTURES = "keras.src.layers.preprocessing.image_preprocessing."
_OF_ANYTHING = "keras.src.layers.regularization."
_BLEND_LABELS = ("CutMix", "MixUp")


def augmentation_problems(plan: Plan, spec: DataSpec) -> Iterator[Problem]:
    """Each layer that cannot augment these samples, and a shape that would not be a sample's any more."""
    layers = plan.trainer.augmentation
    if not layers:
        return
    if spec.task == "reconstruction":
        yield Problem(_KEY, "given", "null for a reconstruction, whose targets would stay as they were")
        return
    usual = "a random layer, such as " + (
        "RandomFlip or RandomTranslation" if spec.is_image else "GaussianNoise"
    )
    foreign = [index for index, layer in enumerate(layers) if not _augments(layer, spec)]
    yield from (Problem(f"{_KEY}[{index}]", layers[index].name, usual) for index in foreign)
    if not foreign:
        yield from _shape(layers, spec)


def _augments(layer: KerasObject, spec: DataSpec) -> bool:
    if layer.where not in members("layer").values():
        return True  # a user's own class is believed
    if layer.name in _BLEND_LABELS or "seed" not in signature(layer.where).arguments:
        return False
    return (not spec.is_text and layer.where.startswith(_OF_ANYTHING)) or (
        spec.is_image and layer.where.startswith(_OF_PICTURES)
    )


def _shape(layers: tuple[KerasObject, ...], spec: DataSpec) -> Iterator[Problem]:
    grey = spec.is_image and len(spec.shape) == 2
    shape = (*spec.shape, 1) if grey else spec.shape
    try:
        left = trace(layers, shape)[-1].shape
    except ShapeError as error:
        yield Problem(_KEY, str(error))
        return
    if left not in (None, shape):
        yield Problem(
            _KEY, f"{format_shape(left or ())} leaves it", f"the shape of a sample, {format_shape(shape)}"
        )

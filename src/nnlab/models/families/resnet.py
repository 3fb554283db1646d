"""The residual network for small pictures (He et al. 2015, arXiv:1512.03385, section 4.2)."""

from typing import Annotated

from pydantic import Field

from nnlab.objects import KerasObject, keras_object
from nnlab.plan import Count, Counts, Network
from nnlab.spec import DataSpec


class Resnet(Network):
    """A convolution, stages of residual blocks of two convolutions, and the mean of every filter.

    Each stage after the first halves the picture; where a block changes the shape, a 1×1 convolution with batch
    normalization stands in its shortcut. With 16, 32 and 64 filters and n blocks it has 6n + 2 weighted layers.
    """

    filters: Annotated[Counts, Field(min_length=1)]
    blocks: Count
    activation: str

    def hidden_layers(self, spec: DataSpec) -> tuple[KerasObject, ...]:
        """Convolution, Residual blocks (`blocks` for each number in `filters`), GlobalAveragePooling2D."""
        first = self.filters[0]
        layers = [*self._convolution(first, 1), self._activation()]
        before = first
        for index, filters in enumerate(self.filters):
            for block in range(self.blocks):
                strides = 2 if index and not block else 1
                layers += [self._block(filters, strides, before), self._activation()]
                before = filters
        return *layers, keras_object("layer", "GlobalAveragePooling2D")

    def _block(self, filters: int, strides: int, before: int) -> KerasObject:
        made = [*self._convolution(filters, strides), self._activation(), *self._convolution(filters, 1)]
        changed = strides > 1 or filters != before
        shortcut = self._convolution(filters, strides, kernel_size=1) if changed else None
        return keras_object("layer", "Residual", layers=made, shortcut=shortcut)

    def _convolution(self, filters: int, strides: int, kernel_size: int = 3) -> list[KerasObject]:
        sizes = {"filters": filters, "kernel_size": kernel_size, "strides": strides}
        convolution = keras_object("layer", "Conv2D", **sizes, padding="same", use_bias=False)
        return [convolution, keras_object("layer", "BatchNormalization")]

    def _activation(self) -> KerasObject:
        return keras_object("layer", "Activation", activation=self.activation)

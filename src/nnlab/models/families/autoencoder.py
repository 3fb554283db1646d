"""The convolutional autoencoder of document 5, exercise 7."""

import math
from typing import Annotated

from pydantic import Field

from nnlab.models.shapes import Shape
from nnlab.objects import KerasObject, keras_object
from nnlab.plan import Count, Counts, Network
from nnlab.spec import DataSpec


class Autoencoder(Network):
    """Pictures made small, stage by stage, and large again; the stages of the decoder mirror the encoder's.

    filters: of each stage, which halves height and width; the last one's are the channels of the code.
    code: so many numbers between encoder and decoder; null for the last stage's pictures.
    """

    filters: Annotated[Counts, Field(min_length=1)]
    kernel_size: Count
    code: Count | None
    activation: str
    output_activation: str

    def hidden_layers(self, spec: DataSpec) -> tuple[KerasObject, ...]:
        """Conv2D and MaxPooling2D per stage, a Conv2DTranspose for each back, and a Conv2D to the channels."""
        encoder = [layer for filters in self.filters for layer in self._halve(filters)]
        decoder = [self._double(filters) for filters in reversed(self.filters)]
        channels = spec.shape[2] if len(spec.shape) > 2 else 1
        output = self._convolution("Conv2D", channels, activation=self.output_activation)
        return (*encoder, *self._dense_code(spec.shape), *decoder, output, *self._crop(spec.shape))

    def _convolution(self, name: str, filters: int, activation: str, **more: int) -> KerasObject:
        return keras_object(
            "layer",
            name,
            filters=filters,
            kernel_size=self.kernel_size,
            padding="same",
            activation=activation,
            **more,
        )

    def _halve(self, filters: int) -> tuple[KerasObject, KerasObject]:
        pooling = keras_object("layer", "MaxPooling2D", pool_size=2, padding="same")
        return self._convolution("Conv2D", filters, self.activation), pooling

    def _double(self, filters: int) -> KerasObject:
        return self._convolution("Conv2DTranspose", filters, self.activation, strides=2)

    def _dense_code(self, shape: Shape) -> tuple[KerasObject, ...]:
        if self.code is None:
            return ()
        scale = 2 ** len(self.filters)
        small = [-(-side // scale) for side in shape[:2]] + [self.filters[-1]]
        return (
            keras_object("layer", "Flatten"),
            keras_object("layer", "Dense", units=self.code, activation=self.activation),
            keras_object("layer", "Dense", units=math.prod(small), activation=self.activation),
            keras_object("layer", "Reshape", target_shape=small),
        )

    def _crop(self, shape: Shape) -> tuple[KerasObject, ...]:
        """Sides that do not halve evenly have come back too long."""
        scale = 2 ** len(self.filters)
        excess = [[0, -side % scale] for side in shape[:2]]
        if not any(after for _, after in excess):
            return ()
        return (keras_object("layer", "Cropping2D", cropping=excess),)

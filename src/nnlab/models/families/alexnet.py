"""The network after AlexNet of document 4 (Krizhevsky, Sutskever and Hinton 2012), for pictures of 32×32."""

from nnlab.objects import KerasObject, keras_object
from nnlab.plan import Count, Counts, Fraction, Network
from nnlab.spec import DataSpec

_KERNELS = (11, 5)
"""What the first two convolutions see at once; all others see 3×3."""
_POOLED = 2


class Alexnet(Network):
    """A few wide convolutions, the first with strides, then batch normalization and a large dense part."""

    filters: Counts
    strides: Count
    neurons: Counts
    activation: str
    dropout: Fraction

    def hidden_layers(self, spec: DataSpec) -> tuple[KerasObject, ...]:
        """Convolutions, max pooling after the first, the second and the last; Flatten, Dense, one Dropout."""
        layers: list[KerasObject] = []
        for index, filters in enumerate(self.filters):
            layers.append(self._convolution(index, filters))
            if index < _POOLED or index == len(self.filters) - 1:
                layers.append(keras_object("layer", "MaxPooling2D"))
        layers += [keras_object("layer", "Flatten"), keras_object("layer", "BatchNormalization")]
        for units in self.neurons:
            layers.append(keras_object("layer", "Dense", units=units, activation=self.activation))
        return *layers, *([keras_object("layer", "Dropout", rate=self.dropout)] if self.dropout else [])

    def _convolution(self, index: int, filters: int) -> KerasObject:
        kernel_size = _KERNELS[index] if index < len(_KERNELS) else 3
        given = {"filters": filters, "kernel_size": kernel_size, "strides": 1 if index else self.strides}
        return keras_object("layer", "Conv2D", **given, padding="same", activation=self.activation)

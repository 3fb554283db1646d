"""The network after VGG of document 4 (Simonyan and Zisserman 2014, arXiv:1409.1556), for pictures of 32×32."""

from nnlab.objects import KerasObject, keras_object
from nnlab.plan import Count, Counts, Fraction, Network
from nnlab.spec import DataSpec


class Vgg(Network):
    """Stages of 3×3 convolutions, each ended by a max pooling, then a dense part with dropout after each layer."""

    filters: tuple[Counts, ...]
    kernel_size: Count
    neurons: Counts
    activation: str
    dropout: Fraction

    def hidden_layers(self, spec: DataSpec) -> tuple[KerasObject, ...]:
        """For every stage a Conv2D per number and MaxPooling2D; Flatten; Dense and Dropout per `neurons`."""
        stages = [layer for stage in self.filters for layer in self._stage(stage)]
        dense = [layer for units in self.neurons for layer in self._dense(units)]
        return *stages, keras_object("layer", "Flatten"), *dense

    def _stage(self, filters: tuple[int, ...]) -> list[KerasObject]:
        same = {"kernel_size": self.kernel_size, "padding": "same", "activation": self.activation}
        convolutions = [keras_object("layer", "Conv2D", filters=count, **same) for count in filters]
        return [*convolutions, keras_object("layer", "MaxPooling2D")]

    def _dense(self, units: int) -> list[KerasObject]:
        dense = keras_object("layer", "Dense", units=units, activation=self.activation)
        return [dense, keras_object("layer", "Dropout", rate=self.dropout)] if self.dropout else [dense]

"""The convolutional network of documents 1 and 4."""

from typing import Annotated

from pydantic import Field

from nnlab.objects import KerasObject, keras_object
from nnlab.plan import Count, Counts, Fraction, Network
from nnlab.spec import DataSpec


class Cnn(Network):
    """Convolutions, one max pooling, a dense part; dropout after the pooling and after each dense layer."""

    filters: Counts
    kernel_size: Count
    pool_size: Count
    neurons: Annotated[Counts, Field(min_length=1)]
    activation: str
    dropout: Fraction
    dense_dropout: Fraction

    def hidden_layers(self, spec: DataSpec) -> tuple[KerasObject, ...]:
        """Conv2D per number in `filters`, MaxPooling2D, Dropout, Flatten, Dense and Dropout per `neurons`."""
        sizes = {"kernel_size": self.kernel_size, "activation": self.activation}
        convolutions = [keras_object("layer", "Conv2D", filters=filters, **sizes) for filters in self.filters]
        dense = [layer for units in self.neurons for layer in self._dense(units)]
        pooling = keras_object("layer", "MaxPooling2D", pool_size=self.pool_size)
        return (*convolutions, pooling, *_dropout(self.dropout), keras_object("layer", "Flatten"), *dense)

    def _dense(self, units: int) -> tuple[KerasObject, ...]:
        dense = keras_object("layer", "Dense", units=units, activation=self.activation)
        return dense, *_dropout(self.dense_dropout)


def _dropout(rate: float) -> tuple[KerasObject, ...]:
    return (keras_object("layer", "Dropout", rate=rate),) if rate else ()

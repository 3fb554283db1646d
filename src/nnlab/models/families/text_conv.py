"""The convolutional network over words of document 4, and its like."""

from typing import Annotated, Literal

from pydantic import Field

from nnlab.objects import KerasObject, keras_object
from nnlab.plan import Count, Counts, Fraction, Network
from nnlab.spec import DataSpec


class TextConv(Network):
    """Embedding of word ids, convolutions along the text, a dense part; dropout after each of them.

    words: the rows of the embedding, as many as the preprocessing's max_tokens. pool_size: of the max pooling
    after each convolution, 1 for none. pooling: how the convolved text becomes one row of numbers: all places
    side by side, or each filter's largest (Kim 2014) or mean value. neurons: dense layers, [] for none.
    """

    words: Count
    embedding: Count
    filters: Annotated[Counts, Field(min_length=1)]
    kernel_size: Count
    pool_size: Count
    pooling: Literal["flatten", "max", "average"]
    neurons: Counts
    activation: str
    dropout: Fraction

    def hidden_layers(self, spec: DataSpec) -> tuple[KerasObject, ...]:
        """Embedding; Conv1D and MaxPooling1D per number in `filters`; pooling; Dense per `neurons`."""
        embedding = keras_object("layer", "Embedding", input_dim=self.words, output_dim=self.embedding)
        blocks = [[embedding], *map(self._convolution, self.filters)]
        pooling = {"flatten": "Flatten", "max": "GlobalMaxPooling1D", "average": "GlobalAveragePooling1D"}
        dense = [
            [keras_object("layer", "Dense", units=units, activation=self.activation)]
            for units in self.neurons
        ]
        convolved = [layer for block in blocks for layer in (*block, *self._dropout())]
        pooled = [keras_object("layer", pooling[self.pooling])]
        return (*convolved, *pooled, *(layer for block in dense for layer in (*block, *self._dropout())))

    def _convolution(self, filters: int) -> list[KerasObject]:
        sizes = {"filters": filters, "kernel_size": self.kernel_size}
        convolution = keras_object("layer", "Conv1D", **sizes, padding="same", activation=self.activation)
        pooling = keras_object("layer", "MaxPooling1D", pool_size=self.pool_size)
        return [convolution, pooling] if self.pool_size > 1 else [convolution]

    def _dropout(self) -> tuple[KerasObject, ...]:
        return (keras_object("layer", "Dropout", rate=self.dropout),) if self.dropout else ()

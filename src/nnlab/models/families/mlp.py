"""The multilayer perceptron."""

from nnlab.models.families.perceptron import Perceptron
from nnlab.objects import KerasObject, keras_object
from nnlab.plan import Counts, Fraction
from nnlab.spec import DataSpec


class Mlp(Perceptron):
    """Hidden Dense layers, `neurons` in each, with dropout after each where `dropout` is above 0."""

    neurons: Counts
    activation: str
    dropout: Fraction

    def hidden_layers(self, spec: DataSpec) -> tuple[KerasObject, ...]:
        """Flatten, then Dense (and Dropout) once for every number in `neurons`."""
        layers = list(super().hidden_layers(spec))
        for units in self.neurons:
            layers.append(keras_object("layer", "Dense", units=units, activation=self.activation))
            if self.dropout:
                layers.append(keras_object("layer", "Dropout", rate=self.dropout))
        return tuple(layers)

"""The perceptron: the inputs, flattened, straight into the head."""

from nnlab.objects import KerasObject, keras_object
from nnlab.plan import Network
from nnlab.spec import DataSpec


class Perceptron(Network):
    """No hidden layer (practice P5, document 1)."""

    def hidden_layers(self, spec: DataSpec) -> tuple[KerasObject, ...]:
        """Flatten alone, and not even that for rows of a table."""
        return (keras_object("layer", "Flatten"),) if len(spec.shape) > 1 else ()

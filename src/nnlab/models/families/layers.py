"""A free list of Keras layers, written in YAML."""

from nnlab.objects import KerasObject
from nnlab.plan import Network
from nnlab.spec import DataSpec


class Layers(Network):
    """Whatever layers the list names, in its order."""

    layers: tuple[KerasObject, ...]

    def hidden_layers(self, spec: DataSpec) -> tuple[KerasObject, ...]:
        """The list as written."""
        return self.layers

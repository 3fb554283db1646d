"""What each key of each network, of the regularizer and of the store changes."""

import socket
import time

import pytest
from witnesses import Tools, first_loss, witness

from nnlab.errors import TrackingError


@witness("model.name", "model.head")
def _(tools: Tools) -> None:
    assert [name for name, _ in tools.layers("model=perceptron")] == ["Flatten", "Dense"]
    head = tools.network("model=perceptron", "model.head.activation=sigmoid", "loss=MeanSquaredError").layers[
        -1
    ]
    assert (head.units, head.activation.__name__) == (10, "sigmoid")
    assert [name for name, _ in tools.layers("model=mlp")] == ["Flatten", "Dense", "Dense"]


@witness("model.mlp.neurons", "model.mlp.activation", "model.mlp.dropout")
def _(tools: Tools) -> None:
    network = tools.network("model.neurons=[5,3]", "model.activation=tanh", "model.dropout=0.25")
    _, first, drop, second, _, _ = network.layers
    assert (first.units, second.units, first.activation.__name__) == (5, 3, "tanh")
    assert drop.rate == 0.25


@witness(
    *(
        f"model.cnn.{key}"
        for key in (
            "filters",
            "kernel_size",
            "pool_size",
            "neurons",
            "activation",
            "dropout",
            "dense_dropout",
        )
    )
)
def _(tools: Tools) -> None:
    words = ("filters=[3,4]", "kernel_size=2", "pool_size=3", "neurons=[5]", "activation=elu")
    rates = ("model.dropout=0.1", "model.dense_dropout=0.2")
    network = tools.network("model=cnn", *(f"model.{word}" for word in words), *rates)
    _, first, second, pool, drop, _, dense, last, _ = network.layers
    assert (first.filters, second.filters, first.kernel_size, pool.pool_size) == (3, 4, (2, 2), (3, 3))
    assert (dense.units, dense.activation.__name__, drop.rate, last.rate) == (5, "elu", 0.1, 0.2)
    # 8×8 shrinks to 6×6 by two kernels of 2, to 2×2 by the pool
    assert dense.kernel.shape == (2 * 2 * 4, 5)


@witness(
    *(
        f"model.text_conv.{key}"
        for key in ("words", "embedding", "filters", "kernel_size", "pool_size", "pooling", "neurons")
    ),
    "model.text_conv.activation",
    "model.text_conv.dropout",
)
def _(tools: Tools) -> None:
    words = ("words=20", "embedding=6", "filters=[3,4]", "kernel_size=2", "pool_size=2", "neurons=[5]")
    more = ("model.activation=elu", "model.dropout=0.1", "dataset.preprocessing=[Flatten]")
    network = tools.network("model=text_conv", *(f"model.{word}" for word in words), *more)
    table, drop, first, pool, _, second, *_, dense, last, _ = network.layers
    assert (table.input_dim, table.output_dim, drop.rate, last.rate) == (20, 6, 0.1, 0.1)
    assert (first.filters, second.filters, first.kernel_size, pool.pool_size) == (3, 4, (2,), (2,))
    assert (dense.units, dense.activation.__name__, first.activation.__name__) == (5, "elu", "elu")
    plain = ("model=text_conv", "model.pool_size=1", "model.dropout=0", "model.neurons=[]", more[-1])
    kinds = {
        way: [name for name, _ in tools.layers(*plain, f"model.pooling={way}")][2:-1]
        for way in ("flatten", "max", "average")
    }
    assert kinds == {
        "flatten": ["Flatten"],
        "max": ["GlobalMaxPooling1D"],
        "average": ["GlobalAveragePooling1D"],
    }


@witness(
    *(
        f"model.autoencoder.{key}"
        for key in ("filters", "kernel_size", "code", "activation", "output_activation")
    )
)
def _(tools: Tools) -> None:
    words = ("filters=[3,5]", "kernel_size=2", "code=7", "activation=elu", "output_activation=tanh")
    asked = ("model=autoencoder", "dataset.task=reconstruction", *(f"model.{word}" for word in words))
    network = tools.network(*asked)
    _, down, _, lower, pool, _, code, wide, small, up, _, last = network.layers
    assert (down.filters, lower.filters, up.filters, last.filters) == (3, 5, 5, 1)
    assert (down.kernel_size, code.units, wide.units, pool.output.shape) == ((2, 2), 7, 20, (None, 2, 2, 5))
    assert {layer.activation.__name__ for layer in (down, code, wide, up)} == {"elu"}
    assert (last.activation.__name__, network.output_shape) == ("tanh", (None, 8, 8, 1))
    assert small.output.shape == pool.output.shape


@witness(*(f"model.vgg.{key}" for key in ("filters", "kernel_size", "neurons", "activation", "dropout")))
def _(tools: Tools) -> None:
    words = ("filters=[[3,4],[5]]", "kernel_size=2", "neurons=[6]", "activation=elu", "dropout=0.1")
    network = tools.network("model=vgg", *(f"model.{word}" for word in words))
    _, first, second, pool, third, _, _, dense, drop, _ = network.layers
    assert [layer.filters for layer in (first, second, third)] == [3, 4, 5]
    assert (first.kernel_size, dense.units, drop.rate, pool.output.shape) == ((2, 2), 6, 0.1, (None, 4, 4, 4))
    assert {layer.activation.__name__ for layer in (first, third, dense)} == {"elu"}


@witness(*(f"model.alexnet.{key}" for key in ("filters", "strides", "neurons", "activation", "dropout")))
def _(tools: Tools) -> None:
    words = ("filters=[3,4,5,6]", "strides=1", "neurons=[7,8]", "activation=elu", "dropout=0.1")
    network = tools.network("model=alexnet", *(f"model.{word}" for word in words))
    kinds = "Reshape Conv2D MaxPooling2D Conv2D MaxPooling2D Conv2D Conv2D MaxPooling2D Flatten"
    assert [type(layer).__name__ for layer in network.layers[:9]] == kinds.split()
    _, dense, last, drop, _ = network.layers[9:]
    convolutions = [layer for layer in network.layers if type(layer).__name__ == "Conv2D"]
    assert [layer.filters for layer in convolutions] == [3, 4, 5, 6]
    assert [layer.kernel_size[0] for layer in convolutions] == [11, 5, 3, 3]
    assert (convolutions[0].strides, dense.units, last.units, drop.rate) == ((1, 1), 7, 8, 0.1)
    assert {layer.activation.__name__ for layer in (*convolutions, dense, last)} == {"elu"}


@witness(*(f"model.resnet.{key}" for key in ("filters", "blocks", "activation")))
def _(tools: Tools) -> None:
    network = tools.network("model=resnet", "model.filters=[3,4]", "model.blocks=2", "model.activation=elu")
    blocks = [layer for layer in network.layers if type(layer).__name__ == "Residual"]
    assert [block.output.shape[1:] for block in blocks] == [(8, 8, 3), (8, 8, 3), (4, 4, 4), (4, 4, 4)]
    assert [len(block.branches[1]) for block in blocks] == [0, 0, 2, 0]
    between = [layer for layer in network.layers if type(layer).__name__ == "Activation"]
    assert [layer.activation.__name__ for layer in between] == ["elu"] * 5


@witness("model.layers.layers")
def _(tools: Tools) -> None:
    network = tools.network("model=layers", "model.layers=[Flatten,{Dense: {units: 3}},LeakyReLU]")
    assert [type(layer).__name__ for layer in network.layers] == ["Flatten", "Dense", "LeakyReLU", "Dense"]


@witness("regularizer.regularizer", "regularizer.apply_to")
def _(tools: Tools) -> None:
    ones = "model.layers=[Flatten,{Dense: {units: 4, bias_initializer: Ones}}]"
    model = ("model=layers", ones)
    plain, network, _ = first_loss(tools, *model)
    kernels = sum(float((weight**2).sum()) for weight in network.get_weights()[::2])
    l2 = ("regularizer=l2", "regularizer.l2=0.5")
    assert first_loss(tools, *model, *l2)[0] - plain == pytest.approx(0.5 * kernels, rel=1e-4)
    on_bias = first_loss(tools, *model, *l2, "regularizer.apply_to=[bias]")[0]
    assert on_bias - plain == pytest.approx(0.5 * 4 * 1**2, rel=1e-4)


@witness("tracking.uri", "tracking.artifacts")
def _(tools: Tools) -> None:
    from nnlab.tracking.client import connect

    words = ("tracking.uri=sqlite:///deep/own.db", "tracking.artifacts=files")
    (tools.folder / "deep").mkdir()
    client = connect(tools.plan(*words).tracking)
    assert (tools.folder / "deep/own.db").stat().st_size > 0
    location = client.get_experiment_by_name("Default").artifact_location
    assert location.startswith((tools.folder / "files").as_uri())


@witness("tracking.timeout")
def _(tools: Tools) -> None:
    from nnlab.tracking.probe import check_store

    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}"
        asked = tools.plan("tracking=server", f"tracking.uri={uri}", "tracking.timeout=0.2").tracking
        started = time.monotonic()
        with pytest.raises(TrackingError, match=r"does not answer within 0.2 s"):
            check_store(asked)
    assert time.monotonic() - started < 3

"""What is measured: three networks of the documents, each as nnlab's words and as a script, and quick commands."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One network: `script` under benchmarks/scripts/ does the same work as nnlab with `words`."""

    name: str
    work: str
    script: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Command:
    """A command that trains nothing. code: what it must end with. bar: seconds it may take, None for no bar."""

    words: tuple[str, ...]
    code: int
    bar: float | None


CASES = (
    Case(
        "mlp/first",
        "784-64-64-10, adam, 5 epochs, batch 32, 60 000 images, no validation",
        "mlp_first.py",
        (
            "model=mlp",
            "model.neurons=[64,64]",
            "dataset=mnist",
            "dataset.preprocessing=[{Rescaling:{scale:0.00392156862745098,offset:-0.5}}]",
            "dataset.validation_split=0",
            "optimizer=adam",
            "trainer.epochs=5",
            "trainer.batch_size=32",
        ),
    ),
    Case(
        "te2/mnist",
        "784-256-10, rmsprop, 10 epochs, batch 128, 20 % validation",
        "te2_mnist.py",
        (
            "model=mlp",
            "model.neurons=256",
            "dataset=mnist",
            "dataset.validation_split=0.2",
            "optimizer=rmsprop",
            "trainer.epochs=10",
            "trainer.batch_size=128",
        ),
    ),
    Case(
        "cnn/dropout",
        "two convolutions, dropout, 1 199 882 parameters, Adadelta 1.0, 1 epoch, batch 128, validated on test",
        "cnn_dropout.py",
        (
            "model=cnn",
            "dataset=mnist",
            "dataset.validation_split=test",
            "optimizer=adadelta",
            "optimizer.learning_rate=1.0",
            "trainer.epochs=1",
            "trainer.batch_size=128",
        ),
    ),
)

COMMANDS = (
    Command(("optimizer.learning_rte=0.1", "modle=cnn", "trainer.batch_size=0"), 2, 1.0),
    Command(("check", "model=cnn"), 0, 1.0),
    Command(("explain", "model=cnn"), 0, 1.0),
    Command(("--help",), 0, 1.0),
)

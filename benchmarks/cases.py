"""What is measured: three networks of the documents, each as nnlab's words and as a script, and quick commands."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One network: `script` under benchmarks/scripts/ does the same work as nnlab with `words`.

    bar: the share of the script's wall time that nnlab may take.
    """

    name: str
    work: str
    script: str
    words: tuple[str, ...]
    bar: float


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
        ("+experiments=mlp/first",),
        0.6,
    ),
    Case(
        "te2/mnist",
        "784-256-10, rmsprop, 10 epochs, batch 128, 20 % validation",
        "te2_mnist.py",
        ("+experiments=te2/mnist",),
        0.7,
    ),
    Case(
        "cnn/dropout",
        "two convolutions, dropout, 1 199 882 parameters, Adadelta 1.0, 1 epoch of 19 200 images, batch 128, "
        "validated on test",
        "cnn_dropout.py",
        ("+experiments=cnn/dropout", "trainer.epochs=1", "dataset.samples=19200"),
        1.0,
    ),
)

COMMANDS = (
    Command(("optimizer.learning_rte=0.1", "modle=cnn", "trainer.batch_size=0"), 2, 1.0),
    Command(("check", "model=cnn"), 0, 1.0),
    Command(("explain", "model=cnn"), 0, 1.0),
    Command(("--help",), 0, 1.0),
)

"""Which of Keras's metrics can read which targets; any other fails in training, or its number is no answer."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from nnlab.errors import Problem, show
from nnlab.models.targets import is_one_hot
from nnlab.objects import KerasObject
from nnlab.plan import Plan
from nnlab.spec import DataSpec

_LABELS = {"SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy", "SparseCategoricalCrossentropy"}
_ERRORS = frozenset(
    (
        "MeanAbsoluteError",
        "MeanAbsolutePercentageError",
        "MeanSquaredError",
        "MeanSquaredLogarithmicError",
        "RootMeanSquaredError",
        "LogCoshError",
        "R2Score",
        "Poisson",
    )
)
_YES_OR_NO = frozenset(
    (
        "AUC",
        "BinaryAccuracy",
        "BinaryCrossentropy",
        "BinaryIoU",
        "Precision",
        "Recall",
        "PrecisionAtRecall",
        "RecallAtPrecision",
        "SensitivityAtSpecificity",
        "SpecificityAtSensitivity",
        "TruePositives",
        "TrueNegatives",
        "FalsePositives",
        "FalseNegatives",
        "Hinge",
        "SquaredHinge",
        "F1Score",
        "FBetaScore",
    )
)
_COLUMNS = frozenset(
    (
        "CategoricalAccuracy",
        "CategoricalCrossentropy",
        "CategoricalHinge",
        "TopKCategoricalAccuracy",
        "KLDivergence",
        "OneHotIoU",
        "OneHotMeanIoU",
    )
)
_ACROSS_OUTPUTS = {"CosineSimilarity", "PearsonCorrelation", "ConcordanceCorrelation"}
_OF_A_CLASS = {"F1Score", "FBetaScore"}
_RANKS = {
    "CategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
}
"""Metrics that ask only which output is the largest, so that logits serve them as well as probabilities."""


def measure_problems(plan: Plan, spec: DataSpec) -> Iterator[Problem]:
    """Each metric that cannot judge this task's targets; a user's own class is believed."""
    readable, allowed = _readable(plan, spec)
    for index, metric in enumerate(plan.metrics):
        key = f"metrics[{index}]"
        if metric.where.startswith("keras.") and metric.name not in readable:
            yield Problem(key, show(metric.name), allowed)
        elif plan.loss.arguments.get("from_logits") and not _reads_logits(metric):
            yield Problem(key, show(metric.name), "a head of probabilities: model.head.activation=auto")
        elif metric.name in _OF_A_CLASS:
            yield from _score_of_a_class(metric, key, spec)


def _readable(plan: Plan, spec: DataSpec) -> tuple[AbstractSet[str], str]:
    """The names that fit, and the same in words."""
    if is_one_hot(plan.loss.name, spec.task):
        words = f"with {plan.loss.name} targets are columns: accuracy, TopKCategoricalAccuracy, AUC …"
        return _COLUMNS | _YES_OR_NO | _ERRORS | _ACROSS_OUTPUTS, words
    if spec.task == "classification":
        words = "targets are labels: accuracy, SparseTopKCategoricalAccuracy"
        return _LABELS, f"{words}; loss=CategoricalCrossentropy allows more"
    if spec.task == "binary":
        return _YES_OR_NO | _ERRORS, "one probability is judged: accuracy, AUC, Precision, Recall …"
    many = _ACROSS_OUTPUTS if spec.task == "reconstruction" or spec.outputs > 1 else frozenset[str]()
    pixels = _YES_OR_NO | {"KLDivergence"} if spec.task == "reconstruction" else frozenset[str]()
    return (
        _ERRORS | many | pixels,
        "numbers are predicted: MeanAbsoluteError, RootMeanSquaredError, R2Score …",
    )


def _score_of_a_class(metric: KerasObject, key: str, spec: DataSpec) -> Iterator[Problem]:
    """Left alone, Keras gives one F score for each class, and calls every single output a yes."""
    if metric.arguments.get("average") is None:
        yield Problem(
            f"{key}.average", "null", "micro, macro or weighted: one number, not one for each output"
        )
    if spec.task != "classification" and metric.arguments.get("threshold") is None:
        yield Problem(f"{key}.threshold", "null", "the probability from which the answer is yes, such as 0.5")


def _reads_logits(metric: KerasObject) -> bool:
    """Whether a metric is right about outputs that no softmax or sigmoid has made probabilities."""
    own = metric.name in _RANKS or not metric.where.startswith("keras.")
    return own or bool(metric.arguments.get("from_logits")) or metric.arguments.get("threshold") == 0

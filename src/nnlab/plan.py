"""The plan of one run: every key, its type and its range. Frozen; the resolved truth of what is trained.

Values live in conf/*.yaml, so no field here has a default. `nnlab.checking` reads configuration into a Plan.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SerializeAsAny

from nnlab.objects import KerasObject, plain
from nnlab.spec import DataSpec, RawData

Count = Annotated[int, Field(ge=1, lt=2**31, strict=True)]
Truth = Annotated[bool, Field(strict=True)]
Fraction = Annotated[float, Field(ge=0, lt=1, strict=True, allow_inf_nan=False)]


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)  # pyright: ignore[reportUnknownVariableType]


Counts = Annotated[
    tuple[Count, ...], BeforeValidator(_as_list, json_schema_input_type=Count | tuple[Count, ...])
]
"""`64` or `[64, 32]`: one number stands for a list of one."""

Share = (
    Annotated[float, Field(gt=0, lt=1, strict=True, allow_inf_nan=False)]
    | Annotated[int, Field(ge=1, strict=True)]
)
"""A fraction between 0 and 1, or a count of samples."""


class Section(BaseModel):
    """A frozen part of the plan that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    def plain(self) -> dict[str, Any]:
        """The section as YAML would hold it."""
        return {key: _plain(getattr(self, key)) for key in type(self).model_fields}


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return value.plain()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return plain(value)


class Dataset(Section, ABC):
    """Base of every dataset: how it is split and preprocessed; subclasses add their keys and the two methods.

    validation_split: fraction or count taken from the training set, 0 for none, "given" for the source's own
    validation set, "test" to watch the test set (allowed, and marked as a leak).
    test_split: fraction or count taken for the test set, or "given" for the source's own.
    samples: use only so many training samples, drawn by seed; null for all.
    task: null for what the data say; "reconstruction" makes each preprocessed sample its own target.
    corruption: layers that spoil the preprocessed inputs of a reconstruction, each sample always in the same
    way, in training, validation and test; the saved model holds none of them. null for inputs as they are.
    """

    name: str
    preprocessing: tuple[KerasObject, ...]
    validation_split: Annotated[
        Share | Literal[0] | Literal["given", "test"],
        Field(description="a fraction between 0 and 1, a count of samples, 0 for none, 'given' or 'test'"),
    ]
    test_split: Annotated[
        Share | Literal["given"],
        Field(description="a fraction between 0 and 1, a count of samples, or 'given'"),
    ]
    stratify: Truth
    shuffle: Truth
    samples: Count | None
    task: Annotated[
        Literal["reconstruction"] | None,
        Field(description="null, or 'reconstruction' to give inputs back"),
    ]
    corruption: Annotated[
        tuple[KerasObject, ...] | None,
        Field(min_length=1, description="null, or a list of at least one layer"),
    ]

    @abstractmethod
    def spec(self) -> DataSpec:
        """What can be known without loading, of the task that is asked: read headers at most. DataError."""

    @abstractmethod
    def load(self) -> RawData:
        """The checked raw arrays. Raises DataError for bad data and FetchError where no source answers."""


class Network(Section, ABC):
    """Base of every architecture: typed arguments, and the layers they mean.

    head: the output layer, resolved from the dataset's task; None where the layers bring their own.
    """

    name: str
    head: KerasObject | None

    @abstractmethod
    def hidden_layers(self, spec: DataSpec) -> tuple[KerasObject, ...]:
        """The hidden layers, in order, for samples of `spec`."""


class Regularization(Section):
    """Which regularizer goes on every weight of the kinds in `apply_to` that names none of its own."""

    regularizer: KerasObject | None
    apply_to: Annotated[
        tuple[Literal["kernel", "bias", "activity"], ...], BeforeValidator(_as_list), Field(min_length=1)
    ]

    def plain(self) -> dict[str, Any]:
        """The section as YAML would hold it: the object's own keys beside `apply_to`."""
        named = self.regularizer
        own = {"name": named.name, **named.arguments} if named else {"name": None}
        return {**own, "apply_to": list(self.apply_to)}


class Trainer(Section):
    """How the network is fitted.

    steps_per_epoch: stop each epoch early after so many batches; null for the whole training set.
    augmentation: random layers that training samples pass through, raw, each time anew; null for none.
    class_weight: null, "balanced" (inverse to frequency), or weights by label.
    execution: "auto" runs many compiled steps in one call, and one where a callback works by batch; "stepwise"
    always one, with the same result; "eager" compiles nothing, so that breakpoints work in own layers.
    jit_compile: XLA; "auto" uses it where it pays (no convolutions on a CPU).
    threads: TensorFlow's threads, null for every core; part of what makes a run reproducible.
    strategy: "mirrored" divides each batch among this machine's devices, "multi_worker" among those of every
    process that TF_CONFIG names; null for one device.
    """

    epochs: Count
    batch_size: Count
    steps_per_epoch: Count | None
    shuffle: Truth
    augmentation: tuple[KerasObject, ...] | None
    class_weight: Annotated[
        Literal["balanced"] | dict[int, Annotated[float, Field(gt=0, allow_inf_nan=False)]] | None,
        Field(description="null, 'balanced', or a weight above 0 for each label"),
    ]
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"]
    execution: Literal["auto", "stepwise", "eager"]
    jit_compile: Literal["auto"] | Truth
    threads: Count | None
    strategy: Literal["mirrored", "multi_worker"] | None
    progress: Literal["auto", "bar", "lines", "none"]

    @property
    def on_cluster(self) -> bool:
        """Whether several processes train one network together."""
        return self.strategy == "multi_worker"


class CrossValidation(Section):
    """Every sample is tested once: each fold in turn takes the place of `dataset.test_split`.

    name: scikit-learn's word for how folds are cut. repeats: so many cuts, each shuffled anew.
    fold: train this one alone, counted from 1 to folds × repeats; null for all.
    choose: values of other keys; inside each fold `inner_folds` of its training part choose the best combination.
    """

    name: Literal["KFold", "StratifiedKFold", "GroupKFold", "StratifiedGroupKFold"]
    folds: Annotated[int, Field(ge=2, strict=True)]
    repeats: Count
    shuffle: Truth
    fold: Count | None
    choose: Annotated[
        dict[str, tuple[Any, ...]] | None,
        Field(description="null, or a list of values for each key of the plan that is chosen"),
    ]
    inner_folds: Annotated[int, Field(ge=2, strict=True)] | None

    @property
    def total(self) -> int:
        """How many test sets there are, and networks to train."""
        return self.folds * self.repeats


class Tracking(Section):
    """Where runs are kept. timeout: seconds to wait for a server to answer before the first epoch."""

    uri: str
    artifacts: str | None
    timeout: Annotated[float, Field(gt=0, le=600, strict=True, allow_inf_nan=False)]


class Plan(Section):
    """One run, whole and checked. `plain()` is what plan.yaml holds, and can be read again."""

    name: str | None
    experiment_name: str | None
    seed: Annotated[int, Field(ge=0, lt=2**31, strict=True)]
    dataset: SerializeAsAny[Dataset]
    cv: CrossValidation | None
    model: SerializeAsAny[Network]
    optimizer: KerasObject
    regularizer: Regularization
    callbacks: dict[str, KerasObject]
    loss: KerasObject
    metrics: tuple[KerasObject, ...]
    trainer: Trainer
    tracking: Tracking
    trusted_packages: tuple[str, ...]
    rerun: Truth
    debug: Truth

    @property
    def watches_test(self) -> bool:
        """Whether the test scores are flattered: what was watched in training could be chosen by.

        A fold that is watched for its curve alone, with no callback that could act on it, changes nothing.
        """
        return self.dataset.validation_split == "test" and (self.cv is None or bool(self.callbacks))

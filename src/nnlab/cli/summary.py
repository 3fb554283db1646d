"""What a person reads when a run is done."""

from nnlab.plan import Plan
from nnlab.run import Outcome

_FIRST = ("accuracy", "loss", "mae", "rmse", "r2", "macro_f1", "mse")


def print_outcome(outcome: Outcome, plan: Plan) -> None:
    """Test scores, best epoch, cost, and where everything lies, on stdout."""
    print(f"{outcome.name}: {describe_test(outcome.scores)}")
    if plan.dataset.validation_split == "test":
        print("  leak: the test set was watched during training, so its scores are flattered")
    best, epochs = int(outcome.scores.get("best/epoch", 0)), int(outcome.scores["epochs"])
    params = int(outcome.scores["model/params"])
    print(f"  best epoch {best} of {epochs} · {params} parameters · {outcome.seconds:.1f} s")
    print(f"  {outcome.folder}")
    print(f"  run {outcome.run_id or 'not in the store: the folder keeps its journal'} · nnlab ui shows it")


def describe_test(scores: dict[str, float]) -> str:
    """`test accuracy 0.9771, loss 0.0752`."""
    shown = [f"{name} {scores[f'test/{name}']:.4f}" for name in _FIRST if f"test/{name}" in scores]
    return "test " + ", ".join(shown[:4])

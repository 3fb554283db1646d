"""What a person reads when a run is done."""

from nnlab.outcome import Outcome
from nnlab.plan import Plan

_FIRST = ("accuracy", "loss", "mae", "rmse", "r2", "macro_f1", "mse")


def print_outcome(outcome: Outcome, plan: Plan) -> None:
    """Test scores, best epoch, cost, and where everything lies, on stdout."""
    print(f"{outcome.name}: {describe_test(outcome)}")
    if plan.watches_test:
        print("  leak: the test set was watched during training, so its scores are flattered")
    if outcome.met:
        print("  finished before, nothing was trained; rerun=true trains again")
    best, epochs = int(outcome.scores.get("best/epoch", 0)), int(outcome.scores["epochs"])
    params = int(outcome.scores["model/params"])
    print(f"  best epoch {best} of {epochs} · {params} parameters · {outcome.seconds:.1f} s")
    print(f"  {outcome.folder}")
    print(f"  run {outcome.run_id or 'not in the store: the folder keeps its journal'} · nnlab ui shows it")


def describe_test(outcome: Outcome) -> str:
    """`test accuracy 0.9771, loss 0.0752`, or `test accuracy 0.7721 ± 0.0286, loss … over 5 folds`."""
    names = [name for name in _FIRST if f"test/{name}" in outcome.scores][:4]
    over = f" over {outcome.n} folds" if outcome.n > 1 else ""
    return "test " + ", ".join(_describe(outcome, f"test/{name}") for name in names) + over


def _describe(outcome: Outcome, score: str) -> str:
    deviation = outcome.std(score)
    spread = "" if deviation is None else f" ± {deviation:.4f}"
    return f"{score.removeprefix('test/')} {outcome.scores[score]:.4f}{spread}"

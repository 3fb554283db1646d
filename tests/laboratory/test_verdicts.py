"""One rule decides whether a published number is met, and which of several decides."""

import pytest

from nnlab.laboratory.claims import read_claims
from nnlab.laboratory.reached import Reached, read_reached
from nnlab.laboratory.verdict import judge_claims, main_score


def judge(published: str, reached: str) -> str:
    claims = read_claims(published)
    measured = read_reached(f"{reached}; 9 s a run, 2 threads.")
    assert claims
    assert isinstance(measured, Reached)
    return str(judge_claims(claims[0], measured))


@pytest.mark.parametrize(
    ("reached", "verdict"),
    [
        ("test accuracy 97 % (1 seed)", "met"),
        ("test accuracy 96.7 % (1 seed)", "met"),
        ("test accuracy 96.69 % (1 seed)", "not met: 96.69 % against 97 %, 0.31 points short"),
        ("test accuracy 99 % (1 seed)", "met"),
        ("test accuracy 97.5 % ± 0.1 (3 seeds)", "beaten"),
        ("test accuracy 97.5 % ± 0.3 (3 seeds)", "met"),  # 97.5 − 4.303 · 0.3 / √3 < 97
        ("test accuracy 96.8 % ± 0.1 (3 seeds)", "met"),
        ("test accuracy 96 % ± 0.1 (3 seeds)", "not met: 96 % against 97 %, 1 point short"),
        ("test loss 0.1 (1 seed)", "not met: the runs have no test accuracy"),
    ],
)
def test_an_accuracy_is_met_within_three_tenths_of_a_point_and_beaten_by_its_interval(reached, verdict):
    assert judge("test accuracy 97 %.", reached) == verdict


@pytest.mark.parametrize(
    ("reached", "verdict"),
    [
        ("test mae 2 (1 seed)", "met"),
        ("test mae 2.06 (1 seed)", "met"),
        ("test mae 2.07 (1 seed)", "not met: 2.07 against 2, 0.07 short"),
        ("test mae 1.5 ± 0.1 (3 seeds)", "beaten"),
        ("test mae 2.5 ± 0.1 (3 seeds)", "not met: 2.5 against 2, 0.5 short"),
    ],
)
def test_an_error_is_better_when_it_is_smaller(reached, verdict):
    assert judge("test mae 2.", reached) == verdict


@pytest.mark.parametrize(
    "published",
    [
        "train accuracy 90 %, validation accuracy 90 %, test accuracy 97 %.",
        "test loss 0.001, test accuracy 97 %.",
    ],
)
def test_the_accuracy_on_the_test_set_decides(published):
    reached = "test accuracy 97 %, train accuracy 50 %, validation accuracy 50 %, test loss 3 (1 seed)"
    assert judge(published, reached) == "met"


def test_without_a_published_number_there_is_nothing_to_meet():
    assert judge("no number; 7 parameters.", "test accuracy 97 % (1 seed)") == "no number published"


def test_what_is_told_of_a_run_is_its_accuracy_before_its_error_before_its_loss():
    assert str(main_score(["train/accuracy", "test/loss", "test/mae", "test/accuracy"])) == "test accuracy"
    assert str(main_score(["test/loss", "test/pixel_accuracy"])) == "test pixel accuracy"
    assert main_score(["train/loss"]) is None

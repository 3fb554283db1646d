"""Real networks compared: single runs, folds, and a sweep that compares itself."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

SHORT = ("dataset=digits", "trainer.epochs=2", "trainer.progress=none", "optimizer.learning_rate=0.01")


@pytest.mark.slow
def test_a_sweep_compares_itself_as_the_command_does(nnlab: Any, here: Path):
    done = nnlab("-m", *SHORT, "model=mlp", "model.neurons=[2],[24]", "seed=0,1,2")
    assert done.code == 0, done.err
    title, head, first, second, verdict, end = done.err.splitlines()[-6:]
    assert title.strip() == "accuracy in %, ranked by validation; 2 configurations, 6 runs"
    assert head.split()[:3] == ["#", "neurons", "n"]
    assert [row.split()[:3] for row in (first, second)] == [["1", "[24]", "3"], ["2", "[2]", "3"]]
    assert verdict.startswith("neurons=[24] beats neurons=[2] by ")
    assert "n = 3" in verdict
    assert end.startswith("6 of 6 runs finished; ")

    (tables,) = here.glob("outputs/*/sweep-*/tables")
    for suffix in ("csv", "json"):
        written = (tables / f"comparison.{suffix}").read_text(encoding="utf-8")
        assert nnlab("compare", "--sweep", "last", "--format", suffix).out == written
        (kept,) = here.glob(f"mlartifacts/**/artifacts/tables/comparison.{suffix}")
        assert kept.read_text(encoding="utf-8") == written
    plain = json.loads((tables / "comparison.json").read_text(encoding="utf-8"))
    best, other = plain["configurations"]
    assert plain["verdicts"][0]["test"] == "corrected resampled t-test"  # digits are cut by the seed
    assert (best["params"], other["params"]) == (65 * 24 + 25 * 10, 65 * 2 + 3 * 10)
    assert best["flops"] > other["flops"] > 0
    assert min(one["memory_mb"] for one in (best, other)) > 50

    single = [next(run for run in one["runs"]) for one in (other, best)]
    done = nnlab("compare", *single, "--format", "json")
    (told,) = json.loads(done.out)["verdicts"]
    assert (told["test"], told["n"], told["first"]) == ("McNemar's exact test", 360, "model.neurons=[24]")
    assert told["sentence"].startswith("neurons=[24] beats neurons=[2] by ")
    assert "one run each: another seed may say otherwise" in nnlab("compare", *single).out


@pytest.mark.long
@pytest.mark.slow
def test_folds_are_compared_by_the_corrected_test(nnlab: Any, here: Path):
    cross = (*SHORT, "model=mlp", "cv=stratified", "cv.folds=3")
    for name, neurons in (("small", 2), ("large", 24)):
        done = nnlab(*cross, f"name={name}", f"model.neurons={neurons}")
        assert done.code == 0, done.err
    done = nnlab("compare", "small", "large", "--output", "found.csv")
    assert (done.code, done.err) == (0, "")
    first, second = csv.DictReader((here / "found.csv").read_text(encoding="utf-8").splitlines())
    assert (first["model.neurons"], first["n"], second["n"]) == ("[24]", "3", "3")
    told = nnlab("compare", "small", "large", "--format", "json").out
    (verdict,) = json.loads(told)["verdicts"]
    assert (verdict["test"], verdict["n"], verdict["shown"]) == ("corrected resampled t-test", 3, True)

    nnlab(*SHORT, "model=mlp", "name=alone")
    done = nnlab("compare", "small", "alone")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: RUN: tested on different samples, cv=StratifiedKFold and cv=null; ")

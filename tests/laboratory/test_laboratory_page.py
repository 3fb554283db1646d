"""The page and its figures, from runs that are there."""

import re
from dataclasses import replace

import pytest
from PIL import Image

from nnlab.errors import StorageError
from nnlab.laboratory import publishing
from nnlab.laboratory.drawing import draw_source, read_shown, shrink
from nnlab.laboratory.experiment import Trial, Variant
from nnlab.laboratory.publishing import Page, publish
from nnlab.laboratory.row import make_row
from nnlab.laboratory.verdict import Verdict

HISTORY = {"loss": [2.0, 1.0], "val_loss": [2.5, 1.5], "accuracy": [0.5, 0.6], "val_accuracy": [0.4, 0.5]}
FIGURES = (
    "Figure: Both (loss, normalised)",
    "Figure: Both (parameters against test accuracy)",
    "Figure: Zeros (weights)",
    "Picture: mistakes (of which it was surest)",
)


@pytest.fixture
def rows(experiment, finished):
    """Two experiments of one figure, one of them run twice, and one that has not run."""
    scores = {"test/accuracy": 0.9, "model/zero_weights": 0.25}
    first, second = (
        experiment("tiny/one", "no number.", *FIGURES),
        experiment("tiny/two", "no number.", *FIGURES[:2]),
    )
    third = experiment("tiny/three", "no number.", FIGURES[0])
    runs = [
        finished(scores, HISTORY),
        finished(scores, {**HISTORY, "loss": [2.0]}),
        finished(scores, HISTORY),
    ]
    return [
        make_row(first, [Trial(first, 0, runs[0]), Trial(first, 1, runs[1])], None),
        make_row(second, [Trial(second, 0, runs[2])], None),
        make_row(third, [Trial(third, 0)], None),
    ]


def test_experiments_with_the_same_line_are_one_figure(rows, tmp_path):
    drawn = draw_source(rows, tmp_path / "laboratory")
    assert [(one.path.name, one.caption) for one in drawn] == [
        ("tiny-both-loss-normalised.png", "Both: loss normalised. Not in it yet: tiny/three."),
        ("tiny-both-parameters-against-test-accuracy.png", "Both: parameters against test accuracy."),
        ("tiny-zeros-weights.png", "Zeros: weights."),
        ("tiny-one-mistakes.png", "tiny/one: of which it was surest."),
    ]
    for one in drawn:
        assert one.path.stat().st_size < 100_000
        with Image.open(one.path) as image:
            assert image.mode == "P"


def test_the_same_runs_give_the_same_bytes(rows, tmp_path):
    once, again = (draw_source(rows, tmp_path / folder) for folder in ("a", "b"))
    assert [one.path.read_bytes() for one in once] == [one.path.read_bytes() for one in again]


def test_a_figure_without_runs_stays_as_it_was(experiment, tmp_path):
    one = experiment("tiny/one", "no number.", *FIGURES)
    rows = [make_row(one, [Trial(one, 0)], None)]
    assert draw_source(rows, tmp_path) == []
    before = drawn_before(tmp_path / "tiny-zeros-weights.png", "tiny/one")
    (drawn,) = draw_source(rows, tmp_path)
    assert (drawn.path.read_bytes(), drawn.caption) == (before, "Zeros: weights. Drawn from earlier runs.")


def drawn_before(path, *names):
    """A figure of these experiments, from runs that are gone; give its bytes."""
    Image.new("RGB", (8, 8)).save(path)
    shrink(path, names)
    return path.read_bytes()


def test_a_figure_that_shows_more_is_kept(rows, tmp_path):
    path = tmp_path / "tiny-both-loss-normalised.png"
    before = drawn_before(path, "tiny/one", "tiny/three")
    drawn = draw_source(rows, tmp_path)[0]
    assert (drawn.path, path.read_bytes()) == (path, before)
    assert drawn.caption == "Both: loss normalised. Not in it yet: tiny/two. Drawn from earlier runs."


def test_a_figure_that_shows_less_is_drawn_again(rows, tmp_path):
    path = tmp_path / "tiny-both-loss-normalised.png"
    drawn_before(path, "tiny/one", "tiny/gone")
    assert draw_source(rows, tmp_path)[0].caption == "Both: loss normalised. Not in it yet: tiny/three."
    assert read_shown(path) == {"tiny/one", "tiny/two"}


def test_a_picture_that_is_no_run_s_own_may_be_put_there(experiment, finished, tmp_path):
    one = experiment("tiny/one", "no number.", "Picture: seen (drawings of one's own)")
    row = make_row(one, [Trial(one, 0, finished({}))], None)
    with pytest.raises(StorageError, match=r"plots/seen\.png"):
        draw_source([row], tmp_path)
    path = tmp_path / "tiny-one-seen.png"
    before = drawn_before(path)
    assert [(one.path, one.caption) for one in draw_source([row], tmp_path)] == [
        (path, "tiny/one: drawings of one's own.")
    ]
    assert path.read_bytes() == before


def test_validation_on_the_test_set_is_said_under_the_figure(experiment, finished, tmp_path):
    one = experiment("tiny/one", "no number.", FIGURES[0], validation_split="test")
    (drawn,) = draw_source([make_row(one, [Trial(one, 0, finished({}, HISTORY))], None)], tmp_path)
    assert drawn.caption == "Both: loss normalised. Validation is on the test set."


def test_one_red_word_among_many_shades_stays_red(tmp_path):
    """As the one mistake among the test images, whose shades are many."""
    picture = Image.effect_noise((400, 400), 120).convert("RGB")
    picture.paste((0, 114, 178), (0, 0, 400, 100))
    picture.paste((213, 94, 0), (50, 10, 80, 14))
    picture.save(tmp_path / "samples.png")
    shrink(tmp_path / "samples.png")
    with Image.open(tmp_path / "samples.png") as small:
        red, green, blue = small.convert("RGB").getpixel((60, 12))
    assert abs(red - 213) + abs(green - 94) + abs(blue) < 30


def test_a_shrunk_picture_shows_the_same(tmp_path):
    path = tmp_path / "it.png"
    noise = Image.effect_noise((256, 256), 9)
    Image.blend(Image.linear_gradient("L"), noise, 0.05).convert("RGB").save(path)
    before = path.stat().st_size
    shrink(path)
    with Image.open(path) as image:
        assert image.size == (256, 256)
        assert abs(image.convert("L").getpixel((0, 200)) - (0.95 * 200 + 0.05 * 128)) <= 5
    assert path.stat().st_size < before


@pytest.fixture
def page(tmp_path, plan, monkeypatch, finished):
    """Publish experiments with these runs in the store, and give the page's text."""
    monkeypatch.chdir(tmp_path)

    def make(experiments, runs=(), troubles=None, quick=False):
        from nnlab.laboratory.meeting import Archive

        monkeypatch.setattr(publishing, "read_archive", lambda _: Archive(runs))
        path = tmp_path / "docs/laboratory.md"
        said = publish(experiments, Page(path, plan.tracking, None, troubles or {}, quick))
        return path.read_text(encoding="utf-8"), said

    return make


def table(text):
    return [
        [cell.strip() for cell in line.split(" | ")] for line in text.splitlines() if line.startswith("| `")
    ]


def test_a_page_says_of_every_experiment_what_it_reaches(page, experiment, finished, tmp_path):
    from nnlab.identity import identify

    one = experiment(
        "tiny/one", "test accuracy 90 %, test loss 0.5; 650 parameters.", "By hand: test accuracy 91 %."
    )
    two = experiment("tiny/two", "test accuracy 99 %; 651 parameters.", validation_split="test")
    runs = [
        finished({"test/accuracy": 0.9, "test/loss": 0.25}, identity=identify(each.plan, "d", 2))
        for each in (one, two)
    ]
    (tmp_path / "experiments/tiny/README.md").write_text("# Tiny things\n\nOf no use.\n", encoding="utf-8")
    text, said = page([one, two], runs)

    assert said.endswith("docs/laboratory.md: 2 experiments, 2 of them with runs in this store")
    assert text.splitlines()[0].startswith("<!-- `make lab` (`nnlab lab`) writes this page")
    assert "\n## Tiny things\n\nOf no use.\n" in text
    assert "Machine of the runs in this store: A processor, 2 threads. Python ?, tensorflow 2." in text
    assert "Newest run: 2026-01-02." in text
    assert "\n2 experiments: 1 met, 1 not met.\n" in text
    assert table(text) == [
        [
            "| `tiny/one`",
            "Does a &#124; bar break the table?",
            "test accuracy 90 %<br>test loss 0.5",
            "test accuracy 91 %",
            "**test accuracy 90 %** (1)<br>test loss 0.25",
            "650 =",
            "9 s",
            "**met** |",
        ],
        [
            "| `tiny/two`",
            "Does a &#124; bar break the table?",
            "test accuracy 99 %",
            "",
            "**test accuracy 90 %** (1)",
            "650 ≠ 651",
            "9 s",
            "**not met**: 90 % against 99 %, 9 points short; test set watched |",
        ],
    ]


def test_the_headers_get_what_is_reached(page, experiment, finished):
    from nnlab.identity import identify

    one, two = experiment("tiny/one"), experiment("tiny/two", "no number; 650 parameters.", test_split=0.3)
    before = two.file.read_text(encoding="utf-8")
    page([one, two], [finished({"test/accuracy": 0.9}, identity=identify(one.plan, "d", 2))])
    assert (
        "\n# Reached: test accuracy 90 % (1 seed); 9.4 s a run, 2 threads.\nseed: 0\n"
        in one.file.read_text("utf-8")
    )
    assert two.file.read_text(encoding="utf-8") == before


def test_half_a_sweep_has_reached_nothing_yet(page, experiment, finished, plan):
    from nnlab.identity import identify

    other = plan.model_copy(update={"seed": 7, "trainer": plan.trainer.model_copy(update={"epochs": 7})})
    variants = tuple(Variant((f"trainer.epochs={each.trainer.epochs}",), (), each) for each in (plan, other))
    one = replace(experiment(), variants=variants)
    before = one.file.read_text(encoding="utf-8")
    text, _ = page([one], [finished({"test/accuracy": 0.9}, identity=identify(plan, "d", 2))])
    assert "(best of 1 by validation)" in text
    assert "1 of 2 not run yet" in text
    assert one.file.read_text(encoding="utf-8") == before


def test_numbers_of_runs_that_are_elsewhere_are_marked(page, experiment):
    one = experiment(
        "tiny/one",
        "no number.",
        "Reached: test accuracy 90 % (3 seeds); 99 s a run (12 s of processor), 2 threads.",
    )
    text, _ = page([one])
    (row,) = table(text)
    assert row[4] == "**test accuracy 90 %** (3, earlier)"
    assert row[6] == "99 s (12 s of processor)"
    assert "**earlier**: the runs are not in the store" in text


def test_a_sweep_whose_runs_are_elsewhere_keeps_its_table(page, experiment, finished, plan):
    from nnlab.identity import identify

    other = plan.model_copy(update={"trainer": plan.trainer.model_copy(update={"epochs": 7})})
    variants = tuple(Variant((f"trainer.epochs={each.trainer.epochs}",), (), each) for each in (plan, other))
    line = "Reached: test accuracy 92 % (1 seed); 9.0 s a run, 2 threads."
    runs = [finished({"test/accuracy": 0.9}, identity=identify(each, "d", 2)) for each in (plan, other)]
    complete, _ = page([replace(experiment(), variants=variants)], runs)
    assert "(best of 2 by validation)" in complete

    less, _ = page([replace(experiment("tiny/one", "no number.", line), variants=variants)], runs[:1])
    assert "**test accuracy 92 %** (1, earlier)" in less
    assert less[less.index("<details>") :] == complete[complete.index("<details>") :]


def test_a_quick_page_is_marked_and_no_header_changes(page, experiment, finished):
    from nnlab.identity import identify

    one = experiment()
    before = one.file.read_text(encoding="utf-8")
    text, _ = page([one], [finished({"test/accuracy": 0.9}, identity=identify(one.plan, "d", 2))], quick=True)
    assert "**Quick: two epochs of a few batches." in text
    assert one.file.read_text(encoding="utf-8") == before


def test_what_has_no_result_says_why(page, experiment):
    troubles = {"tiny/one": Verdict("parameters only", "digits: no source delivered it")}
    text, said = page([experiment(), experiment("tiny/two")], troubles=troubles)
    assert "2 experiments: 1 parameters only, 1 not run yet." in text
    assert [row[-1] for row in table(text)] == [
        "parameters only: digits: no source delivered it |",
        "not run yet |",
    ]
    assert "Machine" not in text
    assert said.endswith("2 experiments, 0 of them with runs in this store")


def test_every_picture_of_the_page_is_there(page, experiment, finished, tmp_path):
    from nnlab.identity import identify

    one = experiment("tiny/one", "no number.", *FIGURES)
    text, _ = page(
        [one],
        [finished({"test/accuracy": 0.9, "model/zero_weights": 0.1}, HISTORY, identify(one.plan, "d", 2))],
    )
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) == 4
    assert all((tmp_path / "docs" / link).is_file() for link in links)

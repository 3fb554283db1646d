"""A real browser on `nnlab ui`: a run's scores and pictures, a sweep with its runs, and their curves."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from nnlab.tracking import tags

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
)
WAIT = 60
"""Seconds a slow machine may take to show something."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="no browser here: apt-get install chromium chromium-driver"
    ),
]


Trained = tuple[Path, dict[str, Any]]
"""A folder with runs, and what `nnlab runs --json` says of them, by name; the sweep is called `sweep`."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Trained:
    """One short run, and a sweep of two."""
    folder = tmp_path_factory.mktemp("trained")
    nnlab = [sys.executable, "-m", "nnlab"]
    words = ["model=mlp", "dataset=digits", "trainer.epochs=3"]
    for more in (["name=shown"], ["-m", "model.neurons=4,8"]):
        subprocess.run([*nnlab, *words, *more], cwd=folder, check=True, timeout=300)
    listed = subprocess.run([*nnlab, "runs", "--json"], cwd=folder, check=True, capture_output=True)
    rows = json.loads(listed.stdout)
    return folder, {"sweep" if tags.SWEEP in row["tags"] else row["name"]: row for row in rows}


@pytest.fixture(scope="module")
def told(trained) -> Iterator[str]:
    """The address that `nnlab ui` prints; ended with Ctrl-C, as a person does."""
    words = [sys.executable, "-m", "nnlab", "ui", "--port", "5700"]
    page = subprocess.Popen(words, cwd=trained[0], stdout=subprocess.PIPE, text=True)
    assert page.stdout
    try:
        yield next(line.split()[0] for line in page.stdout if line.startswith("http"))
    finally:
        page.send_signal(signal.SIGINT)
        assert page.wait(30) == 0


@pytest.fixture(scope="module")
def address(told) -> str:
    """Where the page is served."""
    return told.split("/#/")[0]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium without a window, with a profile of its own."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    yield driver
    driver.quit()


def experiment_of(trained: Trained) -> str:
    from mlflow import MlflowClient

    found = MlflowClient(f"sqlite:///{trained[0]}/mlflow.db").get_run(trained[1]["shown"]["id"])
    return found.info.experiment_id


def run_page(trained: Trained, address: str, name: str = "shown") -> str:
    return f"{address}/#/experiments/{experiment_of(trained)}/runs/{trained[1][name]['id']}"


def keep_picture(browser, name: str) -> None:
    """A screenshot, for a person who asks for one with NNLAB_SCREENSHOTS=FOLDER."""
    if folder := os.environ.get("NNLAB_SCREENSHOTS"):
        browser.save_screenshot(str(Path(folder) / f"{name}.png"))


def wait_for_words(browser, *wanted: str) -> None:
    """Return as soon as the page shows all of them."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, WAIT).until(
        lambda page: all(word in page.find_element("tag name", "body").text for word in wanted),
        f"{browser.current_url} shows not all of {wanted}",
    )


def test_the_address_leads_to_the_experiments_of_trained_networks(told, browser):
    browser.get(told)
    wait_for_words(browser, "Model training", "Model registry", "digits-classification")
    assert "Welcome" not in browser.find_element("tag name", "body").text
    keep_picture(browser, "experiments")


def test_the_page_shows_the_scores(trained, address, browser):
    browser.get(run_page(trained, address))
    accuracy = trained[1]["shown"]["scores"]["test/accuracy"]
    wait_for_words(browser, "shown", "test/accuracy", f"{accuracy:.4f}"[:5], "val/loss")
    keep_picture(browser, "scores")


def test_the_confusion_matrix_is_shown_as_a_picture(trained, address, browser):
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(f"{run_page(trained, address)}/artifacts/plots/confusion.png")
    WebDriverWait(browser, WAIT).until(
        lambda page: widest_picture(page) > 400, "no picture of the confusion matrix on the page"
    )
    wait_for_words(browser, "confusion.png")
    keep_picture(browser, "confusion")


def widest_picture(page) -> int:
    """The natural width of the widest picture that is loaded and visible; 0 where there is none."""
    script = """return Math.max(0, ...[...document.images]
        .filter(image => image.complete && image.clientWidth > 100).map(image => image.naturalWidth))"""
    return page.execute_script(script)


def children_of(trained: Trained) -> list[dict[str, Any]]:
    parent = trained[1]["sweep"]["id"]
    return [row for row in trained[1].values() if row["tags"].get(tags.PARENT) == parent]


def test_the_runs_of_a_sweep_stand_below_it(trained, address, browser):
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(f"{address}/#/experiments/{experiment_of(trained)}/runs?workflowType=machine_learning")
    wait = WebDriverWait(browser, WAIT)
    sweep = wait.until(lambda page: links(page, trained[1]["sweep"]))[0]
    assert links(browser, trained[1]["shown"])
    assert not any(links(browser, child) for child in children_of(trained))
    sweep.find_element("xpath", "./ancestor::*[@role='gridcell']//button").click()
    wait.until(
        lambda page: all(links(page, child) for child in children_of(trained)), "not all children are shown"
    )
    keep_picture(browser, "children")
    nested = [links(browser, child)[0].location["x"] for child in children_of(trained)]
    assert min(nested) > sweep.location["x"]


def links(page, row: dict[str, Any]) -> list[Any]:
    return page.find_elements("css selector", f"a[href*='{row['id']}']")


def test_the_figures_of_a_sweep_are_shown_as_pictures(trained, address, browser):
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(f"{run_page(trained, address, 'sweep')}/artifacts/plots/learning_loss.png")
    WebDriverWait(browser, WAIT).until(lambda page: widest_picture(page) > 400, "no picture of the curves")
    # The list of files beside the picture is read on its own.
    wait_for_words(browser, "score_by_key.png", "parallel.png", "ledger.jsonl")
    keep_picture(browser, "curves")


def test_one_chart_compares_two_runs_of_a_sweep_epoch_by_epoch(trained, address, browser):
    from selenium.webdriver.support.ui import WebDriverWait

    runs, metric = [child["id"] for child in children_of(trained)], "val/accuracy"
    asked = {
        "runs": runs,
        "metric": metric,
        "experiments": [experiment_of(trained)],
        "plot_metric_keys": [metric],
    }
    words = urlencode({key: json.dumps(value) for key, value in asked.items()})
    browser.get(f"{address}/#/metric?{words}&x_axis=step")
    script = """return [...document.querySelectorAll('.js-plotly-plot')]
        .flatMap(plot => plot.data.map(line => [line.name, line.x, line.y]))"""
    names = {child["name"] for child in children_of(trained)}

    def both(page) -> list[Any] | None:
        found = page.execute_script(script)
        return found if names <= {name for name, _, _ in found} else None

    drawn = WebDriverWait(browser, WAIT).until(both, "no chart of both runs")
    keep_picture(browser, "chart")
    curves = {name: (steps, values) for name, steps, values in drawn}
    assert set(curves) == names
    for child in children_of(trained):
        steps, values = curves[child["name"]]
        assert steps == [1, 2, 3]
        assert values[-1] == pytest.approx(child["scores"]["val/accuracy"])

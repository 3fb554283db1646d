"""A real browser on `nnlab ui`: the page of a real run shows its scores, and the confusion matrix as a picture."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A folder with one short run, and what `nnlab runs --json` says of it."""
    folder = tmp_path_factory.mktemp("trained")
    words = ["model=mlp", "dataset=digits", "trainer.epochs=3", "name=shown"]
    subprocess.run([sys.executable, "-m", "nnlab", *words], cwd=folder, check=True, timeout=300)
    listed = subprocess.run(
        [sys.executable, "-m", "nnlab", "runs", "--json"], cwd=folder, check=True, capture_output=True
    )
    (row,) = json.loads(listed.stdout)
    return folder, row


@pytest.fixture(scope="module")
def address(trained) -> Iterator[str]:
    """Where `nnlab ui` serves the page; ended with Ctrl-C, as a person does."""
    words = [sys.executable, "-m", "nnlab", "ui", "--port", "5700"]
    page = subprocess.Popen(words, cwd=trained[0], stdout=subprocess.PIPE, text=True)
    assert page.stdout
    try:
        yield next(line.split()[0] for line in page.stdout if line.startswith("http"))
    finally:
        page.send_signal(signal.SIGINT)
        assert page.wait(30) == 0


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


def run_page(trained, address: str) -> str:
    from mlflow import MlflowClient

    folder, row = trained
    run = MlflowClient(f"sqlite:///{folder}/mlflow.db").get_run(row["id"])
    return f"{address}/#/experiments/{run.info.experiment_id}/runs/{row['id']}"


def keep_picture(browser, name: str) -> None:
    """A screenshot, for a person who asks for one with NNLAB_SCREENSHOTS=FOLDER."""
    if folder := os.environ.get("NNLAB_SCREENSHOTS"):
        browser.save_screenshot(str(Path(folder) / f"{name}.png"))


def test_the_page_shows_the_scores(trained, address, browser):
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(run_page(trained, address))
    wanted = ("shown", "test/accuracy", f"{trained[1]['scores']['test/accuracy']:.4f}"[:5], "val/loss")
    WebDriverWait(browser, WAIT).until(
        lambda page: all(text in page.find_element("tag name", "body").text for text in wanted),
        f"the page of the run shows not all of {wanted}",
    )
    keep_picture(browser, "scores")


def test_the_confusion_matrix_is_shown_as_a_picture(trained, address, browser):
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(f"{run_page(trained, address)}/artifacts/plots/confusion.png")
    WebDriverWait(browser, WAIT).until(
        lambda page: widest_picture(page) > 400, "no picture of the confusion matrix on the page"
    )
    assert "confusion.png" in browser.find_element("tag name", "body").text
    keep_picture(browser, "confusion")


def widest_picture(page) -> int:
    """The natural width of the widest picture that is loaded and visible; 0 where there is none."""
    script = """return Math.max(0, ...[...document.images]
        .filter(image => image.complete && image.clientWidth > 100).map(image => image.naturalWidth))"""
    return page.execute_script(script)

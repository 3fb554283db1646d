"""Figures are drawn beside a run, by a process that is forked where that is safe and started where it is not."""

import os
import subprocess
import sys
import textwrap

import pytest

from nnlab.errors import WorkError
from nnlab.figure_process import FigureProcess

FORKED = """
    import os, sys
    from pathlib import Path
    import matplotlib.backends.backend_agg, matplotlib.figure, nnlab.evaluation
    from nnlab.figure_process import FigureProcess

    with FigureProcess() as figures:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        words = [Path(f"/proc/{child}/cmdline").read_bytes().split(b"\\0")[1] for child in children]
        for _ in range(2):
            figures.draw("not what draw_figures takes")
            try:
                figures.wait()
            except TypeError as error:
                print(words, "answered", "draw_figures" in str(error))
    print(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_what_has_imported_everything_forks_it():
    program = textwrap.dedent(FORKED)
    # One thread, as a worker of a sweep: numpy's own would be a second.
    settings = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=settings)
    assert done.stdout.splitlines() == ["[b'-c'] answered True"] * 2 + ["[]"], done.stderr


def test_elsewhere_it_is_a_program_of_its_own_that_answers_more_than_once():
    with FigureProcess() as figures:
        for _ in range(2):
            figures.draw("not what draw_figures takes")
            with pytest.raises(TypeError, match="draw_figures"):
                figures.wait()


def test_one_that_died_is_said():
    figures = FigureProcess()
    with figures:
        figures._end()
        figures.draw("anything")
        with pytest.raises(WorkError, match="the process that draws them ended early"):
            figures.wait()

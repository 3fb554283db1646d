"""Figures are drawn beside a run, by a process that is forked where that is safe and started where it is not."""

import errno
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

    with FigureProcess(int(sys.argv[1])) as figures:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        words = [Path(f"/proc/{child}/cmdline").read_bytes().split(b"\\0")[1] for child in children]
        for _ in range(2):
            figures.draw("not what plan_figures takes")
            try:
                figures.wait()
            except TypeError as error:
                print(words, "answered", "plan_figures" in str(error))
    print(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
"""


HALVES = """
    import os
    from pathlib import Path
    from nnlab.errors import WorkError
    from nnlab.figure_process import _draw_in_two

    def note(name):
        return lambda: Path(name) if Path(name).write_text(str(os.getpid())) else None

    def fail():
        raise OSError("the disk is full")

    print(*(path.name for path in _draw_in_two([note("one"), note("two"), note("three")])))
    drawn_by = [Path(name).read_text() for name in ("one", "two", "three")]
    print(drawn_by[0] == drawn_by[2] != drawn_by[1])
    for half in ([note("one"), fail], [fail, note("two")], [note("one"), lambda: os._exit(9)]):
        try:
            _draw_in_two(half)
        except (OSError, WorkError) as error:
            print(error)
"""


def test_every_other_figure_is_drawn_by_another_process(tmp_path):
    program = textwrap.dedent(HALVES)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    full, died = (
        "the disk is full",
        "figures: the process that draws them ended early; is there enough memory?",
    )
    assert done.stdout.splitlines() == ["one three two", "True", full, full, died], done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@pytest.mark.parametrize(("cores", "beside"), [("2", "[b'-c']"), ("1", "[]")])
def test_what_has_imported_everything_forks_it_or_draws_with_its_only_core(cores: str, beside: str):
    program = textwrap.dedent(FORKED)
    # One thread, as a worker of a sweep: numpy's own would be a second.
    settings = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program, cores], capture_output=True, text=True, env=settings
    )
    assert done.stdout.splitlines() == [f"{beside} answered True"] * 2 + ["[]"], done.stderr


def test_elsewhere_it_is_a_program_of_its_own_that_answers_more_than_once():
    with FigureProcess(2) as figures:
        for _ in range(2):
            figures.draw("not what plan_figures takes")
            with pytest.raises(TypeError, match="plan_figures"):
                figures.wait()


def test_one_that_died_is_said():
    figures = FigureProcess(2)
    with figures:
        figures._end()
        figures.draw("anything")
        with pytest.raises(WorkError, match="the process that draws them ended early"):
            figures.wait()


class Refusing:
    """subprocess.Popen, but the first starts end with an error of Linux's."""

    def __init__(self, number, times):
        self.number, self.left, self.asked, self.start = number, times, 0, subprocess.Popen

    def __call__(self, *words, **named):
        self.asked += 1
        if self.left:
            self.left -= 1
            raise OSError(self.number, os.strerror(self.number), sys.executable)
        return self.start(*words, **named)


@pytest.mark.parametrize(
    ("number", "times", "asked"), [(errno.EFAULT, 2, 3), (errno.EFAULT, 9, 5), (errno.ENOENT, 1, 1)]
)
def test_a_bad_address_is_no_reason_to_give_up_at_once(monkeypatch, number, times, asked):
    refusing = Refusing(number, times)
    monkeypatch.setattr(subprocess, "Popen", refusing)
    monkeypatch.setattr("nnlab.figure_process._can_fork", lambda: False)
    if asked == 3:
        with FigureProcess(2):
            pass
    else:
        with pytest.raises(OSError, match=os.strerror(number)), FigureProcess(2):
            pass
    assert refusing.asked == asked

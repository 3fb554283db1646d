"""Figures drawn in a process of their own: it imports matplotlib during training, and draws during saving.

`python -m nnlab.figure_process` reads the arguments of `draw_figures`, pickled, from its parent and answers
with the files, or with the error that `draw_figures` raised.
"""

import pickle
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

from nnlab.errors import WorkError


class FigureProcess:
    """Draws a run's figures beside the run. Use as a context manager; leaving it ends the process."""

    def __init__(self) -> None:
        # A session of its own: Ctrl-C is for the run, which then decides what becomes of its figures.
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._answer = b""
        self._thread: Thread | None = None

    def __enter__(self) -> "FigureProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def draw(self, *arguments: Any) -> None:
        """Begin what `draw_figures(*arguments)` does, and return at once."""
        self._thread = Thread(target=self._ask, args=(pickle.dumps(arguments),), daemon=True)
        self._thread.start()

    def _ask(self, question: bytes) -> None:
        self._answer, _ = self._process.communicate(question)

    def wait(self) -> list[Path]:
        """The files, once they are there. Raises what `draw_figures` raises; WorkError where the process died."""
        if self._thread is None:
            raise RuntimeError("FigureProcess.draw comes before wait")
        self._thread.join()
        if not self._answer:
            raise WorkError("figures: the process that draws them ended early; is there enough memory?")
        answer = pickle.loads(self._answer)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _serve() -> None:
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401

    from nnlab.evaluation import draw_figures

    arguments = pickle.load(sys.stdin.buffer)
    try:
        answer: Any = draw_figures(*arguments)
    except Exception as error:
        answer = error
    sys.stdout.buffer.write(pickle.dumps(answer))


if __name__ == "__main__":
    _serve()

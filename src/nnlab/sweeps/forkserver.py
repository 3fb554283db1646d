"""The process that has imported everything and forks each run: 0.02 s where imports would take seconds.

`python -m nnlab.sweeps.forkserver FD` is started by `nnlab.sweeps.workers` with one end of a socket. It runs no
TensorFlow operation and opens no device and no database, for what these start does not survive a fork. Published
arrays are read once, in it, and its workers find them in the memory they share with it. When the
socket closes, because its parent has ended in whatever way, it ends its workers and itself.
"""

import gc
import importlib
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import IO, NoReturn

from nnlab.checking.crosschecks import network_rows
from nnlab.data.published import Known, Published
from nnlab.data.source import share
from nnlab.errors import Pruned
from nnlab.evaluation.figures import practise
from nnlab.plan import Plan
from nnlab.signals import ENDING, Interrupted, die_with
from nnlab.sweeps.messages import Answer, Ended, Start, Started
from nnlab.tracking.address import redact
from nnlab.tracking.client import prepare_connecting, set_mlflow
from nnlab.tracking.environment import requirements
from nnlab.tracking.models import preload as preload_models
from nnlab.tracking.process import name_process
from nnlab.training.runtime import import_tensorflow, read_operations

_BYTES = 1 if sys.platform == "darwin" else 1024
"""The unit of ru_maxrss."""


_PRELOADED = (
    "alembic.command",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "mlflow.pyfunc",
    "mlflow.store.tracking.sqlalchemy_workspace_store",
    "pandas",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "sqlalchemy.dialects.sqlite",
    "nnlab.evaluation",
    "nnlab.job",
)


def preload() -> None:
    """Import what a run needs. Nothing here may compute, connect, or start a thread."""
    import_tensorflow()
    read_operations()
    set_mlflow()
    for name in _PRELOADED:
        with suppress(ImportError):  # of another version of a library; who needs it says so
            importlib.import_module(name)
    practise()
    prepare_connecting()
    preload_models()
    requirements()


class Server:
    """Takes Start messages from `channel`, and says what becomes of them."""

    def __init__(self, channel: Connection, grace: float = 10.0):
        self.channel, self.grace = channel, grace
        self.children: dict[int, tuple[int, IO[bytes]]] = {}
        self._wake, self._woken = os.pipe()
        for end in (self._wake, self._woken):
            os.set_blocking(end, False)

    def serve(self) -> None:
        """Work until the other end of the channel closes; then end what still runs."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        try:
            self.channel.send(None)
            while True:
                ready = wait([self.channel, self._wake])
                self._reap()
                if self.channel in ready:
                    self._start(self.channel.recv())
        except (EOFError, ConnectionError):
            self._end_all()

    def _start(self, start: Start) -> None:
        answer, server = tempfile.TemporaryFile(), os.getpid()  # noqa: SIM115
        if start.plan:
            _foresee(start.plan)
        try:
            pid = os.fork()
        except OSError as error:
            reason = f"no process could be started: {error.strerror}"
            self.channel.send(Ended(start.number, 1, Answer(error="OSError", reason=reason), 0.0))
            return
        if pid == 0:
            self.channel.close()
            signal.set_wakeup_fd(-1)
            _work(start, answer, server)
        self.children[pid] = (start.number, answer)
        self.channel.send(Started(start.number, pid, name_process(pid)))

    def _reap(self) -> None:
        """Say which children have ended."""
        with suppress(BlockingIOError):
            os.read(self._wake, 4096)
        while self.children:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            number, answer = self.children.pop(pid)
            with answer:
                said = _read(answer)
            code = os.waitstatus_to_exitcode(status)
            self.channel.send(Ended(number, code, said, usage.ru_maxrss * _BYTES / 1e6))

    def _end_all(self) -> None:
        """Ask every child to end, then end it: nobody is left who could be told how."""
        for number, seconds in ((signal.SIGTERM, self.grace), (signal.SIGKILL, self.grace)):
            for pid in self.children:
                os.kill(pid, number)
            deadline = time.monotonic() + seconds
            while self.children and time.monotonic() < deadline:
                pid, *_ = os.waitpid(-1, os.WNOHANG)
                self.children.pop(pid, None)
                if pid == 0:
                    time.sleep(0.05)


def _foresee(plan: Plan) -> None:
    """Find out here, once, what every process would have to: published arrays, and what Keras's layers take.

    Of datasets that have to be looked at first, in files of the user's, each process does so itself.
    """
    with suppress(Exception):  # whatever is wrong the run says itself
        if isinstance(plan.dataset, Known):
            network_rows(plan, plan.dataset.spec())
        if isinstance(plan.dataset, Published) and (source := share(plan.dataset)):
            plan.dataset.hold(source)


def _read(answer: IO[bytes]) -> Answer | None:
    answer.seek(0)
    try:
        return pickle.load(answer)
    except Exception:  # whatever a half-written pickle raises
        return None


def _work(start: Start, answer: IO[bytes], server: int) -> NoReturn:
    """Be the worker: everything ends here, nothing of the server runs on in it."""
    code = 1
    try:
        said, code = _carry(start, server)
        pickle.dump(said, answer)
        answer.flush()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _carry(start: Start, server: int) -> tuple[Answer, int]:
    """Do the work; what to answer, and the exit code."""
    try:
        _settle(start, server)
        return Answer(start.function(*start.arguments)), 0
    except Interrupted as error:
        return Answer(error="Interrupted", reason=str(error)), error.exit_code
    except Pruned as pruned:
        return Answer(error="Pruned", reason=str(pruned)), pruned.exit_code
    except BaseException as error:
        print(redact(traceback.format_exc()), file=sys.stderr)
        name = type(error).__name__
        reason = f"the run ended itself: exit({error.code})" if isinstance(error, SystemExit) else str(error)
        first = next(iter(reason.strip().splitlines()), name)
        return Answer(error=name, reason=redact(first)), getattr(error, "exit_code", 1)


def _settle(start: Start, server: int) -> None:
    """A process of one's own: ends with the server, prints into the log, hears signals as a fresh one does."""
    die_with(server)
    os.setsid()
    for number in (*ENDING, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.environ.update(start.settings)
    start.log.parent.mkdir(parents=True, exist_ok=True)
    log = os.open(start.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)


def main() -> int:
    """Serve the socket whose descriptor is the first word."""
    # A cluster asks all processes of a job at once; this one's parent ends the runs, and closes the socket.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    preload()
    gc.freeze()  # what is shared with the workers stays shared: their collector does not write on it
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Server(Connection(int(sys.argv[1]))).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())

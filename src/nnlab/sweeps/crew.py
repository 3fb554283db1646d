"""The carrier that is this machine: a process a job, watched against limits, its end put into words."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from nnlab.job import carry_out
from nnlab.outcome import Outcome
from nnlab.plan import Plan
from nnlab.sweeps.jobs import Job, Limits, Result, State
from nnlab.sweeps.messages import Answer, Ended, Started
from nnlab.sweeps.watching import count_system_kills, megabytes_held
from nnlab.sweeps.workers import Workers
from nnlab.tracking.abandoned import finish_abandoned

_TICK = 0.2
_MEMORY_ERRORS = ("MemoryError", "ResourceExhaustedError")
_CLEARING_SECONDS = 60.0
_ENDED: dict[str, State] = {"Interrupted": "KILLED", "Pruned": "PRUNED"}


@dataclass
class _Task:
    """A process under way.

    why: the state and reason it was asked to end for. result: of the run it clears up after.
    """

    job: Job
    log: Path
    began: float
    process: str = ""
    pid: int = 0
    why: tuple[State, str] | None = None
    deadline: float = float("inf")
    result: Result | None = None
    gpu: str | None = None


def carry_job(job: Job) -> Outcome:
    """What a worker does with a job."""
    return carry_out(job.plan, job.words, job.tags)


@contextmanager
def crew_of(limits: Limits, logs: Path) -> Iterator["Crew"]:
    """A crew with a forkserver of its own, which ends with the block. limits, logs: as Crew has them."""
    with Workers() as workers:
        yield Crew(workers, limits, logs)


class Crew:
    """Jobs under way, at most `limits.workers` at once. grace, time and memory: see Limits.

    logs: a folder; what the process of job 3 prints goes into 3.log. carry: what is done with a job, a function
    that can be imported.
    """

    def __init__(
        self, workers: Workers, limits: Limits, logs: Path, carry: Callable[[Job], Outcome] = carry_job
    ):
        self.workers, self.limits, self.logs, self.carry = workers, limits, logs, carry
        self._tasks: dict[int, _Task] = {}
        self._numbers = 0
        self._system_kills = count_system_kills()

    @property
    def busy(self) -> bool:
        """Whether any process is under way."""
        return bool(self._tasks)

    @property
    def has_room(self) -> bool:
        """Whether another job may start."""
        return len(self._tasks) < self.limits.workers

    def start(self, job: Job) -> None:
        """Begin a job."""
        log = self.logs / f"{job.number}.log"
        self._begin(_Task(job, log, time.monotonic(), gpu=self._free_gpu()), self.carry, (job,), job.plan)

    def _free_gpu(self) -> str | None:
        """The GPU with the fewest runs on it."""
        used = Counter(task.gpu for task in self._tasks.values())
        return min(self.limits.gpus, key=lambda gpu: used[gpu], default=None)

    def _begin(
        self,
        task: _Task,
        function: Callable[..., object],
        arguments: tuple[object, ...],
        plan: Plan | None = None,
    ) -> None:
        self._numbers += 1
        self._tasks[self._numbers] = task
        settings = {"CUDA_VISIBLE_DEVICES": task.gpu} if task.gpu else {}
        self.workers.start(self._numbers, function, arguments, task.log, settings, plan)

    def stop(self, number: int) -> None:
        """Ask every process to end, because this one was asked to by signal `number`."""
        for key, task in self._tasks.items():
            if task.why is None and task.result is None:
                self._ask(key, task, "KILLED", f"ended by {signal.Signals(number).name}")

    def wait(self) -> Iterator[Result]:
        """The results of what has ended within a moment; asks to end what is past its limits."""
        for message in self.workers.events(_TICK):
            if isinstance(message, Started) and (task := self._tasks.get(message.number)):
                task.process, task.pid, task.began = message.process, message.pid, time.monotonic()
            elif isinstance(message, Ended):
                yield from self._end(self._tasks.pop(message.number), message)
        for key, task in self._tasks.items():
            if task.pid:
                self._watch(key, task)

    def _watch(self, key: int, task: _Task) -> None:
        now, limits = time.monotonic(), self.limits
        if now > task.deadline:
            self.workers.signal(key, signal.SIGKILL)
        elif task.why is None and limits.seconds and now - task.began > limits.seconds:
            self._ask(key, task, "TIMEOUT", f"ran past its limit of {limits.seconds:g} s")
        elif task.why is None and limits.megabytes and (held := megabytes_held(task.pid)) > limits.megabytes:
            task.why = ("OUT_OF_MEMORY", f"held {held:.0f} MB, past its limit of {limits.megabytes:g} MB")
            self.workers.signal(key, signal.SIGKILL)

    def _ask(self, key: int, task: _Task, state: State, reason: str) -> None:
        task.why, task.deadline = (state, reason), time.monotonic() + self.limits.grace
        self.workers.signal(key, signal.SIGTERM)

    def _end(self, task: _Task, ended: Ended) -> Iterator[Result]:
        """The result; where the run could not put its record in order itself, only after somebody else has."""
        if task.result is not None:
            yield task.result
            return
        result = self._judge(task, ended)
        if result.good or (ended.answer and task.why is None):
            yield result
            return
        status = "FAILED" if result.state in ("FAILED", "OUT_OF_MEMORY") else "KILLED"
        arguments = (task.job.plan.tracking, task.process, status, result.reason)
        clearing = replace(task, result=result, why=None, deadline=time.monotonic() + _CLEARING_SECONDS)
        self._begin(clearing, finish_abandoned, arguments)

    def _judge(self, task: _Task, ended: Ended) -> Result:
        state, reason = self._state(task, ended)
        outcome = ended.answer.value if ended.answer and state in ("FINISHED", "MET") else None
        seconds = time.monotonic() - task.began
        return Result(task.job, state, outcome, reason, seconds, ended.megabytes, task.log)

    def _state(self, task: _Task, ended: Ended) -> tuple[State, str]:
        answer = ended.answer
        if answer and not answer.error:
            met = isinstance(answer.value, Outcome) and answer.value.met
            return "MET" if met else "FINISHED", ""
        if task.why:
            return task.why
        return _told(answer) if answer else self._untold(ended.code)

    def _untold(self, code: int) -> tuple[State, str]:
        """Why a process that said nothing is gone."""
        if code >= 0:
            return "FAILED", f"the process ended itself with exit code {code}"
        kills = count_system_kills()
        if -code == signal.SIGKILL and kills > self._system_kills:
            self._system_kills = kills
            return "OUT_OF_MEMORY", "killed by the system, which was out of memory"
        return "KILLED", f"killed by {signal.Signals(-code).name}"


def _told(answer: Answer) -> tuple[State, str]:
    if answer.error in _ENDED:
        return _ENDED[answer.error], answer.reason
    return "OUT_OF_MEMORY" if answer.error in _MEMORY_ERRORS else "FAILED", answer.reason

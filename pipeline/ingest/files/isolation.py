"""One bad file costs only itself: a reader that dies, or wants too much memory or time, never ends the run.

Readers are written to refuse what they cannot read. This is for what they do not foresee: libraries in Rust and C end their
process when memory is refused to them. With workers it is a worker that dies; what was under way is then read again, file
after file in a process that may die, and the file at which it does is given up. Without workers, files that only such a
library can look into are read in that process from the beginning.
"""

import faulthandler
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from traceback import extract_tb
from typing import Generic, TypeVar

from pipeline.problems import ProblemError
from pipeline.workers import one_thread_each

Job = TypeVar("Job")
Result = TypeVar("Result")
_AT_ONCE = 4
_UNDER_WAY = 16
_LEAST_MEMORY = 8 * 2**30
_STOPPED = (
    "a file at which the reader stops: it is damaged, or wants too much memory or time",
    "a whole file of ordinary size; open it in a spreadsheet program and save the sheets that count as .xlsx or CSV",
)


@dataclass(frozen=True)
class Isolated(Generic[Job, Result]):
    """A kind of work, done one job after the other so that a job which fails costs only itself.

    `name` is the file in messages, `seconds` how long the work may take, `may_end_the_process` whether it may crash
    the process past any `except`. `give_up` makes the result of a job that cannot be done.
    """

    work: Callable[[Job], Result]
    name: Callable[[Job], str]
    seconds: Callable[[Job], float]
    may_end_the_process: Callable[[Job], bool]
    give_up: Callable[[Job, ProblemError], Result]

    def results(self, jobs: Sequence[Job], executor: Executor | None) -> Iterator[Result]:
        """Do all jobs, in whatever order they end."""
        suspects: list[Job] = []
        if executor is None:
            suspects += filter(self.may_end_the_process, jobs)
            yield from (self._do(job) for job in jobs if not self.may_end_the_process(job))
        else:
            yield from self._spread(jobs, executor, suspects)
        yield from self._one_by_one(suspects)

    def _spread(self, jobs: Sequence[Job], executor: Executor, suspects: list[Job]) -> Iterator[Result]:
        """Do jobs in a pool; those that were under way when one of its processes died are suspects."""
        waiting = deque(jobs[start : start + _AT_ONCE] for start in range(0, len(jobs), _AT_ONCE))
        under_way: dict[Future[list[Result]], Sequence[Job]] = {}
        while waiting or under_way:
            while waiting and len(under_way) < _UNDER_WAY:
                some = waiting.popleft()
                try:
                    under_way[executor.submit(self._do_limited, some)] = some
                except BrokenExecutor:
                    suspects += some
            for future in wait(under_way, return_when=FIRST_COMPLETED).done if under_way else ():
                some = under_way.pop(future)
                try:
                    yield from future.result()
                except BrokenExecutor:
                    suspects += some

    def _one_by_one(self, jobs: Sequence[Job]) -> Iterator[Result]:
        """Do each job in a process that may die of it."""
        process: ProcessPoolExecutor | None = None
        for job in jobs:
            process = process or ProcessPoolExecutor(1, get_context("spawn"), initializer=one_thread_each)
            try:
                yield from process.submit(self._do_limited, [job]).result()
            except BrokenExecutor:
                process.shutdown()
                process = None
                yield self.give_up(job, ProblemError(self.name(job), *_STOPPED))
        if process:
            process.shutdown()

    def _do_limited(self, jobs: Sequence[Job]) -> list[Result]:
        results = []
        for job in jobs:
            with _limited(self.seconds(job)):
                results.append(self._do(job))
        return results

    def _do(self, job: Job) -> Result:
        try:
            return self.work(job)
        except (ProblemError, OSError):
            raise
        except MemoryError:
            problem = ProblemError(self.name(job), *_STOPPED)
        except Exception as error:
            problem = ProblemError(
                self.name(job),
                f"a file at which the program stumbles ({type(error).__name__} in {_where(error)})",
                "a table as docs/sources.md describes them; please report this line with the file",
            )
        return self.give_up(job, problem)


def _where(error: Exception) -> str:
    """The module and line at which an error was raised: the last one of this program, without its folder."""
    frames = extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f"{Path(own[-1].filename).name}, line {own[-1].lineno}"


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """End this process if what follows takes too long, and refuse it memory that the machine does not have."""
    with open(os.devnull, "w") as nowhere, _limited_memory():
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def _limited_memory() -> Iterator[None]:
    """Limit the memory of this process, on systems that can; the limit is lifted before other programs start."""
    if sys.platform == "win32":
        yield
        return
    import resource

    of_machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = max(_LEAST_MEMORY, of_machine * 3 // 4)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))

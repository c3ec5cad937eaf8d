"""Worker processes for work that fans out."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.connection import wait
from threading import Thread
from typing import Any

from pipeline.terminal import quiet_libraries, take_any_text

# glibc gives arrays of more than 128 KB back to the system and asks for them again at the next file, page by page: a sixth
# of the time of reading large text files. Its settings are read when a process starts; elsewhere they mean nothing.
_KEPT_BY_GLIBC = {"MALLOC_MMAP_THRESHOLD_": str(64 * 2**20), "MALLOC_TRIM_THRESHOLD_": str(256 * 2**20)}


@contextmanager
def worker_pool(workers: int) -> Iterator[Executor | None]:
    """A process pool, or None for one worker. Any concurrent.futures.Executor may stand in its place."""
    if workers <= 1:
        yield None
        return
    with LastingPool(workers) as pool:
        yield pool


def warm_up(executor: Executor | None, module: str) -> None:
    """Have the workers of a pool import a module while this process is at something that needs none of them."""
    if isinstance(executor, LastingPool):
        for _ in range(executor.workers):
            executor.submit(import_module, module)


@contextmanager
def side_by_side(executor: Executor | None) -> Iterator[Callable[..., Iterator[Any]]]:
    """A `map` whose calls go on at once, in threads, where they have an executor for their work; else the usual one.

    After an error, an interruption among them, nothing is waited for.
    """
    if executor is None:
        yield map
        return
    threads = ThreadPoolExecutor()
    try:
        yield threads.map
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


class LastingPool(Executor):
    """A process pool that goes on with new processes after one of them died: what was under way then is lost."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool = self._new()

    def submit(self, fn, /, *args, **kwargs):
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._pool = self._new()
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def __exit__(self, kind, error, trace) -> None:
        """After an interruption nothing is waited for."""
        if kind is not KeyboardInterrupt:
            super().__exit__(kind, error, trace)
            return
        processes = list(
            (self._pool._processes or {}).values()
        )  # terminate_workers is there from Python 3.14 on
        self.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(1)

    def _new(self) -> ProcessPoolExecutor:
        for name, size in _KEPT_BY_GLIBC.items():
            os.environ.setdefault(name, size)
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.workers, mp_context=context, initializer=_prepare)


def _prepare() -> None:
    """An interruption is for the parent, which ends its workers; when the parent is killed, they end by themselves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := multiprocessing.parent_process():
        Thread(target=_end_after, args=[parent.sentinel], daemon=True).start()
    take_any_text()
    quiet_libraries()
    one_thread_each()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def one_thread_each() -> None:
    """Keep the arithmetic libraries to one thread a process; must be called before they are imported."""
    for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")

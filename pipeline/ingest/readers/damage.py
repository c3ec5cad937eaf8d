"""Whatever a library raises or prints on a damaged workbook becomes one ProblemError that says what to do."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.problems import Location, ProblemError

DAMAGED = "a workbook that cannot be opened: it is damaged or was cut off"
SEND_AGAIN = (
    "a whole workbook; if a spreadsheet program opens it, save it there as .xlsx, else ask for it again"
)


class DamageError(Exception):
    """A workbook that lacks what it should have; its text says what was found."""


@contextmanager
def damage_told(name: str, sheet: str = "") -> Iterator[None]:
    """Turn whatever is raised in here into a ProblemError, a panic of Rust included, and keep messages off the terminal."""
    try:
        with _silence():
            yield
    except (ProblemError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except MemoryError:
        found = "a workbook that needs more memory than there is"
        raise ProblemError(Location(name, sheet), found, "the sheets that count as CSV") from None
    except DamageError as error:
        raise ProblemError(Location(name, sheet), str(error), SEND_AGAIN) from None
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise ProblemError(Location(name, sheet), DAMAGED, SEND_AGAIN) from None


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing on stderr; Rust writes past Python, so the file descriptor is redirected."""
    try:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:
        yield
        return
    try:
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)

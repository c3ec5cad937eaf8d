"""What reaches the terminal: any text, whatever it can show, and nothing that libraries say among themselves."""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings


def take_any_text() -> None:
    """A character that the terminal cannot show is written as its code: a name must not end a run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def quiet_libraries() -> None:
    """Warnings and log lines of libraries are for us, not for the analyst; `python -W default` shows them.

    What the pipeline itself logs, such as that something stored was damaged, is a line on the terminal.
    """
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
    if not logging.root.handlers:
        logging.root.addHandler(logging.NullHandler())
    logging.getLogger("pipeline").addHandler(logging.lastResort)

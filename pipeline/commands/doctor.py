"""`sitrep doctor`: what is missing on this machine and in this workspace."""

from pathlib import Path

from pipeline.commands.console import DONE, REFUSED, say
from pipeline.doctor import examine


def doctor(root: Path) -> int:
    status = DONE
    for check in examine(root):
        is_stopped = bool(check.mend) and check.stops
        say(f"{'!!' if is_stopped else '- ' if check.mend else 'ok'}  {check.subject}: {check.found}")
        if check.mend:
            say(f"      {check.mend}")
        status = REFUSED if is_stopped else status
    return status

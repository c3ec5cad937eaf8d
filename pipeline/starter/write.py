"""Writes a new workspace, and never over a file that is there."""

from collections.abc import Iterator
from pathlib import Path

from pipeline import __version__
from pipeline.problems import ProblemError

_HERE = Path(__file__).parent
# The job of each code host, and where that host looks for it.
HOSTS = {"github": ".github/workflows/reports.yml", "gitlab": ".gitlab-ci.yml"}


def write_workspace(root: Path, hosts: tuple[str, ...] = (), is_example: bool = False) -> list[Path]:
    """Write what a workspace needs below `root`: reference tables to fill in, or the fictional example.

    `hosts` are names of HOSTS: each gets the job that builds the reports every month. Returns the files written, in order,
    without those of the example. Raises ProblemError, before anything is written, where one of them is there already.
    """
    files = dict(_files(hosts, is_example))
    there = [name for name in files if (root / name).exists()]
    if there:
        raise ProblemError(
            str(root / there[0]),
            "a file that is there already",
            "a new folder; what is there is never written over. To add a monthly job, take the file away first",
        )
    if is_example:
        from pipeline.sample import write_sample

        write_sample(root)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (root / "data" / "raw").mkdir(parents=True, exist_ok=True)
    return [root / name for name in files]


def _files(hosts: tuple[str, ...], is_example: bool) -> Iterator[tuple[str, bytes]]:
    """Names below the workspace, and contents."""
    tables = _HERE / "workspace"
    for path in sorted(tables.rglob("*")):
        name = path.relative_to(tables).as_posix()
        if path.is_file() and not (is_example and name.startswith("data/")):
            yield name.replace("dot-", "."), path.read_bytes()
    if hosts:
        yield "requirements.txt", f"sitrep=={__version__}\n".encode()
    for host in hosts:
        yield HOSTS[host], (_HERE / "jobs" / f"{host}.yml").read_bytes()

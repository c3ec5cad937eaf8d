"""The program as its users have it: a wheel in a virtual environment of its own, run outside the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.workspace import CHECKOUT
from tests.three_months import MONTHS, births

Run = subprocess.CompletedProcess


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `python` and `sitrep` where the wheel is installed; what it needs is taken from the tests' own."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps"]
    subprocess.run([*install, "--no-index", str(wheel)], check=True, capture_output=True)
    own = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    needed = [path for path in sys.path if path.endswith("site-packages")]
    (Path(own) / "needed.pth").write_text("\n".join(needed) + "\n")
    return python.parent


@pytest.fixture(scope="session")
def outside(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run[str]]:
    """Run a line of a shell where no checkout is near, with the installed program first on PATH."""
    folder = tmp_path_factory.mktemp("outside")
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}

    def run(line: str, cwd: Path = folder, **environment: str) -> Run[str]:
        path = f"{environment.pop('first', '')}:{programs}:{kept['PATH']}"
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line],
            cwd=cwd, env=kept | {"PATH": path} | environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def fill_in(root: Path) -> None:
    """A county of two townships and three months of births, in a workspace that was just written."""
    filled, folder = CHECKOUT / "tests" / "workspaces" / "filled_in", root / "data" / "raw" / "births"
    with (root / "data" / "reference" / "areas.csv").open("a", encoding="utf-8") as file:
        file.write((filled / "areas.csv").read_text(encoding="utf-8"))
    settings = root / "data" / "reference" / "workspace.toml"
    levels = settings.read_text(encoding="utf-8").replace('"prefecture", ', "")
    settings.write_text(levels.replace("prefecture = { zh", "# { zh"), encoding="utf-8")
    folder.mkdir()
    shutil.copy(filled / "source.toml", folder)
    for number, month in enumerate(MONTHS, start=1):
        (folder / f"{month}.csv").write_bytes(births(10 * number + 3))

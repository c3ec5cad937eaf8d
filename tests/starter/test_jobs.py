"""The monthly jobs: held against the schemas of their hosts, and every step run in a clean clone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline.starter import HOSTS
from tests.starter.conftest import fill_in

_SCHEMAS = {
    "github": ["--builtin-schema", "vendor.github-workflows"],
    "gitlab": ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
}


@pytest.fixture(scope="module")
def clone(outside, tmp_path_factory):
    """A clone of a repository that holds what `init` wrote, filled in, and nothing that was made of it."""
    folder = tmp_path_factory.mktemp("host")
    assert outside("sitrep init origin --ci github --ci gitlab", cwd=folder).returncode == 0
    fill_in(folder / "origin")
    git = "git -c user.name=a -c user.email=a@example.org"
    made = outside(
        f"cd origin && git init -q && git add -A && {git} commit -qm first && cd .. && git clone -q origin clone",
        cwd=folder,
    )
    assert made.returncode == 0, made.stderr
    return folder / "clone"


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory, programs):
    """A `python` that installs nothing: the program is there."""
    folder = tmp_path_factory.mktemp("stand-ins")
    python = folder / "python"
    python.write_text(f'#!/bin/sh\n[ "$1 $2" = "-m pip" ] && exit 0\nexec {programs}/python "$@"\n')
    python.chmod(0o755)
    return folder


@pytest.mark.parametrize("host", HOSTS)
def test_job_is_what_its_host_reads(clone, host):
    check = [sys.executable, "-m", "check_jsonschema", *_SCHEMAS[host], str(clone / HOSTS[host])]
    said = subprocess.run(check, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout


def lines_of(job: Path, host: str) -> list[str]:
    """What a job runs, in order."""
    told = YAML(typ="safe").load(job.read_text(encoding="utf-8"))
    if host == "github":
        return [step["run"] for step in told["jobs"]["report"]["steps"] if "run" in step]
    job = told["pages"]
    return [*job["before_script"], *job["script"], *job["after_script"]]


@pytest.mark.parametrize("host", HOSTS)
def test_every_step_runs_in_a_clean_clone(clone, host, outside, stand_ins, tmp_path):
    summary = tmp_path / "summary.md"
    lines = lines_of(clone / HOSTS[host], host)
    assert len(lines) >= 4
    said = ""
    for line in lines:
        done = outside(line, cwd=clone, first=str(stand_ins), GITHUB_STEP_SUMMARY=str(summary))
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        said += done.stdout
    said += summary.read_text(encoding="utf-8") if summary.exists() else ""
    assert "## Name of the Province, edition 2024-08" in said and "reports of 2 areas" in said
    published = clone / ("public" if host == "gitlab" else "_site") / "2024-08" / "index.html"
    assert published.is_file()

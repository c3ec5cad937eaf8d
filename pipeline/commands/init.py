"""`sitrep init`: a new workspace."""

from pathlib import Path

from pipeline.commands.console import DONE, say
from pipeline.starter import write_workspace


def init(folder: Path, is_example: bool, hosts: tuple[str, ...]) -> int:
    written = write_workspace(folder, hosts, is_example)
    for path in written:
        say(f"  {path.relative_to(folder)}")
    example = ", with the fictional example" if is_example else ""
    say(f"Written: a workspace in {folder}{example}.")
    if is_example:
        say(f"Next: sitrep report --root {folder}")
    else:
        say(
            "Next: fill in data/reference, put raw files into data/raw/<source>, `sitrep describe FILE` for a source.toml"
        )
    return DONE

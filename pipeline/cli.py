"""The commands. Words are parsed here and nothing else is done; docs/commands.md shows every one."""

import os
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.problems import Location, ProblemError
from pipeline.terminal import quiet_libraries, take_any_text
from pipeline.workers import one_thread_each

app = typer.Typer(
    name="sitrep",
    help="Raw monthly files of county offices in, a situation-analysis report for every county out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Root = Annotated[Path, typer.Option(help="The workspace: a folder with data/raw and data/reference.")]
Edition = Annotated[
    str, typer.Option(help="Last month to take in, as 2026-06; without it the last that has counts.")
]
Workers = Annotated[int, typer.Option(min=1, help="Processes at work.")]
HERE = Path(".")
CORES = os.cpu_count() or 1


# the windows of the table `indicators`
Window = StrEnum("Window", "month quarter half_year ytd rolling_12 year")
# the code hosts that a workspace may be kept at, and how a summary is written
Host = StrEnum("Host", "github gitlab")
SummaryFormat = StrEnum("SummaryFormat", "text markdown")


def _say_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def sitrep(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where the workspace is written; a new folder.")],
    example: Annotated[
        bool, typer.Option("--example", help="With the fictional example instead of empty tables.")
    ] = False,
    ci: Annotated[
        list[Host] | None,
        typer.Option(
            help="The job that builds the reports every month, for this code host too; may be given twice."
        ),
    ] = None,
) -> None:
    """Write a new workspace: folders and reference tables to fill in."""
    from pipeline.commands.init import init as run

    raise typer.Exit(run(folder, example, tuple(host.value for host in ci or ())))


@app.command()
def doctor(root: Root = HERE) -> None:
    """What this machine and this workspace lack for the reports, and how each is mended."""
    from pipeline.commands.doctor import doctor as run

    raise typer.Exit(run(root))


@app.command()
def check(
    root: Root = HERE,
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write it all as a page for the offices too, in the first language of the workspace."
        ),
    ] = None,
    workers: Workers = CORES,
) -> None:
    """Read the raw files only: what was read, refused and why, missing, late or odd, file by file."""
    from pipeline.commands.check import check as run

    raise typer.Exit(run(root, workers, html))


@app.command()
def describe(
    file: Annotated[Path, typer.Argument(help="A raw file of a source that has no source.toml yet.")],
    root: Root = HERE,
) -> None:
    """A sketch of a source.toml for a file, to be finished by hand."""
    from pipeline.commands.describe import describe as run

    raise typer.Exit(run(root, file))


@app.command()
def build(root: Root = HERE, edition: Edition = "", workers: Workers = CORES) -> None:
    """Raw files to warehouse and estimates in data/processed."""
    from pipeline.commands.report import build as run

    raise typer.Exit(run(root, _month(edition), workers))


@app.command()
def report(
    root: Root = HERE,
    edition: Edition = "",
    area: Annotated[str, typer.Option(help="Codes of areas, separated by commas; without it all.")] = "",
    formats: Annotated[str, typer.Option(help="Of html, pdf and docx, separated by commas.")] = "html,pdf",
    renderer: Annotated[str, typer.Option(help="auto, quarto or embedded.")] = "auto",
    workers: Workers = CORES,
    shard: Annotated[
        str, typer.Option(help="A part of the areas, as 3/16; `sitrep merge` puts the parts together.")
    ] = "1/1",
) -> None:
    """Build what is stale, then render the reports into _site."""
    from pipeline.commands.report import report as run

    raise typer.Exit(
        run(root, _month(edition), _codes(area), _formats(formats), renderer, workers, _shard(shard))
    )


@app.command()
def merge(
    sites: Annotated[list[Path], typer.Argument(help="Folders _site of runs with --shard.")],
    root: Root = HERE,
    renderer: Annotated[str, typer.Option(help="auto, quarto or embedded.")] = "auto",
    workers: Workers = CORES,
) -> None:
    """Put the reports of several runs together into one edition, and make what is missing, the overview at least."""
    from pipeline.commands.merge import merge as run

    raise typer.Exit(run(root, sites, renderer, workers))


@app.command()
def pages(
    root: Root = HERE,
    edition: Edition = "",
    area: Annotated[str, typer.Option(help="Codes of areas, separated by commas; without it all.")] = "",
    workers: Workers = CORES,
) -> None:
    """Write the Quarto pages of the reports without rendering them: what `quarto render` calls first."""
    from pipeline.commands.report import pages as run

    raise typer.Exit(run(root, _month(edition), _codes(area), workers))


@app.command()
def preview(
    area: Annotated[str, typer.Argument(help="Code of an area with a report, or `index`.")],
    root: Root = HERE,
    edition: Edition = "",
    language: Annotated[str, typer.Option(help="zh or en; without it the first of the workspace.")] = "",
) -> None:
    """Render one page, and again whenever a template, the theme, a text or its note is saved; Ctrl-C ends it."""
    from pipeline.commands.preview import preview as run

    raise typer.Exit(run(root, _month(edition), area, language))


@app.command()
def status(root: Root = HERE) -> None:
    """What is there: raw files, the published edition, the reports."""
    from pipeline.commands.status import status as run

    raise typer.Exit(run(root))


@app.command()
def summary(
    root: Root = HERE,
    format: Annotated[SummaryFormat, typer.Option(help="Of the lines.")] = SummaryFormat.text,
) -> None:
    """The published edition in a few lines: what is new, missing and refused, and in which file."""
    from pipeline.commands.summary import summary as run

    raise typer.Exit(run(root, format is SummaryFormat.markdown))


@app.command()
def explain(
    area: Annotated[str, typer.Argument(help="Code of an area, or a name that only one area has.")],
    indicator: Annotated[str, typer.Argument(help="Name in indicators.toml.")],
    period: Annotated[str, typer.Argument(help="Last month of the window, as 2026-06.")],
    window: Annotated[
        Window, typer.Option(help="The window to follow down to its cells; the others get a line each.")
    ] = Window.ytd,
    brief: Annotated[bool, typer.Option("--brief", help="Stop at the areas below.")] = False,
    root: Root = HERE,
) -> None:
    """Where a number comes from: `explain 990101 sex_ratio_at_birth 2026-06`, down to the raw cells."""
    from pipeline.commands.explain import explain as run

    raise typer.Exit(run(root, area, indicator, _month(period, "PERIOD"), window.value, brief))


@app.command()
def diff(
    earlier: Annotated[str, typer.Argument(help="An edition, as 2026-05, or a folder below data/processed.")],
    later: Annotated[str, typer.Argument(help="The same of what it is compared with.")],
    root: Root = HERE,
) -> None:
    """What changed between two editions and why: `diff 2026-05 2026-06`."""
    from pipeline.commands.diff import diff as run

    raise typer.Exit(run(root, earlier, later))


@app.command()
def validate(
    series: Annotated[int, typer.Option(min=10, help="Simulated areas per size.")] = 200,
    out: Annotated[
        Path | None,
        typer.Option(help="Write calibration.md, calibration.csv and calibration.svg into this folder too."),
    ] = None,
    real: Annotated[
        list[Path] | None,
        typer.Option(
            help="A CSV of real births (series, area, month, births_male, births_female; births, deaths, "
            "person_years where known) to be held against its own left-out months, instead of simulating; "
            "may be given more than once."
        ),
    ] = None,
    workers: Workers = CORES,
) -> None:
    """How well the statistics are calibrated, as a table."""
    from pipeline.commands.validate import validate as run

    raise typer.Exit(run(series, workers, out, real))


@app.command()
def verify(root: Root = HERE, workers: Workers = CORES) -> None:
    """Build again from nothing and compare every published byte."""
    from pipeline.commands.verify import verify as run

    raise typer.Exit(run(root, workers))


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Where the workspace is written.")],
    counties: Annotated[int, typer.Option(min=1, max=9799)] = 14,
    townships: Annotated[int, typer.Option(min=4, max=400, help="Townships per county, on average.")] = 11,
    months: Annotated[int, typer.Option(min=1)] = 60,
    last_month: Annotated[str, typer.Option(help="As 2026-06.")] = "2026-06",
    seed: int = 20260710,
    awkward: Annotated[bool, typer.Option(help="With an empty and a brand-new county.")] = False,
) -> None:
    """Write the fictional example workspace, at any size, the same bytes for the same seed."""
    from pipeline.sample import write_sample

    write_sample(
        folder,
        seed=seed,
        counties=counties,
        townships_per_county=townships,
        months=months,
        last_month=_month(last_month) or date.today(),
        awkward=awkward,
    )
    typer.echo(f"Written: {folder}. Next: sitrep report --root {folder}")


def main() -> None:
    take_any_text()
    quiet_libraries()
    one_thread_each()
    try:
        app()
    except ProblemError as problem:
        typer.secho(str(problem), err=True, fg="red")
        raise SystemExit(1) from None


def _month(text: str, word: str = "--edition") -> date | None:
    from pipeline.reference import parse_month

    if not text:
        return None
    try:
        return parse_month(text, Location(word))
    except ProblemError as problem:
        raise typer.BadParameter(str(problem)) from None


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()]


def _formats(text: str) -> list[str]:
    formats = _codes(text)
    known = ["html", "pdf", "docx"]
    if unknown := sorted(set(formats) - set(known)):
        raise typer.BadParameter(f"{', '.join(unknown)}: of {', '.join(known)}")
    if not formats:
        raise typer.BadParameter(f"no format: of {', '.join(known)}")
    return [kind for kind in known if kind in formats]


def _shard(text: str) -> tuple[int, int]:
    number, slash, shards = text.partition("/")
    if not (slash and number.isdecimal() and shards.isdecimal() and 1 <= int(number) <= int(shards)):
        raise typer.BadParameter(f"{text}: a part such as 3/16, the third of sixteen")
    return int(number), int(shards)

"""`sitrep describe` alone, untouched: the sketch of a file reads every figure of it as what it is, and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from pipeline.ingest import run as ingest
from pipeline.ingest.sketch.sketch import sketch
from pipeline.problems import ProblemError
from tests.conftest import quiet
from tests.ingest.shapes import SHAPES, Figures, Shape


def write(shape: Shape, folder: Path) -> Path:
    path = folder / shape.folder / shape.name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        with path.open("w", encoding=shape.encoding, newline="") as file:
            csv.writer(file).writerows(shape.rows)
        return path
    with xlsxwriter.Workbook(path) as workbook:
        worksheet = workbook.add_worksheet(shape.sheet)
        for number, row in enumerate(shape.rows):
            worksheet.write_row(number, 0, row)
    return path


def read(shape: Shape, folder: Path) -> tuple[str, pl.DataFrame, pl.DataFrame]:
    """The sketch, and the observations and rejects of the file as the untouched sketch reads it."""
    source = folder / "raw" / "s"
    path = write(shape, source)
    text = sketch(path, shape.reference, base=source)
    (source / "source.toml").write_text(text, encoding="utf-8")
    staging = folder / "staging"
    staging.mkdir()
    options = {"reference": shape.reference, "code_version": "", "executor": None, "progress": quiet}
    ingest.run([source], staging, folder / "cache", **options)
    return (
        text,
        pl.read_parquet(staging / "observations.parquet" / "*.parquet"),
        pl.read_parquet(staging / "rejects.parquet"),
    )


def counted(observations: pl.DataFrame) -> Figures:
    """Figures by element, area, period and span, without the totals as printed."""
    rows = observations.filter(~pl.col("element").str.ends_with("_printed"))
    keys = rows.select("element", "area_code", "period", "span").rows()
    return dict(zip(keys, rows["value"], strict=True))


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape.figures], ids=lambda shape: shape.id)
def test_the_untouched_sketch_reads_every_figure_right(shape, tmp_path):
    text, observations, rejects = read(shape, tmp_path)
    assert rejects.is_empty(), (text, rejects.select("row", "column", "found", "expected").rows())
    assert counted(observations) == shape.figures, text


@pytest.mark.parametrize(
    "shape", [shape for shape in SHAPES if not shape.figures], ids=lambda shape: shape.id
)
def test_what_cannot_be_known_is_left_open(shape, tmp_path):
    try:
        text, observations, _ = read(shape, tmp_path)
    except ProblemError as problem:
        assert problem.found in ("nothing", "no `from`")
        return
    assert counted(observations) == {}, text

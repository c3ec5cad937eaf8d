"""The command `describe`: which encoding it reads by, and where it looks for the month."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.commands.describe import describe
from tests.ingest.shapes import ENGLISH

REFERENCE = {
    "workspace.toml": 'name.zh = "北地"\nlevels = ["province", "county"]\nreport_level = "county"\n',
    "areas.csv": "area_code,name,level,parent_code,aliases,valid_from,valid_to,successor_codes,name_en\n"
    + "".join(
        f"{area.area_code},{area.name},{area.level},{area.parent_code or ''},,,,,\n" for area in ENGLISH.areas
    )
    + "0104,Córdoba,county,01,,,,,\n",
    "elements.toml": "".join(
        f'[{name}]\nname = {{ zh = "{element.labels.zh}", en = "{element.labels.en}" }}\n'
        for name, element in ENGLISH.elements.items()
        if name in ("births_male", "births_female")
    ),
    "indicators.toml": "",
    "targets.csv": "indicator,year,level,area_code,at_least,at_most\n",
    "corrections.csv": "source,path,sheet,row,column,element,expected,value,reason,author,date\n",
}
ROWS = "Area,Male,Female\nAvonmere,5,4\nCórdoba,7,6\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "reference"
    folder.mkdir(parents=True)
    for name, text in REFERENCE.items():
        (folder / name).write_text(text, encoding="utf-8")
    (tmp_path / "data" / "raw" / "births" / "2024-03").mkdir(parents=True)
    return tmp_path


def test_the_encoding_that_source_toml_names_is_used(root, capsys):
    source = root / "data" / "raw" / "births"
    (source / "source.toml").write_text('encoding = "mac_roman"\nname.zh = "x"\n', encoding="utf-8")
    file = source / "2024-03" / "x.csv"
    file.write_bytes((ROWS + "Note – preliminary\n").encode("mac_roman"))
    assert describe(root, file) == 0
    said = capsys.readouterr().out
    assert 'encoding = "mac_roman"' in said
    assert "4 figures of x.csv would be read, 0 refused" in said


@pytest.mark.parametrize("unfinished", ["", "name.zh = ", 'name.zh = "x"\n'])
def test_a_source_toml_that_is_not_finished_is_no_hindrance(root, capsys, unfinished):
    """`sitrep describe FILE > source.toml` empties the file before a line of it is written."""
    source = root / "data" / "raw" / "births"
    (source / "source.toml").write_text(unfinished, encoding="utf-8")
    file = source / "2024-03" / "x.csv"
    file.write_text(ROWS, encoding="utf-8")
    assert describe(root, file) == 0
    said = capsys.readouterr().out
    assert 'files = "*-*/x.csv"' in said
    assert 'from = "path"' in said
    assert "0 refused" in said


def test_a_file_that_lies_in_no_source_yet_may_lie_in_a_folder_named_for_its_month(root, capsys):
    file = root / "incoming" / "2024-03" / "births.csv"
    file.parent.mkdir(parents=True)
    file.write_text(ROWS, encoding="utf-8")
    assert describe(root, file) == 0
    said = capsys.readouterr().out
    assert 'files = "*-*/births.csv"' in said
    assert "4 figures of births.csv would be read, 0 refused" in said

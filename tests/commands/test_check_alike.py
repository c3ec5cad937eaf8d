"""The same refusal in many files is one line and one row; encodings and hidden parts are told once a source."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.audit.check_page import page
from pipeline.audit.check_reading import gather
from pipeline.commands.check import say_checked
from tests.commands.conftest import HOSPITAL, JUNE, REFERENCE, SETTINGS, everything, refused
from tests.commands.test_check import Page
from tests.contract_rows import contract_rows

FILES = 200
NO_MONTH = "a month such as 2024-08"


@pytest.fixture
def tables() -> dict[str, pl.DataFrame]:
    """200 files without a month in their names, with a name nobody knows; one of them with more."""
    names = [f"月报{number:03d}.csv" for number in range(FILES)]
    files = [
        {"file_id": name, "source": HOSPITAL, "path": name, "encoding": encoding}
        for name, encoding in zip(names, ["utf-8-sig", "gb18030", *["cp932"] * (FILES - 2)], strict=True)
    ]
    rejects = []
    for name in names:
        of_file = {"file_id": name, "path": name, "sheet": ""}
        rejects.append(refused(0, 0, f"no month in {name}", "period", expected=NO_MONTH, **of_file))
        rejects += [
            refused(row, 2, "新镇", "area", expected="an area of areas.csv", **of_file) for row in (3, 4)
        ]
    rejects.append(refused(9, 9, "约7", file_id=names[5], path=names[5], sheet=""))
    return everything() | {
        "files": contract_rows("files", files),
        "rejects": contract_rows("rejects", rejects),
        "corrections": everything()["corrections"].clear(),
        "findings": everything()["findings"].clear(),
    }


def test_the_same_refusal_in_200_files_is_one_line_with_a_count(workspace, tables, capsys):
    checked = gather(workspace, SETTINGS, tables, JUNE)
    say_checked(checked)
    lines = capsys.readouterr().out.splitlines()
    (month,) = [line for line in lines if "no month" in line]
    assert month.startswith(f"{HOSPITAL}: 200 files (first 月报000.csv) refused: the file: found no month")
    (area,) = [line for line in lines if "新镇" in line]
    assert "200 files (first 月报000.csv), 400 figures refused: row 3, column B: found 新镇" in area
    (own,) = [line for line in lines if line.startswith(f"{HOSPITAL}/月报005.csv")]
    assert "4 refused (3 as said above)" in own
    assert not any("月报006.csv" in line for line in lines)
    assert checked.cells_refused == FILES * 3 + 1


def test_on_the_page_each_file_of_a_shared_refusal_is_named_at_its_place(workspace, tables):
    text = Page(page(gather(workspace, SETTINGS, tables, JUNE), SETTINGS, REFERENCE)).text
    assert "住院分娩直报：多个文件相同的问题" in text
    assert "共 200 个文件、400 处" in text
    assert text.count("新镇") == 1
    assert f"第3～4行B列：{'、'.join(f'月报{number:03d}.csv' for number in range(FILES))}" in text
    assert "约7" in text


def test_a_refusal_of_two_files_stays_with_its_files(workspace, tables):
    few = tables | {"rejects": tables["rejects"].filter(pl.col("path").is_in(["月报000.csv", "月报001.csv"]))}
    checked = gather(workspace, SETTINGS, few, JUNE)
    assert checked.shared == ()
    assert len(checked.files_apart) == 2


def test_other_texts_in_cells_are_other_mistakes(workspace, tables):
    rejects = [
        refused(3, 2, f"1{number}？", file_id=f"月报00{number}.csv", path=f"月报00{number}.csv")
        for number in range(5)
    ]
    assert (
        gather(workspace, SETTINGS, tables | {"rejects": contract_rows("rejects", rejects)}, JUNE).shared
        == ()
    )


def test_encodings_other_than_utf_8_are_named_for_each_source(workspace, tables, capsys):
    checked = gather(workspace, SETTINGS, tables, JUNE)
    say_checked(checked)
    assert "text read as cp932 (198 files), gb18030 (1 file)" in capsys.readouterr().out
    assert "住院分娩直报：cp932（198 个文件）" in Page(page(checked, SETTINGS, REFERENCE)).text


def test_figures_from_hidden_parts_are_told(workspace, tables, capsys):
    said = pl.when(pl.col("path") == "月报001.csv").then(pl.lit('[["Old", 0, 0, 6], ["表一", 5, 0, 2]]'))
    files = tables["files"].with_columns(hidden=said.otherwise(pl.lit("")))
    checked = gather(workspace, SETTINGS, tables | {"files": files}, JUNE)
    say_checked(checked)
    assert (
        f"  {HOSPITAL}/月报001.csv: sheet Old: 6 figures; sheet 表一, row 5: 2 figures"
        in capsys.readouterr().out
    )
    text = Page(page(checked, SETTINGS, REFERENCE)).text
    assert "住院分娩直报，月报001.csv：工作表“Old”：6 个数字；工作表“表一”，第5行：2 个数字" in text


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ({"kind": "area.level", "levels": ["county"], "wanted": "nation"}, "层级是 county，不是 nation"),
        (
            {"kind": "area.several", "codes": ["990101", "990101001"]},
            "可以指 示例青禾县（990101）、示例青禾县城关镇（990101001）",
        ),
        ({"kind": "area.leading_zero", "codes": ["990101"]}, "代码前面的 0 丢失，应为 示例青禾县（990101）"),
        ({"kind": "number.whole"}, "请使用区划表中的名称；确有更名的，请告知新旧名称。"),
    ],
)
def test_an_office_is_told_what_is_wrong_with_a_name(workspace, tables, hint, said):
    reject = refused(3, 2, "城关", "area", hint=hint, file_id="月报000.csv", path="月报000.csv")
    checked = gather(workspace, SETTINGS, tables | {"rejects": contract_rows("rejects", [reject])}, JUNE)
    assert said in Page(page(checked, SETTINGS, REFERENCE)).text

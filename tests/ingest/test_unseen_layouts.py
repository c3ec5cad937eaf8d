"""Three layouts that no example of docs/sources.md shows, read by a source.toml written from the manual alone."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl
import pytest
import xlsxwriter

from pipeline.ingest.readers import Sheet, read_content
from pipeline.ingest.sketch.sketch import sketch
from pipeline.ingest.source import read_source
from pipeline.ingest.tables.extract import extract
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import ProblemError
from pipeline.reference import Area, Element, Reference
from pipeline.workspace import Words
from tests.ingest.sheets import Read, described, grid, read_rows
from tests.ingest.small_source import START

Truth = dict[tuple[str, str, str, str], float]

TOWNS = {
    "青禾县": ("城关镇", "青禾镇", "胜利乡", "凤岗镇", "金坝乡", "高寨乡", "柏坝镇"),
    "云岭县": ("城关镇", "云岭镇", "胜利乡", "和平乡", "高湖乡", "大沟镇"),
}
TRADITIONAL = str.maketrans("县乡镇关胜凤岗坝云岭冈沟", "縣鄉鎮關勝鳳崗壩雲嶺岡溝")
KINDS = dict.fromkeys(("births_male", "births_female", "deaths_male", "deaths_female"), "flow")
KINDS |= {"population": "stock", "births_printed": "printed", "deaths_printed": "printed"}
ZH = {
    "births_male": "出生男婴", "births_female": "出生女婴", "deaths_male": "男性死亡", "deaths_female": "女性死亡",
    "population": "户籍人口", "births_printed": "出生合计", "deaths_printed": "死亡合计",
}  # fmt: skip
ELEMENTS = {name: Element(name, Words(ZH[name]), kind) for name, kind in KINDS.items()}
COUNTED = ("births_male", "births_female", "deaths_male", "deaths_female")


def _areas() -> Iterator[Area]:
    """Counties and townships, their names in traditional characters as aliases."""
    for number, (county, towns) in enumerate(TOWNS.items(), start=1):
        code, written = f"99010{number}", county.translate(TRADITIONAL)
        yield Area(code, county, "county", None, (written,), START, None, ())
        for place, town in enumerate(towns, start=1):
            written = town.translate(TRADITIONAL)
            yield Area(f"{code}{place:03}", town, "township", code, (written,), START, None, ())


AREAS = tuple(_areas())
CODES = {(area.parent_code, area.name): area.area_code for area in AREAS}
PLACES = [
    (county, town, CODES[f"99010{number}", town])
    for number, (county, towns) in enumerate(TOWNS.items(), start=1)
    for town in towns
]
REFERENCE = Reference(ELEMENTS, {}, AREAS, (), ())

TRANSPOSED = """
name.zh = "人口变动情况表"
files = "人口变动*.xlsx"
sheets = "*月"

[header]
contains = "指标"
rows = 2

[columns]
leave_out = "合计"

[period]
from = "sheet_name"
year = { from = "cell", contains = "*年人口变动情况表" }

[area]
from = "header"
level = "township"

[rows]
leave_out = "^(注|单位负责人)"

[element]
from = "column"
columns = ["指标", "指标"]
fill_down = true

[elements]
births_male = "出生/其中：男"
births_female = "出生/女"
deaths_male = "死亡/男"
deaths_female = "死亡/女"
population = { header = "期末人口*", times = 10000 }
"""


def transposed(folder: Path, *, has_one_item_column: bool = False) -> tuple[list[Path], Truth]:
    """A sheet a month: items in rows of two levels, townships in columns under the merged name of their county."""
    rng, truth = random.Random(1), {}
    path = folder / "人口变动（各月）.xlsx"
    first = 1 if has_one_item_column else 2
    with xlsxwriter.Workbook(path) as workbook:
        merged = workbook.add_format({"align": "center"})
        notes = workbook.add_worksheet("说明")
        notes.write_column(
            0, 0, ["填报说明", "一、本表由各县统计局于月后10日前报送。", "二、2026年1月起执行。"]
        )
        for month in (*range(1, 13), None):
            sheet = workbook.add_worksheet(f"{month}月" if month else "全年合计")
            sheet.merge_range(0, 0, 0, first + len(PLACES), "2026年人口变动情况表", merged)
            sheet.write_row(1, 0, ["填报单位：东州市统计局", "", "", "", "计量单位：人"])
            if has_one_item_column:
                sheet.merge_range(2, 0, 3, 0, "指　标", merged)
            else:
                sheet.merge_range(2, 0, 3, 1, "指　标", merged)
            sheet.merge_range(2, first, 3, first, "合计", merged)
            left = first + 1
            for county, towns in TOWNS.items():
                sheet.merge_range(2, left, 2, left + len(towns) - 1, county, merged)
                sheet.write_row(3, left, towns)
                left += len(towns)
            row = 4
            for what, zh in (("births", "出生"), ("deaths", "死亡")):
                if has_one_item_column:
                    sheet.write_column(row, 0, [zh, "　其中：男" if what == "births" else "　　男", "　　女"])
                else:
                    sheet.merge_range(row, 0, row + 2, 0, zh, merged)
                    sheet.write_column(row, 1, ["合计", "其中：男" if what == "births" else "男", "女"])
                counts = [(rng.randint(0, 40), rng.randint(0, 36)) for _ in PLACES]
                if month is None or month <= 10:
                    sheet.write_row(row, first, [sum(map(sum, counts)), *map(sum, counts)])
                    for sex in (0, 1):
                        column = [pair[sex] for pair in counts]
                        sheet.write_row(row + 1 + sex, first, [sum(column), *column])
                if month and month <= 10:
                    for (_, _, code), (male, female) in zip(PLACES, counts, strict=True):
                        truth[code, f"2026-{month:02}", "month", f"{what}_male"] = male
                        truth[code, f"2026-{month:02}", "month", f"{what}_female"] = female
                row += 3
            people = [rng.randint(8_000, 52_000) for _ in PLACES]
            sheet.write(row, 0, "期末人口（万人）")
            if month is None or month <= 10:
                sheet.write_row(row, first, [sum(people) / 10_000, *(number / 10_000 for number in people)])
            if month and month <= 10:
                for (_, _, code), number in zip(PLACES, people, strict=True):
                    truth[code, f"2026-{month:02}", "month", "population"] = number
            sheet.write(row + 1, 0, "注：1.本表为公安户籍口径；2.“期末人口”保留四位小数。")
            sheet.write(row + 2, 0, "单位负责人：　　　填表人：　　　报出日期：2026年11月8日")
    return [path], truth


QUARTERLY = """
name.zh = "人口动态统计季报"
files = "人口季報*.tsv"
encoding = "big5"

[header]
contains = "期間"
rows = 2

[columns]
leave_out = "備註"

[period]
from = "column"
column = "期間"
span = "as_written"

[area]
columns = ["地區"]
level = "township"

[rows]
leave_out = "^(說明|資料來源)|下半年"

[elements]
births_male = "出生人數/男"
births_female = "出生人數/女"
deaths_male = "死亡人數/男"
deaths_female = "死亡人數/女"
population = "期底人口數"
"""


def quarterly(folder: Path) -> tuple[list[Path], Truth]:
    """Traditional characters in Big5: quarters and half-years of three years mixed, figures in any width."""
    rng, truth = random.Random(2), {}
    wide = str.maketrans("0123456789,", "０１２３４５６７８９，")

    def shown(value: int | None) -> str:
        if value is None:
            return rng.choice(["—", "…", "-", "－", ""])
        text = f"{value:,}" if rng.random() < 0.7 else str(value)
        return rng.choice([text, text, text.translate(wide), f"　{text} "])

    def area(county: str, town: str) -> str:
        county, town = county.translate(TRADITIONAL), town.translate(TRADITIONAL)
        spaced = "　".join(town) if rng.random() < 0.3 else town
        return county + rng.choice([" ", "　", "  ", "　 "]) + spaced

    lines = [
        ["東州市人口動態統計季報（民國113年至115年）"],
        [],
        ["期　　間", "地　　區", "出生人數", "", "死亡人數", "", "期底人口數", "備　註"],
        ["", "", "男", "女", "男", "女", "", ""],
    ]
    for year in (2024, 2025, 2026):
        roc, half = year - 1911, {}
        for quarter in (1, 2) if year == 2026 else (1, 2, 3, 4):
            month = f"{year}-{3 * quarter:02}"
            for county, town, code in PLACES:
                values = [rng.randint(20, 1800) for _ in COUNTED]
                if rng.random() < 0.15:
                    values[rng.randrange(4)] = None
                people = rng.randint(30_000, 90_000)
                period = rng.choice([f"{roc}年第{quarter}季", f"民國{roc}年第{quarter}季"])
                period = f" {period.translate(wide)}" if rng.random() < 0.3 else period
                lines.append([period, area(county, town), *map(shown, values), shown(people), ""])
                truth[code, month, "month", "population"] = people
                for element, value in zip(COUNTED, values, strict=True):
                    half.setdefault((code, element), []).append(value)
                    if value is not None:
                        truth[code, month, "quarter", element] = value
            if quarter % 2 == 0:
                for county, town, code in PLACES:
                    parts = [half[code, element][-2:] for element in COUNTED]
                    sums = [None if None in part else sum(part) for part in parts]
                    period = f"{roc}年{'上' if quarter == 2 else '下'}半年"
                    lines.append([period, area(county, town), *map(shown, sums), "", ""])
                    for element, value in zip(COUNTED, sums, strict=True):
                        if quarter == 2 and value is not None:
                            truth[code, month, "ytd", element] = value
    lines += [["說明：1. 本表數字尚待校正。 2. “…”表示數字不明。"], ["資料來源：戶政司"]]
    path = folder / "人口季報.tsv"
    path.write_bytes("".join("\t".join(line) + "\r\n" for line in lines).encode("big5"))
    return [path], truth


TWO_TABLES = """
name.zh = "出生死亡月报"
files = "出生死亡月报*.ods"
sheets = "分乡镇"

[period]
from = "column"
column = "统计截止日"
fill_down = true

[area]
columns = ["县（市、区）", "乡镇（街道）"]
level = "township"
fill_down = true

[rows]
totals = "^(小计|合计)"
leave_out = "^(注|2.数据来源|审核人|第|表)"

[[parts]]
header.contains = "统计截止日"
header.rows = 2
[parts.elements]
births_printed = { header = "自年初累计出生/合计", span = "ytd" }
births_male = { header = ["自年初累计出生/男婴", "自年初累计出生/男孩"], span = "ytd" }
births_female = { header = ["自年初累计出生/女婴", "自年初累计出生/女孩"], span = "ytd" }

[[parts]]
header.contains = "县（市、区）"
header.rows = 2
[parts.elements]
deaths_female = "死亡人数/女"
deaths_male = "死亡人数/男"
deaths_printed = "死亡人数/合计"
"""


def two_tables(folder: Path) -> tuple[list[Path], Truth]:
    """Two tables below one another in an .ods file: dates once on a merged block, page breaks, a renamed column."""
    rng, truth, since_january, paths = random.Random(3), {}, {}, []

    def shown(value: int) -> int | str:
        return rng.choice([value, value, str(value), f"{value}人"])

    for part, months, names in (("上", (1, 2, 3), ("男婴", "女婴")), ("下", (4, 5, 6), ("男孩", "女孩"))):
        rows: list[list] = [["各乡镇出生、死亡情况月报"], ["填报单位（盖章）：东州市卫生健康委员会"]]
        head = [
            ["统计截止日", "县（市、区）", "乡镇（街道）", "自年初累计出生"],
            [None, None, None, "合计", *names],
        ]
        rows += [["表一　出生（自年初累计）"], *head]
        for place, (month, (county, town, code)) in enumerate((m, p) for m in months for p in PLACES):
            if place % 11 == 10:
                rows += [[f"第{place // 11 + 1}页"], *head]
            for element in COUNTED[:2]:
                since_january[code, element] = since_january.get((code, element), 0) + rng.randint(0, 30)
                truth[code, f"2026-{month:02}", "ytd", element] = since_january[code, element]
            births = [since_january[code, element] for element in COUNTED[:2]]
            truth[code, f"2026-{month:02}", "ytd", "births_printed"] = sum(births)
            is_first, is_last = town == TOWNS[county][0], town == TOWNS[county][-1]
            day = date(2026, month + 1, 1) - timedelta(days=1) if place % len(PLACES) == 0 else None
            rows.append([day, county if is_first else None, town, *map(shown, (sum(births), *births))])
            if is_last:
                rows.append([None, None, "小　计", *_sums(truth, month, "births", county)])
            if (place + 1) % len(PLACES) == 0:
                rows.append([None, "合　计", None, *_sums(truth, month, "births", None)])
        rows += [["注：1.本表出生为自年初累计数。"], ["　　2.数据来源：全员人口信息系统。"], []]
        head = [
            ["县（市、区）", "乡镇（街道）", "死亡人数", None, None, "统计截止日"],
            [None, None, "女", "男", "合计"],
        ]
        rows += [["表二　死亡（本月数）"], *head]
        for place, (month, (county, town, code)) in enumerate((m, p) for m in months for p in PLACES):
            if place % 11 == 10:
                rows += head
            deaths = [rng.randint(0, 20), rng.randint(0, 25)]
            for element, value in zip(
                ("deaths_female", "deaths_male", "deaths_printed"), (*deaths, sum(deaths)), strict=True
            ):
                truth[code, f"2026-{month:02}", "month", element] = value
            is_first, is_last = town == TOWNS[county][0], town == TOWNS[county][-1]
            day = date(2026, month + 1, 1) - timedelta(days=1)
            rows.append([county if is_first else None, town, *map(shown, (*deaths, sum(deaths))), day])
            if is_last:
                total, male, female = _sums(truth, month, "deaths", county)
                rows.append([None, "小　计", female, male, total, day])
            if (place + 1) % len(PLACES) == 0:
                total, male, female = _sums(truth, month, "deaths", None)
                rows.append(["合　计", None, female, male, total, day])
        rows += [["注：死亡不含未落户婴儿。"], ["审核人：　　　　制表人：　　　　"]]
        paths.append(folder / f"出生死亡月报（{part}）.ods")
        _write_ods(paths[-1], "分乡镇", rows)
    return paths, truth


def _sums(truth: Truth, month: int, what: str, county: str | None) -> list[float]:
    """Both sexes, male and female of a county, or of all, as a total row states them."""
    codes = {code for name, _, code in PLACES if county in (None, name)}
    of_month = [
        (key, value) for key, value in truth.items() if key[0] in codes and key[1] == f"2026-{month:02}"
    ]
    male, female = (
        sum(value for key, value in of_month if key[3] == f"{what}_{sex}") for sex in ("male", "female")
    )
    return [male + female, male, female]


def _write_ods(path: Path, sheet: str, rows: list[list]) -> None:
    def cell(value) -> str:
        if value is None:
            return "<table:table-cell/>"
        kind = 'office:value-type="string"'
        if isinstance(value, date):
            kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        elif isinstance(value, int):
            kind = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"

    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<office:document-content {names} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="{sheet}">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", kind)
        package.writestr("content.xml", content)
        package.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{manifest}"><manifest:file-entry manifest:full-path="/" '
            f'manifest:media-type="{kind}"/></manifest:manifest>',
        )


def read_files(folder: Path, toml: str, paths: list[Path]) -> list[Read]:
    """Each file as a source.toml reads it."""
    folder.mkdir()
    (folder / "source.toml").write_text(toml, encoding="utf-8")
    source = read_source(folder, ELEMENTS)
    results = []
    for path in paths:
        content = read_content(path, source.toml.encoding, source.sheets, source.toml.limits.sheets)
        sheets = [sheet for sheet in content.sheets if sheet.is_wanted]
        extracts = [
            extract(sheet, path.name, source, lambda level: AreaNames(AREAS, level)) for sheet in sheets
        ]
        results.append(Read(source, path.name, extracts))
    return results


def figures(results: list[Read]) -> Truth:
    """All accepted figures by what they are; one that is read twice fails."""
    frame = pl.concat([result.frame.filter(pl.col("reason").is_null()) for result in results])
    keys = ["area_code", pl.col("period").dt.strftime("%Y-%m"), "span", "element"]
    found = frame.select(*keys, "value").rows()
    assert len({row[:4] for row in found}) == len(found)
    return {row[:4]: row[4] for row in found}


@pytest.mark.parametrize(
    ("toml", "build"), [(TRANSPOSED, transposed), (QUARTERLY, quarterly), (TWO_TABLES, two_tables)]
)
def test_every_figure_is_read_and_is_the_true_one(tmp_path, toml, build):
    paths, truth = build(tmp_path)
    results = read_files(tmp_path / "source", toml, paths)
    assert figures(results) == truth
    for result in results:
        assert result.refused == {}
        assert result.problems == []
        assert all(part.totals.is_empty() for part in result.extracts)


def test_totals_since_january_and_of_the_month_are_checked(tmp_path):
    paths, _ = two_tables(tmp_path)
    checked = [result.checked for result in read_files(tmp_path / "source", TWO_TABLES, paths)]
    assert checked == [2 * 2 * 3 * 3] * 2  # tables, sexes, months, total rows


def test_items_of_two_levels_in_one_column(tmp_path):
    """The same sheet with 出生, 其中：男 and 女 below one another: the heading tells one 女 from the other."""
    paths, truth = transposed(tmp_path, has_one_item_column=True)
    toml = TRANSPOSED.replace(
        'columns = ["指标", "指标"]\nfill_down = true', "column = \"指标\"\nheading = '^(出生|死亡|期末)'"
    )
    assert figures(read_files(tmp_path / "source", toml, paths)) == truth


@pytest.mark.parametrize(
    ("build", "unknown"), [(transposed, "population"), (quarterly, "population"), (two_tables, "")]
)
def test_the_sketch_of_such_a_file_reads_every_figure(tmp_path, build, unknown):
    """Only what no one could guess is filled in: the element of a header that is like none in elements.toml."""
    paths, truth = build(tmp_path)
    for path in paths:
        text = sketch(path, REFERENCE).replace('name.zh = ""', 'name.zh = "试"').replace("# ?", unknown)
        (result,) = read_files(tmp_path / path.stem, text, [path])
        assert result.refused == {}
        assert result.problems == []
        truth = dict(truth.items() - figures([result]).items())
    assert truth == {}


HEADED = """
[header]
contains = "地区"
[period]
from = "file_name"
[area]
columns = ["地区"]
level = "township"
heading = '县$'
[rows]
totals = '县$|^合计'
[elements]
births_male = "男"
births_female = "女"
"""


@pytest.mark.parametrize("block", [2, 3, 100])
def test_a_county_above_its_townships_in_one_column(block):
    rows = [["地区", "男", "女"], ["合计", 12, 14], ["青禾县", 5, 6], ["　城关镇", 2, 2], ["　和平镇", 3, 4]]
    rows += [["地区", "男", "女"], ["松涛县", 7, 8], ["　和平镇", 7, 8]]
    result = read_rows(HEADED, rows, block=block)
    assert [cell[1] for cell in result.cells.values()] == ["990101"] * 2 + ["990103"] * 2 + ["990203"] * 2
    assert (result.refused, result.problems, result.checked) == ({}, [], 6)
    assert result.extracts[-1].totals.is_empty()


@pytest.mark.parametrize("is_two_rows", [False, True])
def test_a_header_merged_over_county_and_township(is_two_rows):
    toml = HEADED.replace('["地区"]', '["地区", "地区"]\nfill_down = true').replace("heading = '县$'\n", "")
    toml, header = toml.replace("'县$|^合计'", "'^合计'"), [["地区", None, "男", "女"]]
    if is_two_rows:
        toml = toml.replace('"地区"\n[period]', '"地区"\nrows = 2\n[period]')
        toml = toml.replace('"男"', '"出生/男"').replace('"女"', '"出生/女"')
        header = [["地区", None, "出生", None], [None, None, "男", "女"]]
    rows = [
        ["青禾县", "城关镇", 2, 2],
        [None, "和平镇", 3, 4],
        ["松涛县", "和平镇", 7, 8],
        ["合计", None, 12, 14],
    ]
    result = read_rows(toml, header + rows)
    assert [cell[1] for cell in result.cells.values()] == ["990101"] * 2 + ["990103"] * 2 + ["990203"] * 2
    (problem,) = read_rows(toml.replace('"地区", "地区"', '"地区", "地区", "地区"'), header + rows).problems
    assert "expected 3 columns side by side" in problem


def test_a_figure_whose_row_names_no_element_is_not_lost():
    toml = (
        HEADED[: HEADED.index("heading")]
        + """
[element]
from = "column"
column = "指标"
value = "数值"
[elements]
births_male = "男"
"""
    )
    rows = [["地区", "指标", "数值"], ["城关镇", "男", 3], ["城关镇", None, 4], ["城关镇", None, "—"]]
    result = read_rows(toml, rows)
    assert result.values == {"C2": 3}
    (problem,) = result.problems
    assert "row 3, column C: found a figure without a name" in problem


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (('["地区"]', '["县", "乡镇"]'), "[area]: found `heading`"),
        (
            ("[elements]", '[element]\nfrom = "column"\nvalue = "数"\n[elements]'),
            "[element]: found no `column`",
        ),
        (
            ("[elements]", '[element]\nfrom = "sheet_name"\nvalue = "数"\nheading = "^出生"\n[elements]'),
            "[element]: found `heading`",
        ),
        (
            (
                "[elements]",
                '[element]\nfrom = "column"\nvalue = "数"\ncolumn = "a"\ncolumns = ["b"]\n[elements]',
            ),
            "`column` and `columns`",
        ),
    ],
)
def test_a_slip_in_the_description_is_named(tmp_path, change, found):
    with pytest.raises(ProblemError) as raised:
        described(tmp_path / "births", HEADED.replace(*change))
    assert found in str(raised.value)


def test_a_second_half_year_is_said_to_be_no_span():
    toml = HEADED.replace('from = "file_name"', 'from = "column"\ncolumn = "期间"\nspan = "as_written"')
    result = read_rows(toml, [["期间", "地区", "男", "女"], ["113年下半年", "城关镇", 3, ""]])
    assert result.refused == {"C2": ("period", "113年下半年")}
    assert "[rows] leave_out" in result.frame["expected"][0]


def test_a_column_headed_by_a_name_that_two_areas_had_one_after_the_other(tmp_path):
    """云岭县 until 2024, then 云岭县 again under another code: the month of the row tells which."""
    new = date(2025, 1, 1)
    areas = (
        Area("990102", "云岭县", "county", None, (), START, date(2024, 12, 1), ("990107",)),
        Area("990107", "云岭县", "county", None, (), new, None, ()),
    )
    toml = """
name.zh = "出生"
[header]
contains = "月份"
rows = 2
[period]
from = "column"
column = "月份"
[area]
from = "header"
[elements]
births_male = "*男"
births_female = "*女"
"""
    source = described(tmp_path / "births", toml)
    rows = [["月份", "云岭县", None], [None, "男", "女"], ["2024-12", 3, 4], ["2025-01", 5, 6]]
    found = extract(Sheet("", grid(rows)), "a.csv", source, lambda level: AreaNames(areas, level)).cells
    assert found["area_code"].to_list() == ["990102", "990102", "990107", "990107"]

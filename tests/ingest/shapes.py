"""Tables in the shapes that offices send, with the figures in them known: what `sitrep describe` must read right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.reference import Area, Element, Reference
from pipeline.workspace import Words

START = date(1900, 1, 1)
Figures = dict[tuple[str, str, date, str], int]


def _area(code: str, name: str, level: str, parent: str | None = None) -> Area:
    return Area(code, name, level, parent, (), START, None, ())


def _elements(**more: tuple[str, str, str]) -> dict[str, Element]:
    named = {
        "births_male": ("出生男嬰", "male births", "flow"),
        "births_female": ("出生女嬰", "female births", "flow"),
        "births_printed": ("出生合計", "births as printed", "printed"),
    } | more
    elements = {name: Element(name, Words(zh, en), kind) for name, (zh, en, kind) in named.items()}
    return elements | {
        "births": Element(
            "births", Words("出生人數", "births"), "flow", sum_of=("births_male", "births_female")
        )
    }


CHINESE = Reference(
    _elements(
        deaths_male=("男性死亡", "male deaths", "flow"),
        deaths_female=("女性死亡", "female deaths", "flow"),
        population_male=("男性人口", "male population", "stock"),
        population_female=("女性人口", "female population", "stock"),
    ),
    {},
    (
        _area("99", "示例市", "province"),
        _area("990101", "青禾县", "county", "99"),
        _area("990102", "松涛县", "county", "99"),
        _area("990103", "望江县", "county", "99"),
    ),
    (),
    (),
)
ENGLISH = Reference(
    _elements(deaths=("死亡人數", "deaths", "flow"), population=("户籍人口", "population", "stock")),
    {},
    (
        _area("01", "Northland", "province"),
        _area("0101", "Avonmere", "county", "01"),
        _area("0102", "Brookfield", "county", "01"),
        _area("0103", "Castleton", "county", "01"),
    ),
    (),
    (),
)
JAPANESE = Reference(
    CHINESE.elements,
    {},
    (
        _area("02", "北野県", "province"),
        _area("02201", "青木市", "county", "02"),
        _area("02301", "川上町", "county", "02"),
        _area("02302", "森山村", "county", "02"),
    ),
    (),
    (),
)
KOREAN = Reference(
    CHINESE.elements,
    {},
    (
        _area("11", "한빛도", "province"),
        _area("1101", "새솔시", "county", "11"),
        _area("1102", "가온군", "county", "11"),
        _area("1103", "누리군", "county", "11"),
    ),
    (),
    (),
)
BIRTHS, DEATHS, POPULATION = (
    (f"{what}_male", f"{what}_female") for what in ("births", "deaths", "population")
)


@dataclass(frozen=True)
class Shape:
    """One file: the shape it has, its name, its rows, and the figures that are in it."""

    shape: str
    name: str
    rows: list[list]
    figures: Figures
    reference: Reference = CHINESE
    sheet: str = "Sheet1"
    folder: str = ""
    encoding: str = "utf-8"

    @property
    def id(self) -> str:
        return f"{self.shape}: {self.folder}{self.name}"


def counties(reference: Reference) -> list[Area]:
    return [area for area in reference.areas if area.level == "county"]


def months(count: int = 12, year: int = 2024) -> list[date]:
    return [date(year, month, 1) for month in range(1, count + 1)]


def value(element: str, area: Area, month: date) -> int:
    """A number that no other figure of a file has."""
    sex = ("male", "female").index(element.rpartition("_")[2]) if "_" in element else 0
    return 100 + 1000 * int(area.area_code[-1]) + 40 * month.month + 7 * (month.year % 100) + 3 * sex


def figures(
    reference: Reference, elements: tuple[str, ...], periods: list[date], span: str = "month"
) -> Figures:
    return {
        (element, area.area_code, month, span): value(element, area, month)
        for element in elements
        for area in counties(reference)
        for month in periods
    }


def _both(area: Area, month: date, elements: tuple[str, ...] = BIRTHS) -> list[int]:
    return [value(element, area, month) for element in elements]


MARCH = date(2024, 3, 1)
YEARS = [date(year, 12, 1) for year in range(2019, 2025)]


def _long() -> Iterator[Shape]:
    for head, sexes, reference, name in (
        (["月份", "地区", "性别", "出生人数"], "男女", CHINESE, "出生.csv"),
        (["Month", "Area", "Sex", "Births"], ("Male", "Female"), ENGLISH, "births.csv"),
        (["年月", "市町村", "性別", "出生数"], "男女", JAPANESE, "出生数.csv"),
        (["월", "시군구", "성별", "출생아수"], ("남자", "여자"), KOREAN, "출생.csv"),
    ):
        rows = [
            [f"{month:%Y-%m}", area.name, sex, value(element, area, month)]
            for month in months(4)
            for area in counties(reference)
            for sex, element in zip(sexes, BIRTHS, strict=True)
        ]
        yield Shape("long", name, [head, *rows], figures(reference, BIRTHS, months(4)), reference)
    items = (("出生男婴", "births_male"), ("出生女婴", "births_female"), ("男性死亡", "deaths_male"))
    rows = [
        [area.name, f"2024年{month.month}月", item, value(element, area, month)]
        for month in months(3)
        for area in counties(CHINESE)
        for item, element in items
    ]
    elements = tuple(element for _, element in items)
    yield Shape(
        "long",
        "人口变动.csv",
        [["地区", "月份", "指标", "数值"], *rows],
        figures(CHINESE, elements, months(3)),
    )
    rows = [[year.year, area.name, *_both(area, year)] for year in YEARS for area in counties(ENGLISH)]
    yield Shape(
        "long",
        "births by year.csv",
        [["Year", "Area", "Male births", "Female births"], *rows],
        figures(ENGLISH, BIRTHS, YEARS, "year"),
        ENGLISH,
    )


def _wide_by_month() -> Iterator[Shape]:
    names = [f"{month}月" for month in range(1, 13)]
    rows = [
        [area.name, *(value("births_male", area, month) for month in months())] for area in counties(CHINESE)
    ]
    known = figures(CHINESE, ("births_male",), months())
    yield Shape("wide by month", "男婴.xlsx", [["2024年出生男婴"], ["地区", *names], *rows], known)
    yield Shape("wide by month", "2024年出生男婴.csv", [["地区", *names], *rows], known)
    full = [f"2024年{month}月" for month in range(1, 13)]
    total = [sum(row[1:]) for row in rows]
    yield Shape(
        "wide by month",
        "出生男婴.csv",
        [["地区", *full, "合计"], *([*row, whole] for row, whole in zip(rows, total, strict=True))],
        known,
    )
    rows = [[area.name, *(value("deaths", area, month) for month in months())] for area in counties(ENGLISH)]
    short = [f"{month:%b}" for month in months()]
    yield Shape(
        "wide by month",
        "deaths_2024.csv",
        [["Area", *short], *rows],
        figures(ENGLISH, ("deaths",), months()),
        ENGLISH,
    )
    dated = [f"{month:%Y-%m}" for month in months()]
    yield Shape(
        "wide by month",
        "deaths.xlsx",
        [["Area", *dated], *rows],
        figures(ENGLISH, ("deaths",), months()),
        ENGLISH,
    )


def _wide_by_sex() -> Iterator[Shape]:
    for head, reference, name, elements in (
        (["地区", "男", "女"], CHINESE, "出生_202403.csv", BIRTHS),
        (["地區", "男", "女", "合計"], CHINESE, "出生_202403.csv", BIRTHS),
        (["地区", "男性", "女性"], CHINESE, "死亡_202403.xlsx", DEATHS),
        (["地区", "男", "女"], CHINESE, "户籍人口_202403.csv", POPULATION),
        (["Area", "Male", "Female", "Total"], ENGLISH, "births_2024-03.csv", BIRTHS),
        (["시군구", "남자", "여자", "계"], KOREAN, "출생_202403.csv", BIRTHS),
        (["Area", "Boys", "Girls"], ENGLISH, "births 2024-03.csv", BIRTHS),
    ):
        rows = []
        for area in counties(reference):
            both = _both(area, MARCH, elements)
            rows.append([area.name, *both, sum(both)][: len(head)])
        yield Shape("wide by sex", name, [head, *rows], figures(reference, elements, [MARCH]), reference)
    rows = [[area.name, *_both(area, MARCH)] for area in counties(CHINESE)]
    yield Shape(
        "wide by sex",
        "月报.csv",
        [["地区", "男", "女"], *rows],
        figures(CHINESE, BIRTHS, [MARCH]),
        folder="出生/2024/03/",
    )


def _wide_by_month_and_sex() -> Iterator[Shape]:
    for label, sexes, reference, title, name in (
        ("地区", "男女", CHINESE, "2024年出生人口统计表", "统计.xlsx"),
        ("地区", "男女", CHINESE, "", "出生2024.xlsx"),
        ("Area", ("Male", "Female"), ENGLISH, "Births 2024", "table.xlsx"),
        ("시군구", ("남자", "여자"), KOREAN, "2024년 출생", "표.csv"),
    ):
        upper = [label, *(cell for month in months() for cell in (_month(month, reference), None))]
        lower = [None, *(sex for _ in months() for sex in sexes)]
        rows = [
            [area.name, *(number for month in months() for number in _both(area, month))]
            for area in counties(reference)
        ]
        titles = [[title]] if title else []
        yield Shape(
            "wide by month and sex",
            name,
            [*titles, upper, lower, *rows],
            figures(reference, BIRTHS, months()),
            reference,
        )
    upper = ["地区", "男", *[None] * 11, "女", *[None] * 11]
    lower = [None, *(f"2024年{month}月" for _ in "男女" for month in range(1, 13))]
    rows = [
        [area.name, *(value(element, area, month) for element in BIRTHS for month in months())]
        for area in counties(CHINESE)
    ]
    yield Shape(
        "wide by month and sex",
        "出生.xlsx",
        [upper, lower, *rows],
        figures(CHINESE, BIRTHS, months()),
    )


def _month(month: date, reference: Reference) -> str:
    forms = {id(ENGLISH): f"{month:%B}", id(KOREAN): f"{month:%Y-%m}"}
    return forms.get(id(reference), f"{month.month}月")


def _yearly_wide() -> Iterator[Shape]:
    rows = [[area.name, *(value("births_male", area, year) for year in YEARS)] for area in counties(CHINESE)]
    known = figures(CHINESE, ("births_male",), YEARS, "year")
    named = [f"{year.year}年" for year in YEARS]
    bare = [year.year for year in YEARS]
    yield Shape("yearly wide", "出生男婴.csv", [["地区", *named], *rows], known)
    yield Shape("yearly wide", "出生男婴.xlsx", [["地区", *bare], *rows], known)
    yield Shape("yearly wide", "历年.xlsx", [["历年出生男婴"], ["地区", *named], *rows], known)
    rows = [[area.name, *(value("deaths", area, year) for year in YEARS)] for area in counties(ENGLISH)]
    yield Shape(
        "yearly wide",
        "deaths.csv",
        [["Area", *bare], *rows],
        figures(ENGLISH, ("deaths",), YEARS, "year"),
        ENGLISH,
    )
    upper = ["地区", *(cell for year in named for cell in (year, None))]
    lower = [None, *("男", "女") * len(YEARS)]
    rows = [[area.name, *(n for year in YEARS for n in _both(area, year))] for area in counties(CHINESE)]
    yield Shape("yearly wide", "出生.xlsx", [upper, lower, *rows], figures(CHINESE, BIRTHS, YEARS, "year"))


def _codes() -> Iterator[Shape]:
    rows = [[area.area_code, *_both(area, MARCH)] for area in counties(CHINESE)]
    known = figures(CHINESE, BIRTHS, [MARCH])
    yield Shape("codes", "出生_202403.csv", [["区划代码", "男", "女"], *rows], known)
    yield Shape("codes", "出生_202403.xlsx", [["代码", "出生男", "出生女"], *rows], known)
    rows = [
        [area.area_code, f"{month:%Y%m}", *_both(area, month)]
        for month in months(3)
        for area in counties(ENGLISH)
    ]
    yield Shape(
        "codes",
        "births.csv",
        [["code", "month", "male", "female"], *rows],
        figures(ENGLISH, BIRTHS, months(3)),
        ENGLISH,
    )
    rows = [[area.area_code, area.name, *_both(area, MARCH)] for area in counties(CHINESE)]
    yield Shape("codes", "出生_2024年3月.csv", [["代码", "地区", "男", "女"], *rows], known)


def _blocks() -> Iterator[Shape]:
    names = [f"{month}月" for month in range(1, 13)]
    for order, name in (("男女计", "2024年出生.xlsx"), ("计男女", "2024年出生.csv")):
        rows = []
        for area in counties(CHINESE):
            lines = {"男": [], "女": [], "计": []}
            for month in months():
                both = _both(area, month)
                for sex, number in zip("男女计", [*both, sum(both)], strict=True):
                    lines[sex].append(number)
            rows += [[area.name if sex == order[0] else None, sex, *lines[sex]] for sex in order]
        yield Shape("blocks", name, [["地区", "性别", *names], *rows], figures(CHINESE, BIRTHS, months()))
    rows = []
    for area in counties(ENGLISH):
        both = _both(area, MARCH)
        rows += [[area.name, "Total", sum(both)], [None, "Male", both[0]], [None, "Female", both[1]]]
    yield Shape(
        "blocks",
        "births_2024-03.csv",
        [["Area", "Sex", "Number"], *rows],
        figures(ENGLISH, BIRTHS, [MARCH]),
        ENGLISH,
    )


def _titles() -> Iterator[Shape]:
    rows = [[area.name, *_both(area, MARCH)] for area in counties(CHINESE)]
    known = figures(CHINESE, BIRTHS, [MARCH])
    yield Shape(
        "title", "表1.xlsx", [["示例市2024年3月出生人口统计表"], [], ["地区", "男", "女"], *rows], known
    )
    yield Shape(
        "title", "表2.csv", [["出生情况"], ["统计月份：2024年3月"], ["地区", "男婴", "女婴"], *rows], known
    )
    yield Shape(
        "title", "表3.xlsx", [["出生统计表"], ["统计月份", "2024-03"], ["地区", "男", "女"], *rows], known
    )
    rows = [[area.name, *_both(area, MARCH)] for area in counties(ENGLISH)]
    yield Shape(
        "title",
        "table.xlsx",
        [["Live births by sex, March 2024"], ["Area", "Male", "Female"], *rows],
        figures(ENGLISH, BIRTHS, [MARCH]),
        ENGLISH,
    )
    yield Shape(
        "title",
        "table.csv",
        [["Area", "Male", "Female"], *rows],
        figures(ENGLISH, BIRTHS, [MARCH]),
        ENGLISH,
        folder="births/2024-03/",
    )


def _totals_and_footnotes() -> Iterator[Shape]:
    rows = [[area.name, *_both(area, MARCH)] for area in counties(CHINESE)]
    total = ["合计", *(sum(row[place] for row in rows) for place in (1, 2))]
    known = figures(CHINESE, BIRTHS, [MARCH])
    notes = [["注：本表为初步统计数。"], ["资料来源：统计局"]]
    yield Shape("totals", "出生_202403.csv", [["地区", "男", "女"], *rows, total, *notes], known)
    yield Shape(
        "totals", "出生_202403.xlsx", [["地区", "男", "女"], ["总计", *total[1:]], *rows, [], *notes], known
    )
    whole = CHINESE.areas[0].name
    yield Shape(
        "totals",
        "出生_2024年3月.csv",
        [
            ["地区", "男", "女", "合计"],
            *([*row, sum(row[1:])] for row in [[whole + "合计", *total[1:]], *rows]),
            ["填表人：某", "审核人：某"],
        ],
        known,
    )
    rows = [[area.name, *_both(area, MARCH)] for area in counties(ENGLISH)]
    total = ["Total", *(sum(row[place] for row in rows) for place in (1, 2))]
    yield Shape(
        "totals",
        "births_2024-03.csv",
        [["Area", "Male", "Female"], *rows, total, ["Note: provisional figures"], ["Source: register"]],
        figures(ENGLISH, BIRTHS, [MARCH]),
        ENGLISH,
    )


def _japanese() -> Iterator[Shape]:
    rows = []
    for area in counties(JAPANESE):
        both = _both(area, MARCH)
        rows.append([area.name, sum(both), *both])
    known = figures(JAPANESE, BIRTHS, [MARCH])
    head = ["市町村", "総数", "男", "女"]
    yield Shape("Japanese", "出生_202403.csv", [head, *rows], known, JAPANESE)
    yield Shape("Japanese", "表.xlsx", [["出生数（2024年3月）"], head, *rows], known, JAPANESE)
    head = ["市区町村", "出生数(男)", "出生数(女)", "出生数(計)"]
    rows = [[name, male, female, both] for name, both, male, female in rows]
    total = ["県計", *(sum(row[place] for row in rows) for place in (1, 2, 3))]
    yield Shape("Japanese", "2024年3月.xlsx", [head, total, *rows, ["（注）概数である。"]], known, JAPANESE)
    upper = ["市町村", *(cell for month in months(6) for cell in (f"{month.month}月", None, None))]
    lower = [None, *("計", "男", "女") * 6]
    rows = []
    for area in counties(JAPANESE):
        cells = [cell for month in months(6) for both in [_both(area, month)] for cell in (sum(both), *both)]
        rows.append([area.name, *cells])
    yield Shape(
        "Japanese",
        "出生数_2024年.csv",
        [upper, lower, *rows],
        figures(JAPANESE, BIRTHS, months(6)),
        JAPANESE,
    )


SHAPES = [
    shape
    for kind in (
        _long,
        _wide_by_month,
        _wide_by_sex,
        _wide_by_month_and_sex,
        _yearly_wide,
        _codes,
        _blocks,
        _titles,
        _totals_and_footnotes,
        _japanese,
    )
    for shape in kind()
]


def _march(*sides: str, elements: tuple[str, ...] = BIRTHS, reference: Reference = CHINESE) -> list[list]:
    """Rows of March: what stands before the name of each area, and its figures."""
    return [
        [*(side.format(number) for side in sides), area.name, *_both(area, MARCH, elements)]
        for number, area in enumerate(counties(reference), start=1)
    ]


def awkward_shapes() -> Iterator[Shape]:
    """Tables in which one thing may be taken for another."""
    known = figures(CHINESE, BIRTHS, [MARCH])
    head = ["地区", "男", "女"]
    title = ["2024年3月出生情况"]
    yield Shape("a day in the name", "download_20240405.csv", [title, head, *_march()], known)
    yield Shape("another month in the name", "出生_202404.csv", [title, head, *_march()], known)
    yield Shape("a day in the name", "出生_20240405.csv", [head, *_march()], known, folder="2024-03/")
    printed = ["2024年3月出生月报", None, "制表日期：2024年4月5日"]
    yield Shape("a day beside the title", "出生月报.xlsx", [printed, head, *_march()], known)
    unit = ["2024年3月", None, "单位：人"]
    yield Shape("a unit beside the month", "报表.xlsx", [["出生统计"], unit, head, *_march()], known)
    yield Shape("running numbers", "出生_202403.csv", [["序号", *head], *_march("{}")], known)
    upper, lower = ["地区", "2024年3月", None], [None, "男", "女"]
    yield Shape("a month over both sexes", "出生.csv", [upper, lower, *_march()], known)
    to_march = figures(CHINESE, BIRTHS, [MARCH], "ytd")
    yield Shape("months up to one", "2024年1-3月出生.csv", [head, *_march()], to_march)
    rows = [
        [area.name, what, sex, value(element, area, MARCH)]
        for area in counties(CHINESE)
        for what, elements in (("出生", BIRTHS), ("死亡", DEATHS))
        for sex, element in zip("男女", elements, strict=True)
    ]
    every = figures(CHINESE, (*BIRTHS, *DEATHS), [MARCH])
    yield Shape("items in two columns", "2024年3月.csv", [["地区", "类别", "性别", "人数"], *rows], every)
    ends = [date(2024, month, 1) for month in (3, 6, 9, 12)]
    rows = [[area.name, *(value("births_male", area, end) for end in ends)] for area in counties(CHINESE)]
    yield Shape(
        "quarters",
        "出生男婴2024.csv",
        [["地区", "一季度", "二季度", "三季度", "四季度"], *rows],
        figures(CHINESE, ("births_male",), ends, "quarter"),
    )
    whole = CHINESE.areas[0]
    sums = [sum(row[place] for row in _march()) for place in (1, 2)]
    above = {(element, "99", MARCH, "month"): total for element, total in zip(BIRTHS, sums, strict=True)}
    yield Shape(
        "areas of two levels", "出生_202403.csv", [head, [whole.name, *sums], *_march()], known | above
    )


def further_shapes() -> Iterator[Shape]:
    """More of what offices send: blocks with a total or named on another row, eras, Korean, years beside months."""
    names = [f"{month}月" for month in range(1, 13)]
    known = figures(CHINESE, BIRTHS, months())
    for named_on in "计男女":
        rows = _block_rows(CHINESE, "计男女", named_on)
        yield Shape("blocks named elsewhere", "2024年出生.xlsx", [["地区", "性别", *names], *rows], known)
    total = [
        [
            "合计" if sex == "计" else None,
            sex,
            *(sum(_of_sex(area, month, sex) for area in counties(CHINESE)) for month in months()),
        ]
        for sex in "计男女"
    ]
    rows = [*total, *_block_rows(CHINESE, "计男女", "计")]
    yield Shape("a block of totals", "2024年出生.xlsx", [["地区", "性别", *names], *rows], known)
    upper = ["시군구", *(cell for month in range(1, 13) for cell in (f"{month}월", None))]
    rows = [[area.name, *(n for month in months() for n in _both(area, month))] for area in counties(KOREAN)]
    known = figures(KOREAN, BIRTHS, months())
    yield Shape("Korean", "2024년 출생.csv", [upper, [None, *["남", "여"] * 12], *rows], known, KOREAN)
    known = figures(JAPANESE, BIRTHS, [MARCH])
    rows = _march(reference=JAPANESE)
    head = ["市町村", "男", "女"]
    yield Shape("an era", "出生数_令和6年3月.csv", [head, *rows], known, JAPANESE, encoding="cp932")
    yield Shape("an era", "表.xlsx", [["令和6年3月　出生数"], head, *rows], known, JAPANESE)
    for head in (["Year", "Month", "Area", "Male", "Female"], ["年", "月", "地区", "男", "女"]):
        reference = ENGLISH if head[0] == "Year" else CHINESE
        rows = [
            [month.year, month.month, area.name, *_both(area, month)]
            for area in counties(reference)
            for month in months(3)
        ]
        name = "births.csv" if reference is ENGLISH else "出生.csv"
        yield Shape(
            "a year beside a month", name, [head, *rows], figures(reference, BIRTHS, months(3)), reference
        )
    known = figures(CHINESE, BIRTHS, [MARCH])
    head = ["地区", "男", "女"]
    yield Shape("the sheet's name", "出生.xlsx", [head, *_march()], known, sheet="2024年3月")
    yield Shape("the sheet's name", "出生2024.xlsx", [head, *_march()], known, sheet="3月")


def _block_rows(reference: Reference, sexes: str, named_on: str) -> list[list]:
    return [
        [area.name if sex == named_on else None, sex, *(_of_sex(area, month, sex) for month in months())]
        for area in counties(reference)
        for sex in sexes
    ]


def _of_sex(area: Area, month: date, sex: str) -> int:
    male, female = _both(area, month)
    return {"男": male, "女": female}.get(sex, male + female)


def unknowable_shapes() -> Iterator[Shape]:
    """Tables of which nobody could know what they count, or of when."""
    head = ["地区", "男", "女"]
    for name in ("婴儿死亡", "出生死亡", "死亡和人口", "结婚", "二孩出生", "多胎出生", "农村出生", "出生率"):
        yield Shape("another thing", f"{name}_202403.csv", [head, *_march()], {})
    yield Shape("no month", "出生.csv", [head, *_march()], {})
    yield Shape("two months", "出生_202403_202404.csv", [head, *_march()], {})
    clashing = ["地区", "2024年3月出生甲", "2024年3月出生乙"]
    yield Shape("two columns alike", "出生.csv", [clashing, *_march()], {})
    numbered = ["地区", "1", "2"]
    yield Shape("numbers for headers", "出生_202403.csv", [numbered, *_march()], {})

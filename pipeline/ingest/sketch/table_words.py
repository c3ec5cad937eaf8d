"""How totals, notes, places, months and numbers look in the tables of offices, in the languages they write."""

import re

from pipeline.ingest.values.spelling import normalised

TOTAL = re.compile(
    r"^(合[计計]|[总總][计計]|小[计計]|共[计計]|[总總総][数數]|[县縣県市町]?計$|全[省市县区]合?[计計]?$|합계|총계|소계|계$|전국$"
    r"|(?i:(?:grand |sub)?totals?\b|all (?:the )?[a-z]+$|sum$))"
)
TOTAL_AT_END = re.compile(r"\S(合[计計]|[总總][计計]|小[计計]|총계|합계|(?i:\btotal))$")
PLACE = re.compile(
    r"地[区區]|[区區][划劃]|街道|[乡鄉][镇鎮]|[单單]位|^[市州县區区]|市区?町村|시군구|지역|행정구역"
    r"|\b(?i:area|county|district|municipality|region|province|township)"
)
PLACE_NAME = re.compile(r"([省市州盟旗县縣區区乡鄉镇鎮村里]|街道|办事处)$")
TIME = re.compile(r"月份|年月|[月日期]$|期[间間]|[时時][间間]|date|month|period|월$|시점", re.IGNORECASE)
YEARLY = re.compile(r"年$|年份|年度|年次|year|연도|년도?$", re.IGNORECASE)
MONTH = re.compile("0?[1-9]|1[0-2]")
MONTHLY = re.compile(r"月份?$|month|월$", re.IGNORECASE)
YEAR = re.compile(r"(?:19|20)\d\d(?:\.0)?年?")
NOT_THE_PERIOD = re.compile(r"填[报報]日期|制表|[报報]送|打印|印刷|printed|作成日|출력", re.IGNORECASE)


def is_total(text: str) -> bool:
    bare = spaced(text)
    return bool(TOTAL.match(bare) or TOTAL_AT_END.search(bare))


def spaced(text: str) -> str:
    """The text as it stands, with single spaces between Latin words and none between others: 合计, Grand total."""
    return re.sub(r"\s+", " " if re.search("[A-Za-z]", text) else "", text).strip()


def is_number(cell: str | None) -> bool:
    return cell is not None and bool(
        re.fullmatch(r"[-+]?\d[\d,]*(\.\d+)?([%‰]|[人户例个对件])?", normalised(cell))
    )

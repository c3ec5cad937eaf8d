"""Prepares a text for the grammar of periods: half width, one kind of dash, Arabic numerals, no needless blanks."""

import re

from pipeline.ingest.periods.month_names import MONTHS
from pipeline.ingest.periods.words import LATIN
from pipeline.ingest.values.spelling import folded

# A name of a month becomes one character, U+E001 for January to U+E00C.
MONTH = "[\ue001-\ue00c]"
FOLDER = "\x1c"
_VARIANTS = str.maketrans(
    dict(zip("國後從較來個間時報屬總數據統計號週學財會員歲歷環對餘階節過迄両兩現點華",
             "国后从较来个间时报属总数据统计号周学财会员岁历环对余阶节过迄两两现点华", strict=True))
    | dict.fromkeys("—–−―‐‑‒─", "-") | dict.fromkeys("〜∼", "~")
    | dict.fromkeys("\u200b\u200c\u200d\ufeff\u2060")
)  # fmt: skip
_NUMERALS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0}
_TO = "[-~至到]"
_RUN = "[〇○零一二三四五六七八九十]+"
# ParsedNumbers count where a period may begin: 八月, 2024年八月, 第三季度; the 一月 of 统一月报 does not.
_UNIT = f"年|个?月|季|{_TO}(?:{_RUN}|[0-9]+)(?:月|季)"
_NUMERAL_RUN = re.compile(
    rf"(?<![一-鿿〇○])({_RUN})(?={_UNIT})"
    rf"|(?<=[年度第至到前国成和正份月])({_RUN})(?={_UNIT}|日|号)"
    rf"|(?<![〇○零一二三四五六七八九十百千几数每近上下头满过])((?!一[月季]){_RUN})(?=月|季度)"
    r"|(?<![〇○零一二三四五六七八九十])([〇○零一二三四五六七八九]{4})(?=年)"
)
_FIRST_MONTH = re.compile("(?<![一-鿿])元月|(?<=[年度])元月")
_BLANK = re.compile(r"[^\S\x1c]+")
_IDLE_BLANK = re.compile(rf"(?<![0-9{LATIN}\ue001-\ue00c]) | (?![0-9{LATIN}\ue001-\ue00c])")
_WORD = re.compile(f"[{LATIN}]+")
_OWN_SIGNS = re.compile("[\0\1\ue001-\ue00c]")


def plain(text: str) -> str:
    """The text as the grammar reads it. A blank stays where letters or digits stand on both sides: 2024 08, Aug 2024."""
    ready = _OWN_SIGNS.sub("\ufffd", folded(text)).lower().translate(_VARIANTS)
    ready = _IDLE_BLANK.sub("", _BLANK.sub(" ", ready).strip(" "))
    if not ready.isascii():
        ready = _NUMERAL_RUN.sub(_in_digits, _FIRST_MONTH.sub("1月", ready))
    return _WORD.sub(lambda word: _name(word[0]), ready)


def _name(word: str) -> str:
    month = MONTHS.get(word)
    return chr(0xE000 + month) if month else word


def _in_digits(run: re.Match[str]) -> str:
    """A run of Chinese numerals in Arabic ones, with a blank after digits: 2024三月 becomes 2024 3月, not 20243月."""
    is_apart = run.string[run.start() - 1 : run.start()].isdigit()
    return f"{' ' if is_apart else ''}{_arabic(run[run.lastindex or 0])}"


def _arabic(numerals: str) -> str:
    """Chinese numerals in Arabic ones: 二〇二四 as 2024, 十一 as 11, 二十三 as 23."""
    if "十" not in numerals:
        return "".join(str(_NUMERALS[numeral]) for numeral in numerals)
    tens, _, ones = numerals.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones or not set(tens + ones) <= _NUMERALS.keys():
        return numerals
    return str(10 * (_NUMERALS[tens] if tens else 1) + (_NUMERALS[ones] if ones else 0))

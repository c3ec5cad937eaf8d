"""Words beside a period: those that change nothing, and those that make it another span or month (since, 同比, 以来).

In these patterns the periods themselves are masked: `HERE` where one stood, `DAY` where it ended with a day.
"""

import re
from difflib import get_close_matches

from pipeline.ingest.periods.eras import ERAS
from pipeline.ingest.periods.month_names import MONTHS, OTHER_MONTHS

HERE, DAY = "\0", "\1"
_AT = f"[{HERE}{DAY}]"
LATIN = "a-zß-ɏ"

# What may stand beside a period in any text; docs/sources.md lists them.
_HARMLESS = (
    "统计月份|统计月度|统计年月|统计年份|统计年度|统计期间|统计时间|统计日期|统计期|所属月份|所属时期|所属期"
    "|报告月份|报告期|报表月份|报表日期|填报月份|数据月份|月份|年份|年度|年月|日期|时间|期间|期别"
    "|当月|本月|合计|总计|小计|共计|月报表|月报|年报|统计|西元|公元"
    f"|(?<={_AT})(?:末现在|末时点|月末|年末|月底|年底|末|底|现在|时点|分|报表|报)(?!期|半)"
    f"|截[至止](?=[{HERE}{DAY}]+[末底]|{HERE}*{DAY})"
    "|통계월|통계년월|기준월|기준년월|기준일|연월|년월|월보"
    f"|(?<={_AT})(?:말|현재|기준)+"
)
_HARMLESS_ENGLISH = (
    "as of|as at|reporting month|reference month|month|monthly|period|date|report|total|for|of|in|the"
)
HARMLESS = re.compile(rf"{_HARMLESS}|(?<![{LATIN}0-9])(?:{_HARMLESS_ENGLISH})(?![{LATIN}0-9])")

# What may not stand in a title that names a period: words of length, of direction and of comparison.
_NUMERAL = "[〇○零一二两三四五六七八九十]"
_ANYWHERE = (
    "同比|环比|较|相比|对比|同期|以来|以后|以前|以降|之后|之前|之间|至今|迄今|下半|半年|半期|半月|四半|上旬|中旬|下旬"
    "|每周|双周|周报|旬报|季节|春季|夏季|秋季|冬季|学年|学期|财年|财政年|会计年|上年|去年|昨年|前年|次年|明年"
    "|来年|翌年|翌月|次月|上月|下月|前月|来月|先月|から|まで|より|부터|까지|이후|이전|동안|대비|전년|작년|내년|하반|반기"
    "|학년|학기|회계|여름|가을|겨울|상순|하순|주차|째주|주간|매주"
    "|上期|下期|前期|后期|通期|今期|当期|来期|夏期|冬期|頃|ごろ|累积|农历|阴历|旧历|闰|日报|季报|季度|假期|黄金周|春节|国庆|春运"
    rf"|{_NUMERAL}[、,和及与/-](?={_AT})|{_AT}[ _]*月(?![报度])|[壹贰叁肆伍陆柒捌玖拾元正腊]月"
    f"|{ERAS}|民国|{_NUMERAL}+(?:个月|[年月季週周天])|[〇○零一二三四五六七八九]{{4}}"
)
_BEHIND = "至|到|起|止|来(?![宾安凤])|代(?!县)|间|初|中(?![国山卫央])|前|后|以|期(?!末)|比|个|초|중|간"
_BEFORE = "至|到|从|自|由|近|每|除|前|后|隔|满|逢|迄|非|截至|截止"
_WORDS_ANYWHERE = """
to thru through until till upto since from between before after within versus vs against compared half
halves week weeks weekly fortnight fortnightly day days daily quarter quarters quarterly months bimonthly
year years yearly annual annually annualised annualized onward onwards forward thereafter semester trimester
decade ending ended next last previous prior following preceding past coming later earlier together combined
cumulative cum rolling moving change difference without except excluding mtd qtd bis seit von vom vor nach
ab halbjahr quartal woche wochen jahr jahre monate monaten kumuliert ohne jusqu jusque depuis avant après
apres semestre trimestre semaine semaines mois année annee à cumul sauf
"""
_WORDS = frozenset(_WORDS_ANYWHERE.split())
_NEAR = (
    "not|by|early|late|mid|end|beginning|begins?|start|starting|pre|post|spring|summer|autumn|fall|winter|season"
    "|school|academic|tax|fiscal|financial|fy|lunar|ye|fye|anfang|ende|début|fin|page|no|nr|vol|issue|part"
)
_GAP = "[-. _]{0,3}"
IN_THE_WAY = re.compile(
    rf"{_ANYWHERE}|{_AT}(?:{_BEHIND})|(?:{_BEFORE})(?={_AT})|第(?={_AT})|(?<![{LATIN}])[wymq]/e(?![{LATIN}])"
    rf"|(?<![{LATIN}])(?:{_NEAR}){_GAP}(?={_AT})|(?<={_AT}){_GAP}(?:{_NEAR})(?![{LATIN}])"
)
# Words that say of a year or a quarter what it is.
_OF_A_YEAR = {"year", "yearly", "annual", "annually", "jahr", "année"}
_OF_A_QUARTER = {"quarter", "quarters", "quarterly", "季报", "季度"}
_SAYING = {
    "year": _OF_A_YEAR,
    "quarter": _OF_A_QUARTER,
    "years": _OF_A_YEAR
    | _OF_A_QUARTER
    | {"months", "half", "半年", "下半", "week", "weekly", "周报", "日报"},
}
_WORD = re.compile(f"[{LATIN}]+")
_LONG_NAMES = [name for name in MONTHS if len(name) > 3]


def word_in_the_way(rest: str, span: str = "") -> str:
    """The first word of a title that makes its period another span or another month; empty if there is none.

    `span` is that of the period, for a yearly report is of a year; "years" where only the year is asked for.
    """
    said = _SAYING.get(span, set())
    signs = (match[0].strip(HERE + DAY + "-. _") for match in IN_THE_WAY.finditer(rest))
    words = (word for word in _WORD.findall(rest) if word in _WORDS or word in OTHER_MONTHS)
    return next((word for word in (*signs, *words) if word not in said), "")


def misspelt_month(rest: str) -> str:
    """A word that is nearly the name of a month, so that `Agust 2024` is not read as the year 2024; else empty."""
    return next((word for word in _WORD.findall(rest) if get_close_matches(word, _LONG_NAMES, 1, 0.8)), "")

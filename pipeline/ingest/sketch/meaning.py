"""What the words of a header, a title or an element's name speak of: births, deaths or people, of which sex."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.ingest.values.spelling import normalised

_SIMPLE = str.maketrans("嬰數總計戶產齡別婦轉遷離萬無歲総児", "婴数总计户产龄别妇转迁离万无岁总儿")
_CONCEPTS = {
    "births": r"出生|活产|分娩|生育|출생|(?<!still)(?<!still )\b(?:live ?)?births?\b|\bborn\b|newborns?",
    "deaths": r"死亡|사망|\bdeaths?\b|\bdeceased\b|\bdied\b",
    "marriages": r"结婚|婚姻|혼인|\bmarriages?\b",
    "divorces": r"离婚|이혼|\bdivorces?\b",
    "moves in": r"迁入|转入|전입|\bin-?migra\w+|\barrivals?\b",
    "moves out": r"迁出|转出|전출|\bout-?migra\w+|\bdepartures?\b",
    "households": r"户数|世带数|세대수?|\bhouseholds?\b",
}
_PEOPLE = r"人口|인구|\bpopulation\b|\binhabitants?\b"
_AND = r"(?:[和及与、,，;；&+/]|\band\b)"
_PEOPLE_TOO = re.compile(rf"{_AND} *(?:户籍|常住)?(?:{_PEOPLE})|(?:{_PEOPLE})数? *{_AND}")
_MALE = r"男(?:性|婴|孩|童|子|儿)?|남(?:자|성|아)|(?<![가-힣])남(?![가-힣])|\b(?:males?|boys?|men|m)\b"
_FEMALE = r"女(?:性|婴|孩|童|子|儿)?|여(?:자|성|아)|(?<![가-힣])여(?![가-힣])|\b(?:females?|girls?|women|f)\b"
_TOTAL = (
    r"合计|小计|总计|共计|总数|总和|(?<!累)计|합계|총계|총수|전체|^계$"
    r"|\b(?:grand )?totals?\b|\bboth(?: sexes)?\b|\ball\b|\bsum\b"
)
_HARMLESS = (
    r"住院|其中|自年初|年初|以来|本月|本年|当月|期末|年末|月末|末|累计|年|月|日|季度?|人数|人次|数量|数|人|口|个|名|例|"
    r"아수|자수|수|명|"
    r"\b(?:number|numbers|no|count|counts|figures?|of|live|the|in|by|sex|persons?|people|n|value|as|at|end|"
    r"jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)\b"
)
_CONCEPTS_OF_PEOPLE = {"registered": r"户籍|户口|\bregistered\b", "resident": r"常住|\bresidents?\b"}
_RATE = r"率|‰|%|比|\brates?\b|\bratios?\b|\bper\b"
_NARROWER = (
    r"[一二三四多]孩|孩次|婴儿死亡|孕产|产妇|死产|流产|新生儿死亡|早产|低体重|农业|非农|流动|城镇|农村|乡村|缺陷|体重|医学|"
    r"原因|死因|年龄|间隔|"
    r"\b(?:infant|maternal|neonatal|perinatal|still|stillbirths?|first|second|third|urban|rural|teen\w*|causes?|ages?)\b|"
    r"\b(?:births?|deaths?) (?:to|outside|within|among|under|of|from|with|per|due)\b"
)
_BEFORE = re.compile(
    r"([\u4e00-\u9fff]{1,2})(?:住院|户籍|常住)?(?:出生|活产|分娩|死亡|人口)"
    r"|\b([a-z]+) (?:live )?(?:births?|deaths?|population)\b"
)
_HARMLESS_BEFORE = re.compile(
    r".?[年月日度季末初市县区镇乡省州盟旗村全各分本当计院口男女性婴的籍住况期新总数按别表报产亡生和及与中童子儿孩]"
    r"|(?:of|the|live|males?|females?|boys?|girls?|numbers?|total|monthly|annual|yearly|registered|resident|and|for|in|by|all|"
    r"recorded|reported|provisional|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)"
)


@dataclass(frozen=True)
class Meaning:
    """`sex` is male, female, both or empty, `whose` registered, resident or empty; `rest` is what else is said."""

    concept: str = ""
    sex: str = ""
    is_total: bool = False
    is_rate: bool = False
    whose: str = ""
    narrower: frozenset[str] = frozenset()
    rest: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def meaning(text: str) -> Meaning:
    """What a text says; a text that names several concepts has none."""
    plain = _plain(text)
    concepts = {name for name, pattern in _CONCEPTS.items() if re.search(pattern, plain)}
    if not concepts and re.search(_PEOPLE, plain):
        concepts = {"population"}
    is_male, is_female = (bool(re.search(pattern, plain)) for pattern in (_MALE, _FEMALE))
    rest = plain
    known = (*_CONCEPTS.values(), *_CONCEPTS_OF_PEOPLE.values(), _PEOPLE, _MALE, _FEMALE, _TOTAL, _HARMLESS)
    for pattern in known:
        rest = re.sub(pattern, " ", rest)
    if concepts and _PEOPLE_TOO.search(plain):
        concepts |= {"population"}
    return Meaning(
        concept=concepts.pop() if len(concepts) == 1 else "",
        sex=("both" if is_female else "male") if is_male else "female" if is_female else "",
        is_total=bool(re.search(_TOTAL, plain)),
        is_rate=bool(re.search(_RATE, plain)),
        whose=next((name for name, pattern in _CONCEPTS_OF_PEOPLE.items() if re.search(pattern, plain)), ""),
        narrower=frozenset((*re.findall(_NARROWER, plain), *_said_before(plain))),
        rest=frozenset(re.findall(r"[^\W\d_]+", rest)),
    )


def speaks_of_several(text: str) -> bool:
    """Whether a text names more than one thing that is counted: 出生和死亡, 死亡及人口, but not 死亡人口."""
    plain = _plain(text)
    named = sum(bool(re.search(pattern, plain)) for pattern in _CONCEPTS.values())
    return named + bool(named and _PEOPLE_TOO.search(plain)) > 1


def shared_concept(texts: list[str]) -> tuple[str, str, frozenset[str]]:
    """What the texts around a table say it counts, the nearest first: the concept, the sex if it is of one, and words
    that narrow it. The first text that names a concept decides; if it names several, or a rate, the table has none."""
    for text in texts:
        said = meaning(text)
        if speaks_of_several(text) or (said.concept and said.is_rate):
            return "", "", frozenset()
        if said.concept:
            return said.concept, said.sex if said.sex != "both" else "", said.narrower
    return "", "", frozenset()


def _said_before(plain: str) -> Iterator[str]:
    """Words before what is counted that make it something else: 多胎出生, twin births."""
    for match in _BEFORE.finditer(plain):
        word = match[1] or match[2]
        if not _HARMLESS_BEFORE.fullmatch(word):
            yield word


def _plain(text: str) -> str:
    """Half width, small letters, simplified characters; English words apart."""
    english = re.sub(r"[^a-z -]+", " . ", text.lower().replace("_", " ")).strip(" .-")
    plain = normalised(text).lower().replace("_", " ").translate(_SIMPLE)
    return f"{re.sub('[a-z-]+', ' ', plain)} {english}".strip()

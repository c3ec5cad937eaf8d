"""The fictional province: areas, codes and names.

Codes lie in 99xxxx, which no real province uses, and the names of the province, its prefectures
and counties all begin with 示例 ("example"). Townships carry plain names, several of which recur in
many counties, as they do in reality; within a county each name is unique.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from pipeline.months import shift_month
from pipeline.sample.english_names import MARK
from pipeline.sample.seeds import generator

PROVINCE_CODE, PROVINCE_NAME = "990000", "示例省"

# What the counties are like goes by their position, so that it holds at every size.
SKEWED_COUNTY = 2
LOW_CHECKUP_COUNTY = 3
TINY_COUNTY = 4
RENAMED_COUNTY = 1
FORMER_NAME = "示例柳溪县"
EMPTY_COUNTY_NAME = "示例空白县"
NEW_COUNTY_NAME = "示例新设县"

_PREFECTURE_NAMES = ("东州市", "中川市", "西岭市")
_COUNTY_NAMES = (
    ("青禾县", "柳溪区", "东湖区", "云岭县", "雾川县"),
    ("中川区", "石桥县", "梅岭县", "白鹭县", "枫林县"),
    ("西岭区", "松涛县", "麦浪县", "竹海县"),
)
_COUNTIES_PER_PREFECTURE = 30
_CODES_PER_LEVEL = 99

_COUNTY_FIRST = (
    "青云龙凤金银玉石松柏桃梅兰竹菊荷杏槐枫桐柳杨白鹭鹤雁鹰燕"
    "朝晨晓霞虹雪霜露清澄碧翠丹紫苍长永安宁和平顺康泰福瑞嘉文武"
)
_COUNTY_SECOND = (
    "山溪川河湖岭峰原林泉江海洲滩湾谷坡冈台城关门桥渡塘池井阳阴源水丰禾田园林庄屏峡峪陵岗浦淮涧洋潭岛沙垣"
)
_TOWNSHIP_FIRST = "东南西北上下大小青白红黄黑金银石龙凤云松柏柳桃梅竹杨马牛羊鹿双三九长高平永安太福"
_TOWNSHIP_SECOND = "湖山溪河沟坝桥坪岭泉林塘湾井庙店集营堡寨岗坡滩洲渡口关门沙田园"
_RECURRING_STEMS = ("新华", "红旗", "胜利", "和平", "东风", "团结", "光明", "前进")


@dataclass(frozen=True)
class Township:
    area_code: str
    name: str


@dataclass(frozen=True)
class County:
    """One county; `index` counts the counties from 0 in the order of their making."""

    index: int
    area_code: str
    name: str
    aliases: tuple[str, ...]
    townships: tuple[Township, ...]
    valid_from: date | None = None
    is_empty: bool = False

    @property
    def is_tiny(self) -> bool:
        return self.index == TINY_COUNTY

    def sends_data(self, month: date) -> bool:
        return not self.is_empty and (self.valid_from is None or month >= self.valid_from)


@dataclass(frozen=True)
class Prefecture:
    area_code: str
    name: str
    counties: tuple[County, ...]


def make_places(
    seed: int, *, counties: int, townships_per_county: int, last_month: date, awkward: bool
) -> tuple[Prefecture, ...]:
    """The prefectures with their counties and townships; `awkward` adds an empty and a brand-new county."""
    total = counties + 2 * awkward
    if counties < 1 or total > _CODES_PER_LEVEL**2:
        raise ValueError(
            f"{counties} counties; expected 1 to {_CODES_PER_LEVEL**2 - 2}, so that codes stay in 99xxxx"
        )
    if not 4 <= townships_per_county <= 400:
        raise ValueError(f"{townships_per_county} townships per county; expected 4 to 400")
    special = {counties: EMPTY_COUNTY_NAME, counties + 1: NEW_COUNTY_NAME}
    members: dict[int, list[County]] = defaultdict(list)
    for index, (number, common) in enumerate(zip(_assign_prefectures(total), _county_names(), strict=False)):
        name = special.get(index, common)
        code = f"99{number + 1:02d}{len(members[number]) + 1:02d}"
        short = name.removeprefix(MARK)
        members[number].append(
            County(
                index=index,
                area_code=code,
                name=name,
                aliases=(short, FORMER_NAME) if index == RENAMED_COUNTY else (short,),
                townships=_make_townships(seed, index, code, short, townships_per_county),
                valid_from=shift_month(last_month, -2) if name == NEW_COUNTY_NAME else None,
                is_empty=name == EMPTY_COUNTY_NAME,
            )
        )
    names = _prefecture_names(len(members))
    return tuple(Prefecture(f"99{n + 1:02d}00", name, tuple(members[n])) for n, name in enumerate(names))


def all_counties(prefectures: Sequence[Prefecture]) -> list[County]:
    """Every county in the order of the codes."""
    return [county for prefecture in prefectures for county in prefecture.counties]


def _assign_prefectures(total: int) -> list[int]:
    """Number of the prefecture of each county: the named ones first, then the smallest up to a limit."""
    limit = max(_COUNTIES_PER_PREFECTURE, -(-total // _CODES_PER_LEVEL))
    assigned = [number for number, names in enumerate(_COUNTY_NAMES) for _ in names][:total]
    sizes = Counter(assigned)
    while len(assigned) < total:
        smallest = min(sizes, key=lambda number: (sizes[number], number))
        assigned.append(smallest if sizes[smallest] < limit else len(sizes))
        sizes[assigned[-1]] += 1
    return assigned


def _prefecture_names(count: int) -> list[str]:
    made = [f"{first}{second}市" for first, second in product("安宁康泰顺嘉瑞福文武", "州原阳陵川江海城都岭")]
    names = [*_PREFECTURE_NAMES, *(name for name in made if name not in _PREFECTURE_NAMES)]
    return [MARK + name for name in names[:count]]


def _county_names() -> Iterator[str]:
    """The named counties, then as many unique ones as are asked for; kinds only repeat once stems run out."""
    named = [name for names in _COUNTY_NAMES for name in names]
    yield from (MARK + name for name in named)
    taken = {name[:-1] for name in named}
    stems = list(dict.fromkeys(a + b for a, b in product(_COUNTY_FIRST, _COUNTY_SECOND) if a != b))
    stems = [stem for stem in stems if stem not in taken]
    order = generator(0, "county names").permutation(len(stems))
    kinds = "县县区县市"
    for turn in range(len(kinds)):
        for position, stem in enumerate(order):
            kind = "县区市"[("县区市".index(kinds[position % len(kinds)]) + turn) % 3]
            yield f"{MARK}{stems[stem]}{kind}"


def _make_townships(
    seed: int, index: int, county_code: str, county_name: str, mean: int
) -> tuple[Township, ...]:
    """Townships of a county; a seat, one named like the county, one or two common names, then made names."""
    random = generator(seed, "townships", index)
    spread = min(3, mean // 4)
    count = 3 if index == TINY_COUNTY else mean + int(random.integers(-spread, spread + 1))
    is_urban = county_name.endswith("区")
    common = random.permutation(len(_RECURRING_STEMS))[: 1 + int(random.integers(0, 2))]
    made = [a + b for a, b in product(_TOWNSHIP_FIRST, _TOWNSHIP_SECOND)]
    stems = [*([] if is_urban else ["城关"]), county_name[:-1]]
    stems += [_RECURRING_STEMS[position] for position in common]
    stems += [made[position] for position in random.permutation(len(made))]
    kinds, weights = ("街道", "镇", "乡"), ((0.5, 0.35, 0.15) if is_urban else (0.05, 0.5, 0.45))
    drawn = random.choice(3, size=count, p=weights)
    townships = []
    for number, stem in enumerate(list(dict.fromkeys(stems))[:count], start=1):
        kind = "镇" if stem == "城关" or (number <= 2 and not is_urban) else kinds[drawn[number - 1]]
        townships.append(Township(f"{county_code}{number:03d}", stem + kind))
    return tuple(townships)

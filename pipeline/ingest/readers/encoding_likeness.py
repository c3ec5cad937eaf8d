"""How much a text looks like a table of area names and counts, decoded in one encoding or another.

Bytes of one East Asian encoding are nearly always valid in the others too. What tells them apart is how many of the
characters are common ones of the language, and how many are those that tables and names of places are full of: the right
reading has both, a wrong one has neither.
"""

import re
from functools import lru_cache

_ENOUGH = 4000  # characters to judge by
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_WESTERN = re.compile(r"[À-ÖØ-öø-ÿŠšŽžŒœŸ]+")
_RARE = re.compile(r"[ŠšŽžŒœŸ]")
_WESTERN_SIGNS = frozenset("°ºª¹²³–—’‘“”«»·€£§©®…¿¡±×")
_CHINESE = (
    "省市县区乡镇村街道男女出生死亡人口户数年月合计城关山江河湖海东西南北新安平阳州石龙大小高长白清水林桥里沙金上下中宁"
    "广福建宝华永兴德泉昌武丰临云黄门台和太井井阴原岭川场古塔赤红柳青青松竹梅花园旗盟自治县族总分类别单位名称期末本"
    "婴孩迁入迁出结婚离婚统计表备注地第季度上半累计小合全"
)
_TRADITIONAL = (
    "縣區鄉鎮鄰戶數計東門園嶺灣萬臺灣高雄桃竹苗栗彰化投雲嘉義屏宜蘭澎連馬新北中南基隆中正大同松信士內文林萬板橋"
    "三重永和莊泰蘆洲淡汐樹鶯峽歲別總單統嬰遷結離備註區域"
)
_JAPANESE = (
    "都道府県市区町村郡出生死亡人口世帯数年月日合計男女総計以上平成令和昭和元川田野島崎井原岡津浜沢戸松木宮本佐々東西南北"
    "山大小中上下高長新古石森福秋青形群馬栃埼千葉神奈富梨岐阜静愛知三重滋賀京阪兵庫良歌取根広徳香媛熊分鹿児沖縄札幌仙台"
    "横名屋都畑町村谷丸池橋坂藤阿伊江尾里奥鳥関辺郷浦城倉若吉"
)
_KOREAN = (
    "시군구읍면동리로길남여출생사망인구년월일계도서울부산대구인천광주울산세종경기강원충청전라북제주특별자치합수원성안양"
    "평택고화포김용창천진영덕상하중신정은송정세대수명가장강거곡과관교금나내노달당두등마목무문미반백방보봉북비석선소순"
    "아암야약양연오옥완외우운월위유의이익임작장재전조종증지차철초춘충태통파풍하학한함해현홍화횡흥"
)
# Characters that are common in an encoding: a codec, and the first and last lead byte they have in it. For Japanese these
# are the signs, kana and first-level kanji of JIS X 0208; half-width kana hint at another encoding.
_COMMON = {
    "gb18030": ("gb2312", 0xA1, 0xD7),
    "big5": ("big5", 0xA1, 0xC6),
    "cp949": ("euc_kr", 0xA1, 0xC8),
    "cp932": ("euc_jp", 0xA1, 0xCF),
    "euc-jp": ("euc_jp", 0xA1, 0xCF),
}
_WESTERN_TOO = ("cp1252", "utf-8-sig")
_LISTED = frozenset(_CHINESE + _TRADITIONAL + _JAPANESE + _KOREAN)


def likeness(text: str, encoding: str) -> float:
    """From 0 to 2: the share of common characters plus the share of those that tables are full of; 2 for plain ASCII."""
    characters, points = 0, 0.0
    for run in _FOREIGN.finditer(text):
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        if encoding in _WESTERN_TOO and run[0][0] < "\u0800":
            points += _western(run[0], before, after)
        elif encoding != "cp1252" and not (len(run[0]) == 1 and after.islower()):
            points += sum(_points(character, encoding) for character in run[0])
        characters += len(run[0])
        if characters > _ENOUGH:
            break
    return points / characters if characters else 2.0


@lru_cache(maxsize=100_000)
def _points(character: str, encoding: str) -> int:
    if encoding not in _COMMON:
        return 2 * (character >= "\u0800")  # three bytes of UTF-8 that fit together are hardly a chance
    codec, first, last = _COMMON[encoding]
    try:
        is_common = first <= character.encode(codec)[0] <= last
    except UnicodeEncodeError:
        is_common = False
    return is_common + (character in _LISTED)


def _western(run: str, before: str, after: str) -> float:
    """Points for letters with accents: high where one or two stand within a word of plain letters."""
    if all(character in _WESTERN_SIGNS for character in run):
        return float(len(run))
    is_word = before.isalpha() or after.isalpha()
    has_capital_inside = before.islower() and run[0].isupper()
    if not _WESTERN.fullmatch(run) or len(run) > 2 or not is_word or has_capital_inside:
        return 0.0
    is_usual = not _RARE.search(run) and (len(run) == 1 or (before.isalpha() and after.isalpha()))
    return len(run) * (2.0 if is_usual else 1.0)

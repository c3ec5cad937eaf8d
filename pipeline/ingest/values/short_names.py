"""The short forms in which offices write names of areas: 北川县 for 北川羌族自治县, 青禾 for 青禾县."""

import re
from collections.abc import Iterator

# the 55 recognised minorities without 族, the longest first
_PEOPLE = (
    "柯尔克孜|乌孜别克|维吾尔|哈萨克|达斡尔|塔吉克|俄罗斯|鄂温克|塔塔尔|鄂伦春|蒙古|"
    "布依|朝鲜|土家|哈尼|傈僳|高山|拉祜|东乡|纳西|景颇|仫佬|布朗|撒拉|毛南|仡佬|"
    "锡伯|阿昌|普米|德昂|保安|裕固|独龙|赫哲|门巴|珞巴|基诺|回|藏|苗|彝|壮|满|"
    "侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|京|各"
)
_AUTONOMOUS = re.compile(rf"(?P<stem>.{{2,}}?)(?:(?:{_PEOPLE})族)*(?:{_PEOPLE})?族?自治(?P<kind>县|州|旗|区)")
_OF_A_PEOPLE = re.compile(rf"(?P<stem>.{{2,}}?)(?:(?:{_PEOPLE})族)+(?P<kind>乡|镇|区)")
_ORDINARY = re.compile(r"(?P<stem>.{2,}?)(?:县|区|市|旗|省|州|地区|盟|镇|乡|街道|街道办事处|办事处|苏木)")


def short_forms(name: str) -> Iterator[str]:
    """Shorter ways of writing a full name, the longest first; none for a name that has none."""
    if match := _AUTONOMOUS.fullmatch(name) or _OF_A_PEOPLE.fullmatch(name):
        stem, kind = match["stem"], match["kind"]
        if "自治" in name:
            yield f"{stem}自治{kind}"
        yield f"{stem}{kind}"
        yield stem
    elif match := _ORDINARY.fullmatch(name):
        yield match["stem"]

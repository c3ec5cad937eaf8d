"""Which element a header is likely to mean."""

from __future__ import annotations

import re

from pipeline.reference import Element


def likeliest_element(text: str, elements: dict[str, Element], taken: set[str], *, is_whole: bool) -> str:
    """The element whose Chinese name shares most with a header; empty where none does."""
    text = text.replace("活产", "出生").replace("分娩", "出生")
    plain = set(re.sub(r"[\d月年累计人数：:，/()（）‰%]|其中|本月|期末", "", text))
    is_rate = bool(re.search(r"率|‰|%", text))
    is_total = is_whole or bool(re.search(r"合计|小计|总计", text))
    best, most = "", 0.5
    for name, element in elements.items():
        label = set(element.labels.zh) - set("人数（）")
        is_printed = element.kind == "printed"
        if name in taken or element.sum_of or (is_rate and not is_printed):
            continue
        likeness = 2 * len(plain & label) / (len(plain) + len(label) or 1) + 0.3 * (
            is_printed and (is_rate or is_total)
        )
        for sex in "男女":
            likeness -= (sex in label) != (sex in plain)
        likeness -= is_printed and not (is_rate or is_total)
        if likeness > most:
            best, most = name, likeness
    return best

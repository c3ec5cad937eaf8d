"""Which element a header means, if any: by its name, by what its words mean, or by likeness to an element's name."""

import re

from pipeline.ingest.sketch.meaning import Meaning, meaning, speaks_of_several
from pipeline.ingest.values.spelling import normalised
from pipeline.reference import Element

_LIKE = 0.5


class ElementMatcher:
    """Finds the elements of a table's headers; each element is given once.

    `around` is what the texts around the table say it counts, and `taken` has the elements of other tables.
    """

    def __init__(
        self, elements: dict[str, Element], around: tuple[str, str, frozenset[str]], taken: set[str]
    ) -> None:
        self._elements = {name: element for name, element in elements.items() if not element.sum_of}
        self._concept, self._sex, self._narrower = around
        self.taken = taken

    def element(self, text: str, *, is_whole: bool = False) -> str:
        """The element of a header; empty where none is sure. `is_whole`: its parts (其中：男) follow."""
        if text.strip("*/") and not re.search(r"[^\W\d_]", text):
            return ""
        guess = self._by_name(text) or self._by_meaning(text, is_whole) or self._by_likeness(text, is_whole)
        self.taken |= {guess} - {""}
        return guess

    def _free(self) -> dict[str, Element]:
        return {name: element for name, element in self._elements.items() if name not in self.taken}

    def _by_name(self, text: str) -> str:
        key = normalised(text).casefold()
        for name, element in self._free().items():
            labels = (element.labels.zh, element.labels.en, name, name.replace("_", " "))
            if key and key in {normalised(label).casefold() for label in labels}:
                return name
        return ""

    def _by_meaning(self, text: str, is_whole: bool) -> str:
        """The one element that counts the same events or people of the same sex, narrowed by the same words."""
        own = meaning(text)
        concept, sex = own.concept or self._concept, own.sex or self._sex
        if not concept or own.is_rate or sex == "both" or speaks_of_several(text):
            return ""
        narrower = own.narrower | (frozenset() if own.concept else self._narrower)
        fitting = []
        for name, element in self._free().items():
            label = _label(element)
            is_same = (label.concept, label.sex) == (concept, sex) and not label.is_rate
            is_of_others = bool(own.whose and label.whose and own.whose != label.whose)
            if is_same and not is_of_others and label.narrower == narrower and own.rest <= label.rest:
                unsaid = len(label.rest - own.rest) + (own.whose != label.whose)
                fitting.append((name, element.kind == "printed", unsaid))
        counted = [entry for entry in fitting if not entry[1] and not (is_whole and sex == "")]
        chosen = counted or [entry for entry in fitting if entry[1]]
        least = min((entry[2] for entry in chosen), default=0)
        best = [name for name, _, rest in chosen if rest == least]
        return best[0] if len(best) == 1 else ""

    def _by_likeness(self, text: str, is_whole: bool) -> str:
        """The element whose Chinese name shares most with a header that speaks of nothing else."""
        own = meaning(text)
        plain = set(re.sub(r"[\d月年累计人数：:，/()（）‰%]|其中|本月|期末", "", text))
        is_total = is_whole or own.is_total
        best, most = "", _LIKE
        for name, element in self._free().items():
            label, is_printed = _label(element), element.kind == "printed"
            if (own.is_rate and not is_printed) or label.sex != own.sex:
                continue
            is_of_people = own.concept == "population" and not label.concept
            if own.concept != label.concept and not is_of_people:
                continue
            if label.concept and (own.rest - label.rest or own.narrower != label.narrower):
                continue
            letters = set(element.labels.zh) - set("人数（）")
            likeness = 2 * len(plain & letters) / (len(plain) + len(letters) or 1)
            likeness += 0.3 * (is_printed and (own.is_rate or is_total))
            likeness -= is_printed and not (own.is_rate or is_total)
            if likeness > most:
                best, most = name, likeness
        return best


def _label(element: Element) -> Meaning:
    """The meaning of an element by its names, in any language that tells."""
    said = [meaning(text) for text in (element.labels.zh, element.labels.en, element.name) if text]
    return Meaning(
        concept=next((one.concept for one in said if one.concept), ""),
        sex=next((one.sex for one in said if one.sex), ""),
        is_rate=any(one.is_rate for one in said),
        whose=element.concept or next((one.whose for one in said if one.whose), ""),
        narrower=frozenset(word for one in said[:1] for word in one.narrower),
        rest=frozenset(word for one in said for word in one.rest) - {"printed"},
    )

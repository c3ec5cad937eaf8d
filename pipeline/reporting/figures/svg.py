"""matplotlib's SVG made fit to stand inside a page: ids that cannot clash, plain attributes, titles on its marks.

The colours are attributes, so that theme.css can give others for the night; the font is that of the page.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

JOINER = "\u2060"
FONTS = "Report Sans, Report Sans TC, Report Sans JP, Report Sans Rare"  # as in theme.typ
CLASS = "drawn"  # by which theme.css knows them
_NUMBERS = {"d", "x", "y", "width", "height", "transform", "font-size", "stroke-width"}
_LEFT_OUT = {"font-family", "stroke-dashoffset"}
_USUAL = {("text-anchor", "start"), ("stroke-linejoin", "round")}
_DECIMALS = re.compile(r"(?<=\.\d\d)\d+")
_REFERENCE = re.compile(r'(?:href="|url\()#([\w-]+)')


def inline_svg(drawn: str, name: str, titles: Mapping[str, Sequence[str]]) -> str:
    """The SVG that matplotlib has drawn, as it stands in the page.

    name: unique on the page, begins every id. titles: by the gid of an artist, what a reader who points at one of its
    marks is told, in the order of the marks.
    """
    root = ElementTree.fromstring(drawn)
    ids = {old: f"{name}-{n}" for n, old in enumerate(dict.fromkeys(_REFERENCE.findall(drawn)))}
    whole = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": CLASS})
    whole.attrib |= {side: root.attrib[side] for side in ("width", "height", "viewBox")}
    whole.attrib |= {"font-family": FONTS, "stroke-linejoin": "round"}
    whole.extend([kept for child in root for kept in _kept(child, ids, titles)])
    return ElementTree.tostring(whole, encoding="unicode")


def _kept(element: Element, ids: Mapping[str, str], titles: Mapping[str, Sequence[str]]) -> Iterator[Element]:
    """The element as it stays; of a group that says nothing, what is in it; nothing of what draws nothing."""
    tag = element.tag.rpartition("}")[2]
    if tag in ("metadata", "style"):
        return
    made = Element(tag, _attributes(element, ids))
    made.text = element.text if tag == "text" else None
    made.extend([kept for child in element for kept in _kept(child, ids, titles)])
    if given := titles.get(element.get("id", "")):
        _add_titles(made, given)
    if tag == "g" and len(made):
        _share_attributes(made)
    if tag == "g" and not made.attrib:
        yield from made
    elif len(made) or tag not in ("g", "defs", "path") or _is_seen(made):
        yield made


def _attributes(element: Element, ids: Mapping[str, str]) -> dict[str, str]:
    """Attributes in the place of styles, numbers with two decimals, the new ids."""
    given = {key: value for key, value in element.attrib.items() if key not in ("id", "style")}
    made = {"id": ids[name]} if (name := element.get("id", "")) in ids else {}
    if not made:  # what is defined to be used has the colours of each use, which theme.css can reach
        rules = (rule.partition(":") for rule in element.get("style", "").split(";"))
        given |= {key.strip(): value.strip() for key, _, value in rules if key}
    for key, value in given.items():
        if key in _NUMBERS:
            value = _DECIMALS.sub("", value)
        if key.endswith("href"):
            key, value = "href", f"#{ids[value[1:]]}"
        elif value.startswith("url(#"):
            value = f"url(#{ids[value[5:-1]]})"
        elif key == "d":
            value = _path(value)
        elif key == "font-size":
            value = value.removesuffix("px")
        elif key in _LEFT_OUT or (key, value) in _USUAL or value.startswith("rotate(-0 "):
            continue
        made[key] = value
    return made


def _path(data: str) -> str:
    """Without blanks that say nothing; after M, lines go without a letter."""
    data = " ".join(data.split()).replace(" L ", "L").replace("M ", "M").replace(" M", "M").replace(" z", "z")
    return data if "C" in data or "Q" in data else data.replace("L", " ")


def _is_seen(path: Element) -> bool:
    return "id" in path.attrib or path.get("fill") != "none" or "stroke" in path.attrib


def _add_titles(group: Element, titles: Sequence[str]) -> None:
    marks = [
        element for element in group.iter() if element.tag in ("use", "path") and "id" not in element.attrib
    ]
    for mark, words in zip(marks, titles, strict=True):
        ElementTree.SubElement(mark, "title").text = words.replace(JOINER, "")


def _share_attributes(group: Element) -> None:
    """What all marks of a group have in common, once; not where there are words among them."""
    marks = [child for child in group if child.tag != "defs"]
    if len(marks) < 2 or {mark.tag for mark in marks} - {"use", "path"}:
        return
    for key, value in [*marks[0].attrib.items()]:
        if key not in ("x", "y", "href", "d") and all(mark.get(key) == value for mark in marks):
            group.set(key, value)
            for mark in marks:
                del mark.attrib[key]

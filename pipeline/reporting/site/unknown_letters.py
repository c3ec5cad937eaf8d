"""Which letters of the pages no font has, and in the reports of which areas they stand: a line each."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.reporting.renderers import Page
from pipeline.reporting.renderers.last_resort import boxes_in
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.escaping import without_controls

_NAMED = 3


def unknown_letters(
    pages: Sequence[Page],
    areas: Mapping[str, ShownArea],
    levels: Sequence[str],
    title: str,
    own: Sequence[Path],
) -> list[str]:
    """`areas` are those of the pages by name of the page, `title` is that of all other pages, `own` fonts of the theme.

    An area is named where it is one of the lowest with that letter: what is above shows it because it is there.
    """
    found: dict[str, dict[str, int]] = {}
    places: dict[str, int] = {}
    for page in pages:
        facts = areas.get(page.name)
        name, depth = (facts.official_name or facts.name, levels.index(facts.level)) if facts else (title, -1)
        places.setdefault(name, len(places))
        for char in boxes_in(page.text(), own):
            found.setdefault(char, {})[name] = depth
    together: dict[tuple[str, ...], list[str]] = {}
    for char, where in sorted(found.items()):
        lowest = tuple(name for name, depth in where.items() if depth == max(where.values()))
        together.setdefault(lowest, []).append(char)
    return [_line(*pair) for pair in sorted(together.items(), key=lambda pair: places[pair[0][0]])]


def _line(names: Sequence[str], chars: Sequence[str]) -> str:
    shown = [" ".join(without_controls(name).split()) for name in names[:_NAMED]]
    where = ", ".join(shown) + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")
    letters = ", ".join(f"{char} (U+{ord(char):04X})" for char in chars)
    return (
        f"{where}: {letters} {'are' if len(chars) > 1 else 'is'} in none of the fonts; PDF and figures show a box with "
        f"the code; docs/reports.md says how to add a font"
    )

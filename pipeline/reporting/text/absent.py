"""A number that is not there: a dash with its reason, which stands as well below the table, as paper shows no titles.

Where a table has dashes for several reasons, each has a number: `—¹`.
"""

import re
from collections.abc import Sequence

from pipeline.reporting.text.numbering import attribute
from pipeline.reporting.text.verdicts import why_withheld
from pipeline.words.numbers import UNKNOWN
from pipeline.words.translations import Translator

MARKS = "¹²³⁴⁵⁶⁷⁸⁹"
ABSENT = re.compile(rf'\[{UNKNOWN}[{MARKS}]?\]\{{\.absent title="([^"]*)"\}}')


def absent(_: Translator, reason: str) -> str:
    """The dash of a cell; the reason is one of `why_withheld`."""
    return f'[{UNKNOWN}]{{.absent title="{attribute(why_withheld(_, reason))}"}}'


def shown_or_absent(_: Translator, text: str, reason: str) -> str:
    """The text of a number, or the dash with the reason where there is none."""
    return absent(_, reason) if text == UNKNOWN else text


def is_absent(cell: str) -> bool:
    return cell == UNKNOWN or ABSENT.fullmatch(cell) is not None


def explained(_: Translator, rows: Sequence[Sequence[str]]) -> tuple[list[list[str]], str]:
    """The rows with their dashes numbered, where there are several reasons, and the line that explains them."""
    reasons = list(dict.fromkeys(found for row in rows for cell in row for found in ABSENT.findall(cell)))
    marks = dict(zip(reasons, MARKS if len(reasons) > 1 else [""] * len(reasons), strict=False))

    def numbered(cell: str) -> str:
        return ABSENT.sub(lambda found: found[0].replace(UNKNOWN, UNKNOWN + marks[found[1]], 1), cell)

    told = [_("withheld.dash", sign=UNKNOWN + mark, reason=reason) for reason, mark in marks.items()]
    note = _("withheld.dashes", reasons=_("language.list_separator_long").join(told)) if told else ""
    return [[numbered(cell) for cell in row] for row in rows], note

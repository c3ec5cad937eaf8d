"""Every message has a text in every catalogue of the house, with the same words to fill in, and nothing is left over."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from pipeline.words.translations import HOUSE, read_translator
from tests.reporting.messages import messages

LANGUAGES = sorted(path.stem for path in HOUSE.glob("*.po"))
HAN = re.compile(r"[\u2e80-\u9fff，：；（）～]")


@pytest.fixture(scope="module")
def texts() -> dict[str, dict[str, tuple[str, ...]]]:
    """Of each language the forms of each message."""
    found = {}
    for language in LANGUAGES:
        with (HOUSE / f"{language}.po").open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        plural = {
            message.id[0]: message.string for message in catalogue if isinstance(message.id, tuple | list)
        }
        found[language] = plural | {
            message.id: (message.string,)
            for message in catalogue
            if message.id and not isinstance(message.id, tuple | list) and not message.fuzzy
        }
    return found


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in Formatter().parse(text) if name is not None}


def test_there_are_chinese_and_english():
    assert LANGUAGES == ["en", "zh"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_has_a_text_and_nothing_is_left_over(texts, language):
    used = {message for _place, message in messages()}
    assert {message for message, forms in texts[language].items() if all(forms)} == used


def test_languages_fill_in_the_same(texts):
    wrong = {
        message: forms
        for message, forms in texts["en"].items()
        for form in forms
        # the difference of two figures is left out of the English lines, which state both
        if placeholders(form) ^ placeholders(texts["zh"][message][0]) - {"difference"}
        or form.count("**") != texts["zh"][message][0].count("**")
    }
    assert wrong == {}


def test_english_has_no_chinese_left(texts):
    assert [form for forms in texts["en"].values() for form in forms if HAN.search(form)] == []


def test_a_translator_fills_in_and_counts():
    english, chinese = read_translator("en"), read_translator("zh")
    assert english("labels.with_unit", label="{x}", unit="‰") == "{x} (‰)"
    assert [english.plural("findings.count_months", n) for n in (1, 2)] == ["1 month", "2 months"]
    assert english.plural("findings.count_months", 2000, count="2,000") == "2,000 months"
    assert chinese.plural("findings.count_months", 1) == "1 个月"
    assert english("没有翻译") == "没有翻译"


@pytest.mark.parametrize(("language", "others"), [("en", "Indicator"), ("zh", "指标")])
def test_an_own_catalogue_goes_before_that_of_the_house(tmp_path, language, others):
    (tmp_path / f"{language}.po").write_text('msgid "labels.area"\nmsgstr "County"\n', encoding="utf-8")
    own = read_translator(language, [tmp_path])
    assert (own("labels.area"), own("labels.indicator")) == ("County", others)

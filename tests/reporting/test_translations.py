"""Every text of the reports is in the catalogue of every other language, and nothing else is."""

from __future__ import annotations

import re
from collections import Counter
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from pipeline.words.translations import Translator, read_translator
from pipeline.workspace import CHECKOUT
from tests.reporting.messages import messages

CATALOGUE = CHECKOUT / "reports" / "translations" / "en.po"
HAN = re.compile(r"[\u2e80-\u9fff，：；（）～]")


@pytest.fixture(scope="module")
def translated() -> dict:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return {
        tuple(message.id) if isinstance(message.id, tuple | list) else message.id: message
        for message in catalogue
        if message.id
    }


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in Formatter().parse(text) if name is not None}


def test_every_text_is_translated(translated):
    missing = [
        f"{place}: {forms(text)[0]}"
        for place, text in messages()
        if text not in translated or not all(forms(translated[text].string)) or translated[text].fuzzy
    ]
    assert missing == []


def test_no_translation_is_left_over(translated):
    assert set(translated) - {text for _place, text in messages()} == set()


def test_translations_fill_in_what_the_texts_fill_in(translated):
    wrong = {
        forms(text)[0]: forms(message.string)
        for text, message in translated.items()
        for form in forms(message.string)
        # the difference of two figures is left out of the English lines, which state both
        if placeholders(form) ^ placeholders(forms(text)[0]) - {"difference"}
    }
    assert wrong == {}


def test_translations_have_no_chinese_left(translated):
    left = [form for message in translated.values() for form in forms(message.string) if HAN.search(form)]
    assert left == []


def test_translations_keep_the_emphasis(translated):
    wrong = [
        text
        for text, message in translated.items()
        for form in forms(message.string)
        if form.count("**") != forms(text)[0].count("**")
    ]
    assert wrong == []


def test_one_text_has_one_number_of_forms():
    """The same words as a plain text and as a plural would be one entry in a catalogue."""
    kinds = {(forms(text)[0], isinstance(text, str)) for _place, text in messages()}
    assert [text for text, number in Counter(text for text, _ in kinds).items() if number > 1] == []


def test_a_translator_fills_in_and_counts(tmp_path):
    (tmp_path / "en.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "{name}人口"\nmsgstr "population of {name}"\n\n'
        'msgid "{count} 个月"\nmsgid_plural "{count} 个月"\nmsgstr[0] "{count} month"\nmsgstr[1] "{count} months"\n',
        encoding="utf-8",
    )
    english, chinese = read_translator("en", [tmp_path]), Translator("zh")
    assert english("{name}人口", name="{x}") == "population of {x}"
    assert chinese("{name}人口", name="甲") == "甲人口"
    assert [english.plural("{count} 个月", "{count} 个月", n) for n in (1, 2)] == ["1 month", "2 months"]
    assert english.plural("{count} 个月", "{count} 个月", 2000, count="2,000") == "2,000 months"
    assert chinese.plural("{count} 个月", "{count} 个月", 2) == "2 个月"
    assert english("没有翻译") == "没有翻译"


def test_an_own_catalogue_goes_before_that_of_the_checkout(tmp_path):
    (tmp_path / "en.po").write_text('msgid "地区"\nmsgstr "County"\n', encoding="utf-8")
    english = read_translator("en", [tmp_path, CATALOGUE.parent])
    assert (english("地区"), english("指标")) == ("County", "Indicator")

"""Every message has a text in every catalogue of the house, with the same words to fill in, and nothing is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from pipeline.words.translations import HOUSE, read_translator
from pipeline.workspace import CHECKOUT

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


def sources() -> Iterator[tuple[str, str]]:
    """Names and contents of the code and the templates that print messages."""
    for path in [*(CHECKOUT / "pipeline").rglob("*.py"), *(CHECKOUT / "reports").rglob("*.j2")]:
        yield path.relative_to(CHECKOUT).as_posix(), path.read_text(encoding="utf-8")


def test_every_message_that_is_printed_has_a_text(texts):
    printed = {
        message: name
        for name, text in sources()
        for message in re.findall(r'\b(?:_|say|plural)\(\s*"([a-z_]+\.[\w.]*\w)"', text)
    }
    assert len(printed) > 400
    assert {message: name for message, name in printed.items() if message not in texts["zh"]} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_text_and_nothing_is_left_over(texts, language):
    assert {message: forms for message, forms in texts[language].items() if not all(forms)} == {}
    assert texts[language].keys() == texts["zh"].keys()
    code = "".join(text for _name, text in sources())
    in_full = set(re.findall(r'"([a-z_]+\.[\w.]+)"', code))
    built = tuple(re.findall(r'f"([a-z_]+(?:\.[a-z_]+)*[._])\{', code))  # `f"findings.{kind}"`
    built += tuple(
        re.findall(r'"([a-z_]+\.(?:[a-z_]+\.)*)" ~', code)
    )  # `"check.state." ~ status` of a template
    left = [
        message for message in texts[language] if message not in in_full and not message.startswith(built)
    ]
    assert left == []


def test_languages_fill_in_the_same(texts):
    wrong = {
        message: forms
        for message, forms in texts["en"].items()
        for form in forms
        # left out of the English lines, which state both numbers, and of the Chinese for "the county"
        if (placeholders(form) ^ placeholders(texts["zh"][message][0])) - {"difference", "level"}
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
    assert chinese.plural("findings.count_months", 1) == "1\u00a0个月"
    assert english("没有翻译") == "没有翻译"


@pytest.mark.parametrize(("language", "others"), [("en", "Indicator"), ("zh", "指标")])
def test_an_own_catalogue_goes_before_that_of_the_house(tmp_path, language, others):
    (tmp_path / f"{language}.po").write_text('msgid "labels.area"\nmsgstr "County"\n', encoding="utf-8")
    own = read_translator(language, [tmp_path])
    assert (own("labels.area"), own("labels.indicator")) == ("County", others)


# Where Chinese stands in the code: what raw files say, the fictional workspace, and the look of texts of any language.
GRAMMAR = ("pipeline/ingest/", "pipeline/sample/")
SIGNS = {
    "pipeline/reporting/text/pipe_table.py",  # what tells a number from a year in a column
}


def test_code_holds_no_chinese_text():
    """Strings but not docstrings; a name of a font or a mark of punctuation is no text."""
    found = []
    for name, source in sources():
        if not name.endswith(".py") or name.startswith(GRAMMAR) or name in SIGNS:
            continue
        tree = ast.parse(source)
        texts = [
            node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found += [
            f"{name}:{node.lineno}: {node.value}"
            for node in texts
            if id(node) not in documentation and re.search(r"[\u4e00-\u9fff]", node.value)
        ]
    assert found == []

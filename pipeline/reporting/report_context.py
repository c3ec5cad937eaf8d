"""What all pages of one edition share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pipeline.problems import ProblemError
from pipeline.reference import Element, Indicator, Target
from pipeline.words.names import capital, population, whole
from pipeline.words.translations import HOUSE, Translator, has_catalogue, read_translator
from pipeline.workspace import Settings, Words

REPORTED = ("sex_ratio_at_birth", "birth_rate", "death_rate", "natural_growth_rate")


def refuse_too_few(indicators: Mapping[str, Indicator]) -> None:
    """Every report has a place for these; where there are no figures for one of them, it is left out of the pages."""
    missing = [name for name in REPORTED if name not in indicators]
    if missing:
        names = ", ".join(f"[{name}]" for name in missing)
        raise ProblemError(
            "indicators.toml",
            f"no {names}",
            f"an entry for {'it' if len(missing) == 1 else 'each'}, as every report has a place for it even while it "
            "has no figures; copy it from the example that `sitrep sample DIR` writes",
        )


@dataclass(frozen=True)
class ReportContext:
    """The month, the build it was made from, the language, and the names that the pages print."""

    month: date
    build: str
    version: str
    settings: Settings
    indicators: dict[str, Indicator]
    elements: dict[str, Element]
    sources: dict[str, Words]
    preferred_sources: dict[str, str]
    templates: Path = field(repr=False)  # `repr` is for digests, which know the files themselves
    translations: Path = field(default=HOUSE, repr=False)
    say: Translator = field(default_factory=lambda: read_translator("zh"), repr=False)
    targets: tuple[Target, ...] = ()
    counted: Mapping[str, tuple[str, ...]] | None = (
        None  # sources of the elements of which there is any figure; None: all
    )

    def __post_init__(self) -> None:
        refuse_too_few(self.indicators)

    @property
    def language(self) -> str:
        return self.say.language

    def in_language(self, language: str) -> ReportContext:
        """The same edition, to be printed in another language."""
        if not has_catalogue(language, [self.translations]):
            raise ProblemError(
                "workspace.toml, entry languages",
                repr(language),
                f"a language with a catalogue; zh and en come with the code, another is {self.translations / language}.po",
            )
        return replace(self, say=read_translator(language, [self.translations], self.settings.languages[0]))

    def named(self, words: Words) -> str:
        """A name of the reference tables in this language; a third language has it in its catalogue, by the English."""
        return getattr(words, self.language, "") or self.say(words.en or words.zh)

    @property
    def normal_range(self) -> tuple[float, float] | None:
        """What the sex ratio at birth is held against, if anything."""
        return self.indicators["sex_ratio_at_birth"].normal_range

    @property
    def element_labels(self) -> dict[str, str]:
        return {name: self.named(element.labels) for name, element in self.elements.items()}

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """The elements that an element is the sum of."""
        return {name: element.sum_of for name, element in self.elements.items() if element.sum_of}

    @property
    def source_names(self) -> dict[str, str]:
        return {name: self.named(words) for name, words in self.sources.items()}

    def has(self, indicator: str) -> bool:
        """Whether there are figures to compute an indicator from, of any area and month."""
        formula = self.indicators[indicator].formula
        return self._are_counted([*formula.numerator, *formula.denominator])

    def has_counts(self, indicator: str) -> bool:
        """Whether there are figures for its numerator."""
        return self._are_counted(self.indicators[indicator].formula.numerator)

    def sources_of(self, element: str) -> list[str]:
        """The preferred source of an element, or of what it is the sum of; else those of its figures of the last year."""
        parts = (element, *self.elements[element].sum_of)
        preferred = {self.preferred_sources[part] for part in parts if part in self.preferred_sources}
        return sorted(
            preferred or {source for part in parts for source in (self.counted or {}).get(part, ())}
        )

    @property
    def not_counted(self) -> list[str]:
        """The elements without any figure that the reported indicators need; not the parts of one that is named."""
        formulas = [self.indicators[name].formula for name in REPORTED]
        needed = dict.fromkeys(name for one in formulas for name in (*one.numerator, *one.denominator))
        lacking = [name for name in needed if not self._are_counted([name])]
        parts = {part for name in lacking for part in self.elements[name].sum_of}
        return [self.label(name) for name in lacking if name not in parts]

    @property
    def not_computed(self) -> list[str]:
        """The reported indicators that there are no figures for."""
        return [self.label(name) for name in REPORTED if not self.has(name)]

    def _are_counted(self, elements: Iterable[str]) -> bool:
        return self.counted is None or all(element in self.counted for element in elements)

    def label(self, subject: str) -> str:
        """The name of an element or indicator in the reports."""
        known = self.indicators.get(subject) or self.elements.get(subject)
        return self.named(known.labels) if known else subject

    def indicator_of(self, subject: str) -> Indicator | None:
        """The indicator that a finding is about: itself, or the one that an office prints beside its counts."""
        if subject in self.indicators or subject not in self.elements:
            return self.indicators.get(subject)
        printed = self.elements[subject].equals
        return next((one for one in self.indicators.values() if one.formula == printed), None)

    def heading_of(self, subject: str) -> str:
        """The same at the beginning of a line or of a cell: in English with a capital letter."""
        return capital(self.label(subject))

    @property
    def reported_first(self) -> list[str]:
        """The indicators in the order of the tables: the four of every report before the others."""
        return [*REPORTED, *(name for name in self.indicators if name not in REPORTED)]

    @property
    def population_name(self) -> str:
        """`户籍人口`, `常住人口`: the population that the rates are made of."""
        return population(self.say, self.indicators["natural_growth_rate"].concept)

    def whole(self, name: str, level: str) -> str:
        """The area as a whole: `全县`, `the county`."""
        words = self.settings.level_names.get(level)
        return whole(self.say, name, self.named(words) if words else "")

    def page_name(self, name: str) -> str:
        """The file name, without its ending, of a page in this language: `990101`, `990101.en`."""
        return name if self.language == self.settings.languages[0] else f"{name}.{self.language}"

    @property
    def name(self) -> str:
        return f"{self.month:%Y-%m}"

"""Years that are counted from an event: those of the Republic of China and of the eras of Japan."""

BEFORE_THE_REPUBLIC = 1911

# (year, month) in which an era begins and ends; the years 1912, 1926, 1989 and 2019 belong to two
_ERAS = {
    "大正": ((1912, 7), (1926, 12)),
    "昭和": ((1926, 12), (1989, 1)),
    "平成": ((1989, 1), (2019, 4)),
    "令和": ((2019, 5), (2100, 12)),
}
ERAS = "|".join(_ERAS)


def year_of_era(era: str, year: int) -> int | None:
    """The year of the calendar: 平成26年 is 2014, 令和1年 (元年) is 2019; None for a year after the end of the era."""
    (first, _), (last, _) = _ERAS[era]
    found = first + year - 1
    return found if year >= 1 and found <= last else None


def is_within(era: str, year: int, month: int) -> bool:
    """Whether a month lies in an era; 平成 ends in April of its year 31."""
    begins, ends = _ERAS[era]
    return begins <= (year, month) <= ends


def year_of_republic(year: int) -> int:
    """The year of the calendar for a year of the Republic of China: 民國113年 is 2024."""
    return year + BEFORE_THE_REPUBLIC

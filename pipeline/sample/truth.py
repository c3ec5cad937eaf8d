"""The simulated truth of vital events: who was born, died and moved, per township and month.

For a county at month t, with P the population at the end of the month before, s the share of the
year and f the seasonal factors (mean 1 over the twelve months):

    births ~ Poisson(P · births_rate(t)/1000 · s · f_births),   male ~ Binomial(births, π(t))
    deaths ~ Poisson(P · deaths_rate(t)/1000 · s · f_deaths),   male ~ Binomial(deaths, 0.55)
    P(t) = P(t-1) + births − deaths + moves in − moves out

with π = r/(100 + r) for a sex ratio r (males per 100 females). The rates and r are the underlying
levels that the statistics try to find again; they are the same in all townships of a county.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.months import months_apart, months_from, shift_month
from pipeline.sample.months import Months, share_of_year
from pipeline.sample.places import SKEWED_COUNTY, County
from pipeline.sample.seeds import generator

Counts = npt.NDArray[np.int64]
Levels = npt.NDArray[np.float64]

TINY_POPULATION = 1_500
TINY_BIRTHS_PER_MILLE = 5.8
SKEWED_POPULATION = 860_000
_LONGEST_DELAY = 2
_DRAGON, _SHEEP = 4, 7


@dataclass(frozen=True)
class CountyTruth:
    """One county. Counts have shape (townships, months); levels have shape (months,).

    `months` begins in January of the first reported year, because registers report figures
    cumulated from January. `registered_*` are births by the month of their registration.
    Rates are per mille of a year, `sex_ratio` is males per 100 females.
    """

    county: County
    months: Months
    births_male: Counts
    births_female: Counts
    registered_male: Counts
    registered_female: Counts
    deaths_male: Counts
    deaths_female: Counts
    population_male: Counts
    population_female: Counts
    sex_ratio: Levels
    births_per_mille: Levels
    deaths_per_mille: Levels
    births_season: Levels
    deaths_season: Levels

    @property
    def population(self) -> Counts:
        return self.population_male + self.population_female

    def at(self, month: date) -> int:
        """Position of a month."""
        return months_apart(self.months[0], month)


def simulate_county(seed: int, county: County, first_month: date, last_month: date) -> CountyTruth:
    """Events of a county from January of the first month's year to the last month."""
    january = date(first_month.year, 1, 1)
    months = tuple(months_from(shift_month(january, -_LONGEST_DELAY), last_month))
    random = generator(seed, "vital events", county.index)
    levels = _underlying_levels(random, county, months)
    events = _simulate_events(random, county, months, levels)
    registered = {
        f"registered_{sex}": _delay_registration(random, events[f"births_{sex}"])
        for sex in ("male", "female")
    }
    shown = slice(_LONGEST_DELAY, None)
    series: dict[str, Any] = {name: counts[:, shown] for name, counts in (events | registered).items()}
    series |= {name: level[shown] for name, level in levels.items()}
    return CountyTruth(county=county, months=months[shown], **series)


def zodiac_factor(months: Months) -> Levels:
    """More births in dragon years, fewer in sheep years: a smooth hump from February to the next January."""
    factors = []
    for month in months:
        position = (month.month - 2) % 12
        animal = (month.year - (month.month == 1) - 4) % 12
        height = {_DRAGON: 0.13, _SHEEP: -0.10}.get(animal, 0.0)
        factors.append(1 + height * np.sin(np.pi * (position + 0.5) / 12) ** 2)
    return np.array(factors)


def _underlying_levels(random: np.random.Generator, county: County, months: Months) -> dict[str, Levels]:
    calendar_month = np.array([month.month for month in months])
    years = np.array(
        [(month.year - months[-1].year) + (month.month - months[-1].month) / 12 for month in months]
    )
    births_now, births_fall = random.uniform(5.3, 7.0), random.uniform(0.02, 0.05)
    deaths_now, deaths_rise = random.uniform(6.4, 7.6), random.uniform(0.0, 0.02)
    births_height, deaths_height = random.uniform(0.06, 0.11), random.uniform(0.14, 0.22)
    centre, swing, phase = (
        random.uniform(106.0, 107.0),
        random.uniform(0.1, 0.5),
        random.uniform(0, 2 * np.pi),
    )
    if county.is_tiny:
        births_now = TINY_BIRTHS_PER_MILLE
    if county.index == SKEWED_COUNTY:
        sex_ratio = np.linspace(118.0, 114.0, len(months))
    else:
        sex_ratio = centre + swing * np.sin(phase + 2 * np.pi * years / 4.5)
    births = births_now * np.exp(-births_fall * years) * zodiac_factor(months)
    return {
        "sex_ratio": sex_ratio,
        "births_per_mille": np.clip(births, 5.0, 9.5),
        "deaths_per_mille": np.clip(deaths_now * np.exp(deaths_rise * years), 6.0, 8.0),
        "births_season": 1 + births_height * np.cos(2 * np.pi * (calendar_month - 10) / 12),
        "deaths_season": 1 + deaths_height * np.cos(2 * np.pi * (calendar_month - 1) / 12),
    }


def _first_populations(random: np.random.Generator, county: County) -> tuple[Counts, Counts]:
    """Males and females of each township before the first month."""
    total = float(np.exp(random.uniform(np.log(60_000), np.log(900_000))))
    if county.is_tiny:
        total = TINY_POPULATION
    if county.index == SKEWED_COUNTY:
        total = SKEWED_POPULATION
    weights = random.gamma(6.0, size=len(county.townships))
    weights[0] *= 1.8
    population = np.maximum(np.round(total * weights / weights.sum()), 50).astype(np.int64)
    male = random.binomial(population, random.uniform(0.505, 0.515))
    return male, population - male


def _simulate_events(
    random: np.random.Generator, county: County, months: Months, levels: dict[str, Levels]
) -> dict[str, Counts]:
    male, female = _first_populations(random, county)
    names = ("births", "births_male", "deaths", "deaths_male", "population_male", "population_female")
    out = {name: np.zeros((len(county.townships), len(months)), dtype=np.int64) for name in names}
    male_probability = levels["sex_ratio"] / (100 + levels["sex_ratio"])
    for t, month in enumerate(months):
        exposure = (male + female) / 1000 * share_of_year(month) * county.sends_data(month)
        births = random.poisson(exposure * levels["births_per_mille"][t] * levels["births_season"][t])
        births_male = random.binomial(births, male_probability[t])
        deaths = random.poisson(exposure * levels["deaths_per_mille"][t] * levels["deaths_season"][t])
        deaths_male = np.clip(random.binomial(deaths, 0.55), deaths - female, male)
        moves = [random.poisson(exposure * rate) for rate in (1.6, 1.8, 1.5, 1.7)]
        male = np.maximum(male + births_male - deaths_male + moves[0] - moves[1], 0)
        female = np.maximum(female + births - births_male - (deaths - deaths_male) + moves[2] - moves[3], 0)
        for name, value in zip(names, (births, births_male, deaths, deaths_male, male, female), strict=True):
            out[name][:, t] = value
    births, deaths = out.pop("births"), out.pop("deaths")
    return {**out, "births_female": births - out["births_male"], "deaths_female": deaths - out["deaths_male"]}


def _delay_registration(random: np.random.Generator, births: Counts) -> Counts:
    """Births by month of registration: about 3 % come one month late and 1 % two months late."""
    late_one = random.binomial(births, 0.03)
    late_two = random.binomial(births - late_one, 0.01)
    registered = births - late_one - late_two
    registered[:, 1:] += late_one[:, :-1]
    registered[:, 2:] += late_two[:, :-2]
    return registered

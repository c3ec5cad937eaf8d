"""The counts behind the counties' work returns: check-ups, database records and assigned cases."""

from dataclasses import dataclass

import numpy as np

from pipeline.sample.months import Months
from pipeline.sample.places import LOW_CHECKUP_COUNTY
from pipeline.sample.seeds import generator
from pipeline.sample.truth import Counts, CountyTruth

MOST_CASES = 12


@dataclass(frozen=True)
class WorkTruth:
    """Counts of one county by name, each of shape (townships, months of the returns)."""

    months: Months
    counts: dict[str, Counts]


def simulate_work(seed: int, truth: CountyTruth, months: Months) -> WorkTruth:
    """Counts of the given months; due check-ups go with the expected births, records with the population."""
    random = generator(seed, "work", truth.county.index)
    columns = [truth.at(month) for month in months]
    population = truth.population[:, columns]
    checkup_share = 0.62 if truth.county.index == LOW_CHECKUP_COUNTY else random.uniform(0.86, 0.96)
    complete_share, id_share = random.uniform(0.935, 0.985), random.uniform(0.82, 0.985)
    duplicate_share, closed_share = random.uniform(0.003, 0.014), random.uniform(0.86, 0.97)

    def near(share: float, spread: float) -> np.ndarray:
        townships = np.clip(share + random.normal(0, spread, (len(population), 1)), 0.0, 0.995)
        return np.broadcast_to(townships, population.shape)

    due = random.poisson(population * truth.births_per_mille[columns] / 1000 / 12 * 1.1)
    records = np.round(population * random.uniform(1.004, 1.02)).astype(np.int64)
    assigned = np.minimum(random.poisson(1.4, population.shape) * (population > 0), MOST_CASES)
    counts = {
        "checkups_due": due,
        "checkups_done": random.binomial(due, near(checkup_share, 0.01)),
        "records": records,
        "records_complete": random.binomial(records, near(complete_share, 0.004)),
        "records_with_id": random.binomial(records, near(id_share, 0.006)),
        "records_duplicate": random.binomial(records, near(duplicate_share, 0.0006)),
        "cases_assigned": assigned,
        "cases_closed": random.binomial(assigned, closed_share),
    }
    return WorkTruth(months, counts)

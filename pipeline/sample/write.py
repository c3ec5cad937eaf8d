"""Writes the whole example workspace, the same bytes for the same arguments."""

from datetime import date
from pathlib import Path

from pipeline.months import last_months
from pipeline.problems import ProblemError
from pipeline.sample.hospital_births import write_hospital_births
from pipeline.sample.places import PROVINCE_CODE, PROVINCE_NAME, all_counties, make_places
from pipeline.sample.population_register import write_population_register
from pipeline.sample.receipts import write_receipts
from pipeline.sample.reference_tables import write_reference
from pipeline.sample.text_files import write_bytes
from pipeline.sample.truth import simulate_county
from pipeline.sample.truth_tables import write_truth
from pipeline.sample.work_returns import write_work_returns
from pipeline.sample.work_truth import simulate_work

STATIC_FILES = Path(__file__).parent / "workspace"
MONTHS_OF_WORK_RETURNS = 12


def write_sample(
    root: Path,
    *,
    seed: int = 20260710,
    counties: int = 14,
    townships_per_county: int = 11,
    months: int = 60,
    last_month: date = date(2026, 6, 1),
    awkward: bool = False,
) -> None:
    """Write raw files, reference tables and the truth below `root`, which should be new or a sample already.

    `townships_per_county` is a mean; `months` end with `last_month`. `awkward` adds a county that
    never sends anything and one that exists for three months only.
    """
    _refuse_real_workspace(root)
    last_month = last_month.replace(day=1)
    reported = tuple(last_months(last_month, months))
    first_month = reported[0]
    prefectures = make_places(
        seed,
        counties=counties,
        townships_per_county=townships_per_county,
        last_month=last_month,
        awkward=awkward,
    )
    active = [county for county in all_counties(prefectures) if not county.is_empty]
    truths = {county.area_code: simulate_county(seed, county, first_month, last_month) for county in active}
    recent = reported[-MONTHS_OF_WORK_RETURNS:]
    works = {
        code: simulate_work(seed, truth, tuple(month for month in recent if truth.county.sends_data(month)))
        for code, truth in truths.items()
    }

    raw = root / "data" / "raw"
    slips = write_hospital_births(raw, seed, prefectures, truths, reported, counties)
    write_population_register(raw, seed, prefectures, truths, reported)
    slips += write_work_returns(raw, seed, active, works, recent, counties)
    write_reference(root / "data" / "reference", prefectures, reported)
    write_receipts(root / "data" / "reference", raw, reported)
    write_truth(root / "data" / "truth", list(truths.values()), works, slips)
    for file in STATIC_FILES.rglob("*.*"):
        write_bytes(root / file.relative_to(STATIC_FILES), file.read_bytes())


def _refuse_real_workspace(root: Path) -> None:
    """Fictional figures must never end up among real ones."""
    areas = root / "data" / "reference" / "areas.csv"
    if areas.exists() and f"\n{PROVINCE_CODE},{PROVINCE_NAME}," not in areas.read_text(
        encoding="utf-8", errors="replace"
    ):
        raise ProblemError(
            str(areas), "a workspace of one's own", "an empty folder, or one that holds the sample"
        )

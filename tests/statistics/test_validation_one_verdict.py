"""The one verdict on simulated provinces: rarely wrong within the range, and as sharp as twelve months alone."""

from pipeline.validation.one_verdict import Found, one_province


def test_a_province_has_few_false_verdicts_and_its_raised_counties():
    """Six provinces: a fraction of what docs/statistics.md records of a hundred, 0.06 % false and 100 % found."""
    total: dict[str, Found] = {}
    for seed in range(6):
        for kind, found in one_province(seed).items():
            total[kind] = total[kind] + found if kind in total else found
    assert total["within"].areas > 150 and total["raised"].areas == 12
    assert total["within"].by_verdict <= 1
    assert total["raised"].by_verdict == 12
    assert total["risen"].by_verdict >= 7

"""How many examples a generative test tries: few in `make test`, many in the long run (`--whole`)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings


def examples(request: pytest.FixtureRequest, part: int = 1) -> settings:
    """Settings for a generative test: 100 examples, or 10,000 in the long run (`--whole`); a costly one tries a part of
    them (4: a quarter).
    """
    return settings(
        max_examples=(10_000 if request.config.getoption("--whole") else 100) // part,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )

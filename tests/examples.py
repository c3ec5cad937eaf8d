"""How many inputs a generative test tries: 200, and 10,000 with --whole."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings


def examples(request: pytest.FixtureRequest) -> settings:
    return settings(
        max_examples=10_000 if request.config.getoption("--whole") else 200,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )

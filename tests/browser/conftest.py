"""The pages of the awkward example, and the system's Chromium to read them; skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

DESKTOP, PHONE = 1200, 375  # how wide the pages are looked at


@dataclass
class Visit:
    """An open page, what it complained of, and what it asked for beyond files."""

    page: object
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium on PATH")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, site: Path) -> Iterator[Callable[..., Visit]]:
    """Open a page by name, at a width, in a colour scheme, with or without JavaScript."""
    contexts = []

    def opened(name: str, width: int = DESKTOP, scheme: str = "light", **options) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True, **options
        )
        context.set_default_timeout(5000)
        contexts.append(context)
        seen = Visit(context.new_page())
        seen.page.on("console", lambda message: seen.complaints.append(message.text))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.goto((site / f"{name}.html").as_uri())
        return seen

    yield opened
    for context in contexts:
        context.close()

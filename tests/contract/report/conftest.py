"""A real browser for the pages; without one the tests say what is missing."""

import shutil
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")  # an open Playwright keeps an event loop running in this thread
def browser() -> Iterator:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="needs playwright and axe-playwright-python (group test)"
    )
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        found.close()

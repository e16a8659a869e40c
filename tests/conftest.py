"""What every test shares: a skipped browser test is loud, and in CI it is a failure."""

import os
import shutil
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# As root Chromium needs --no-sandbox; the others keep it from asking for hosts beyond this machine.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# One per module: as long as Playwright's own event loop runs, no asynchronous test can.
@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """The system's Chromium; without one the test is skipped, or fails where SLUICE_REQUIRE_BROWSER is set."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        missing = "NO BROWSER: install Debian's chromium to run the browser tests"
        if os.environ.get("SLUICE_REQUIRE_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield launched
        launched.close()

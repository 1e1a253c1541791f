"""One browser for all journeys. Without Chromium they are skipped, in CI they fail."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser.chromium import HOW_TO_INSTALL, find_chromium, launched


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(HOW_TO_INSTALL)
    if path is None:
        pytest.skip(HOW_TO_INSTALL)
    with launched(path) as browser:
        yield browser

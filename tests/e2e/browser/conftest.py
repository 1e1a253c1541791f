"""One browser for all journeys. Without Chromium they are skipped, in CI they fail."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser.chromium import HOW_TO_INSTALL, find_chromium, launched

_HERE = Path(__file__).parent
_LIMIT_SECONDS = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser, stack and page share a busy machine: a test may take as long as all of its waits together."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.timeout(_LIMIT_SECONDS, func_only=True))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(HOW_TO_INSTALL)
    if path is None:
        pytest.skip(HOW_TO_INSTALL)
    with launched(path) as browser:
        yield browser

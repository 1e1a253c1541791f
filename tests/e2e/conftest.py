"""One stack for all e2e tests, on a free port; set CERTCTL_E2E_OUTPUTS to use one that runs already."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.journey import Journey
from tests.support.local_stack import LocalStack, started


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    running = os.environ.get("CERTCTL_E2E_OUTPUTS")
    if running:
        yield LocalStack(json.loads(Path(running).read_text()), Path(running).parent)
        return
    with started(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture
def journey(local_stack: LocalStack, tmp_path: Path) -> Journey:
    return Journey(local_stack, tmp_path)

from collections.abc import Iterator

import pytest

from tests.support.audit.seals import SealedTrail, sealed_trail


@pytest.fixture
def trail(monkeypatch: pytest.MonkeyPatch) -> Iterator[SealedTrail]:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "certctl")
    with sealed_trail() as trail:
        yield trail

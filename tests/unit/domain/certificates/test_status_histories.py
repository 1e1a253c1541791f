"""Counters against a walk over all records, by random histories."""

import pytest

from certctl.domain.certificates.statuses import Status
from tests.support.certificates.histories import history_of

HISTORIES, STEPS, SHARES = 10_000, 20, 20
_AT_FIRST = 3


@pytest.mark.parametrize(
    "share", [*range(_AT_FIRST), *(pytest.param(n, marks=pytest.mark.slow) for n in range(_AT_FIRST, SHARES))]
)
def test_counters_equal_a_walk_over_all_records_at_each_step(share: int) -> None:
    for seed in range(share, HISTORIES, SHARES):
        history = history_of(seed)
        for number in range(STEPS):
            history.step()
            assert history.counted() == history.walked(), f"history {seed}, step {number}"


def test_histories_come_to_every_status() -> None:
    seen: set[str] = set()
    for seed in range(200):
        history = history_of(seed)
        for _ in range(STEPS):
            history.step()
            seen |= history.walked().keys()
    assert seen == {status.value for status in Status}

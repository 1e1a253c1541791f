from datetime import UTC, datetime

import pytest

from certctl.domain.status.checks import LastLooks, StatusCheck, merged, status_check

EARLIER = datetime(2026, 11, 27, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 27, 12, 0, 5, tzinfo=UTC)


def test_a_check_comes_back_from_its_message() -> None:
    check = StatusCheck("ca-1", "7", LastLooks(crl=EARLIER))
    assert status_check(check.body) == check


def test_a_nudge_after_a_revocation_knows_of_no_look() -> None:
    assert status_check({"ca_id": "ca-1", "shard": "0"}) == StatusCheck("ca-1", "0")


@pytest.mark.parametrize(
    "body", [{}, {"ca_id": "ca-1"}, {"ca_id": "c", "shard": "0", "looked": {"crl": "now"}}]
)
def test_other_messages_are_refused(body: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        status_check(body)


def test_a_batch_looks_at_each_crl_once_and_knows_the_latest_looks() -> None:
    checks = [
        StatusCheck("ca-1", "0", LastLooks(crl=LATER)),
        StatusCheck("ca-1", "1"),
        StatusCheck("ca-1", "0", LastLooks(crl=EARLIER, ocsp=EARLIER)),
    ]
    assert merged(checks) == [StatusCheck("ca-1", "0", LastLooks(LATER, EARLIER)), StatusCheck("ca-1", "1")]

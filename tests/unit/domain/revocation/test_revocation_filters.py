"""Which revocations a filter finds."""

from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.errors import InvalidInput
from certctl.domain.revocation.filters import RevocationFilter
from certctl.domain.revocation.revocations import Revocation

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _revocation(reason: str = "superseded") -> Revocation:
    return Revocation(
        id="rev-1",
        ca_id="ca-1",
        crl_shard=0,
        serial_number="01",
        certificate_id="mc-1",
        issuer_id="iss-local",
        reason=reason,
        revoked_by="key-1",
        revoked_at=NOW,
        not_after=NOW + HOUR,
    )


@pytest.mark.parametrize(
    ("since", "until", "matches"),
    [
        (None, None, True),
        (NOW, None, True),
        (NOW + HOUR, None, False),
        (None, NOW, False),
        (NOW - HOUR, NOW + HOUR, True),
    ],
)
def test_a_period_has_its_beginning_and_not_its_end(
    since: datetime | None, until: datetime | None, matches: bool
) -> None:
    assert RevocationFilter(since=since, until=until).matches(_revocation()) is matches


def test_every_filter_must_match() -> None:
    wanted = RevocationFilter(reason="keyCompromise", since=NOW - HOUR)

    assert wanted.matches(_revocation("keyCompromise"))
    assert not wanted.matches(_revocation("superseded"))


@pytest.mark.parametrize(
    ("wanted", "is_of_rows"),
    [
        (RevocationFilter(), False),
        (RevocationFilter(issuer_id="iss-local", ca_id="ca-1"), False),
        (RevocationFilter(reason="superseded"), True),
        (RevocationFilter(until=NOW), True),
    ],
)
def test_only_reasons_and_times_need_the_rows(wanted: RevocationFilter, is_of_rows: bool) -> None:
    assert wanted.is_of_rows is is_of_rows


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (RevocationFilter(reason="boredom"), "query.reason"),
        (RevocationFilter(since=NOW, until=NOW), "query.until"),
    ],
)
def test_an_impossible_filter_is_refused_by_name(wanted: RevocationFilter, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        wanted.check()

    assert [each.field for each in refused.value.problems] == [field]

"""From which CRL on a revocation is public."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.authorities.authorities import CrlShard
from certctl.domain.issuing.external_cas import RevocationState
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.status.publications import (
    MOST_NAMED,
    PublicationState,
    PublishedCrl,
    named,
    publication_of,
)

REVOKED_AT = datetime(2026, 11, 24, 13, tzinfo=UTC)
URL = "http://h/pki/ca-1/0.crl"
REVOCATION = Revocation(
    id="rev-1",
    ca_id="ca-1",
    crl_shard=0,
    serial_number="0a01",
    certificate_id="mc-1",
    issuer_id="iss-local",
    reason="superseded",
    revoked_by="key-1",
    revoked_at=REVOKED_AT,
    not_after=REVOKED_AT + timedelta(days=90),
)


def after(seconds: float) -> datetime:
    return REVOKED_AT + timedelta(seconds=seconds)


def crl(number: int, seconds: float, added: tuple[str, ...] | None = ()) -> PublishedCrl:
    """A CRL whose reading began so long after the revocation."""
    return PublishedCrl("ca-1", "0", number, after(seconds), after(seconds + 1), after(seconds), 3, added)


def shard(number: int, seconds: float, changes: int) -> CrlShard:
    return CrlShard(
        "ca-1",
        "0",
        URL,
        open=True,
        crl_number=number,
        this_update=after(seconds),
        next_update=after(seconds) + timedelta(hours=72),
        changes=changes,
        published_at=after(seconds + 1),
    )


def test_it_is_public_from_the_crl_that_lists_it_first() -> None:
    log = [crl(7, 1, ("0a01", "0b02")), crl(8, 70, ("0c03",))]
    found = publication_of(REVOCATION, shard(8, 70, 9), log, 9)
    assert found.state is PublicationState.PUBLISHED
    assert (found.crl_number, found.published_at, found.is_first) == (7, after(2), True)
    assert found.crl_url == URL


def test_a_crl_that_was_read_before_the_commit_does_not_count() -> None:
    """`revoked_at` is taken first: a CRL that began later may miss the revocation."""
    log = [crl(7, 1, ("0b02",)), crl(8, 3, ("0a01",))]
    assert publication_of(REVOCATION, shard(8, 3, 9), log, 9).crl_number == 8


def test_it_is_due_until_a_crl_covers_its_change() -> None:
    found = publication_of(REVOCATION, shard(7, 1, 8), [crl(7, 1, ("0b02",))], 9)
    assert found.state is PublicationState.DUE
    assert (found.crl_number, found.due_by, found.crl_url) == (None, after(60), URL)


def test_without_its_name_in_the_log_the_current_crl_counts_once_it_covers_all_changes() -> None:
    found = publication_of(REVOCATION, shard(7, 1, 9), [crl(7, 1, None)], 9)
    assert found.state is PublicationState.PUBLISHED
    assert (found.crl_number, found.published_at, found.is_first) == (7, after(2), False)


def test_without_its_name_in_the_log_a_crl_of_a_minute_later_is_certain() -> None:
    found = publication_of(REVOCATION, shard(9, 90, 8), [crl(8, 59, None), crl(9, 60, None)], 9)
    assert (found.crl_number, found.is_first) == (9, False)


def test_a_serial_is_not_found_in_what_a_later_crl_adds() -> None:
    """A row that is lost between upload and log: the next CRL lists it, but not as new."""
    found = publication_of(REVOCATION, shard(9, 90, 9), [crl(9, 90, ("0c03",))], 9)
    assert (found.crl_number, found.is_first) == (9, False)


def test_what_is_expired_is_listed_no_longer() -> None:
    ended = replace(REVOCATION, not_after=after(30))
    later = 30 + 73 * 3600
    found = publication_of(ended, shard(12, later, 9), [crl(7, 1, ("0a01",))], 9)
    assert found.state is PublicationState.EXPIRED
    assert (found.crl_number, found.is_first) == (7, True)


def test_an_external_issuer_publishes_it() -> None:
    external = replace(REVOCATION, ca_id="ext.iss-acme", issuer_revocation=RevocationState.PENDING)
    found = publication_of(external, None, [], 0)
    assert found.state is PublicationState.ISSUER
    assert (found.crl_url, found.due_by) == (None, None)


@pytest.mark.parametrize("before_the_first", [None, CrlShard("ca-1", "0", URL, open=False)])
def test_without_a_published_crl_it_is_due(before_the_first: CrlShard | None) -> None:
    assert publication_of(REVOCATION, before_the_first, [], 0).state is PublicationState.DUE


def test_many_new_entries_are_not_named() -> None:
    serials = [f"{number:04x}" for number in range(MOST_NAMED + 1)]
    assert named(serials) is None
    assert named(reversed(serials[1:])) == tuple(serials[1:])

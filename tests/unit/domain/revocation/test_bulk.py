from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.domain.certificates.statuses import Lifecycle, Status
from certctl.domain.errors import InvalidInput
from certctl.domain.revocation.bulk import (
    MAX_RETRIES,
    BulkRevocation,
    Outcome,
    Selection,
    bulk_revocation,
    failure_of,
)
from certctl.domain.revocation.requests import RevocationRequest
from tests.support.agents.fleet import certificate, live

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(days=30), NOW - timedelta(days=30)
FAILED = failure_of("mc-1", "no")


def a_bulk(reason: str = "superseded", **selection: Any) -> BulkRevocation:
    return bulk_revocation(Selection(**selection or {"owner_id": "o-default"}), RevocationRequest(reason))


@pytest.mark.parametrize(
    "selection", [{}, {"environment": "production"}, {"status": Status.ACTIVE}, {"certificate_ids": ()}]
)
def test_a_selection_without_a_choice_is_refused(selection: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        bulk_revocation(Selection(**selection), RevocationRequest("superseded"))


def test_a_hold_is_refused() -> None:
    with pytest.raises(InvalidInput, match="certificateHold"):
        a_bulk("certificateHold")


@pytest.mark.parametrize(
    ("lifecycle", "reason", "expires_at", "is_selected"),
    [
        (Lifecycle.ACTIVE, "superseded", LATER, True),
        (Lifecycle.ACTIVE, "superseded", EARLIER, True),
        (Lifecycle.ON_HOLD, "superseded", LATER, True),
        (Lifecycle.PENDING, "superseded", None, True),
        (Lifecycle.ARCHIVED, "superseded", LATER, True),
        (Lifecycle.ARCHIVED, "superseded", EARLIER, False),
        (Lifecycle.ARCHIVED, "superseded", None, False),
        (Lifecycle.REVOKED, "superseded", LATER, False),
        (Lifecycle.REVOKED, "keyCompromise", LATER, True),
        (Lifecycle.REVOKED, "keyCompromise", EARLIER, False),
    ],
)
def test_what_has_ended_is_meant_only_where_revoking_it_changes_something(
    lifecycle: Lifecycle, reason: str, expires_at: datetime | None, is_selected: bool
) -> None:
    fields = {"lifecycle": lifecycle, "expires_at": expires_at, "revocation_reason": "unspecified"}
    record = certificate("mc-1", EARLIER, **fields)
    assert a_bulk(reason).means(record, NOW, NOW) is is_selected


def test_what_was_made_later_is_not_meant() -> None:
    assert a_bulk().means(live("mc-1", NOW, LATER), NOW, NOW)
    assert not a_bulk().means(live("mc-1", NOW + timedelta(seconds=1), LATER), NOW, NOW)


def test_what_was_revoked_before_is_not_counted_as_done() -> None:
    fields = {"lifecycle": Lifecycle.REVOKED, "revocation_reason": "superseded"}
    before = certificate("mc-1", EARLIER, updated_at=NOW - timedelta(seconds=1), **fields)
    since = certificate("mc-1", EARLIER, updated_at=NOW, **fields)
    assert not a_bulk().has_ended(before, NOW)
    assert a_bulk().has_ended(since, NOW)
    assert not a_bulk("unspecified").has_ended(since, NOW)
    assert not a_bulk(owner_id="o-other").has_ended(since, NOW)


def test_a_status_does_not_hide_what_was_done_of_it() -> None:
    fields = {"lifecycle": Lifecycle.REVOKED, "revocation_reason": "superseded"}
    bulk = a_bulk(owner_id="o-default", status=Status.ACTIVE)
    assert bulk.has_ended(certificate("mc-1", EARLIER, updated_at=NOW, **fields), NOW)


def test_a_walk_ends_with_the_total_and_what_failed_waits_for_its_second_try() -> None:
    bulk = a_bulk().walked("owner/x", 2, [Outcome.DONE, FAILED]).walked(None, 1, [Outcome.SKIPPED])
    assert (bulk.progress.total, bulk.progress.matched, bulk.progress.failed) == (3, 3, 0)
    assert (bulk.retries, bulk.must_retry, bulk.is_over) == (("mc-1",), True, False)


def test_the_second_try_decides() -> None:
    bulk = a_bulk().walked(None, 2, [FAILED, FAILED])
    ended = bulk.retried([Outcome.DONE, FAILED])
    assert ended.is_over
    assert (ended.progress.done, ended.progress.failed, ended.progress.errors) == (1, 1, (FAILED,))


def test_the_walk_waits_while_too_many_have_failed() -> None:
    bulk = a_bulk().walked("owner/x", MAX_RETRIES, [FAILED] * MAX_RETRIES)
    assert bulk.must_retry
    assert not a_bulk().walked("owner/x", 1, [FAILED]).must_retry


def test_the_total_of_ids_is_known_from_the_start() -> None:
    bulk = a_bulk(certificate_ids=("mc-1", "mc-2"))
    assert bulk.progress.total == 2
    assert bulk.walked(None, 1, [Outcome.DONE, Outcome.SKIPPED]).progress.total == 2

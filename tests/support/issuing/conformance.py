"""What every kind of external issuer must do, whatever its CA: checks that a writer of issuers runs through.

A candidate is the connector with a real server or a faithful fake behind it, over a stack's tables in moto.
Each check begins with a new candidate:

    @pytest.mark.parametrize("check", CHECKS, ids=sentence)
    def test_it_conforms(candidate: Candidate, check: Check) -> None:
        check(candidate)
"""

import json
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

from certctl.connectors.issuers.base import STEP_SECONDS
from certctl.crypto.issuing.external_chains import read_chain
from certctl.domain.certificates.versions import Version
from certctl.domain.issuing.external import Issued, IssueOutcome, Pending
from certctl.domain.issuing.external_cas import RevocationState
from certctl.domain.jobs.statuses import JobStatus
from certctl.services.jobs.worker import LEASE
from certctl.store.notifications.items import NotificationItem
from tests.support.functions.control_plane import ADMIN
from tests.support.issuing.external import ExternalPlane, Ordered
from tests.support.issuing.watched import Killed, Watched

_AFTER_LEASE = LEASE + timedelta(seconds=1)
_HOUR = timedelta(hours=1)
_MOST_STEPS = 12
_MOST_BYTES = 16 * 1024
"""Progress is stored with the job in one row of at most 400 KB, with the CSR and the rest."""


class Candidate(Protocol):
    """An issuer, and what its CA can be made to do."""

    @property
    def at(self) -> ExternalPlane: ...

    @property
    def finds_certificates(self) -> bool:
        """Whether the connector always finds out what its CA has signed. If not, a person must be alerted of
        what it does not find."""

    @property
    def refused_name(self) -> str:
        """A name that the CA refuses."""

    def down(self) -> AbstractContextManager[None]:
        """The CA cannot be reached."""

    def asking_for(self, wait: timedelta) -> AbstractContextManager[None]:
        """The CA refuses every call with a wait, as by `Retry-After`."""

    def losing_responses(self) -> AbstractContextManager[None]:
        """The CA does what it is called for, and no response to a signing call arrives."""

    def signed(self) -> Collection[str]:
        """The serial numbers of all certificates that the CA has signed; empty if it has no such list."""

    def is_revoked(self, serial: str) -> bool:
        """The CA's own status of a certificate, by its serial number."""


Check = Callable[[Candidate], None]


def sentence(check: Check) -> str:
    return check.__name__


def a_certificate_is_issued_renewed_and_recorded(candidate: Candidate) -> None:
    at = candidate.at
    certificate = at.issued()
    renewal = at.renewal_requested(certificate.id)
    at.work()

    assert at.plane.job(renewal.id).status is JobStatus.COMPLETED
    assert len(_versions(at, certificate.id)) == 2


def each_pending_step_is_small_json_and_says_that_it_may_be_signed_before_it_is(candidate: Candidate) -> None:
    at, seen = candidate.at, list[IssueOutcome]()
    at.around = lambda issuer: Watched(issuer, seen.append)
    at.issued()

    steps = [outcome for outcome in seen if isinstance(outcome, Pending)]
    assert isinstance(seen[-1], Issued)
    assert steps[-1].may_be_signed, "the step before the certificate did not say that it may be signed"
    for step in steps:
        assert json.loads(json.dumps(step.progress)) == step.progress
        assert len(json.dumps(step.progress)) < _MOST_BYTES


def a_worker_killed_after_any_step_leaves_no_unknown_certificate(candidate: Candidate) -> None:
    for step in range(1, _MOST_STEPS):
        if not _killed_after(candidate, step):
            return
    raise AssertionError(f"an order took more than {_MOST_STEPS} steps")


def a_job_cancelled_after_any_step_leaves_no_unknown_certificate(candidate: Candidate) -> None:
    for step in range(1, _MOST_STEPS):
        if not _cancelled_after(candidate, step):
            return
    raise AssertionError(f"an order took more than {_MOST_STEPS} steps")


def a_lost_response_leaves_no_unknown_certificate(candidate: Candidate) -> None:
    at = candidate.at
    ordered = at.requested()
    with candidate.losing_responses():
        at.work(steps=_MOST_STEPS)
    at.work()

    _require_known(candidate, ordered, candidate.signed())


def a_server_that_is_down_is_waited_for(candidate: Candidate) -> None:
    at = candidate.at
    ordered = at.requested()
    with candidate.down():
        at.work(steps=3)
        waiting = at.plane.job(ordered.id)
    at.work()

    assert waiting.status is JobStatus.PENDING
    assert waiting.last_error
    assert at.plane.job(ordered.id).status is JobStatus.COMPLETED


def a_wait_that_the_server_asks_for_is_kept(candidate: Candidate) -> None:
    at = candidate.at
    ordered = at.requested()
    at.work(steps=1)
    with candidate.asking_for(_HOUR):
        at.work(steps=1)
    due_at = at.plane.job(ordered.id).due.due_at

    assert due_at is not None
    assert due_at >= at.plane.pki.clock() + _HOUR - timedelta(seconds=STEP_SECONDS)
    at.work()
    assert at.plane.job(ordered.id).status is JobStatus.COMPLETED


def a_refused_name_fails_the_job_with_the_reason(candidate: Candidate) -> None:
    at = candidate.at
    ordered = at.requested(candidate.refused_name)
    at.work()

    failed = at.plane.job(ordered.id)
    assert failed.status is JobStatus.FAILED
    assert failed.last_error
    assert _versions(at, ordered.certificate_id) == []


def a_revocation_reaches_the_server_and_may_be_repeated(candidate: Candidate) -> None:
    at = candidate.at
    certificate = at.issued()
    at.plane.revoked(certificate.id, "superseded")
    with candidate.down():
        at.work(steps=1)
    at.work()
    repeated = at.issuer().revoke(_pem(at, certificate.id), None)

    (version,) = _versions(at, certificate.id)
    assert _revocation_of(at, version) is RevocationState.CONFIRMED
    assert candidate.is_revoked(version.serial_number)
    assert type(repeated).__name__ == "RevocationConfirmed"


def its_test_says_why_the_server_does_not_respond(candidate: Candidate) -> None:
    up = candidate.at.issuer().server_fault()
    with candidate.down():
        down = candidate.at.issuer().server_fault()

    assert up is None
    assert down


CHECKS: tuple[Check, ...] = (
    a_certificate_is_issued_renewed_and_recorded,
    each_pending_step_is_small_json_and_says_that_it_may_be_signed_before_it_is,
    a_worker_killed_after_any_step_leaves_no_unknown_certificate,
    a_job_cancelled_after_any_step_leaves_no_unknown_certificate,
    a_lost_response_leaves_no_unknown_certificate,
    a_server_that_is_down_is_waited_for,
    a_wait_that_the_server_asks_for_is_kept,
    a_refused_name_fails_the_job_with_the_reason,
    a_revocation_reaches_the_server_and_may_be_repeated,
    its_test_says_why_the_server_does_not_respond,
)


def _killed_after(candidate: Candidate, step: int) -> bool:
    """Whether an order had that many steps: its worker is killed after it, and another one goes on."""
    at, seen = candidate.at, list[IssueOutcome]()

    def kill(outcome: IssueOutcome) -> None:
        seen.append(outcome)
        if len(seen) == step:
            raise Killed

    ordered = at.requested(f"killed-{step}.example.com")
    at.around = lambda issuer: Watched(issuer, kill)
    try:
        at.work()
    except Killed:
        _found_again(at)
    at.around = lambda issuer: issuer
    returned = [read_chain(each.chain_pem).serial_number for each in seen if isinstance(each, Issued)]
    _require_known(candidate, ordered, [*returned, *candidate.signed()])
    return len(seen) >= step


def _cancelled_after(candidate: Candidate, step: int) -> bool:
    """Whether an order had that many steps: its job is cancelled after it, and what is left is settled."""
    at = candidate.at
    at.plane.job_nudges.clear()
    ordered = at.requested(f"cancelled-{step}.example.com")
    at.work(steps=step)
    if at.plane.job(ordered.id).status.is_terminal:
        return False
    at.plane.jobs.cancel(ADMIN, ordered.id)
    _found_again(at)
    _found_again(at)

    versions = _versions(at, ordered.certificate_id)
    assert all(candidate.is_revoked(version.serial_number) for version in versions)
    if candidate.finds_certificates:
        assert set(candidate.signed()) <= at.recorded()
        assert at.plane.stores.jobs.open_jobs_of(ordered.certificate_id) == []
    else:
        assert _is_alerted(at, ordered) or (versions and set(candidate.signed()) <= at.recorded())
    return True


def _found_again(at: ExternalPlane) -> None:
    """Nudges are lost; the schedule finds what is due."""
    at.plane.job_nudges.clear()
    at.waits.clear()
    at.plane.pki.clock.advance(_AFTER_LEASE)
    at.plane.due_jobs.run(lambda: True)
    at.work(steps=_MOST_STEPS)


def _require_known(candidate: Candidate, ordered: Ordered, signed: Collection[str]) -> None:
    """The job has one certificate, and all that were signed are recorded; or a person was alerted, by an
    issuer that cannot find them."""
    at = candidate.at
    if not candidate.finds_certificates and _is_alerted(at, ordered):
        assert at.plane.job(ordered.id).status is JobStatus.FAILED
        return
    job = at.plane.job(ordered.id)
    assert job.status is JobStatus.COMPLETED, job.last_error
    assert len(_versions(at, ordered.certificate_id)) == 1
    assert set(signed) <= at.recorded() or not candidate.finds_certificates


def _is_alerted(at: ExternalPlane, ordered: Ordered) -> bool:
    rows = [NotificationItem.get(nudge.id) for nudge in at.plane.notification_nudges]
    return any(
        row.certificate_id == ordered.certificate_id and "may have signed" in row.subject for row in rows
    )


def _versions(at: ExternalPlane, certificate_id: str) -> list[Version]:
    return at.plane.stores.certificates.unexpired_versions(certificate_id, at.plane.pki.clock())


def _revocation_of(at: ExternalPlane, version: Version) -> RevocationState | None:
    marks = at.plane.stores.marks_of([version])
    return marks[version.serial_number].issuer_revocation


def _pem(at: ExternalPlane, certificate_id: str) -> str:
    serial = at.plane.certificate(certificate_id).serial_number or ""
    pem = at.plane.stores.certificates.pem(certificate_id, serial)
    assert pem is not None
    return pem.certificate_pem

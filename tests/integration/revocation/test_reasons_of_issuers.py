"""An external issuer that refuses the reason of a revocation revokes with the nearest one that it takes."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from certctl.connectors.issuers.base import ExternalIssuer
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.issuing.external import (
    Issued,
    IssueOutcome,
    OrderRequest,
    Pending,
    ReasonRefused,
    Rejected,
    RenewalWindow,
    RevocationConfirmed,
    RevocationOutcome,
    SettleOutcome,
)
from certctl.domain.issuing.external_cas import RevocationState, external_ca_id
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.kinds import IssuerType
from certctl.domain.revocation.revocations import Revocation
from certctl.services.jobs.worker import LEASE
from certctl.store.jobs.items import JobItem
from certctl.store.notifications.items import NotificationItem
from examples.lab_ca import Lab
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.issuing.external import ExternalPlane
from tests.support.revocation.bulk import events_of

ISSUER = "iss-choosy"
OF_LETS_ENCRYPT = (0, 1, 4, 5, None)


class Killed(BaseException):
    """Stops a worker like SIGKILL: nothing that it would do afterwards happens."""


@dataclass
class Choosy:
    """An issuer that takes some reasons, refuses to revoke some certificates for good, and remembers what it
    has revoked. `dies` is called once a request has been answered, before the worker learns the answer."""

    lab: Lab
    takes: Collection[int | None] = OF_LETS_ENCRYPT
    hopeless: list[str] = field(default_factory=list)
    asked: list[int | None] = field(default_factory=list)
    revoked: dict[str, int | None] = field(default_factory=dict)
    dies: Callable[[], None] = lambda: None

    def submit(self, request: OrderRequest) -> IssueOutcome:
        return Pending({"order": "1"}, timedelta(), may_be_signed=True, needs_cleanup=False)

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        return Issued(self.lab.sign(request.csr_pem))

    def settle(self, progress: Mapping[str, Any]) -> SettleOutcome:
        raise AssertionError("these tests settle nothing")

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        self.asked.append(reason_code)
        outcome = self._outcome(certificate_pem, reason_code)
        self.dies()
        return outcome

    def _outcome(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        if certificate_pem in self.hopeless:
            return Rejected("it is none of ours")
        if certificate_pem in self.revoked:
            return RevocationConfirmed(was_revoked=True)
        if reason_code not in self.takes:
            return ReasonRefused(f"reason {reason_code} is not taken")
        self.revoked[certificate_pem] = reason_code
        return RevocationConfirmed()

    def server_fault(self) -> str | None:
        return None

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        return None


@dataclass
class ChoosyPlane(ExternalPlane):
    choosy: Choosy

    def issuer(self) -> ExternalIssuer:
        return self.choosy

    def entry(self) -> Entry[Issuer]:
        now = self.plane.pki.clock()
        config = {"directory_url": "https://acme.example.com/dir", "terms_of_service_agreed": True}
        return Entry(Kind.ISSUER, ISSUER, "Choosy CA", Issuer(IssuerType.ACME, config), now, now)

    def mark_of(self, certificate: Certificate) -> Revocation:
        place = (external_ca_id(ISSUER), 0, certificate.serial_number or "")
        mark = self.plane.stores.revocations.find(*place)
        assert mark is not None
        return mark

    def revoked(self, reason: str) -> tuple[Certificate, Revocation]:
        certificate = self.issued()
        self.plane.revoked(certificate.id, reason)
        self.plane.notification_nudges.clear()
        self.work()
        return certificate, self.mark_of(certificate)

    def alerts(self) -> set[tuple[str, str]]:
        """Severity and message of what was sent since the revocation."""
        rows = [NotificationItem.get(nudge.id) for nudge in self.plane.notification_nudges]
        return {(row.severity, row.message) for row in rows}

    def pem_of(self, certificate: Certificate) -> str:
        pem = self.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
        assert pem is not None
        return pem.certificate_pem

    def statuses(self, certificate: Certificate) -> list[JobStatus]:
        rows = [row for row in JobItem.scan() if row.certificate_id == certificate.id]
        return [row.status for row in rows if row.type == "Revocation"]


@pytest.fixture
def choosy(plane: ControlPlane) -> ChoosyPlane:
    plane.channels = CHANNELS
    return ChoosyPlane(plane, Choosy(Lab(plane.pki.clock)))


@pytest.mark.parametrize(
    ("takes", "reason", "asked", "sent"),
    [
        (OF_LETS_ENCRYPT, "keyCompromise", [1], "keyCompromise"),
        (OF_LETS_ENCRYPT, "caCompromise", [2, 1], "keyCompromise"),
        (OF_LETS_ENCRYPT, "affiliationChanged", [3, 5], "cessationOfOperation"),
        (OF_LETS_ENCRYPT, "privilegeWithdrawn", [9, 5], "cessationOfOperation"),
        ((1, 3, 4, 5, None), "unspecified", [0, None], "none"),
        ((0, None), "keyCompromise", [1, 0], "unspecified"),
        ((0, None), "superseded", [4, 5, 0], "unspecified"),
        ((None,), "caCompromise", [2, 1, 0, None], "none"),
    ],
)
def test_the_nearest_reason_that_the_issuer_takes_is_sent(
    choosy: ChoosyPlane, takes: Collection[int | None], reason: str, asked: list[int | None], sent: str
) -> None:
    choosy.choosy.takes = takes

    certificate, mark = choosy.revoked(reason)

    assert choosy.choosy.asked == asked
    assert (mark.reason, mark.issuer_reason) == (reason, sent)
    assert mark.issuer_revocation is RevocationState.CONFIRMED
    assert choosy.statuses(certificate) == [JobStatus.COMPLETED]


@pytest.mark.parametrize(
    ("reason", "severity", "told"),
    [
        ("keyCompromise", "critical", "as unspecified: it does not take keyCompromise"),
        ("superseded", "warning", "as unspecified: it does not take superseded"),
    ],
)
def test_another_reason_is_in_an_alert_and_in_the_audit_trail(
    choosy: ChoosyPlane, reason: str, severity: str, told: str
) -> None:
    choosy.choosy.takes = (0,)

    certificate, _ = choosy.revoked(reason)

    ((of_alert, message),) = choosy.alerts()
    assert of_alert == severity
    assert "revoked at Choosy CA, " + told in message
    (event,) = events_of(choosy.plane, "certificate", certificate.id, "certificate_revocation_confirmed")
    assert event["details"]["issuer_reason"] == "unspecified"
    assert reason in event["details"]["refused_reasons"]


def test_a_reason_that_the_issuer_takes_alerts_nobody(choosy: ChoosyPlane) -> None:
    choosy.revoked("keyCompromise")

    assert choosy.alerts() == set()


def test_an_issuer_that_takes_no_request_at_all_has_failed(choosy: ChoosyPlane) -> None:
    choosy.choosy.takes = ()

    certificate, mark = choosy.revoked("caCompromise")

    assert choosy.choosy.asked == [2, 1, 0, None]
    assert mark.issuer_revocation is RevocationState.FAILED
    assert choosy.statuses(certificate) == [JobStatus.FAILED]
    ((severity, message),) = choosy.alerts()
    assert (severity, "reason None is not taken" in message) == ("critical", True)


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_a_worker_that_stops_before_it_stores_the_answer_asks_the_same_once_more(
    choosy: ChoosyPlane, dies_at: int
) -> None:
    choosy.choosy.takes = (0,)

    def die() -> None:
        if len(choosy.choosy.asked) == dies_at:
            raise Killed

    certificate = choosy.issued()
    choosy.plane.revoked(certificate.id, "superseded")
    choosy.choosy.dies = die
    with pytest.raises(Killed):
        choosy.work()
    choosy.plane.pki.clock.advance(LEASE + timedelta(seconds=1))
    (job,) = choosy.plane.stores.jobs.open_jobs_of(certificate.id)
    choosy.worker.process(job.id)
    choosy.work()

    expected = [4, 5, 0]
    expected.insert(dies_at, expected[dies_at - 1])
    assert choosy.choosy.asked == expected
    assert choosy.mark_of(certificate).issuer_revocation is RevocationState.CONFIRMED
    assert choosy.statuses(certificate) == [JobStatus.COMPLETED]


@pytest.mark.parametrize(("reason", "alerts"), [("keyCompromise", 1), ("superseded", 0)])
def test_one_that_was_revoked_there_before_keeps_a_reason_that_is_not_known(
    choosy: ChoosyPlane, reason: str, alerts: int
) -> None:
    certificate = choosy.issued()
    choosy.choosy.revoked[choosy.pem_of(certificate)] = 4
    choosy.plane.revoked(certificate.id, reason)
    choosy.plane.notification_nudges.clear()

    choosy.work()

    mark = choosy.mark_of(certificate)
    assert (mark.issuer_revocation, mark.issuer_reason) == (RevocationState.CONFIRMED, None)
    assert len(choosy.alerts()) == alerts


def test_a_stronger_reason_begins_with_itself(choosy: ChoosyPlane) -> None:
    choosy.choosy.takes = (1,)
    certificate, weak = choosy.revoked("superseded")
    choosy.plane.revoked(certificate.id, "keyCompromise")
    before = choosy.mark_of(certificate)

    choosy.work()

    after = choosy.mark_of(certificate)
    assert (weak.issuer_revocation, weak.issuer_reason) == (RevocationState.FAILED, "none")
    assert (before.issuer_revocation, before.issuer_reason) == (RevocationState.PENDING, None)
    assert (before.issuer_settled_at, choosy.choosy.asked[-1]) == (None, 1)
    assert (after.issuer_revocation, after.issuer_reason) == (RevocationState.CONFIRMED, "keyCompromise")


def test_a_version_that_the_issuer_refuses_leaves_no_other_one_waiting(choosy: ChoosyPlane) -> None:
    first = choosy.issued()
    choosy.renewal_requested(first.id)
    choosy.work()
    second = choosy.plane.certificate(first.id)
    choosy.choosy.hopeless = [choosy.pem_of(first)]

    choosy.plane.revoked(first.id, "superseded")
    choosy.work()

    states = [choosy.mark_of(certificate).issuer_revocation for certificate in (first, second)]
    assert states == [RevocationState.FAILED, RevocationState.CONFIRMED]


def test_a_revocation_that_failed_is_sent_again_by_the_same_request(choosy: ChoosyPlane) -> None:
    choosy.choosy.takes = ()
    certificate, _ = choosy.revoked("superseded")
    choosy.choosy.takes = (4,)

    repeated = choosy.plane.revoked(certificate.id, "superseded")
    before = choosy.mark_of(certificate)
    choosy.work()

    after = choosy.mark_of(certificate)
    assert repeated.status == "revoked"
    assert (before.issuer_revocation, before.issuer_reason) == (RevocationState.PENDING, None)
    assert (after.issuer_revocation, after.issuer_reason) == (RevocationState.CONFIRMED, "superseded")
    assert "certificate_revocation_repeated" in choosy.plane.actions(certificate.id)


@pytest.mark.parametrize("confirms", [True, False])
def test_a_revocation_that_has_not_failed_is_not_sent_again(choosy: ChoosyPlane, confirms: bool) -> None:
    certificate = choosy.issued()
    choosy.plane.revoked(certificate.id, "superseded")
    choosy.work(steps=1 if confirms else 0)

    choosy.plane.revoked(certificate.id, "superseded")
    choosy.work()

    assert choosy.choosy.asked == [4]
    assert "certificate_revocation_repeated" not in choosy.plane.actions(certificate.id)
